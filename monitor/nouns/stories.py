"""Stories, as they stand in a list and with their text."""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal

    from monitor.nouns.kinds import Significance


FORMS = ("markdown", "html", "json", "text")
"""In which a story leaves the store; `text` is the plain-text export, as others write it too."""


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


class Cited(NamedTuple):
    """A post that a draft rests on. Its words leave the draft when the post is deleted."""

    number: int
    """Of the note that names it."""
    post_id: int
    words: str = ""
    """Those that the text quotes, as they stand there between “ and ”; empty where it is cited only."""


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
    cited: tuple[Cited, ...] = ()
    """The stored posts behind the notes of a draft."""
    manifest: Mapping[str, Any] | None = None
    """What a draft was made from, so that it can be made again; None for every other story."""


class StoryVersion(NamedTuple):
    """A text that a story had before it was told anew."""

    version: int
    """Counted from 1."""
    stored_at: int
    title: str
    dek: str
    body: str
