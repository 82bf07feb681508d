"""Stories, as they stand in a list and with their text."""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Literal

    from monitor.nouns.kinds import Significance


class StoryCard(NamedTuple):
    """A story as it stands in a list."""

    slug: str
    title: str
    dek: str
    beat: str | None
    """Slug; None for a story across beats."""
    category: str | None
    significance: Significance | None
    published_at: int | None
    """None where its file does not say."""
    url: str | None
    origin: Literal["sample", "imported", "drafted", "stub"]


class Panel(NamedTuple):
    """The figures that stood beside a story when its page was captured: of the capture, not of the story."""

    volume: int | None
    """Posts in the 24 hours before the capture."""
    records: int | None
    sources: tuple[tuple[str, int], ...]
    """Posts of those 24 hours by slug of the source."""


class Footnote(NamedTuple):
    """What a footnote mark points to."""

    number: int
    text: str
    url: str | None = None


class Quote(NamedTuple):
    """A post that a page lists behind its story."""

    text: str
    source: str | None = None
    """Slug."""
    author: str | None = None
    url: str | None = None


class Story(NamedTuple):
    """A short narrative about a beat."""

    card: StoryCard
    body: str
    """Paragraphs parted by empty lines, with links and footnote marks (see `monitor.stories.markup`)."""
    panel: Panel | None = None
    disclosure: str = ""
    """Who or what wrote it, as it says itself."""
    footnotes: tuple[Footnote, ...] = ()
    quotes: tuple[Quote, ...] = ()
    related: tuple[StoryCard, ...] = ()
    """Other stories that its page names, as stubs."""
    lacks: tuple[str, ...] = ()
    """What its file does not say, in words for a person."""
    other_slugs: tuple[str, ...] = ()
    """Further slugs under which it was told: of copies of it, and of the stub that it replaced."""


class StoryVersion(NamedTuple):
    """A text that a story had before it was told anew."""

    version: int
    """Counted from 1."""
    stored_at: int
    title: str
    dek: str
    body: str
