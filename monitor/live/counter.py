"""Counts of the last 24 hours over all sources, kept in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from json import loads
from typing import TYPE_CHECKING

from monitor.instants import HOUR
from monitor.live.earlier_days import EarlierDays
from monitor.live.window import Window
from monitor.records import Lens
from monitor.snapshot import StoreCounter
from monitor.store.counting import Selection, WindowCounts
from monitor.store.schema import ALL_BEATS

if TYPE_CHECKING:
    from monitor.store.reader import Reader

WINDOW_HOURS = 24
_MOST_CHANGES = 2000
"""With more changed posts than this, counting anew is cheaper."""


class LiveCounter(StoreCounter):
    """Serves what is asked of the followed window from memory, and the rest from the store."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader)
        self._follower = reader.follow()
        self._window = Window(frozenset())
        self._days = EarlierDays()
        self._newest_post = self._newest_change = 0
        self._as_of: int | None = None
        self._followed: frozenset[int] = frozenset()

    def follow(self, as_of: int) -> None:
        """Bring the counts to a moment later than the newest collection; within `Reader.moment`."""
        newest_post, newest_change = self._follower.newest()
        followed = frozenset(row.id for row in self._reader.beats().values()) | {ALL_BEATS}
        if self._as_of is None or as_of < self._as_of or followed != self._followed or self._too_far_behind():
            self._followed = followed
            self._window = Window(followed)
            span = (as_of - WINDOW_HOURS * HOUR, as_of)
            self._window.load(self._follower.entries_within(span), super().window(Selection(span, None)))
            self._days.load(self._follower, as_of)
        else:
            self._take_changes()
            self._take_new(as_of - WINDOW_HOURS * HOUR)
            self._days.move_to(self._follower, as_of)
        self._window.drop_before(as_of - WINDOW_HOURS * HOUR)
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
            and selection.span == (self._as_of - WINDOW_HOURS * HOUR, self._as_of)
        )

    def window(self, selection: Selection) -> WindowCounts:
        return self._window.counts() if self._serves(selection) else super().window(selection)

    def uniques(self, selection: Selection) -> tuple[Mapping[int, int], Mapping[int, int]] | None:
        return self._window.uniques() if self._serves(selection) else super().uniques(selection)

    def previous(self, selection: Selection, lens: Lens) -> Mapping[int, int]:
        start, end = selection.span
        if lens == "raw" and self._serves(selection._replace(span=(end, end + (end - start)))):
            return {beat_id: volumes[1] for beat_id, volumes in self._days.volumes((1,), frozenset()).items()}
        return super().previous(selection, lens)

    def days(
        self, selection: Selection, days: Collection[int], left_out: frozenset[int]
    ) -> Mapping[int, Mapping[int, int]]:
        return (
            self._days.volumes(days, left_out) if self._serves(selection) else super().days(selection, days, left_out)
        )
