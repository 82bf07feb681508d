"""Posts that a story may mean: by what an audience did with them, and by their addresses."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from monitor.records import StoredPost
from monitor.store.search import find_post

COUNTS = ("likes", "replies", "reposts", "quotes", "views")


class CopiedText(NamedTuple):
    """A text that was posted more than once in a span."""

    cluster: int
    authors: int
    """A post whose author is not known counts as one of its own."""
    posts: int
    first_post: int
    """The number of the earliest."""


MOST_COPIED = 100


def find_copied(
    connection: sqlite3.Connection, beat_id: int, span: tuple[int, int], as_of: int
) -> tuple[CopiedText, ...]:
    """The texts of a beat that were posted more than once in a span, as known at a moment; by most authors first."""
    rows = connection.execute(
        "SELECT p.cluster, count(DISTINCT coalesce(p.author_key, -p.id)) AS authors, count(*), min(p.id) "
        "FROM post_beats e CROSS JOIN posts p ON p.id = e.post_id "
        "WHERE e.beat_id = ? AND e.at >= ? AND e.at < ? AND e.collected_at < ? AND p.cluster IS NOT NULL "
        "GROUP BY p.cluster HAVING count(*) > 1 ORDER BY authors DESC, count(*) DESC, p.cluster LIMIT ?",
        (beat_id, *span, as_of, MOST_COPIED),
    )
    return tuple(CopiedText(*row) for row in rows)


def find_by_count(
    connection: sqlite3.Connection, beats: Mapping[int, str], count: str, value: int, span: tuple[int, int], limit: int
) -> tuple[StoredPost, ...]:
    """Posts of a span with exactly so many likes (or replies, and so on), newest first; deleted ones do not count.

    Raises:
        ValueError: there is no such count.
    """
    if count not in COUNTS:
        raise ValueError(f"{count} is none of {', '.join(COUNTS)}")
    rows = connection.execute(
        "SELECT p.id FROM post_beats e CROSS JOIN posts p ON p.id = e.post_id "
        f"WHERE e.beat_id = 0 AND e.at >= ? AND e.at < ? AND p.{count} = ? AND p.deleted_at IS NULL "
        "ORDER BY e.at DESC, p.id DESC LIMIT ?",
        (*span, value, limit),
    ).fetchall()
    return _posts(connection, beats, rows)


def find_by_addresses(
    connection: sqlite3.Connection, beats: Mapping[int, str], urls: Sequence[str]
) -> tuple[StoredPost, ...]:
    """Posts at any of the addresses; deleted ones have none. Reads all posts once, whatever the number of addresses."""
    if not urls:
        return ()
    marks = ", ".join("?" * len(urls))
    rows = connection.execute(f"SELECT id FROM posts WHERE url IN ({marks}) ORDER BY id", tuple(urls)).fetchall()
    return _posts(connection, beats, rows)


def find_named(
    connection: sqlite3.Connection, beats: Mapping[int, str], names: Sequence[tuple[str, str]]
) -> tuple[StoredPost, ...]:
    """Posts by source and native id, in that order; deleted ones keep both. What the store has not is left out."""
    rows = [
        connection.execute(
            "SELECT p.id FROM sources s JOIN posts p ON p.source_id = s.id AND p.native_id = ? WHERE s.slug = ?",
            (native_id, source),
        ).fetchone()
        for source, native_id in names
    ]
    return _posts(connection, beats, [row for row in rows if row is not None])


def _posts(
    connection: sqlite3.Connection, beats: Mapping[int, str], rows: Sequence[tuple[int]]
) -> tuple[StoredPost, ...]:
    found = (find_post(connection, beats, row[0]) for row in rows)
    return tuple(post for post in found if post is not None)
