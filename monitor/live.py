"""Snapshots for a screen that stays: counts of the window are kept up to date from the rows that are new.

A refresh then costs what arrived, not what is stored. The numbers are those of `build_snapshot`; only how they are come
by differs. What a lens or a filter of sources asks for is read from the store.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from json import loads
from typing import TYPE_CHECKING

from monitor.instants import DAY, HOUR
from monitor.records import Lens, Snapshot
from monitor.signals.baseline import DAYS
from monitor.snapshot import Provenance, StoreCounter, assemble
from monitor.store.counting import Moods, Selection, WindowCounts
from monitor.store.schema import ALL_BEATS

if TYPE_CHECKING:
    from monitor.store.following import Entry, Follower
    from monitor.store.reader import Reader

_WINDOW_HOURS = 24
_MOST_CHANGES = 2000
"""With more changed posts than this, counting anew is cheaper."""


class LiveSnapshots:
    """Builds snapshots of one store again and again. One thread at a time."""

    def __init__(self, reader: Reader, provenance: Provenance) -> None:
        self._reader = reader
        self._provenance = provenance
        self._live: LiveCounter | None = None

    def first(self, as_of: int, lens: Lens = "raw", sources: frozenset[str] | None = None) -> Snapshot:
        """A snapshot without unique texts and authors, which can be shown before the window has been read."""
        with self._reader.moment():
            return assemble(
                self._reader,
                StoreCounter(self._reader),
                as_of,
                self._provenance,
                _WINDOW_HOURS,
                lens,
                sources,
                (),
                False,
            )

    def build(self, as_of: int, lens: Lens = "raw", sources: frozenset[str] | None = None) -> Snapshot:
        """A whole snapshot.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._reader.moment():
            known = self._reader.newest_collected_at() < as_of
            counter: StoreCounter | LiveCounter = StoreCounter(self._reader)
            if known and sources is None:
                if self._live is None:
                    self._live = LiveCounter(self._reader)
                self._live.follow(as_of)
                counter = self._live
            return assemble(self._reader, counter, as_of, self._provenance, _WINDOW_HOURS, lens, sources)


class LiveCounter(StoreCounter):
    """Counts of the last 24 hours over all sources, kept in memory."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader)
        self._follower = reader.follow()
        self._window = _Window()
        self._days = _Days()
        self._newest_post = self._newest_change = 0
        self._as_of: int | None = None
        self._followed: frozenset[int] = frozenset()

    def follow(self, as_of: int) -> None:
        """Bring the counts to a moment later than the newest collection; within `Reader.moment`."""
        newest_post, newest_change = self._follower.newest()
        followed = frozenset(row.id for row in self._reader.beats().values()) | {ALL_BEATS}
        if self._as_of is None or as_of < self._as_of or followed != self._followed or self._too_far_behind():
            self._followed = followed
            self._window = _Window()
            for entry in self._follower.entries_within((as_of - _WINDOW_HOURS * HOUR, as_of)):
                self._window.add(entry)
            self._days.load(self._follower, as_of)
        else:
            self._take_changes()
            self._take_new(as_of - _WINDOW_HOURS * HOUR)
            self._days.move_to(self._follower, as_of)
        self._window.drop_before(as_of - _WINDOW_HOURS * HOUR)
        self._newest_post, self._newest_change, self._as_of = newest_post, newest_change, as_of

    def _too_far_behind(self) -> bool:
        newest_post, newest_change = self._follower.newest()
        oldest = self._follower.oldest_change()
        return (
            newest_change - self._newest_change > _MOST_CHANGES
            or (newest_change > self._newest_change and oldest > self._newest_change + 1)
            or newest_post - self._newest_post > 50 * _MOST_CHANGES
        )

    def _take_changes(self) -> None:
        seen: set[int] = set()
        for change in self._follower.changes_after(self._newest_change):
            if change.post_id > self._newest_post:
                continue
            if change.kind != "erase":
                self._days.stale = True
            if change.post_id in seen:
                continue
            seen.add(change.post_id)
            if self._window.remove(change.post_id, change.at):
                entry = self._follower.entry(change.post_id)
                if entry is not None:
                    self._window.add(entry)
            elif change.kind == "update":
                entry = self._follower.entry(change.post_id)
                if entry is not None and entry.at >= self._window.start:
                    self._window.add(entry)

    def _take_new(self, start: int) -> None:
        for entry in self._follower.entries_after(self._newest_post):
            if entry.at >= start:
                self._window.add(entry)
            self._days.add(entry.at, loads(entry.beat_ids))

    def _serves(self, selection: Selection) -> bool:
        return (
            selection.sources is None
            and selection.known_before is None
            and self._as_of is not None
            and selection.span == (self._as_of - _WINDOW_HOURS * HOUR, self._as_of)
        )

    def window(self, selection: Selection) -> WindowCounts:
        return self._window.counts(self._followed) if self._serves(selection) else super().window(selection)

    def uniques(self, selection: Selection) -> tuple[Mapping[int, int], Mapping[int, int]]:
        return self._window.uniques() if self._serves(selection) else super().uniques(selection)

    def previous(self, selection: Selection, lens: Lens) -> Mapping[int, int]:
        start, end = selection.span
        if lens == "raw" and self._serves(selection._replace(span=(end, end + (end - start)))):
            return {beat_id: volumes[0] for beat_id, volumes in self._days.volumes(frozenset()).items()}
        return super().previous(selection, lens)

    def days(self, selection: Selection, left_out: frozenset[int]) -> Mapping[int, Sequence[int]]:
        return self._days.volumes(left_out) if self._serves(selection) else super().days(selection, left_out)


class _Bucket:
    """The posts of one clock hour in the order of time, column by column."""

    __slots__ = ("author_keys", "beat_sets", "cells", "clusters", "ids", "source_ids", "times")

    def __init__(self) -> None:
        self.times = array("q")
        self.ids = array("q")
        self.source_ids = array("q")
        self.beat_sets = array("l")
        self.clusters = array("q")
        self.author_keys = array("q")
        self.cells = array("b")

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


_NOT_SCORED = -1


class _Window:
    """All that is counted of the posts of the window."""

    def __init__(self) -> None:
        self.start = 0
        self._buckets: dict[int, _Bucket] = {}
        self._beat_sets: dict[str, int] = {}
        self._beats_of_set: list[tuple[int, ...]] = []
        self._by_source: defaultdict[tuple[int, int], int] = defaultdict(int)
        self._by_hour: defaultdict[tuple[int, int], int] = defaultdict(int)
        self._source_moods = _MoodSums()
        self._hour_moods = _MoodSums()
        self._texts: defaultdict[int, defaultdict[int, int]] = defaultdict(_zeros)
        self._authors: defaultdict[int, defaultdict[int, int]] = defaultdict(_zeros)

    def add(self, entry: Entry) -> None:
        """Count a post; one without text or author is a unit of its own."""
        beat_set = self._beat_sets.get(entry.beat_ids)
        if beat_set is None:
            beat_set = self._beat_sets[entry.beat_ids] = len(self._beats_of_set)
            self._beats_of_set.append((ALL_BEATS, *loads(entry.beat_ids)))
        row = (
            entry.at,
            entry.id,
            entry.source_id,
            beat_set,
            -entry.id if entry.cluster is None else entry.cluster,
            -entry.id if entry.author_key is None else entry.author_key,
            _NOT_SCORED if entry.cell is None else entry.cell,
        )
        self._buckets.setdefault(entry.at // HOUR, _Bucket()).insert(row)
        self._count(row, 1)

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
            for units, unit in ((self._texts[beat_id], cluster), (self._authors[beat_id], author_key)):
                left = units[unit] + sign
                if left:
                    units[unit] = left
                else:
                    del units[unit]

    def counts(self, followed: frozenset[int]) -> WindowCounts:
        """What the window holds; beats that are no longer followed are left out."""
        return WindowCounts(
            {key: posts for key, posts in self._by_source.items() if posts and key[0] in followed},
            {key: posts for key, posts in self._by_hour.items() if posts and key[0] in followed},
            self._source_moods.of(followed),
            self._hour_moods.of(followed),
        )

    def uniques(self) -> tuple[dict[int, int], dict[int, int]]:
        """Unique texts and unique authors by beat."""
        return (
            {beat_id: len(units) for beat_id, units in self._texts.items()},
            {beat_id: len(units) for beat_id, units in self._authors.items()},
        )


def _zeros() -> defaultdict[int, int]:
    return defaultdict(int)


class _MoodSums:
    """Numbers of posts by group and cell; a group's sorted form is kept until it changes."""

    def __init__(self) -> None:
        self._sums: defaultdict[tuple[int, int], defaultdict[int, int]] = defaultdict(_zeros)
        self._sorted: dict[tuple[int, int], Moods] = {}

    def count(self, group: tuple[int, int], cell: int, sign: int) -> None:
        self._sums[group][cell] += sign
        self._sorted.pop(group, None)

    def forget_empty(self) -> None:
        for group in [group for group, cells in self._sums.items() if not any(cells.values())]:
            del self._sums[group]
            self._sorted.pop(group, None)

    def of(self, followed: frozenset[int]) -> dict[tuple[int, int], Moods]:
        """The groups whose first number is among those given, without empty ones."""
        moods = {}
        for group, cells in self._sums.items():
            if group not in self._sorted:
                self._sorted[group] = tuple(sorted((cell, posts) for cell, posts in cells.items() if posts))
            if group[0] in followed and self._sorted[group]:
                moods[group] = self._sorted[group]
        return moods


class _Days:
    """Volumes of the same 24 hours on earlier days, kept as hourly totals and the times within the cut hours."""

    def __init__(self) -> None:
        self.stale = True
        self._as_of = 0
        self._hourly: defaultdict[int, defaultdict[int, int]] = defaultdict(_zeros)
        self._sums: dict[int, list[int]] = {}
        self._cut: dict[tuple[int, int], array[int]] = {}

    def load(self, follower: Follower, as_of: int) -> None:
        """Read everything anew; `hour` is the clock hour that `as_of` lies in."""
        self.stale = False
        self._as_of = as_of
        hour = as_of // HOUR
        first = hour - (DAYS + 1) * 24
        self._hourly = defaultdict(_zeros)
        self._sums = {}
        for beat_id, at_hour, posts in follower.hourly_totals(first, hour + 1):
            self._hourly[beat_id][at_hour] = posts
            self._add_to_sum(beat_id, at_hour, posts)
        self._cut = {}
        spans = [((hour - day * 24) * HOUR, (hour - day * 24 + 1) * HOUR) for day in range(DAYS + 2)]
        for day, beat_id, at in follower.times_within(spans):
            self._cut.setdefault((day, beat_id), array("q")).append(at)

    def move_to(self, follower: Follower, as_of: int) -> None:
        """Follow the clock; at a new hour, or after a change further back, everything is read anew."""
        if self.stale or as_of // HOUR != self._as_of // HOUR:
            self.load(follower, as_of)
        self._as_of = as_of

    def add(self, at: int, beat_ids: Sequence[int]) -> None:
        """Count a new post."""
        hour = self._as_of // HOUR
        day, rest = divmod(hour - at // HOUR, 24)
        if not 0 <= day <= DAYS + 1:
            self.stale = self.stale or day < 0
            return
        for beat_id in (ALL_BEATS, *beat_ids):
            self._hourly[beat_id][at // HOUR] += 1
            self._add_to_sum(beat_id, at // HOUR, 1)
            if rest == 0:
                times = self._cut.setdefault((day, beat_id), array("q"))
                times.insert(bisect_right(times, at), at)

    def _add_to_sum(self, beat_id: int, at_hour: int, posts: int) -> None:
        """Sums over whole days that end with the hour before the present one; index 0 is the latest."""
        day = (self._as_of // HOUR - 1 - at_hour) // 24
        if 0 <= day <= DAYS:
            self._sums.setdefault(beat_id, [0] * (DAYS + 1))[day] += posts

    def volumes(self, left_out: frozenset[int]) -> dict[int, list[int]]:
        """By beat; index 0 is one day back. `left_out` are positions of hours within the window."""
        return {beat_id: self._of_beat(beat_id, left_out) for beat_id in self._sums}

    def _of_beat(self, beat_id: int, left_out: frozenset[int]) -> list[int]:
        before = [self._before(day, beat_id) for day in range(DAYS + 2)]
        sums = self._sums[beat_id]
        volumes = [sums[day] + before[day] - before[day + 1] for day in range(1, DAYS + 1)]
        if left_out:
            hourly, hour = self._hourly[beat_id], self._as_of // HOUR
            for day in range(1, DAYS + 1):
                for position in left_out:
                    missing = hourly.get(hour - (day + 1) * 24 + position, 0)
                    if position == 0:
                        missing -= before[day + 1]
                    elif position == 24:
                        missing = before[day]
                    volumes[day - 1] -= missing
        return volumes

    def _before(self, day: int, beat_id: int) -> int:
        """Posts of the clock hour that is cut by the boundary `day` days back, before the cut."""
        times = self._cut.get((day, beat_id))
        return bisect_left(times, self._as_of - day * DAY) if times else 0
