"""One post, whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from monitor import glyphs
from monitor.instants import to_datetime
from monitor.records import StoredPost
from monitor.tui.lines import Line, outside, rule, steady, wrap
from monitor.tui.screens.base import PageScreen
from monitor.tui.widgets.posts_list import MOOD_SIGNS, NAMES, author_of, label_of
from monitor.tui.widgets.text_pane import TextPane

if TYPE_CHECKING:
    from monitor.text.sentiment import Driver

READING_WIDTH = 88
"""Longer lines than this are hard to read."""

MOST_REASONS = 8

INDENT = "   "

ONE = {"likes": "like", "reposts": "repost", "replies": "reply", "quotes": "quote", "views": "view"}


def post_lines(
    stored: StoredPost, beats: Mapping[str, str], now: int, width: int, reasons: Sequence[Driver] = ()
) -> list[Line]:
    """A post with everything that is known about it, and what drove the score of its mood."""
    room = min(width - 2 * len(INDENT), READING_WIDTH)
    lines: list[Line] = [rule([(NAMES.get(stored.post.source, stored.post.source), "bold text")], (), width)]
    lines.append((("", ""),))
    if stored.deleted:
        lines.append(
            ((INDENT, ""), ("This post was deleted by its author or its source; it is still counted.", "muted"))
        )
    lines += [((INDENT, ""), (line, "bold text")) for line in _wrapped(stored.post.title, room)]
    if stored.post.title and stored.post.text:
        lines.append((("", ""),))
    lines += [((INDENT, ""), (line, "text")) for line in _wrapped(stored.post.text, room)]
    lines += [(("", ""),), rule([("about this post", "muted")], (), width)]
    lines += [_field(name, value, style) for name, value, style in _fields(stored, beats, now) if value]
    if reasons:
        words = ", ".join(f"{outside(driver.text)} {_weight(driver.weight)}" for driver in reasons[:MOST_REASONS])
        name = "because of"
        for part in wrap(words, room - 13):
            lines.append(_field(name, part, "text"))
            name = ""
    if stored.post.url:
        name = "link"
        for part in _chunks(outside(stored.post.url), room - 13):
            lines.append(_field(name, part, "accent"))
            name = ""
    return lines


def _fields(stored: StoredPost, beats: Mapping[str, str], now: int) -> list[tuple[str, str, str]]:
    post, probabilities = stored.post, stored.probabilities
    engagement = " · ".join(
        f"{glyphs.count(number)} {name if number != 1 else ONE[name]}"
        for name, number in zip(post.engagement._fields, post.engagement, strict=True)
        if number is not None
    )
    handle = outside(post.author or "")
    author = author_of(stored)
    mood = ""
    style = "text"
    if probabilities is not None:
        label = label_of(stored) or ""
        sign, style = MOOD_SIGNS[label]
        negative, neutral, positive = (round(share * 100) for share in probabilities)
        mood = f"{sign} {label}: of 100, positive {positive}, neutral {neutral}, negative {negative}"
    return [
        ("author", f"{author} ({handle})" if handle and handle != author else author, "text"),
        ("published", _moment(post.published_at, now), "text"),
        ("collected", _moment(post.collected_at, now), "text"),
        ("audience", engagement, "text"),
        ("beats", ", ".join(outside(beats.get(slug, slug)) for slug in stored.beats) or "none", "text"),
        ("mood", mood or f"not scored: {_unscored_because(stored)}", style if mood else "muted"),
    ]


def _unscored_because(stored: StoredPost) -> str:
    from monitor.text.language import is_english

    lang = stored.post.lang
    if is_english(lang):
        return "it has no text, or there was no scorer when it came"
    return f"in {outside(lang or 'an unknown language')}"


def _field(name: str, value: str, style: str) -> Line:
    return ((INDENT, ""), (name.ljust(13), "muted"), (value, style))


def _weight(weight: float) -> str:
    return f"{weight:+.2f}".replace("-", glyphs.MINUS)


def _moment(instant: int, now: int) -> str:
    moment = to_datetime(instant)
    return f"{moment.day} {moment:%b %Y %H:%M} UTC, {glyphs.age(now - instant)} ago".replace("now ago", "just now")


def _wrapped(text: str | None, width: int) -> list[str]:
    """Text of several paragraphs in lines."""
    from monitor.text.clean import clean

    return (
        [line for paragraph in steady(clean(text or "")).split("\n") for line in wrap(paragraph, width)] if text else []
    )


def _chunks(text: str, width: int) -> list[str]:
    return [text[start : start + width] for start in range(0, len(text), max(1, width))]


class PostText(TextPane):
    """The text of the screen."""

    def __init__(self, stored: StoredPost, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._stored = stored
        self._reasons: Sequence[Driver] = ()

    def take(self, reasons: Sequence[Driver]) -> None:
        """Show what drove the score."""
        self._reasons = reasons
        self.renew()

    def content(self, width: int) -> Sequence[Line]:
        reading = self.app.reading  # type: ignore[attr-defined]
        beats = {beat.slug: beat.name for beat in reading.snapshot.beats} if reading else {}
        now = reading.snapshot.as_of if reading else self._stored.post.collected_at
        return post_lines(self._stored, beats, now, width, self._reasons)


class PostScreen(PageScreen):
    """Shows one post."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open_link", "open the link", id="post.link"),
        Binding("y", "copy", "copy text and link", id="post.copy"),
    ]

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("app.help", "help"),
        ("screen.back", "back"),
        ("post.link", "open the link"),
        ("post.copy", "copy"),
        ("app.quit", "quit"),
    )

    text: PostText

    def __init__(self, stored: StoredPost) -> None:
        super().__init__(PostText(stored, id="text"))
        self._stored = stored

    def on_mount(self) -> None:
        if self.monitor.explain is not None:
            # The scorer takes a moment to load.
            self.run_worker(self._explain, thread=True)

    def _explain(self) -> None:
        found = self.monitor.explain(self._stored) if self.monitor.explain is not None else ()
        self.app.call_from_thread(self.text.take, found)

    def action_open_link(self) -> None:
        self.monitor.open_link(self._stored.post.url)

    def action_copy(self) -> None:
        post = self._stored.post
        self.monitor.copy("\n".join(part for part in (post.title, post.text, post.url) if part))
