"""What an hour usually holds at a time of day: the median of the same time on earlier days."""

from __future__ import annotations

from array import array
from math import isnan, nan

BINS_A_DAY = 288
DAYS = 14
"""How many earlier days the usual is taken from."""
_AROUND = 6
"""Bins before and after the same time of day that count as well: half an hour."""


class Season:
    """The values of the last two weeks by bin, with the median around the same time of day."""

    def __init__(self) -> None:
        self._ring = array("d", [nan]) * (BINS_A_DAY * (DAYS + 1))
        self._bin = -len(self._ring)
        self.collected = 0
        """How many bins of the last fifteen days have a value."""

    def advance(self, bin_number: int) -> None:
        """Move on to a later bin (bins are numbered from zero); those skipped stay without a value."""
        size = len(self._ring)
        if bin_number - self._bin >= size:
            self._ring = array("d", [nan]) * size
            self.collected = 0
        else:
            for each in range(self._bin + 1, bin_number + 1):
                self.collected -= not isnan(self._ring[each % size])
                self._ring[each % size] = nan
        self._bin = bin_number

    def put(self, value: float) -> None:
        """Note the value of the present bin."""
        self._ring[self._bin % len(self._ring)] = value
        self.collected += 1

    def usual(self) -> float:
        """The median around this time on earlier days; not a number where there is none."""
        values: list[float] = []
        for days_back in range(1, DAYS + 1):
            values.extend(self._around(days_back))
        if isnan(sum(values)):
            values = [value for value in values if not isnan(value)]
        if not values:
            return nan
        values.sort()
        middle = len(values) // 2
        return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2

    def days(self) -> int:
        """How many of the earlier days have a value around this time."""
        return sum(any(not isnan(value) for value in self._around(back)) for back in range(1, DAYS + 1))

    def missing(self) -> list[tuple[int, int]]:
        """Spans of bins without a value, oldest first, since the first bin that has one; each is half open."""
        size = len(self._ring)
        spans: list[tuple[int, int]] = []
        last: int | None = None
        for each in range(self._bin - size + 1, self._bin + 1):
            if isnan(self._ring[each % size]):
                continue
            if last is not None and each - last > 1:
                spans.append((last + 1, each))
            last = each
        return spans

    def _around(self, days_back: int) -> array[float]:
        size = len(self._ring)
        start = (self._bin - days_back * BINS_A_DAY - _AROUND) % size
        end = start + 2 * _AROUND + 1
        if end <= size:
            return self._ring[start:end]
        return self._ring[start:] + self._ring[: end - size]
