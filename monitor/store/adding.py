"""New posts into tables. Rows go in by the dozen, and all that is counted of them is taken from the rows by SQL.

Python's steps for each row cost more here than SQLite's, above all a NULL, which its `sqlite3` module looks up adapters
for. So rows are made as columns, a column without values is left out, and one statement takes many rows.

Constraints are declared to FAIL, which needs no journal for the statement: the transaction is rolled back as a whole.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain, islice
from typing import Any

from monitor.records import AnalysedPost, Engagement, Post
from monitor.store.posting import as_json, author_key, mood_of, next_post_id
from monitor.store.rollups import FIVE_MINUTE_OF_AT, HOUR_OF_AT, UPSERT_RECORDS
from monitor.store.schema import ALL_BEATS

_ROWS = (1_000, 50, 1)
"""Rows of one statement. Many, so that a thread that writes seldom waits for its turn to run Python."""

_NEW_POSTS = "posts p WHERE p.id BETWEEN :first AND :last"
_NEW_TAGS = "posts p, json_each(p.beat_ids) j WHERE p.id BETWEEN :first AND :last AND p.beat_ids <> '[]'"

_COUNTED = f"""
SELECT {ALL_BEATS} AS beat_id, source_id, at, cell FROM {_NEW_POSTS} UNION ALL
SELECT j.value, source_id, at, cell FROM {_NEW_TAGS}
"""

_DERIVE = (
    f"INSERT OR FAIL INTO post_beats SELECT {ALL_BEATS}, at, id, source_id, collected_at, cell FROM {_NEW_POSTS} "
    "ORDER BY at, id",
    f"INSERT OR FAIL INTO post_beats SELECT j.value, at, p.id, source_id, collected_at, cell FROM {_NEW_TAGS} "
    "ORDER BY j.value, at, p.id",
    f"INSERT INTO posts_search (rowid, title, text) SELECT id, title, text FROM {_NEW_POSTS}",
    f"""
    INSERT OR FAIL INTO clusters SELECT cluster, count(*) FROM {_NEW_POSTS} AND cluster IS NOT NULL GROUP BY cluster
    ON CONFLICT DO UPDATE SET posts = posts + excluded.posts
    """,
    f"""
    WITH by_source AS MATERIALIZED (
        SELECT beat_id, source_id, {HOUR_OF_AT} AS hour, count(*) AS posts, count(cell) AS scored
        FROM ({_COUNTED}) GROUP BY 1, 2, 3
    )
    INSERT OR FAIL INTO hourly SELECT * FROM (
        SELECT * FROM by_source UNION ALL
        SELECT beat_id, 0, hour, sum(posts), sum(scored) FROM by_source GROUP BY beat_id, hour
    ) WHERE true
    ON CONFLICT DO UPDATE SET posts = posts + excluded.posts, scored = scored + excluded.scored
    """,
    f"""
    INSERT OR FAIL INTO hourly_moods SELECT beat_id, source_id, {HOUR_OF_AT}, cell, count(*) FROM ({_COUNTED})
    WHERE cell IS NOT NULL GROUP BY 1, 2, 3, 4
    ON CONFLICT DO UPDATE SET posts = posts + excluded.posts
    """,
    f"""
    INSERT OR FAIL INTO five_minutes SELECT beat_id, {FIVE_MINUTE_OF_AT}, count(*) FROM ({_COUNTED})
    WHERE true GROUP BY 1, 2
    ON CONFLICT DO UPDATE SET posts = posts + excluded.posts
    """,
)


def insert_posts(
    connection: sqlite3.Connection, source_id: int, posts: Sequence[AnalysedPost], beat_ids: Mapping[str, int]
) -> None:
    """Store posts of a source that are not stored yet; `count_posts` has to follow."""
    if not posts:
        return
    columns = _columns(next_post_id(connection), source_id, posts, beat_ids)
    filled = {name: values for name, values in columns.items() if values.count(None) < len(values)}
    one = f"({', '.join('?' * len(filled))})"
    insert = f"INSERT OR FAIL INTO posts ({', '.join(filled)}) VALUES "
    values = chain.from_iterable(zip(*filled.values(), strict=True))
    left = len(posts)
    for rows in _ROWS:
        times, left = divmod(left, rows)
        if times:
            statements = (tuple(islice(values, rows * len(filled))) for _ in range(times))
            connection.executemany(insert + ", ".join([one] * rows), statements)
    records = Counter({ALL_BEATS: len(posts)})
    for slugs, times in Counter(analysed.beats for analysed in posts).items():
        records.update({beat_ids[slug]: times for slug in slugs})
    connection.executemany(UPSERT_RECORDS, [(beat_id, source_id, count) for beat_id, count in records.items() if count])


def _columns(
    first: int, source_id: int, posts: Sequence[AnalysedPost], beat_ids: Mapping[str, int]
) -> dict[str, Sequence[Any]]:
    """The rows of the table `posts`, column by column."""
    given: dict[str, tuple[Any, ...]] = dict(zip(AnalysedPost._fields, zip(*posts, strict=True), strict=True))
    said: dict[str, tuple[Any, ...]] = dict(zip(Post._fields, zip(*given["post"], strict=True), strict=True))
    engagement = dict(zip(Engagement._fields, zip(*said["engagement"], strict=True), strict=True))
    tags = {slugs: as_json([beat_ids[slug] for slug in slugs]) for slugs in set(given["beats"])}
    cells, negative, positive = zip(*map(mood_of, posts), strict=True)
    return {
        "id": range(first, first + len(posts)),
        "source_id": (source_id,) * len(posts),
        "native_id": said["native_id"],
        "at": tuple(map(min, said["published_at"], said["collected_at"])),
        "published_at": said["published_at"],
        "collected_at": said["collected_at"],
        "beat_ids": [tags[slugs] for slugs in given["beats"]],
        "cluster": given["cluster"],
        "author_key": tuple(map(author_key, said["source"], said["author"])),
        "cell": cells,
        "negative_permille": negative,
        "positive_permille": positive,
        "lang": said["lang"],
        **engagement,
        **{name: said[name] for name in ("author", "author_name", "url", "title", "text")},
    }


def count_posts(connection: sqlite3.Connection, first: int, last: int) -> None:
    """Everything that is kept beside the posts with these numbers: tags, search index, clusters and rollups."""
    for statement in _DERIVE:
        connection.execute(statement, {"first": first, "last": last})
