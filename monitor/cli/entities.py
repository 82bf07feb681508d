"""Entities on the command line: the gazetteer in effect, and the stored posts that say a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.cli.context import Context
    from monitor.records import PostQuery, StoredPost
    from monitor.store.reader import Reader
    from monitor.text.entities import EntityFinder

_MORE = 4
_MOST = 1_000_000


def finder_of(context: Context) -> EntityFinder:
    """Finds the entities of the configuration's gazetteer."""
    from monitor.config.entities import gazetteer
    from monitor.text.entities import EntityFinder

    return EntityFinder(gazetteer(context.config))


def posts_naming(
    reader: Reader, finder: EntityFinder, slugs: Sequence[str], query: PostQuery
) -> tuple[StoredPost, ...]:
    """The posts that a query asks for and that name every one of some entities, as their words say it.

    The words of the query are looked for one by one.
    """
    from monitor.store.mentions import search_of
    from monitor.store.search import quoted_words
    from monitor.text.entities import EXACT

    named = [search_of(name.removeprefix(EXACT) for name in finder.entities[slug].names) for slug in slugs]
    if not all(named):
        return ()
    parts = [f"({names})" for names in named] + ([quoted_words(query.search)] if query.search.strip() else [])
    search, limit = " AND ".join(parts), query.limit
    while True:
        posts = reader.posts(query._replace(search=search, limit=limit))
        found = tuple(post for post in posts if _says(finder, post, slugs))
        if len(found) >= query.limit or len(posts) < limit or limit >= _MOST:
            return found[: query.limit]
        limit *= _MORE


def _says(finder: EntityFinder, stored: StoredPost, slugs: Sequence[str]) -> bool:
    words = "\n".join(filter(None, (stored.post.title, stored.post.text)))
    return {mention.slug for mention in finder.find(words)}.issuperset(slugs)
