"""The list of stories; until there are any, news items and the most engaged posts stand in for them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from textual.binding import Binding, BindingType

from monitor import glyphs
from monitor.instants import MINUTE
from monitor.records import RANKS, StoredPost, StoryCard
from monitor.tui.lines import Line, Piece, clip, outside, right, rule
from monitor.tui.widgets.line_list import LineList, Order
from monitor.tui.widgets.posts_list import NAMES, engagement_of, words_of_post

if TYPE_CHECKING:
    from monitor.bookmarks import Bookmarks

LEVELS = {"high": ("▲▲", "bold accent"), "medium": ("▲ ", "accent"), "low": ("△ ", "muted"), None: ("  ", "")}
"""How the significance of a story is drawn; the word stands beside it where there is room."""


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
    """The stories as they are given, newest first; without any, the stand-ins, each once.

    A story that has no date stands where it was stored, which only the store knows.
    """
    if stories:
        return tuple(Entry(f"story {card.slug}", card.published_at, card, None, "") for card in stories)
    found: dict[str, Entry] = {}
    for kind, posts in (("news", news), ("engaged", engaged)):
        for stored in posts:
            if not stored.deleted:
                found.setdefault(f"post {stored.id}", Entry(f"post {stored.id}", stored.at, None, stored, kind))
    return tuple(sorted(found.values(), key=lambda entry: entry.at or 0, reverse=True))


def entry_row(entry: Entry, beats: Mapping[str, str], now: int, width: int, *, chosen: bool, kept: str = "  ") -> Line:
    """Whether it is unread and starred (`kept`, two cells), age, significance, beat and title."""
    start: list[Piece] = [
        ("▸" if chosen else " ", "bold accent"),
        (kept, "accent"),
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
    is_stub = entry.story is not None and entry.story.origin == "stub"
    title = f"stub: {title}" if is_stub else title
    return (*start, (clip(title, width - taken - 1), "muted" if is_stub else "bold text" if chosen else "text"))


class StoriesList(LineList):
    """Stories, newest first, with what was read and starred of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "toggle_read", "read and unread", id="list.read", show=False),
        Binding("f,asterisk", "toggle_star", "star and unstar", id="list.star", show=False),
        Binding("U", "only('unread')", "only unread, and all again", id="list.only-unread", show=False),
        Binding("F", "only('starred')", "only starred, and all again", id="list.only-starred", show=False),
    ]

    ORDERS: ClassVar[tuple[Order, ...]] = (
        Order("newest", None),
        Order("significance", lambda entry: _rank(cast(Entry, entry)), True),
        Order("beat", lambda entry: _beat(cast(Entry, entry))),
    )

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._now = 0
        self._beats: Mapping[str, str] = {}
        self._beat_name = ""
        self._only = ""
        self._entries: tuple[Entry, ...] = ()
        self._opened: Hashable = None
        """The row that stays while only unread ones are shown, though it was read by now."""

    @property
    def bookmarks(self) -> Bookmarks:
        marks: Bookmarks = self.app.bookmarks  # type: ignore[attr-defined]
        return marks

    @property
    def cards(self) -> tuple[StoryCard, ...]:
        """The stories that are listed now, in their order."""
        return tuple(entry.story for entry in cast("list[Entry]", self._rows) if entry.story is not None)

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
        self._entries = entries_of(stories, news, engaged)
        self._give()

    def _give(self) -> None:
        """The entries, or those of them that are wanted."""
        self.give([entry for entry in self._entries if self._is_wanted(entry)] if self._only else self._entries)

    def _is_wanted(self, entry: Entry) -> bool:
        if entry.story is None or entry.key == self._opened:
            return True
        kept = self.bookmarks.of(entry.story.slug)
        return kept.starred if self._only == "starred" else not kept.read

    def is_unread(self, entry: Entry) -> bool:
        """Whether there is a story to be read that was not; a stub has no text."""
        return entry.story is not None and entry.story.origin != "stub" and not self.bookmarks.of(entry.story.slug).read

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
        entry = cast(Entry, item)
        is_starred = entry.story is not None and self.bookmarks.of(entry.story.slug).starred
        kept = ("•" if self.is_unread(entry) else " ") + ("★" if is_starred else " ")
        return entry_row(entry, self._beats, self._now, width, chosen=chosen and self.has_focus, kept=kept)

    def heads(self, width: int) -> Sequence[Line]:
        title: list[Piece] = [("Stories", "bold text")]
        if self._items and cast(Entry, self._items[0]).story is None:
            title.append((f"  none yet; newest news and most engaged posts of {self._beat_name} stand in", "muted"))
        elif self._only:
            title.append((f"  only {self._only}, {len(self._items)} of {len(self._entries)}", "accent"))
        elif unread := sum(self.is_unread(entry) for entry in self._entries):
            title.append((f"  {unread} unread", "muted"))
        if self.needle:
            title.append((f"  /{self.needle}  {self.shown_count} of {self.given_count}", "accent"))
        far = [(piece, "faint") for piece in (self.place(),) if piece] + [("  " + self.order.name, "muted")]
        return (rule(title, far, width, active=self.has_focus),)

    def empty(self, width: int) -> Sequence[Line]:
        text = f"no story matches “{self.needle}”" if self.needle and self.given_count else "no stories yet"
        if self._only and self._entries and not self.given_count:
            text = f"no {self._only} story; the same key shows all again"
        return ((("   ", ""), (text, "muted")),)

    # Keys

    def action_open(self) -> None:
        self._opened = self._key
        super().action_open()

    def action_only(self, which: str) -> None:
        """Show only the unread or the starred ones, or all again."""
        self._only = "" if self._only == which else which
        self._opened = None
        self._give()

    def action_toggle_read(self) -> None:
        card = self._chosen_card()
        if card is not None:
            self.bookmarks.set_read(card.slug, not self.bookmarks.of(card.slug).read)
            self._keep()

    def action_toggle_star(self) -> None:
        card = self._chosen_card()
        if card is not None:
            self.bookmarks.set_starred(card.slug, not self.bookmarks.of(card.slug).starred)
            self._keep()

    def _chosen_card(self) -> StoryCard | None:
        entry = cast("Entry | None", self.chosen)
        return None if entry is None else entry.story

    def _keep(self) -> None:
        self._opened = self._key
        self.app.keep_bookmarks()  # type: ignore[attr-defined]
        self._give()


def _rank(entry: Entry) -> tuple[int, int]:
    if entry.story is not None:
        significance = entry.story.significance
        return RANKS[significance] if significance else 0, entry.at or 0
    return engagement_of(cast(StoredPost, entry.post).post.engagement), entry.at or 0


def _beat(entry: Entry) -> str:
    return (entry.story.beat or "") if entry.story is not None else cast(StoredPost, entry.post).post.source
