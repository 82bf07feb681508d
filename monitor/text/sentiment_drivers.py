"""What moved a score."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Driver(NamedTuple):
    """A part of a text that moved its score."""

    text: str
    weight: float
    """How much it moved the score towards positive (above zero) or negative, in the scorer's own unit: VADER's compound
    from -1 to 1, or the table's logarithm of the odds of positive against negative."""


def strongest_first(drivers: Iterable[Driver]) -> list[Driver]:
    """The drivers by the size of their weight."""
    return sorted(drivers, key=lambda driver: -abs(driver.weight))
