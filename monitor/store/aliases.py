"""One item that comes in several ways is one post, and one that was forgotten does not come back in any of them.

Names are kept as numbers made from them, since a name may hold words of the item.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b

from monitor.records import AnalysedPost, Post

_FORGOTTEN = ""
"""Stands for the native id of an item that is to stay away."""

_FIND = "SELECT a.alias, a.native_id FROM json_each(?) j CROSS JOIN aliases a ON a.source_id = ? AND a.alias = j.value"

_STORED = """
SELECT published_at, author, author_name, url, title, text FROM posts
WHERE source_id = ? AND native_id = ? AND deleted_at IS NULL
"""

_ADD = "INSERT INTO aliases VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
_HAS_STRONG = "SELECT EXISTS (SELECT 1 FROM aliases WHERE source_id = ? AND native_id = ? AND strong)"
_NOTE_FORGOTTEN = "INSERT INTO meta VALUES ('forgotten', 1) ON CONFLICT DO NOTHING"
_ANY_FORGOTTEN = "SELECT EXISTS (SELECT 1 FROM meta WHERE key = 'forgotten')"


def resolve(
    connection: sqlite3.Connection, posts: Sequence[AnalysedPost], source_id: Callable[[str], int]
) -> Sequence[AnalysedPost]:
    """Give offers of items that are stored already the native id of the stored post, and leave out forgotten ones.

    Of two offers the one that says more counts: the longer text; with equally long texts the later one, if it brings
    a name that was not known. An offer of another way that says less changes nothing but the engagement.
    """
    some_forgotten = bool(connection.execute(_ANY_FORGOTTEN).fetchone()[0])
    if not some_forgotten and not any(analysed.post.aliases for analysed in posts):
        return posts
    by_source: defaultdict[str, list[AnalysedPost]] = defaultdict(list)
    for analysed in posts:
        by_source[analysed.post.source].append(analysed)
    resolved: list[AnalysedPost] = []
    for source, offers in by_source.items():
        if some_forgotten or any(offer.post.aliases for offer in offers):
            resolved += _Names(connection, source_id(source), offers).resolve(offers)
        else:
            resolved += offers
    return resolved


def forget(connection: sqlite3.Connection, source_id: int, native_ids: Iterable[str]) -> None:
    """Keep items of a source away from now on, under all of their names."""
    for native_id in native_ids:
        connection.execute(
            "UPDATE aliases SET native_id = ? WHERE source_id = ? AND native_id = ?", (_FORGOTTEN, source_id, native_id)
        )
        connection.execute(
            "INSERT INTO aliases VALUES (?, ?, ?, 0) ON CONFLICT DO UPDATE SET native_id = excluded.native_id",
            (source_id, _number(native_id), _FORGOTTEN),
        )
        connection.execute(_NOTE_FORGOTTEN)


def remove_unused(connection: sqlite3.Connection) -> None:
    """Drop the names of posts that are no longer stored, but for those that are to stay away."""
    connection.execute(
        "DELETE FROM aliases WHERE native_id <> ? AND NOT EXISTS "
        "(SELECT 1 FROM posts p WHERE p.source_id = aliases.source_id AND p.native_id = aliases.native_id)",
        (_FORGOTTEN,),
    )


class _Names:
    """The names of one source that a batch of offers touches."""

    def __init__(self, connection: sqlite3.Connection, source_id: int, offers: Sequence[AnalysedPost]) -> None:
        self._connection = connection
        self._source_id = source_id
        numbers = [_number(name) for offer in offers for name in _names(offer.post)]
        self._known: dict[int, str] = dict(connection.execute(_FIND, (json.dumps(numbers), source_id)))
        self._offered: dict[str, AnalysedPost] = {}

    def resolve(self, offers: Iterable[AnalysedPost]) -> list[AnalysedPost]:
        resolved = []
        for offer in offers:
            native_id = self._stored_as(offer.post)
            if native_id == _FORGOTTEN:
                self._add(offer.post, _FORGOTTEN)
            elif offer.post.aliases:
                resolved.append(self._merged(offer, native_id, self._add(offer.post, native_id)))
            else:
                resolved.append(offer)
        return resolved

    def _stored_as(self, post: Post) -> str:
        """The native id of the post that the offer is; its own where it is a new one."""
        known = [(self._known[_number(name)], name) for name in _names(post) if _number(name) in self._known]
        if any(native_id == _FORGOTTEN for native_id, _ in known):
            return _FORGOTTEN
        for native_id, name in known:
            if not _is_weak(name) or not _has_strong(post) or not self._has_strong(native_id):
                return native_id
        return post.native_id

    def _has_strong(self, native_id: str) -> bool:
        row = self._connection.execute(_HAS_STRONG, (self._source_id, native_id)).fetchone()
        return bool(row[0])

    def _add(self, post: Post, native_id: str) -> bool:
        """Note what the offer's names stand for; whether one was new."""
        new = {number: name for name in _names(post) if (number := _number(name)) not in self._known}
        self._connection.executemany(
            _ADD,
            [
                (self._source_id, number, native_id, name != post.native_id and not _is_weak(name))
                for number, name in new.items()
            ],
        )
        self._known.update(dict.fromkeys(new, native_id))
        return bool(new)

    def _merged(self, offer: AnalysedPost, native_id: str, brings_names: bool) -> AnalysedPost:
        """The offer under the name of the stored post, with the words that say more."""
        post = offer.post
        before = self._offered.get(native_id)
        words = _words_of(before.post) if before else self._stored_words(native_id)
        if words is not None and not _says_more(post, words[-1], brings_names, own=native_id == post.native_id):
            published_at, author, author_name, url, title, text = words
            post = post._replace(
                published_at=published_at, author=author, author_name=author_name, url=url, title=title, text=text
            )
            offer = before or offer
        merged = self._offered[native_id] = offer._replace(post=post._replace(native_id=native_id))
        return merged

    def _stored_words(self, native_id: str) -> _Words | None:
        row: _Words | None = self._connection.execute(_STORED, (self._source_id, native_id)).fetchone()
        return row


_Words = tuple[int, str | None, str | None, str | None, str | None, str]


def _words_of(post: Post) -> _Words:
    return post.published_at, post.author, post.author_name, post.url, post.title, post.text


def _says_more(offer: Post, stored_text: str, brings_names: bool, *, own: bool) -> bool:
    if own and offer.text:
        return True
    return len(offer.text) > len(stored_text) or (len(offer.text) == len(stored_text) and brings_names)


def _names(post: Post) -> tuple[str, ...]:
    """The offer's own id is a name like any other, so that it is found again after it was taken for another's."""
    return (post.native_id, *post.aliases)


def _is_weak(name: str) -> bool:
    return name.startswith("~")


def _has_strong(post: Post) -> bool:
    return not all(map(_is_weak, post.aliases))


def _number(name: str) -> int:
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
