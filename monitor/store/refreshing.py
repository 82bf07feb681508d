"""Asking sources again about stored posts: which ones, and what becomes of the answers.

Asked about are posts that people see: the newest of each beat in the last 24 hours, and the most engaged of those that
were asked about before. A post is due when it has passed one of the source's ages since it was asked about last. Where
the terms of a source let nothing be kept for longer than some days, all its posts are due shortly before that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from typing import NamedTuple

from monitor.instants import HOUR
from monitor.records import Engagement
from monitor.store import posting
from monitor.store.erasing import note_erasure
from monitor.store.ledger import failing_since

SHOWN = 25 * HOUR
"""How old a post may be and still be asked about: shown for a day, it has passed the age of a day then."""
SCANNED = 3_000
"""Newest posts of a beat that are looked at, of all sources."""
KNOWN = 20_000
"""Posts asked about before, the newest, of which the most engaged are looked for."""
WALKED = 2_000
"""Posts that are looked at in one go for whether their time is running out."""

_COLUMNS = "p.id, p.native_id, p.author, p.url"
_ENGAGEMENT = "coalesce(p.likes, 0) + coalesce(p.reposts, 0) + coalesce(p.replies, 0) + coalesce(p.quotes, 0)"


class DuePost(NamedTuple):
    """A post to ask about."""

    id: int
    native_id: str
    author: str | None
    url: str | None


class Walk(NamedTuple):
    """What was found on the way through the posts of a source whose terms let none be kept for long."""

    running_out: tuple[DuePost, ...]
    overdue: tuple[DuePost, ...]
    """Those that should have been asked about by now."""
    place: str
    """Where to go on; empty to begin again."""
    failing_since: int | None = None
    """When the first attempt after the last success of the source was recorded; None where nothing fails."""


class Renewal(NamedTuple):
    """What a source said, as it is written."""

    engagements: Mapping[str, Engagement] = {}
    """By native id."""
    names: Mapping[str, str] = {}
    """By the author's identifier."""
    gone: Sequence[str] = ()
    """Native ids of posts that lose their words, because the source has them no longer or does not let us keep them."""
    asked: Sequence[int] = ()
    """Numbers of the posts that count as asked about now."""


def shown_posts(
    connection: sqlite3.Connection, source_id: int, ages: Sequence[int], now: int, limit: int
) -> tuple[DuePost, ...]:
    """Posts that are shown and due.

    Args:
        connection: The store.
        source_id: Of which source.
        ages: Milliseconds after publication at which a post is due.
        now: The present instant.
        limit: How many at most. The most engaged stand first among equals, then each beat has its turn.
    """
    if not ages or limit <= 0:
        return ()
    due = _due(ages)
    beats = [row[0] for row in connection.execute("SELECT id FROM beats WHERE active ORDER BY id")]
    lists = [_most_engaged(connection, source_id, due, now, limit)]
    span = (now - SHOWN, now - min(ages))
    lists += [_newest(connection, source_id, beat_id, due, span, now, limit) for beat_id in beats]
    found: dict[int, DuePost] = {}
    for post in chain.from_iterable(zip_longest(*lists)):
        if post is not None:
            found.setdefault(post.id, post)
    return tuple(found.values())[:limit]


def _due(ages: Sequence[int]) -> str:
    """Whether a post `e` that was asked about at `r.refreshed_at` has passed an age since, at the instant `:now`."""
    passed = " ".join(f"WHEN e.at <= :now - {age} THEN e.at + {age}" for age in sorted(map(int, ages), reverse=True))
    return f"(r.refreshed_at IS NULL OR r.refreshed_at < CASE {passed} ELSE 0 END)"


def _newest(
    connection: sqlite3.Connection,
    source_id: int,
    beat_id: int,
    due: str,
    span: tuple[int, int],
    now: int,
    limit: int,
) -> list[DuePost]:
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM (SELECT post_id, at, source_id FROM post_beats WHERE beat_id = :beat AND at >= :start "
        "AND at <= :end ORDER BY at DESC, post_id DESC LIMIT :scanned) e "
        "LEFT JOIN refreshes r ON r.post_id = e.post_id CROSS JOIN posts p ON p.id = e.post_id "
        f"WHERE e.source_id = :source AND {due} AND p.deleted_at IS NULL LIMIT :limit",
        {
            "beat": beat_id,
            "start": span[0],
            "end": span[1],
            "scanned": SCANNED,
            "source": source_id,
            "now": now,
            "limit": limit,
        },
    )
    return [DuePost(*row) for row in rows]


def _most_engaged(connection: sqlite3.Connection, source_id: int, due: str, now: int, limit: int) -> list[DuePost]:
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM (SELECT post_id, refreshed_at FROM refreshes ORDER BY post_id DESC LIMIT :known) r "
        "CROSS JOIN posts p ON p.id = r.post_id "
        f"WHERE p.source_id = :source AND p.at >= :start AND {due.replace('e.at', 'p.at')} AND p.deleted_at IS NULL "
        f"AND {_ENGAGEMENT} > 0 ORDER BY {_ENGAGEMENT} DESC, p.id DESC LIMIT :limit",
        {"known": KNOWN, "source": source_id, "start": now - SHOWN, "now": now, "limit": limit},
    )
    return [DuePost(*row) for row in rows]


def walk(connection: sqlite3.Connection, source_id: int, place: str, ask_before: int, keep_from: int) -> Walk:
    """Look through the next posts of a source for those that were neither collected nor asked about for long.

    Args:
        connection: The store.
        source_id: Of which source.
        place: Where the walk stands; empty at its beginning.
        ask_before: Posts that were heard of last before this instant are to be asked about.
        keep_from: Those heard of last before this one should have been.
    """
    rows = connection.execute(
        f"SELECT {_COLUMNS}, p.deleted_at IS NULL, max(p.collected_at, coalesce(r.refreshed_at, 0)) FROM posts p "
        "LEFT JOIN refreshes r ON r.post_id = p.id WHERE p.source_id = ? AND p.native_id > ? "
        "ORDER BY p.native_id LIMIT ?",
        (source_id, place, WALKED),
    ).fetchall()
    running_out: list[DuePost] = []
    overdue: list[DuePost] = []
    for *columns, kept, heard_of in rows:
        if kept and heard_of < ask_before:
            (overdue if heard_of < keep_from else running_out).append(DuePost(*columns))
    place = rows[-1][1] if len(rows) == WALKED else ""
    return Walk(tuple(running_out), tuple(overdue), place, failing_since(connection, source_id) if overdue else None)


def renew(connection: sqlite3.Connection, source_id: int, source: str, renewal: Renewal, now: int) -> tuple[int, int]:
    """Write down what a source said. Erased posts stay as they are. Needs a write transaction.

    Returns:
        How many posts changed, and how many lost their words.
    """
    changed = 0
    known = posting.find_known(connection, source_id, renewal.engagements)
    for native_id, post in known.items():
        if post.deleted_at is None:
            changed += posting.update_engagement(connection, post, renewal.engagements[native_id])
    for author, name in renewal.names.items():
        changed += connection.execute(
            "UPDATE posts SET author_name = ? WHERE author_key = ? AND source_id = ? AND author_name IS NOT ?",
            (name, posting.author_key(source, author), source_id, name),
        ).rowcount
    gone = [post.id for post in posting.find_known(connection, source_id, renewal.gone).values()]
    erased = posting.erase_posts(connection, gone, now)
    if erased:
        note_erasure(connection)
        posting.trim_changes(connection)
    connection.executemany(
        "INSERT INTO refreshes VALUES (?, ?) ON CONFLICT DO UPDATE SET refreshed_at = excluded.refreshed_at",
        [(post_id, now) for post_id in renewal.asked],
    )
    return changed, erased


def forget_asking(connection: sqlite3.Connection, source_id: int, before: int) -> None:
    """Forget when posts of a source were asked about before an instant, and posts that are no longer there."""
    connection.execute(
        "DELETE FROM refreshes WHERE refreshed_at < ?1 "
        "AND coalesce((SELECT p.source_id FROM posts p WHERE p.id = post_id), ?2) = ?2",
        (before, source_id),
    )
