"""What is known of the story on screen, and how its words are said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from monitor import glyphs
from monitor.instants import to_datetime
from monitor.nouns.stories import Panel, StoryVersion
from monitor.records import Engagement, StoredPost, Story, StoryCard
from monitor.tui.lines import outside, steady
from monitor.tui.widgets.posts_list import NAMES, author_of

if TYPE_CHECKING:
    from monitor.newsroom import Dossier
    from monitor.stories.linting import Lint
    from monitor.stories.verdicts import Verdict

ORIGINS = {
    "sample": "from the sample data",
    "imported": "imported",
    "drafted": "drafted here",
    "stub": "a stub: known by its title only",
}

SIGNS: dict[Verdict, tuple[str, str, str]] = {
    "contradicted": ("✗", "c", "bad"),
    "unsupported": ("?", "u", "warning"),
    "uncheckable": ("·", "n", "muted"),
    "supported": ("✓", "s", "good"),
}
"""Sign, letter and style of each verdict, the worst first; `n` is for "not to be checked"."""

WORST: tuple[Verdict, ...] = tuple(SIGNS)

_ONE = {"likes": "like", "reposts": "repost", "replies": "reply", "quotes": "quote", "views": "view"}


class Material(NamedTuple):
    """Everything that a page is made of."""

    card: StoryCard
    story: Story | None = None
    """None until it was read."""
    is_missing: bool = False
    """Whether the store has no such story any more."""
    dossier: Dossier | None = None
    lint: Lint | None = None
    state: Literal["none", "waiting", "done"] = "none"
    """Whether the store is being asked about the story: `none` where there is nobody to ask."""
    problem: str = ""
    """Why the store could not answer."""
    version: StoryVersion | None = None
    """The earlier text that is shown, if it is not the present one."""
    beats: Mapping[str, str] = {}
    """Names by slug."""
    now: int = 0


class Target(NamedTuple):
    """Something that Enter opens."""

    kind: Literal["beat", "entity", "story", "note", "post", "address", "version"]
    key: str
    """A slug, a number, an address."""
    label: str
    """As it reads on the page."""


def made_safe(story: Story) -> Story:
    """The story with a body that can be shown; offsets of links and claims are those of this body."""
    from monitor.text.clean import clean

    return story._replace(body=steady(clean(story.body)))


def when(instant: int) -> str:
    moment = to_datetime(instant)
    return f"{moment.day} {moment:%b %Y %H:%M} UTC"


def audience_words(engagement: Engagement) -> str:
    """What an audience did, in words; empty where nothing is known."""
    return " · ".join(
        f"{glyphs.count(number)} {name if number != 1 else _ONE[name]}"
        for name, number in zip(engagement._fields, engagement, strict=True)
        if number is not None
    )


def about_post(stored: StoredPost, now: int) -> str:
    """Source, author, age and engagement of a post, on one line."""
    post = stored.post
    source = NAMES.get(post.source, outside(post.source))
    if stored.deleted:
        return f"{source} · deleted by its author or its source; it is still counted"
    age = glyphs.age(now - stored.at)
    parts = (source, author_of(stored), age if age == "now" else f"{age} ago", audience_words(post.engagement))
    return " · ".join(part for part in parts if part)


def panel_words(panel: Panel) -> str:
    """The figures of a page as it was captured."""
    parts = [
        *([] if panel.volume is None else [f"{panel.volume:,} posts in 24 h"]),
        *([] if panel.records is None else [f"{panel.records:,} records"]),
        *(f"{NAMES.get(slug, slug)} {posts:,}" for slug, posts in panel.sources),
    ]
    return ", ".join(parts)


def beat_name(card: StoryCard, beats: Mapping[str, str]) -> str:
    """The beat of a story; what it goes under where it has none."""
    if card.beat:
        return outside(beats.get(card.beat, card.beat))
    return outside(card.category or "") or "across beats"
