"""The counts of the last weeks, bin by bin: all that a detector of volume rests on."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import isnan, nan

from monitor.instants import MINUTE

BIN = 5 * MINUTE
"""Length of a bin in milliseconds."""

BINS_AN_HOUR = 12
BINS_A_DAY = 288
DAYS = 28
"""How many whole days before the present one are known."""

_SIZE = (DAYS + 1) * BINS_A_DAY


class History:
    """Posts by bin; bins are numbered from the epoch on, so that a day begins at midnight UTC."""

    def __init__(self) -> None:
        self._ring = array("d", [nan]) * _SIZE
        self.last: int | None = None
        """The newest bin."""
        self.first: int | None = None
        """The oldest bin that there ever was."""
        self.collected = 0
        """How many of the bins that are known were collected."""

    def put(self, number: int, count: float) -> None:
        """Take up a bin later than all before; those skipped were not collected."""
        if self.last is None or number - self.last >= _SIZE:
            self._ring = array("d", [nan]) * _SIZE
            self.collected = 0
        else:
            for skipped in range(self.last + 1, number + 1):
                place = skipped % _SIZE
                self.collected -= not isnan(self._ring[place])
                self._ring[place] = nan
        if self.first is None:
            self.first = number
        self._ring[number % _SIZE] = count
        self.collected += 1
        self.last = number

    def fill(self, number: int, counts: Sequence[float]) -> None:
        """Take up bins in a row, the first of them `number`, into an empty history; not a number where not collected.

        Raises:
            ValueError: the history is not empty, or these are more than it holds.
        """
        if self.last is not None or len(counts) > _SIZE:
            raise ValueError(f"{len(counts)} bins do not fit")
        known = [place for place, count in enumerate(counts) if not isnan(count)]
        if not known:
            return
        kept = array("d", counts[: known[-1] + 1])
        start = number % _SIZE
        until_end = _SIZE - start
        self._ring[start : start + len(kept)] = kept[:until_end]
        self._ring[: len(kept[until_end:])] = kept[until_end:]
        self.first, self.last, self.collected = number + known[0], number + known[-1], len(known)

    def between(self, first: int, end: int) -> list[float]:
        """The counts of the bins from `first` up to `end`, all of them known; not a number where not collected."""
        start, length = first % _SIZE, end - first
        if start + length <= _SIZE:
            return self._ring[start : start + length].tolist()
        return self._ring[start:].tolist() + self._ring[: start + length - _SIZE].tolist()

    def known_from(self) -> int:
        """The oldest bin that may have been collected, no earlier than `DAYS` before the present day."""
        if self.last is None or self.first is None:
            raise ValueError("nothing has been collected")
        return max(self.first, self.last - self.last % BINS_A_DAY - DAYS * BINS_A_DAY)

    def missing(self) -> list[tuple[int, int]]:
        """Spans of known bins that were not collected, oldest first, each half open."""
        if self.last is None:
            return []
        start = self.known_from()
        spans: list[tuple[int, int]] = []
        begun: int | None = None
        for number, count in enumerate(self.between(start, self.last + 1), start):
            if isnan(count):
                begun = number if begun is None else begun
            elif begun is not None:
                spans.append((begun, number))
                begun = None
        return spans
