"""Calibrations of beats, made of counted labels, and kept as text so that a start need not make them again."""

from __future__ import annotations

from functools import lru_cache

from monitor import __version__
from monitor.light_typing import TYPE_CHECKING, NamedTuple
from monitor.text.recalibration import Recalibration
from monitor.text.shares import LABELS, SCORER, Calibration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

    from monitor.records import Label, Probabilities

_METHOD = f"{__version__}/{SCORER}/2"
"""A fit of another version of the program or of another method, which may fit otherwise, is not used. The last is the
number of the method."""


LEAST = 30
OF_EACH = 5
WHATEVER = 100
"""Shares of a beat are corrected once so many posts of it are labelled, so many of them in each class; or so many of
whatever classes, as a class can be next to absent. With 30 labels the error of a share is 7 points, without any 10; of
a class that no label is of, the scorer's mistakes would be a guess."""


class Missing(NamedTuple):
    """What the labels of a beat lack until they correct its shares."""

    posts: int
    """Labels of whatever class that are needed at least."""
    classes: tuple[tuple[Label, int], ...]
    """Classes of which there are too few, and how many more it takes; none of this matters with `WHATEVER` labels."""


def missing(labels: Mapping[Label, int]) -> Missing | None:
    """What labels, given by how many there are of each class, lack; None where they are enough."""
    posts = sum(labels.values())
    if posts >= WHATEVER:
        return None
    classes = tuple((label, OF_EACH - labels.get(label, 0)) for label in LABELS if labels.get(label, 0) < OF_EACH)
    lacking = max(LEAST - posts, sum(more for _, more in classes), 0)
    return Missing(lacking, classes) if lacking else None


def enough(counts: str) -> bool:
    """Whether labels, counted as for `calibration_of_counts`, correct the shares of their beat."""
    labels: dict[Label, int] = {}
    for _, label, posts in _parts(counts):
        labels[label] = labels.get(label, 0) + posts
    return missing(labels) is None


class BeatCalibration(Calibration):
    """A calibration that can be written down: what it rests on, whole, in some 200 characters."""

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
        numbers = (*found.negative, *found.positive, *found.mix, found.labelled)
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
    for cell, label, posts in _parts(counts):
        rows += [probabilities_of(cell)] * posts
        labels += [label] * posts
    return BeatCalibration(rows, labels)


def _parts(counts: str) -> list[tuple[int, Label, int]]:
    parts = []
    for part in counts.split():
        cell, label, posts = part.split(":")
        parts.append((int(cell), LABELS[LABELS.index(label)], int(posts)))
    return parts
