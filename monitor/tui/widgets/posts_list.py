"""A list of posts, one line each."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, cast

from monitor import glyphs
from monitor.instants import MINUTE
from monitor.records import SOURCES, Engagement, StoredPost
from monitor.tui.lines import Line, Piece, clip, outside, right, rule
from monitor.tui.widgets.line_list import LineList, Order

NAMES = {source.slug: source.name for source in SOURCES}

MOOD_SIGNS = {"positive": ("+", "good"), "negative": ("−", "bad"), "neutral": ("·", "faint")}


def engagement_of(engagement: Engagement) -> int:
    """What an audience did, in one number; views are not counted, they are no act."""
    return sum(number or 0 for number in engagement[:4])


def label_of(stored: StoredPost) -> str | None:
    """The likeliest class; None where the post was not scored."""
    if stored.probabilities is None:
        return None
    best = max(range(3), key=lambda index: (stored.probabilities or (0, 0, 0))[index])
    return ("negative", "neutral", "positive")[best]


def words_of_post(stored: StoredPost) -> str:
    """What a post says, on one line: its title where it has one."""
    post = stored.post
    return outside(post.title or post.text or "")


def author_of(stored: StoredPost) -> str:
    post = stored.post
    name = outside(post.author_name or post.author or "")
    # A decentralised identifier says nothing to a reader before its last part.
    return name.rpartition(":")[2] if name.startswith("did:") else name


def post_row(stored: StoredPost, now: int, width: int, *, chosen: bool) -> Line:
    """Age, source, mood, author and text."""
    sign, style = MOOD_SIGNS.get(label_of(stored) or "", (" ", ""))
    engagement = engagement_of(stored.post.engagement)
    author_width = 20 if width >= 90 else 0
    figures_width = 6 if width >= 70 else 0
    start: list[Piece] = [
        ("▸" if chosen else " ", "bold accent"),
        (right(glyphs.age(now - stored.at), 4) + " ", "muted"),
        (clip(NAMES.get(stored.post.source, stored.post.source), 12), f"source-{stored.post.source}"),
        (sign + " ", style),
    ]
    if author_width:
        start.append((clip(author_of(stored), author_width - 2) + "  ", "muted"))
    room = width - 20 - author_width - figures_width - 1
    text = "deleted by its author or its source" if stored.deleted else words_of_post(stored)
    start.append((clip(text, room), "faint" if stored.deleted else "bold text" if chosen else "text"))
    if figures_width:
        start.append((right(glyphs.short_count(engagement) if engagement else "", figures_width), "muted"))
    return tuple(start)


class PostsList(LineList):
    """Posts of a beat; opening one shows it whole."""

    ORDERS: ClassVar[tuple[Order, ...]] = (
        Order("newest", lambda post: (cast(StoredPost, post).at, cast(StoredPost, post).id), True),
        Order("engagement", lambda post: engagement_of(cast(StoredPost, post).post.engagement), True),
        Order("source", lambda post: cast(StoredPost, post).post.source),
    )

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._now = 0
        self._title = "Posts"
        self._waiting: tuple[str, ...] = ("waiting for the first posts",)

    def show(self, posts: Sequence[StoredPost], as_of: int, title: str, waiting: Sequence[str]) -> None:
        """Show posts as of a moment; `waiting` are lines to say where there are none."""
        self._now = as_of - as_of % MINUTE
        self._title, self._waiting = title, tuple(waiting)
        self.give(posts)

    def key_of(self, item: object) -> Hashable:
        return cast(StoredPost, item).id

    def words_of(self, item: object) -> str:
        stored = cast(StoredPost, item)
        return f"{words_of_post(stored)} {author_of(stored)} {NAMES.get(stored.post.source, stored.post.source)}"

    def link_of(self, item: object) -> str | None:
        return cast(StoredPost, item).post.url

    def row(self, item: object, width: int, *, chosen: bool) -> Line:
        return post_row(cast(StoredPost, item), self._now, width, chosen=chosen and self.has_focus)

    def heads(self, width: int) -> Sequence[Line]:
        title: list[Piece] = [(self._title, "bold text")]
        if self.needle:
            title.append((f"  /{self.needle}  {self.shown_count} of {self.given_count}", "accent"))
        far = [(piece, "faint") for piece in (self.place(),) if piece] + [("  " + self.order.name, "muted")]
        return (rule(title, far, width, active=self.has_focus),)

    def empty(self, width: int) -> Sequence[Line]:
        words = (f"no post matches “{self.needle}”",) if self.needle and self.given_count else self._waiting
        return tuple((("   ", ""), (clip(text, width - 4), "muted")) for text in words)


class DiscourseList(PostsList):
    """The posts behind a beat: of each source in turn what had most of an audience."""

    ORDERS: ClassVar[tuple[Order, ...]] = (Order("sources in turn", None), *PostsList.ORDERS)
