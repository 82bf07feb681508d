"""What one item of a feed says, whatever kind of feed it is in."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """One item of a feed. Texts are plain; nothing else in it is to be trusted."""

    identifier: str | None
    link: str | None
    title: str
    text: str
    published: int | None
    byline: str | None
    lang: str | None
    publisher: str | None = None
    """Name of another publication that the item is from."""
    publisher_link: str | None = None
