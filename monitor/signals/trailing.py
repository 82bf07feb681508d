"""Quantiles over a trailing span of bins, kept up bin by bin."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Sequence
from math import isnan, nan


class TrailingQuantiles:
    """The values of `bins` bins that end `lag` bins before the present one, in order of size.

    The lag, of at least one bin, keeps a change that is under way out of what it is compared with. Bins without a value
    are simply absent. Two arrays of eight bytes a bin; a step costs one insertion and one deletion in a sorted array.
    """

    def __init__(self, bins: int, lag: int) -> None:
        self._lag = lag
        self._ring = array("d", [nan]) * (bins + lag)
        self._sorted = array("d")
        self._bin = -len(self._ring)

    def __len__(self) -> int:
        return len(self._sorted)

    def advance(self, bin_number: int) -> None:
        """Move on to a later bin (bins are numbered from zero); those skipped stay without a value."""
        if bin_number - self._bin >= len(self._ring):
            self._ring = array("d", [nan]) * len(self._ring)
            self._sorted = array("d")
        else:
            for each in range(self._bin + 1, bin_number + 1):
                self._move_to(each)
        self._bin = bin_number

    def put(self, value: float) -> None:
        """Note the value of the present bin; it counts once it lies `lag` bins back."""
        self._ring[self._bin % len(self._ring)] = value

    def quantiles(self, shares: Sequence[float]) -> list[float]:
        """For each share the value that this part of all values lies below; not a number where there is none."""
        values = self._sorted
        count = len(values)
        return [values[min(count - 1, int(share * count))] for share in shares] if count else [nan] * len(shares)

    def _move_to(self, bin_number: int) -> None:
        ring, values = self._ring, self._sorted
        place = bin_number % len(ring)
        ageing = ring[place]
        if not isnan(ageing):
            del values[bisect_left(values, ageing)]
        ring[place] = nan
        entering = ring[place - self._lag]
        if not isnan(entering):
            insort(values, entering)
