"""The list of stories; until there are any, news items and the most engaged posts stand in for them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar, NamedTuple, cast

from monitor import glyphs
from monitor.instants import MINUTE
from monitor.records import StoredPost, StoryCard
from monitor.tui.lines import Line, Piece, clip, outside, right, rule
from monitor.tui.widgets.line_list import LineList, Order
from monitor.tui.widgets.posts_list import NAMES, engagement_of, words_of_post

LEVELS = {"high": ("▲▲", "bold accent"), "medium": ("▲ ", "accent"), "low": ("△ ", "muted"), None: ("  ", "")}
"""How the significance of a story is drawn; the word stands beside it where there is room."""

_RANKS = {"high": 3, "medium": 2, "low": 1, None: 0}


class Entry(NamedTuple):
    """One row: a story, or a post that stands in."""

    key: str
    at: int | None
    """None where a story does not say."""
    story: StoryCard | None
    post: StoredPost | None
    kind: str
    """For a stand-in what it is: `news` or `engaged`."""


def entries_of(
    stories: Sequence[StoryCard], news: Sequence[StoredPost], engaged: Sequence[StoredPost]
) -> tuple[Entry, ...]:
    """The stories; without any, the stand-ins, each once."""
    if stories:
        return tuple(Entry(f"story {card.slug}", card.published_at, card, None, "") for card in stories)
    found: dict[str, Entry] = {}
    for kind, posts in (("news", news), ("engaged", engaged)):
        for stored in posts:
            if not stored.deleted:
                found.setdefault(f"post {stored.id}", Entry(f"post {stored.id}", stored.at, None, stored, kind))
    return tuple(found.values())


def entry_row(entry: Entry, beats: Mapping[str, str], now: int, width: int, *, chosen: bool) -> Line:
    """Age, significance, beat and title."""
    start: list[Piece] = [
        ("▸" if chosen else " ", "bold accent"),
        (right("?" if entry.at is None else glyphs.age(now - entry.at), 4) + " ", "muted"),
    ]
    beat_width = 25 if width >= 90 else 0
    level_width = 9 if width >= 110 else 2
    if entry.story is not None:
        sign, style = LEVELS[entry.story.significance]
        words = f"{sign} {entry.story.significance or ''}" if level_width > 2 else sign
        start.append((clip(words, level_width) + " ", style))
        beat, title = (
            beats.get(entry.story.beat or "", entry.story.category or "across beats"),
            outside(entry.story.title),
        )
    else:
        stored = cast(StoredPost, entry.post)
        figure = glyphs.short_count(engagement_of(stored.post.engagement))
        sign = "news" if entry.kind == "news" else f"♥ {figure}"
        start.append((clip(sign, max(level_width, 6)) + " ", "muted"))
        beat = NAMES.get(stored.post.source, stored.post.source)
        title = words_of_post(stored)
    if beat_width:
        start.append((clip(beat, beat_width - 2) + "  ", "muted"))
    taken = sum(len(text) for text, _ in start)
    return (*start, (clip(title, width - taken - 1), "bold text" if chosen else "text"))


class StoriesList(LineList):
    """Stories, newest first."""

    ORDERS: ClassVar[tuple[Order, ...]] = (
        Order("newest", lambda entry: cast(Entry, entry).at, True),
        Order("significance", lambda entry: _rank(cast(Entry, entry)), True),
        Order("beat", lambda entry: _beat(cast(Entry, entry))),
    )

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._now = 0
        self._beats: Mapping[str, str] = {}
        self._beat_name = ""

    def show(
        self,
        stories: Sequence[StoryCard],
        news: Sequence[StoredPost],
        engaged: Sequence[StoredPost],
        *,
        as_of: int,
        beats: Mapping[str, str],
        beat_name: str,
    ) -> None:
        """Show the stories, or the stand-ins of the beat of that name."""
        self._now = as_of - as_of % MINUTE
        self._beats, self._beat_name = beats, beat_name
        self.give(entries_of(stories, news, engaged))

    def key_of(self, item: object) -> Hashable:
        return cast(Entry, item).key

    def words_of(self, item: object) -> str:
        entry = cast(Entry, item)
        if entry.story is None:
            return words_of_post(cast(StoredPost, entry.post))
        beat = self._beats.get(entry.story.beat or "", "")
        return f"{outside(entry.story.title)} {beat} {entry.story.significance or ''}"

    def link_of(self, item: object) -> str | None:
        entry = cast(Entry, item)
        return entry.story.url if entry.story is not None else cast(StoredPost, entry.post).post.url

    def row(self, item: object, width: int, *, chosen: bool) -> Line:
        return entry_row(cast(Entry, item), self._beats, self._now, width, chosen=chosen and self.has_focus)

    def heads(self, width: int) -> Sequence[Line]:
        title: list[Piece] = [("Stories", "bold text")]
        if self._items and cast(Entry, self._items[0]).story is None:
            title.append((f"  none yet; newest news and most engaged posts of {self._beat_name} stand in", "muted"))
        if self.needle:
            title.append((f"  /{self.needle}  {self.shown_count} of {self.given_count}", "accent"))
        far = [(piece, "faint") for piece in (self.place(),) if piece] + [("  " + self.order.name, "muted")]
        return (rule(title, far, width, active=self.has_focus),)

    def empty(self, width: int) -> Sequence[Line]:
        text = f"no story matches “{self.needle}”" if self.needle and self.given_count else "no stories yet"
        return ((("   ", ""), (text, "muted")),)


def _rank(entry: Entry) -> tuple[int, int]:
    if entry.story is not None:
        return _RANKS[entry.story.significance], entry.at or 0
    return engagement_of(cast(StoredPost, entry.post).post.engagement), entry.at or 0


def _beat(entry: Entry) -> str:
    return (entry.story.beat or "") if entry.story is not None else cast(StoredPost, entry.post).post.source
