"""One story, to be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from monitor.instants import to_datetime
from monitor.records import Story, StoryCard
from monitor.stories.markup import plain
from monitor.tui.lines import Line, outside, rule, wrap
from monitor.tui.screens.base import MonitorScreen
from monitor.tui.screens.post import INDENT, READING_WIDTH
from monitor.tui.widgets.stories_list import LEVELS
from monitor.tui.widgets.text_pane import TextPane
from monitor.tui.widgets.too_small import TooSmall

ORIGINS = {
    "sample": "from the sample data",
    "imported": "imported",
    "drafted": "drafted here",
    "stub": "known by its title only",
}


def story_lines(card: StoryCard, body: str | None, beat: str, width: int) -> list[Line]:
    """A story as a page; a body of None was not read yet."""
    room = min(width - 2 * len(INDENT), READING_WIDTH)
    sign, style = LEVELS[card.significance]
    level = f"{sign.strip()} {card.significance}" if card.significance else ""
    when = "" if card.published_at is None else _when(card.published_at)
    lines: list[Line] = [
        rule([(outside(beat) or "across beats", "bold text"), ("  " + level, style)], [(when, "muted")], width),
        (("", ""),),
        *(((INDENT, ""), (line, "bold text")) for line in wrap(outside(card.title), room)),
        *(((INDENT, ""), (line, "muted")) for line in wrap(outside(card.dek), room) if card.dek),
        (("", ""),),
    ]
    if body is None:
        return [*lines, ((INDENT, ""), ("reading", "muted"))]
    for paragraph in body.split("\n"):
        lines += [((INDENT, ""), (line, "text")) for line in wrap(outside(paragraph), room)]
    return [*lines, (("", ""),), ((INDENT, ""), (ORIGINS[card.origin], "faint"))]


def _when(instant: int) -> str:
    moment = to_datetime(instant)
    return f"{moment.day} {moment:%b %Y %H:%M} UTC"


class StoryText(TextPane):
    """The text of the screen."""

    def __init__(self, card: StoryCard, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._card = card
        self._body: str | None = None

    def take(self, body: str) -> None:
        """Show the body of the story."""
        self._body = body
        self.renew()

    def content(self, width: int) -> Sequence[Line]:
        reading = self.app.reading  # type: ignore[attr-defined]
        beats = {beat.slug: beat.name for beat in reading.snapshot.beats} if reading else {}
        beat = beats.get(self._card.beat, self._card.category or "")
        return story_lines(self._card, self._body, beat, width)


class StoryScreen(MonitorScreen):
    """Shows one story."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open_link", "open the link", id="story.link"),
        Binding("y", "copy", "copy title and link", id="story.copy"),
    ]

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("app.help", "help"),
        ("screen.back", "back"),
        ("story.link", "open the link"),
        ("story.copy", "copy"),
        ("app.quit", "quit"),
    )

    def __init__(self, card: StoryCard) -> None:
        super().__init__()
        self.card = card
        self.text = StoryText(card, id="text")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.text
        yield self.footer
        yield TooSmall()

    def on_mount(self) -> None:
        self.text.focus()
        self.show()
        self.monitor.reading_thread.ask_story(self.card.slug)

    def take(self, slug: str, story: Story | None) -> None:
        """The story was read."""
        if slug == self.card.slug:
            self.text.take(plain(story.body).text if story else "The text of this story is not in the store.")

    def action_open_link(self) -> None:
        self.monitor.open_link(self.card.url)

    def action_copy(self) -> None:
        self.monitor.copy("\n".join(part for part in (self.card.title, self.card.url) if part))
