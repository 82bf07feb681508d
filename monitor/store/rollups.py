"""Counts that are kept beside the posts, changed in the same transaction."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from monitor.instants import HOUR, MINUTE
from monitor.store.schema import ALL_BEATS, ALL_SOURCES

FIVE_MINUTES = 5 * MINUTE

HOUR_OF_AT = "at / 3600000 - (at % 3600000 < 0)"
"""SQL for the number of the hour; SQLite divides towards zero, which is not downwards before 1970."""

FIVE_MINUTE_OF_AT = "at / 300000 - (at % 300000 < 0)"

UPSERT_HOURLY = """
INSERT INTO hourly (beat_id, source_id, hour, posts, scored) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET posts = posts + excluded.posts, scored = scored + excluded.scored
"""
UPSERT_MOODS = """
INSERT INTO hourly_moods (beat_id, source_id, hour, cell, posts) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET posts = posts + excluded.posts
"""
UPSERT_FIVE_MINUTES = """
INSERT INTO five_minutes (beat_id, five_minute, posts) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET posts = posts + excluded.posts
"""
UPSERT_RECORDS = """
INSERT INTO records (beat_id, source_id, posts) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET posts = posts + excluded.posts
"""


class Changes:
    """Sums of what a transaction adds to and takes from the rollups, written once at its end."""

    def __init__(self) -> None:
        self._posts: defaultdict[tuple[int, int, int], int] = defaultdict(int)
        self._moods: defaultdict[tuple[int, int, int, int], int] = defaultdict(int)
        self._five_minutes: defaultdict[tuple[int, int], int] = defaultdict(int)

    def count(self, beat_ids: Iterable[int], source_id: int, at: int, cell: int | None, sign: int = 1) -> None:
        """Count one post in its beats, and once among all; `sign` -1 takes it away."""
        hour = at // HOUR
        five_minute = at // FIVE_MINUTES
        for beat_id in (ALL_BEATS, *beat_ids):
            self._posts[beat_id, source_id, hour] += sign
            self._five_minutes[beat_id, five_minute] += sign
            if cell is not None:
                self._moods[beat_id, source_id, hour, cell] += sign

    def write(self, connection: sqlite3.Connection) -> None:
        """Add the sums to the tables."""
        scored: defaultdict[tuple[int, int, int], int] = defaultdict(int)
        for (beat_id, source_id, hour, _), posts in self._moods.items():
            scored[beat_id, source_id, hour] += posts
        hourly: dict[tuple[int, int, int], list[int]] = {}
        records: defaultdict[tuple[int, int], int] = defaultdict(int)
        for (beat_id, source_id, hour), posts in self._posts.items():
            in_hour = scored.get((beat_id, source_id, hour), 0)
            hourly[beat_id, source_id, hour] = [posts, in_hour]
            together = hourly.setdefault((beat_id, ALL_SOURCES, hour), [0, 0])
            together[0] += posts
            together[1] += in_hour
            records[beat_id, source_id] += posts
        connection.executemany(UPSERT_HOURLY, sorted((*key, *sums) for key, sums in hourly.items()))
        connection.executemany(UPSERT_MOODS, sorted((*key, posts) for key, posts in self._moods.items() if posts))
        connection.executemany(
            UPSERT_FIVE_MINUTES, sorted((*key, posts) for key, posts in self._five_minutes.items() if posts)
        )
        connection.executemany(UPSERT_RECORDS, sorted((*key, posts) for key, posts in records.items() if posts))
        self._posts.clear()
        self._moods.clear()
        self._five_minutes.clear()
