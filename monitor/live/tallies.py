"""Counts of units and of moods that go up and down."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from monitor.store.counting import Moods


class Units:
    """How often each unit occurs, in sorted arrays: a sixth of what a set or a dictionary of a few thousand takes."""

    __slots__ = ("_times", "_units")

    def __init__(self, units: Iterable[int] = ()) -> None:
        counted = Counter(units)
        self._units = array("q", sorted(counted))
        self._times = array("I", map(counted.__getitem__, self._units))

    def __len__(self) -> int:
        return len(self._units)

    def add(self, unit: int) -> None:
        place = bisect_left(self._units, unit)
        if place < len(self._units) and self._units[place] == unit:
            self._times[place] += 1
        else:
            self._units.insert(place, unit)
            self._times.insert(place, 1)

    def remove(self, unit: int) -> None:
        """Take one away; the unit must occur."""
        place = bisect_left(self._units, unit)
        if self._times[place] > 1:
            self._times[place] -= 1
        else:
            del self._units[place]
            del self._times[place]


class MoodSums:
    """Numbers of posts by group and cell; a group's sorted form is kept until it changes."""

    def __init__(self, moods: Mapping[tuple[int, int], Moods]) -> None:
        self._sums: defaultdict[tuple[int, int], defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
        self._sorted: dict[tuple[int, int], Moods] = {}
        for group, cells in moods.items():
            self._sums[group].update(cells)

    def count(self, group: tuple[int, int], cell: int, sign: int) -> None:
        self._sums[group][cell] += sign
        self._sorted.pop(group, None)

    def forget_empty(self) -> None:
        for group in [group for group, cells in self._sums.items() if not any(cells.values())]:
            del self._sums[group]
            self._sorted.pop(group, None)

    def moods(self) -> dict[tuple[int, int], Moods]:
        """The groups that are not empty."""
        moods = {}
        for group, cells in self._sums.items():
            if group not in self._sorted:
                self._sorted[group] = tuple(sorted((cell, posts) for cell, posts in cells.items() if posts))
            if self._sorted[group]:
                moods[group] = self._sorted[group]
        return moods
