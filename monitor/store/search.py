"""Listing and searching stored posts."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from monitor.records import Engagement, Post, PostQuery, StoredPost

_COLUMNS = """
p.id, s.slug, p.native_id, p.text, p.published_at, p.collected_at, p.title, p.url, p.author, p.author_name, p.lang,
p.likes, p.reposts, p.replies, p.quotes, p.views, p.at, p.beat_ids, p.negative_permille, p.positive_permille,
p.cluster, p.deleted_at IS NOT NULL
"""

_FROM = "FROM posts p JOIN sources s ON s.id = p.source_id"

_ENGAGEMENT = "coalesce(p.likes, 0) + coalesce(p.reposts, 0) + coalesce(p.replies, 0) + coalesce(p.quotes, 0)"

_LABELS = {
    "negative": "p.negative_permille >= p.positive_permille "
    "AND p.negative_permille >= 1000 - p.negative_permille - p.positive_permille",
    "positive": "p.positive_permille > p.negative_permille "
    "AND p.positive_permille > 1000 - p.negative_permille - p.positive_permille",
}
_LABELS["neutral"] = f"p.negative_permille IS NOT NULL AND NOT ({_LABELS['negative']}) AND NOT ({_LABELS['positive']})"


def find_post(connection: sqlite3.Connection, beats: Mapping[int, str], post_id: int) -> StoredPost | None:
    """One post by its number."""
    row = connection.execute(f"SELECT {_COLUMNS} {_FROM} WHERE p.id = ?", (post_id,)).fetchone()
    return _stored(row, beats) if row else None


def find_numbered(
    connection: sqlite3.Connection, beats: Mapping[int, str], numbers: Sequence[int]
) -> tuple[StoredPost, ...]:
    """Posts by their numbers, in that order; those that are gone are left out."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM json_each(?) j CROSS JOIN posts p ON p.id = j.value "
        "JOIN sources s ON s.id = p.source_id ORDER BY j.key",
        (json.dumps(list(numbers)),),
    )
    return tuple(_stored(row, beats) for row in rows)


def find_posts(connection: sqlite3.Connection, beats: Mapping[int, str], query: PostQuery) -> tuple[StoredPost, ...]:
    """Posts that the query asks for; deleted ones only where no words are searched for.

    Newest first walks the index on beat and time, so that it costs what it lists.
    """
    beat_ids = [beat_id for beat_id, slug in beats.items() if slug in query.beats]
    if query.beats and not beat_ids:
        return ()
    conditions, values = _conditions(query)
    order = f"{_ENGAGEMENT} DESC, p.at DESC, p.id DESC" if query.order == "engagement" else "p.at DESC, p.id DESC"
    if query.search.strip():
        for words in (query.search, quoted_words(query.search)):
            source = f"{_FROM} JOIN posts_search f ON f.rowid = p.id"
            where = ["posts_search MATCH ?", *conditions]
            if beat_ids:
                where.append(f"EXISTS (SELECT 1 FROM json_each(p.beat_ids) j WHERE j.value IN ({_numbers(beat_ids)}))")
            try:
                return _select(connection, beats, source, where, [words, *values], order, query.limit)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                    raise
        return ()
    if len(beat_ids) <= 1:
        beat_id = beat_ids[0] if beat_ids else 0
        source = "FROM post_beats e CROSS JOIN posts p ON p.id = e.post_id JOIN sources s ON s.id = p.source_id"
        where = ["e.beat_id = ?", *(condition.replace("p.at", "e.at") for condition in conditions)]
        order = order.replace("p.at", "e.at").replace("p.id", "e.post_id")
        return _select(connection, beats, source, where, [beat_id, *values], order, query.limit)
    where = [f"p.id IN (SELECT post_id FROM post_beats WHERE beat_id IN ({_numbers(beat_ids)}))", *conditions]
    return _select(connection, beats, _FROM, where, values, order, query.limit)


def quoted_words(search: str) -> str:
    """The words of a search as FTS5 strings, so that no sign in them is an operator."""
    return " ".join('"' + word.replace('"', '""') + '"' for word in re.findall(r"\S+", search))


def _numbers(numbers: list[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _conditions(query: PostQuery) -> tuple[list[str], list[object]]:
    conditions: list[str] = []
    values: list[object] = []
    for condition, value in (
        ("p.at >= ?", query.since),
        ("p.at < ?", query.until),
        ("p.collected_at < ?", query.collected_before),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    if query.sources:
        conditions.append(f"s.slug IN ({', '.join('?' * len(query.sources))})")
        values.extend(query.sources)
    if query.sentiment is not None:
        conditions.append(f"({_LABELS[query.sentiment]})")
    return conditions, values


def _select(
    connection: sqlite3.Connection,
    beats: Mapping[int, str],
    source: str,
    where: list[str],
    values: list[object],
    order: str,
    limit: int,
) -> tuple[StoredPost, ...]:
    restriction = "WHERE " + " AND ".join(where) if where else ""
    rows = connection.execute(f"SELECT {_COLUMNS} {source} {restriction} ORDER BY {order} LIMIT ?", (*values, limit))
    return tuple(_stored(row, beats) for row in rows)


def _stored(row: tuple[Any, ...], beats: Mapping[int, str]) -> StoredPost:
    at, beat_ids, negative, positive, cluster, deleted = row[16:]
    post = Post._make((*row[1:11], Engagement._make(row[11:16]), ()))
    probabilities = None
    if negative is not None:
        probabilities = (negative / 1000, (1000 - negative - positive) / 1000, positive / 1000)
    slugs = tuple(beats[number] for number in json.loads(beat_ids))
    return StoredPost(row[0], post, at, slugs, probabilities, cluster, bool(deleted))
