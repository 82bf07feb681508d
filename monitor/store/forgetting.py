"""Which posts are meant by an author or an address that is to be forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from monitor.store.posting import posts_of_author


def find_posts(
    connection: sqlite3.Connection, sources: Iterable[str], *, author: str | None = None, url: str | None = None
) -> list[int]:
    """Numbers of the posts of an author within some sources, or at an address, in order.

    An author is meant by the identifier that the posts carry, with or without an `@` before it; where nobody is
    identified so, by the name.
    """
    slugs = list(sources)
    ids: set[int] = set()
    if author is not None:
        for identifier in {author, author.removeprefix("@")}:
            for slug in slugs:
                ids.update(posts_of_author(connection, slug, identifier))
        if not ids:
            ids.update(_posts_of_name(connection, slugs, author.removeprefix("@")))
    if url is not None:
        ids.update(row[0] for row in connection.execute("SELECT id FROM posts WHERE url = ?", (url,)))
    return sorted(ids)


def _posts_of_name(connection: sqlite3.Connection, slugs: Iterable[str], name: str) -> Iterable[int]:
    for slug in slugs:
        rows = connection.execute(
            "SELECT id FROM posts WHERE source_id = (SELECT id FROM sources WHERE slug = ?) AND author_name = ?",
            (slug, name),
        )
        yield from (row[0] for row in rows)
