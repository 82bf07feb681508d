"""Rows of probabilities and labels as the outside hands them over: checked, and in the form that the rooms use."""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING
from monitor.text.shares import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.records import Label, Probabilities

_ROUNDED = 0.02
"""By how much the sum may miss one: three parts rounded to two decimals."""
_ALMOST_ZERO = -1e-6


def checked_rows(rows: Iterable[object], whose: str = "row") -> list[Probabilities]:
    """The rows as numbers of Python.

    Args:
        rows: of three numbers each: negative, neutral, positive; NumPy's do.
        whose: what an error calls a row.

    Raises:
        ValueError: a row has not three numbers, or they are no probabilities that add up to one.
    """
    return [_checked(row, f"{whose} {index}") for index, row in enumerate(rows)]


def checked_labels(labels: Iterable[object]) -> list[Label]:
    """The labels as text of Python.

    Raises:
        ValueError: a label is none of the three.
    """
    checked: list[Label] = []
    for index, label in enumerate(labels):
        place = LABELS.index(label) if isinstance(label, str) and label in LABELS else None
        if place is None:
            raise ValueError(f"no such label: {label!r} (label {index}); there are {', '.join(LABELS)}")
        checked.append(LABELS[place])
    return checked


def _checked(row: object, name: str) -> Probabilities:
    try:
        negative, neutral, positive = (float(part) for part in row)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise ValueError(f"{name} has not three numbers (negative, neutral, positive): {row!r}") from None
    # What is not a number fails both.
    if not (min(negative, neutral, positive) >= _ALMOST_ZERO and abs(negative + neutral + positive - 1) <= _ROUNDED):
        raise ValueError(f"{name} is no probabilities from 0 to 1 that add up to 1: {row!r}")
    return negative, neutral, positive
