"""The posts of a sliding window, and all that is counted of them."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from json import loads
from typing import TYPE_CHECKING

from monitor.instants import HOUR
from monitor.live.tallies import MoodSums, Units
from monitor.store.counting import WindowCounts
from monitor.store.schema import ALL_BEATS

if TYPE_CHECKING:
    from monitor.store.following import Entry

_NOT_SCORED = -1


class _Bucket:
    """The posts of one clock hour in the order of time, column by column."""

    __slots__ = ("author_keys", "beat_sets", "cells", "clusters", "ids", "source_ids", "times")

    def __init__(self, rows: Iterable[tuple[int, ...]] = ()) -> None:
        columns = list(zip(*rows, strict=True)) or [()] * 7
        self.times = array("q", columns[0])
        self.ids = array("q", columns[1])
        self.source_ids = array("i", columns[2])
        self.beat_sets = array("i", columns[3])
        self.clusters = array("q", columns[4])
        self.author_keys = array("q", columns[5])
        self.cells = array("b", columns[6])

    def columns(self) -> tuple[array[int], ...]:
        return self.times, self.ids, self.source_ids, self.beat_sets, self.clusters, self.author_keys, self.cells

    def insert(self, row: tuple[int, ...]) -> None:
        place = bisect_right(self.times, row[0]) if self.times and row[0] < self.times[-1] else len(self.times)
        for column, value in zip(self.columns(), row, strict=True):
            column.insert(place, value)

    def cut(self, start: int, end: int) -> list[tuple[int, ...]]:
        """Take the rows of a range of places out."""
        rows = list(zip(*(column[start:end] for column in self.columns()), strict=True))
        for column in self.columns():
            del column[start:end]
        return rows


class Window:
    """All that is counted of the posts of the window."""

    def __init__(self, followed: frozenset[int]) -> None:
        """Set up, empty.

        Args:
            followed: numbers of the beats that are counted, with that of all posts.
        """
        self.start = 0
        self._followed = followed
        self._buckets: dict[int, _Bucket] = {}
        self._beat_sets: dict[str, int] = {}
        self._beats_of_set: list[tuple[int, ...]] = []
        self._by_source: defaultdict[tuple[int, int], int] = defaultdict(int)
        self._by_hour: defaultdict[tuple[int, int], int] = defaultdict(int)
        self._source_moods = MoodSums({})
        self._hour_moods = MoodSums({})
        self._texts: defaultdict[int, Units] = defaultdict(Units)
        self._authors: defaultdict[int, Units] = defaultdict(Units)

    def load(self, entries: Iterable[Entry], counts: WindowCounts) -> None:
        """Fill an empty window.

        Args:
            entries: its posts by time.
            counts: what was counted of them already.
        """
        self._by_source.update(counts.by_source)
        self._by_hour.update(counts.by_hour)
        self._source_moods = MoodSums(counts.moods_by_source)
        self._hour_moods = MoodSums(counts.moods_by_hour)
        texts: defaultdict[int, list[int]] = defaultdict(list)
        authors: defaultdict[int, list[int]] = defaultdict(list)
        for hour, of_hour in groupby(map(self._row, entries), lambda row: row[0] // HOUR):
            bucket = self._buckets[hour] = _Bucket(of_hour)
            for beat_set, cluster, author_key in zip(
                bucket.beat_sets, bucket.clusters, bucket.author_keys, strict=True
            ):
                for beat_id in self._beats_of_set[beat_set]:
                    texts[beat_id].append(cluster)
                    authors[beat_id].append(author_key)
        self._texts.update({beat_id: Units(units) for beat_id, units in texts.items() if beat_id != ALL_BEATS})
        self._authors.update({beat_id: Units(units) for beat_id, units in authors.items() if beat_id != ALL_BEATS})

    def add(self, entry: Entry) -> None:
        """Count a post."""
        row = self._row(entry)
        self._buckets.setdefault(row[0] // HOUR, _Bucket()).insert(row)
        self._count(row, 1)

    def _row(self, entry: Entry) -> tuple[int, ...]:
        """One without text or author is a unit of its own."""
        beat_set = self._beat_sets.get(entry.beat_ids)
        if beat_set is None:
            beat_set = self._beat_sets[entry.beat_ids] = len(self._beats_of_set)
            beats = (ALL_BEATS, *loads(entry.beat_ids))
            self._beats_of_set.append(tuple(beat_id for beat_id in beats if beat_id in self._followed))
        return (
            entry.at,
            entry.id,
            entry.source_id,
            beat_set,
            -entry.id if entry.cluster is None else entry.cluster,
            -entry.id if entry.author_key is None else entry.author_key,
            _NOT_SCORED if entry.cell is None else entry.cell,
        )

    def remove(self, post_id: int, at: int) -> bool:
        """Take a post out again; False where it is not in the window."""
        bucket = self._buckets.get(at // HOUR)
        if bucket is None or post_id not in bucket.ids:
            return False
        place = bucket.ids.index(post_id)
        self._count(bucket.cut(place, place + 1)[0], -1)
        return True

    def drop_before(self, start: int) -> None:
        """Let posts that are now too old go."""
        self.start = start
        for hour in sorted(hour for hour in self._buckets if hour <= start // HOUR):
            bucket = self._buckets[hour]
            for row in bucket.cut(0, bisect_left(bucket.times, start)):
                self._count(row, -1)
            if not bucket.times:
                del self._buckets[hour]
                self._forget_empty()

    def _forget_empty(self) -> None:
        for sums in (self._by_source, self._by_hour):
            for group in [group for group, posts in sums.items() if not posts]:
                del sums[group]
        self._source_moods.forget_empty()
        self._hour_moods.forget_empty()

    def _count(self, row: tuple[int, ...], sign: int) -> None:
        at, _, source_id, beat_set, cluster, author_key, cell = row
        hour = at - at % HOUR
        for beat_id in self._beats_of_set[beat_set]:
            self._by_source[beat_id, source_id] += sign
            self._by_hour[beat_id, hour] += sign
            if cell != _NOT_SCORED:
                self._source_moods.count((beat_id, source_id), cell, sign)
                self._hour_moods.count((beat_id, hour), cell, sign)
            if beat_id == ALL_BEATS:
                continue
            if sign > 0:
                self._texts[beat_id].add(cluster)
                self._authors[beat_id].add(author_key)
            else:
                self._texts[beat_id].remove(cluster)
                self._authors[beat_id].remove(author_key)

    def counts(self) -> WindowCounts:
        """What the window holds."""
        return WindowCounts(
            {group: posts for group, posts in self._by_source.items() if posts},
            {group: posts for group, posts in self._by_hour.items() if posts},
            self._source_moods.moods(),
            self._hour_moods.moods(),
        )

    def uniques(self) -> tuple[dict[int, int], dict[int, int]]:
        """Unique texts and unique authors by beat."""
        return (
            {beat_id: len(units) for beat_id, units in self._texts.items()},
            {beat_id: len(units) for beat_id, units in self._authors.items()},
        )
