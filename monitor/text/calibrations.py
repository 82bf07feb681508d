"""Calibrations of beats, made of counted labels, and kept as text so that a start need not make them again."""

from __future__ import annotations

from functools import lru_cache

from monitor import __version__
from monitor.light_typing import TYPE_CHECKING
from monitor.text.recalibration import Recalibration
from monitor.text.shares import SCORER, Calibration

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from monitor.records import Label, Probabilities

_METHOD = f"{__version__}/{SCORER}"
"""A fit of another version of the program, which may fit otherwise, is not used."""


class BeatCalibration(Calibration):
    """A calibration that can be written down: what it rests on, whole, in some 300 characters."""

    @classmethod
    def restored(cls, text: str) -> Self | None:
        """The calibration that a text was made of; None where the text is of another version or no such text."""
        method, *numbers = text.split()
        if method != _METHOD:
            return None
        try:
            values = [float(number) for number in numbers]
            found = Recalibration(
                (values[0], values[1]),
                (values[2], values[3]),
                (values[4], values[5], values[6]),
                int(values[7]),
                (values[8], values[9], values[10], values[11]),
                (values[12], values[13], values[14], values[15]),
            )
        except (ValueError, IndexError):
            return None
        calibration = cls.__new__(cls)
        calibration._recalibration = found
        calibration._likelihoods = {}
        return calibration

    def written(self) -> str:
        """The calibration as a text; read back it gives the same figures to the last bit."""
        found = self._recalibration
        numbers = (
            *found.negative,
            *found.positive,
            *found.mix,
            found.labelled,
            *found.uncertainty,
            *found.mix_uncertainty,
        )
        return " ".join((_METHOD, *map(repr, numbers)))


@lru_cache(maxsize=256)
def calibration_of_counts(counts: str, fit: str, probabilities_of: Callable[[int], Probabilities]) -> BeatCalibration:
    """What labelled posts of a beat, given by their counts, say about the scorer there. Made once for equal counts.

    Args:
        counts: cell of the grid, label and number of posts, such as `17:positive:3`, parted by spaces.
        fit: what `written` gave for just these counts; may be empty.
        probabilities_of: the middle of a cell.

    Raises:
        ValueError: the counts are of another form, or empty.
    """
    known = BeatCalibration.restored(fit) if fit else None
    if known is not None:
        return known
    rows: list[Probabilities] = []
    labels: list[Label] = []
    for part in counts.split():
        cell, label, posts = part.split(":")
        rows += [probabilities_of(int(cell))] * int(posts)
        labels += [label] * int(posts)  # type: ignore[list-item]
    return BeatCalibration(rows, labels)
