"""The sources that are always named."""

from __future__ import annotations

from monitor.light_typing import NamedTuple


class Source(NamedTuple):
    """A network or a kind of publication that posts come from."""

    slug: str
    name: str


SOURCES: tuple[Source, ...] = (
    Source("x", "X"),
    Source("bluesky", "Bluesky"),
    Source("news", "News"),
    Source("youtube", "YouTube"),
    Source("reddit", "Reddit"),
    Source("hackernews", "Hacker News"),
    Source("arxiv", "arXiv"),
    Source("mastodon", "Mastodon"),
)
"""The sources that are always named, in the order in which they are shown; others follow by slug."""
