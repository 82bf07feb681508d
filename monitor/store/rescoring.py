"""Scoring stored posts again, and who scores them. Always inside a transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from monitor.records import Mark, Probabilities
from monitor.store.cells import cell_of, permille_of
from monitor.store.rollups import Changes
from monitor.store.schema import ALL_BEATS

_AFTER = "SELECT id, title, text, lang FROM posts WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?"
_KNOWN = """
SELECT source_id, at, beat_ids, cell, negative_permille, positive_permille FROM posts
WHERE id = ? AND title IS ? AND text = ? AND deleted_at IS NULL
"""
_SCORE = "UPDATE posts SET cell = ?, negative_permille = ?, positive_permille = ? WHERE id = ?"
_TAG = "UPDATE post_beats SET cell = ? WHERE beat_id = ? AND at = ? AND post_id = ?"
_CHANGE = "INSERT INTO changes (post_id, at, kind) VALUES (?, ?, 'rescore')"


class Words(NamedTuple):
    """What is scored of a stored post."""

    id: int
    title: str | None
    text: str
    lang: str | None


class Rescored(NamedTuple):
    """A post with its new probabilities; None where it is not to be scored."""

    words: Words
    probabilities: Probabilities | None


def words_after(connection: sqlite3.Connection, post_id: int, limit: int) -> list[Words]:
    """Posts that still have their words, in the order of their numbers, after a number."""
    return list(map(Words._make, connection.execute(_AFTER, (post_id, limit))))


def rescore(connection: sqlite3.Connection, posts: Iterable[Rescored], rollups: Changes) -> int:
    """Give posts other probabilities, but for those that say something else by now. Returns how many changed."""
    return sum(_rescore_post(connection, post, rollups) for post in posts)


def _rescore_post(connection: sqlite3.Connection, post: Rescored, rollups: Changes) -> bool:
    post_id, title, text, _ = post.words
    known = connection.execute(_KNOWN, (post_id, title, text)).fetchone()
    if known is None:
        return False
    source_id, at, beat_ids, old, *permille = known
    scored = (None, None) if post.probabilities is None else permille_of(post.probabilities)
    if tuple(permille) == scored:
        return False
    cell = None if scored[0] is None or scored[1] is None else cell_of(scored[0], scored[1])
    connection.execute(_SCORE, (cell, *scored, post_id))
    if cell != old:
        beats = json.loads(beat_ids)
        connection.executemany(_TAG, [(cell, beat_id, at, post_id) for beat_id in (ALL_BEATS, *beats)])
        rollups.count(beats, source_id, at, old, -1)
        rollups.count(beats, source_id, at, cell)
        connection.execute(_CHANGE, (post_id, at))
    return True


def set_scorer(connection: sqlite3.Connection, name: str, now: int) -> list[Mark]:
    """Write down who scores posts from now on. Returns a mark where it was somebody else before."""
    row = connection.execute("SELECT name FROM scorers ORDER BY id DESC LIMIT 1").fetchone()
    if row is not None and row[0] == name:
        return []
    connection.execute("INSERT INTO scorers (name, since) VALUES (?, ?)", (name, now))
    if row is None:
        return []
    what = f"new posts are scored by {name}, those stored before by {row[0]}; `monitor rescore` scores these again"
    return [Mark(now, "scorer", what)]


def scorers(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The names of those whose scores stored posts may carry, the present one last; empty where nobody has said."""
    names = [name for (name,) in connection.execute("SELECT name FROM scorers ORDER BY id DESC")]
    return tuple(dict.fromkeys(names))[::-1]


def finish(connection: sqlite3.Connection, name: str, now: int, what: str) -> list[Mark]:
    """Say that all posts that have words carry scores of this scorer. Returns the mark for it.

    Deleted posts keep the scores that they had, so that their labels no longer tell of the scorer and are removed.
    """
    others = connection.execute("SELECT count(*) FROM scorers WHERE name <> ?", (name,)).fetchone()[0]
    if others:
        connection.execute("DELETE FROM labels WHERE post_id IN (SELECT id FROM posts WHERE deleted_at IS NOT NULL)")
    if set_scorer(connection, name, now) or others:
        connection.execute("DELETE FROM scorers WHERE id < (SELECT max(id) FROM scorers)")
    return [Mark(now, "scorer", what)]
