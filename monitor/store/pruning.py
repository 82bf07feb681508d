"""Removing posts that are older than what is to be kept. What was counted of them by the hour stays as it was."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence

from monitor.instants import DAY, HOUR
from monitor.records import AnalysedPost
from monitor.store.posting import counted_at, leave_cluster
from monitor.store.schema import ALL_BEATS

SHORTEST = 61 * DAY
"""What is always kept: the longest window is thirty days, and so is the one before it."""
AT_ONCE = 2000
"""Posts of one transaction, so that a fetcher need not wait."""

_PRUNED_BEFORE = "pruned_before"

_OLDEST = """
SELECT p.id, p.at, p.source_id, p.beat_ids, p.cluster, p.title, p.text, p.deleted_at
FROM post_beats e CROSS JOIN posts p ON p.id = e.post_id
WHERE e.beat_id = 0 AND e.at < ? ORDER BY e.at LIMIT ?
"""
_DELETE_SEARCH = "INSERT INTO posts_search (posts_search, rowid, title, text) VALUES ('delete', ?, ?, ?)"
_DELETE_BEAT = "DELETE FROM post_beats WHERE beat_id = ? AND at = ? AND post_id = ?"
_TAKE_RECORDS = "UPDATE records SET posts = posts - ? WHERE beat_id = ? AND source_id = ?"


def pruned_before(connection: sqlite3.Connection) -> int:
    """The instant before which there are no posts any more; 0 where nothing was pruned."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_PRUNED_BEFORE,)).fetchone()
    return 0 if row is None else int(row[0])


def begin(connection: sqlite3.Connection, before: int) -> int:
    """Let nothing older in from now on; gives the whole hour before which posts go, never earlier than at last time."""
    limit = max(before - before % HOUR, pruned_before(connection))
    connection.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (_PRUNED_BEFORE, limit)
    )
    return limit


def count_older(connection: sqlite3.Connection, before: int) -> int:
    """How many posts are older than the whole hour before an instant."""
    row = connection.execute(
        "SELECT count(*) FROM post_beats WHERE beat_id = ? AND at < ?", (ALL_BEATS, before - before % HOUR)
    ).fetchone()
    return int(row[0])


def prune_some(connection: sqlite3.Connection, before: int, limit: int = AT_ONCE) -> int:
    """Remove the oldest posts of those before an instant, so many at most; gives how many there were."""
    rows = connection.execute(_OLDEST, (before, limit)).fetchall()
    tags: list[tuple[int, int, int]] = []
    records: Counter[tuple[int, int]] = Counter()
    for post_id, at, source_id, beat_ids, cluster, _, _, _ in rows:
        for beat_id in (ALL_BEATS, *json.loads(beat_ids)):
            tags.append((beat_id, at, post_id))
            records[beat_id, source_id] += 1
        leave_cluster(connection, cluster)
    ids = [(row[0],) for row in rows]
    connection.executemany(_DELETE_SEARCH, [(row[0], row[5], row[6]) for row in rows if row[7] is None])
    connection.executemany(_DELETE_BEAT, tags)
    connection.executemany(_TAKE_RECORDS, [(posts, *key) for key, posts in records.items()])
    for table, column in (("labels", "post_id"), ("refreshes", "post_id"), ("posts", "id")):
        connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", ids)
    return len(rows)


def without_older(connection: sqlite3.Connection, posts: Sequence[AnalysedPost]) -> Sequence[AnalysedPost]:
    """The offers that are not older than what was pruned, whose counts must not change any more."""
    limit = pruned_before(connection)
    if not limit:
        return posts
    return [offer for offer in posts if counted_at(offer.post, offer.post.collected_at) >= limit]
