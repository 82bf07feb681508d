"""Volumes of the same 24 hours on earlier days, kept in memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from monitor.instants import DAY, HOUR, MINUTE
from monitor.signals.baseline import DAYS
from monitor.store.schema import ALL_BEATS

if TYPE_CHECKING:
    from monitor.store.following import Follower


_STEP = 5 * MINUTE
"""Times within the cut hours are held for this long a stretch of the clock, then read for the next."""


class EarlierDays:
    """Hourly totals, and what lies before the boundaries of the windows in the clock hours that these cut."""

    def __init__(self) -> None:
        self.stale = True
        self._as_of = 0
        self._hourly: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
        self._sums: dict[int, list[int]] = {}
        self._before_step: defaultdict[tuple[int, int], int] = defaultdict(int)
        """By days back and beat: posts of the cut hour before the present step."""
        self._within_step: dict[tuple[int, int], array[int]] = {}
        """By days back and beat: times of the posts within the present step."""

    def load(self, follower: Follower, as_of: int) -> None:
        """Read everything anew."""
        self.stale = False
        self._as_of = as_of
        hour = as_of // HOUR
        self._hourly = defaultdict(lambda: defaultdict(int))
        self._sums = {}
        for beat_id, at_hour, posts in follower.hourly_totals(hour - (DAYS + 1) * 24, hour + 1):
            self._hourly[beat_id][at_hour] = posts
            self._add_to_sum(beat_id, at_hour, posts)
        self._load_step(follower)

    def _load_step(self, follower: Follower) -> None:
        hour, step = self._as_of - self._as_of % HOUR, self._as_of - self._as_of % _STEP
        back = [day * DAY for day in range(DAYS + 2)]
        self._before_step = defaultdict(int)
        for day, beat_id, posts in follower.counts_within([(hour - past, step - past) for past in back]):
            self._before_step[day, beat_id] = posts
        self._within_step = {}
        for day, beat_id, at in follower.times_within([(step - past, step - past + _STEP) for past in back]):
            self._within_step.setdefault((day, beat_id), array("q")).append(at)

    def move_to(self, follower: Follower, as_of: int) -> None:
        """Follow the clock; after a change further back, and at a new hour, everything is read anew."""
        if self.stale or as_of // HOUR != self._as_of // HOUR:
            self.load(follower, as_of)
        elif as_of // _STEP != self._as_of // _STEP:
            self._as_of = as_of
            self._load_step(follower)
        self._as_of = as_of

    def add(self, at: int, beat_ids: Sequence[int]) -> None:
        """Count a new post."""
        day, rest = divmod(self._as_of // HOUR - at // HOUR, 24)
        if not 0 <= day <= DAYS + 1:
            self.stale = self.stale or day < 0
            return
        step = self._as_of - self._as_of % _STEP - day * DAY
        for beat_id in (ALL_BEATS, *beat_ids):
            self._hourly[beat_id][at // HOUR] += 1
            self._add_to_sum(beat_id, at // HOUR, 1)
            if rest == 0 and at < step:
                self._before_step[day, beat_id] += 1
            elif rest == 0 and at < step + _STEP:
                times = self._within_step.setdefault((day, beat_id), array("q"))
                times.insert(bisect_right(times, at), at)

    def _add_to_sum(self, beat_id: int, at_hour: int, posts: int) -> None:
        """Sums over whole days that end with the hour before the present one; index 0 is the latest."""
        day = (self._as_of // HOUR - 1 - at_hour) // 24
        if 0 <= day <= DAYS:
            self._sums.setdefault(beat_id, [0] * (DAYS + 1))[day] += posts

    def volumes(self, days: Collection[int], left_out: frozenset[int]) -> dict[int, dict[int, int]]:
        """By beat and by how many days back; `left_out` are positions of hours within the window."""
        return {beat_id: {day: self._of_day(beat_id, day, left_out) for day in days} for beat_id in self._sums}

    def _of_day(self, beat_id: int, day: int, left_out: frozenset[int]) -> int:
        before_start, before_end = self._before(day + 1, beat_id), self._before(day, beat_id)
        volume = self._sums[beat_id][day] + before_end - before_start
        for position in left_out:
            if position == 24:
                volume -= before_end
            else:
                volume -= self._hourly[beat_id].get(self._as_of // HOUR - (day + 1) * 24 + position, 0)
                volume += before_start if position == 0 else 0
        return volume

    def _before(self, day: int, beat_id: int) -> int:
        """Posts of the clock hour that is cut by the boundary `day` days back, before the cut."""
        times = self._within_step.get((day, beat_id))
        within = bisect_left(times, self._as_of - day * DAY) if times else 0
        return self._before_step.get((day, beat_id), 0) + within
