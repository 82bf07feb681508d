"""Posts that may say one of some names, found in the search index; whether they do is for their words to tell."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_COLUMNS = "p.id, p.at, p.collected_at, p.source_id, p.cell, p.beat_ids, p.cluster, p.title, p.text"

_HAS_WORD = re.compile(r"[^\W_]")


class MentionRow(NamedTuple):
    """One post, as far as it matters to what is said of a name."""

    id: int
    at: int
    collected_at: int
    source_id: int
    cell: int | None
    """Of the grid of moods; None where the post was not scored."""
    beat_ids: str
    """A JSON array of numbers."""
    cluster: int | None
    title: str | None
    text: str

    @property
    def words(self) -> str:
        """Title and text."""
        return f"{self.title}\n{self.text}" if self.title else self.text


def search_of(names: Iterable[str]) -> str:
    """The search in FTS5's syntax for posts that hold any of some names; empty where no name has a word in it."""
    quoted = ['"' + name.replace('"', '""') + '"' for name in names if _HAS_WORD.search(name)]
    return " OR ".join(dict.fromkeys(quoted))


def first_number(connection: sqlite3.Connection, since: int) -> int:
    """The smallest number of a post that counts from a moment on; one more than there are where none does."""
    row = connection.execute("SELECT min(post_id) FROM post_beats WHERE beat_id = 0 AND at >= ?", (since,)).fetchone()
    return int(row[0]) if row[0] is not None else 1 << 62


def find_rows(
    connection: sqlite3.Connection, names: Iterable[str], after: int, before: int, limit: int
) -> list[MentionRow]:
    """Posts that may say one of some names, by number, between two numbers; so many at most.

    Neither time nor moment of collection is looked at, so that what is read is bounded.
    """
    search = search_of(names)
    if not search:
        return []
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM posts_search f CROSS JOIN posts p ON p.id = f.rowid "
        "WHERE posts_search MATCH ? AND f.rowid > ? AND f.rowid < ? ORDER BY f.rowid LIMIT ?",
        (search, after, before, limit),
    )
    return list(map(MentionRow._make, rows))


def read_rows(connection: sqlite3.Connection, numbers: Iterable[int]) -> list[MentionRow]:
    """Posts by their numbers; those that are gone or erased are left out."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM json_each(?) j CROSS JOIN posts p ON p.id = j.value WHERE p.deleted_at IS NULL",
        (json.dumps(sorted(numbers)),),
    )
    return list(map(MentionRow._make, rows))
