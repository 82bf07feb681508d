"""Posts that are stored already: what is known of them, updates, erasures, new tags. Always inside a transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from monitor.records import AnalysedPost, Engagement, Post
from monitor.store.cells import cell_of, permille_of
from monitor.store.rollups import Changes
from monitor.store.schema import ALL_BEATS

_UPDATE_POST = """
UPDATE posts SET at = ?, published_at = ?, beat_ids = ?, cluster = ?, author_key = ?, cell = ?, negative_permille = ?,
    positive_permille = ?, lang = ?, likes = ?, reposts = ?, replies = ?, quotes = ?, views = ?, author = ?,
    author_name = ?, url = ?, title = ?, text = ?
WHERE id = ?
"""

_UPDATE_ENGAGEMENT = """
UPDATE posts SET likes = coalesce(?, likes), reposts = coalesce(?, reposts), replies = coalesce(?, replies),
    quotes = coalesce(?, quotes), views = coalesce(?, views)
WHERE id = ?
"""

_ERASE_POST = """
UPDATE posts SET deleted_at = ?, text = '', title = NULL, url = NULL, author = NULL, author_name = NULL,
    author_key = NULL
WHERE id = ?
"""

_FIND_KNOWN = """
SELECT p.native_id, p.id, p.at, p.published_at, p.collected_at, p.beat_ids, p.cluster, p.cell, p.deleted_at, p.lang,
    p.likes, p.reposts, p.replies, p.quotes, p.views, p.author, p.author_name, p.url, p.title, p.text
FROM json_each(?) j CROSS JOIN posts p ON p.source_id = ? AND p.native_id = j.value
"""

_INSERT_BEAT = "INSERT INTO post_beats VALUES (?, ?, ?, ?, ?, ?)"
_DELETE_BEAT = "DELETE FROM post_beats WHERE beat_id = ? AND at = ? AND post_id = ?"
_INSERT_SEARCH = "INSERT INTO posts_search (rowid, title, text) VALUES (?, ?, ?)"
_DELETE_SEARCH = "INSERT INTO posts_search (posts_search, rowid, title, text) VALUES ('delete', ?, ?, ?)"
_INSERT_CHANGE = "INSERT INTO changes (post_id, at, kind) VALUES (?, ?, ?)"
_KEPT_CHANGES = 100_000

_COUNT_IN_CLUSTER = "INSERT INTO clusters (id, posts) VALUES (?, 1) ON CONFLICT DO UPDATE SET posts = posts + 1"


class Known(NamedTuple):
    """What the store holds of a post that is offered again."""

    native_id: str
    id: int
    at: int
    published_at: int
    collected_at: int
    beat_ids: str
    cluster: int | None
    cell: int | None
    deleted_at: int | None
    lang: str | None
    likes: int | None
    reposts: int | None
    replies: int | None
    quotes: int | None
    views: int | None
    author: str | None
    author_name: str | None
    url: str | None
    title: str | None
    text: str

    @property
    def engagement(self) -> Engagement:
        return Engagement(self.likes, self.reposts, self.replies, self.quotes, self.views)


def author_key(source: str, author: str | None) -> int | None:
    """A 63-bit number for the author within the source; None for a post without an author."""
    if not author:
        return None
    digest = blake2b(f"{source}\0{author}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def posts_of_author(connection: sqlite3.Connection, source: str, author: str | None) -> list[int]:
    """Numbers of the posts of an author that are not erased yet; none for nobody."""
    key = author_key(source, author)
    if key is None:
        return []
    return [row[0] for row in connection.execute("SELECT id FROM posts WHERE author_key = ? ORDER BY id", (key,))]


def find_known(connection: sqlite3.Connection, source_id: int, native_ids: Iterable[str]) -> dict[str, Known]:
    """The posts of a source that are stored already, by native id."""
    rows = connection.execute(_FIND_KNOWN, (json.dumps(list(native_ids)), source_id))
    return {row[0]: Known(*row) for row in rows}


def next_post_id(connection: sqlite3.Connection) -> int:
    """The number after the highest that was ever given."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'posts'").fetchone()
    return int(row[0]) + 1 if row else 1


def counted_at(post: Post, collected_at: int) -> int:
    """When a post counts: as published, or as collected where the source claims the future."""
    return min(post.published_at, collected_at)


def as_json(numbers: Sequence[int]) -> str:
    """A JSON array; ten times as quick as the encoder, once for each post."""
    return f"[{', '.join(map(str, numbers))}]"


def mood_of(analysed: AnalysedPost) -> tuple[int | None, int | None, int | None]:
    """Cell, negative and positive thousandths; all None for a post that was not scored."""
    if analysed.probabilities is None:
        return None, None, None
    negative, positive = permille_of(analysed.probabilities)
    return cell_of(negative, positive), negative, positive


def says_otherwise(earlier: AnalysedPost, later: AnalysedPost) -> bool:
    """Whether two offers of one post differ in more than when they were collected."""
    return earlier.post._replace(collected_at=0) != later.post._replace(collected_at=0)


def is_update(known: Known, post: Post) -> bool:
    """Whether an offered post says anything else than the stored one, engagement aside.

    A post whose source gives no time is published when it is first collected, and stays so.
    """
    undated = post.published_at == post.collected_at
    return (known.text, known.title, known.url, known.author, known.author_name) != (
        post.text,
        post.title,
        post.url,
        post.author,
        post.author_name,
    ) or (not undated and known.published_at != post.published_at)


def renew(
    connection: sqlite3.Connection,
    source_id: int,
    known: Known,
    offered: AnalysedPost,
    beat_ids: Mapping[str, int],
    changes: Changes,
) -> bool:
    """Take over what an offered post says that the stored one does not. Returns whether it changed anything.

    A name that was looked up for the author stays where the post itself says none.
    """
    if known.deleted_at is not None:
        return False
    if offered.post.author_name is None and known.author_name is not None and offered.post.author == known.author:
        offered = offered._replace(post=offered.post._replace(author_name=known.author_name))
    if not is_update(known, offered.post):
        return update_engagement(connection, known, offered.post.engagement)
    update_post(connection, source_id, known, offered, beat_ids, changes)
    return True


def update_post(
    connection: sqlite3.Connection,
    source_id: int,
    known: Known,
    analysed: AnalysedPost,
    beat_ids: Mapping[str, int],
    changes: Changes,
) -> None:
    """Replace what a post says; its first `collected_at` stays."""
    post = analysed.post
    if post.published_at == post.collected_at:
        post = post._replace(published_at=known.published_at)
    at = counted_at(post, known.collected_at)
    beats = [beat_ids[slug] for slug in analysed.beats]
    cell, negative, positive = mood_of(analysed)
    _remove_tags(connection, source_id, known.id, known.at, json.loads(known.beat_ids), known.cell, changes)
    _add_tags(connection, source_id, known.id, at, known.collected_at, beats, cell, changes)
    if (known.title, known.text) != (post.title, post.text):
        connection.execute("DELETE FROM labels WHERE post_id = ?", (known.id,))
    connection.execute(_DELETE_SEARCH, (known.id, known.title, known.text))
    connection.execute(_INSERT_SEARCH, (known.id, post.title, post.text))
    connection.execute(
        _UPDATE_POST,
        (
            at,
            post.published_at,
            as_json(beats),
            analysed.cluster,
            author_key(post.source, post.author),
            cell,
            negative,
            positive,
            post.lang,
            *_newest(known.engagement, post.engagement),
            post.author,
            post.author_name,
            post.url,
            post.title,
            post.text,
            known.id,
        ),
    )
    if analysed.cluster != known.cluster:
        leave_cluster(connection, known.cluster)
        if analysed.cluster is not None:
            connection.execute(_COUNT_IN_CLUSTER, (analysed.cluster,))
    connection.execute(_INSERT_CHANGE, (known.id, known.at, "update"))


def update_engagement(connection: sqlite3.Connection, known: Known, engagement: Engagement) -> bool:
    """Keep the newest figures; what the source no longer says stays as it was. Returns whether anything changed."""
    if _newest(known.engagement, engagement) == known.engagement:
        return False
    connection.execute(_UPDATE_ENGAGEMENT, (*engagement, known.id))
    return True


def _newest(old: Engagement, new: Engagement) -> Engagement:
    return Engagement(*(before if after is None else after for before, after in zip(old, new, strict=True)))


def erase_posts(connection: sqlite3.Connection, post_ids: Iterable[int], now: int) -> int:
    """Take text, title, author and URL from posts that were deleted at their source; the rows keep counting.

    Returns:
        How many were not erased before.
    """
    erased = 0
    for post_id in post_ids:
        row = connection.execute(
            "SELECT at, title, text FROM posts WHERE id = ? AND deleted_at IS NULL", (post_id,)
        ).fetchone()
        if row is None:
            continue
        connection.execute(_DELETE_SEARCH, (post_id, row[1], row[2]))
        connection.execute(_ERASE_POST, (now, post_id))
        connection.execute(_INSERT_CHANGE, (post_id, row[0], "erase"))
        erased += 1
    return erased


def remove_posts(connection: sqlite3.Connection, post_ids: Iterable[int], changes: Changes) -> int:
    """Remove posts with everything that was counted of them. Returns how many there were."""
    removed = 0
    for post_id in post_ids:
        row = connection.execute(
            "SELECT source_id, at, beat_ids, cell, cluster, title, text, deleted_at FROM posts WHERE id = ?", (post_id,)
        ).fetchone()
        if row is None:
            continue
        source_id, at, beats, cell, cluster, title, text, deleted_at = row
        if deleted_at is None:
            connection.execute(_DELETE_SEARCH, (post_id, title, text))
        _remove_tags(connection, source_id, post_id, at, json.loads(beats), cell, changes)
        leave_cluster(connection, cluster)
        connection.execute("DELETE FROM labels WHERE post_id = ?", (post_id,))
        connection.execute("DELETE FROM posts WHERE id = ?", (post_id,))
        connection.execute(_INSERT_CHANGE, (post_id, at, "remove"))
        removed += 1
    return removed


def trim_changes(connection: sqlite3.Connection) -> None:
    """Keep the newest changes only; a reader that is further behind counts its window anew."""
    connection.execute("DELETE FROM changes WHERE id <= (SELECT max(id) FROM changes) - ?", (_KEPT_CHANGES,))


def leave_cluster(connection: sqlite3.Connection, cluster: int | None) -> None:
    """Count one post less in a cluster."""
    if cluster is None:
        return
    connection.execute("UPDATE clusters SET posts = posts - 1 WHERE id = ?", (cluster,))
    connection.execute("DELETE FROM clusters WHERE id = ? AND posts <= 0", (cluster,))


def retag_post(connection: sqlite3.Connection, post_id: int, beats: Sequence[int], changes: Changes) -> bool:
    """Give a post other beats. Returns whether they are other than before."""
    source_id, at, collected_at, old, cell = connection.execute(
        "SELECT source_id, at, collected_at, beat_ids, cell FROM posts WHERE id = ?", (post_id,)
    ).fetchone()
    before = json.loads(old)
    if before == list(beats):
        return False
    _remove_tags(connection, source_id, post_id, at, before, cell, changes)
    _add_tags(connection, source_id, post_id, at, collected_at, beats, cell, changes)
    connection.execute("UPDATE posts SET beat_ids = ? WHERE id = ?", (as_json(beats), post_id))
    connection.execute(_INSERT_CHANGE, (post_id, at, "retag"))
    return True


def _remove_tags(
    connection: sqlite3.Connection,
    source_id: int,
    post_id: int,
    at: int,
    beats: Sequence[int],
    cell: int | None,
    changes: Changes,
) -> None:
    connection.executemany(_DELETE_BEAT, [(beat_id, at, post_id) for beat_id in (ALL_BEATS, *beats)])
    changes.count(beats, source_id, at, cell, -1)


def _add_tags(
    connection: sqlite3.Connection,
    source_id: int,
    post_id: int,
    at: int,
    collected_at: int,
    beats: Sequence[int],
    cell: int | None,
    changes: Changes,
) -> None:
    connection.executemany(
        _INSERT_BEAT, [(beat_id, at, post_id, source_id, collected_at, cell) for beat_id in (ALL_BEATS, *beats)]
    )
    changes.count(beats, source_id, at, cell)
