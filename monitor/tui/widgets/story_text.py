"""The text of a story, with links that are walked by key and opened, and a place that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from monitor.tui.lines import Line, Piece, spread
from monitor.tui.messages import LinkChosen, LinkOpened
from monitor.tui.story_material import Material, Target
from monitor.tui.story_page import Page, story_page
from monitor.tui.widgets.line_pane import LinePane
from monitor.tui.widgets.text_pane import TextPane

AROUND = 3
"""Lines that stay in sight above and below a chosen link."""


class StoryText(TextPane):
    """Shows what a screen knows of a story; tells which link is chosen and which is opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "walk(1)", "next link", id="story.next-link"),
        Binding("shift+tab", "walk(-1)", "previous link", id="story.previous-link"),
        Binding("enter", "open_target", "open the chosen link", id="story.open"),
    ]

    def __init__(self, material: Material, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._material = material
        self._page = Page((), ())
        self._chosen: int | None = None
        self._place = 0
        """Of the first visible line; kept over every change of the page."""

    @property
    def page(self) -> Page:
        return self._page

    @property
    def place(self) -> int:
        """How far the story was read, whatever the width of the screen."""
        return self._place

    @property
    def chosen(self) -> Target | None:
        """The link that Enter opens."""
        return None if self._chosen is None else self._page.targets[self._chosen]

    @property
    def part_seen(self) -> float:
        """The share of the page that lies above the lower edge."""
        count = len(self._page.lines)
        return min(1.0, (self._top + self.size.height) / count) if count else 1.0

    def take(self, material: Material) -> None:
        """Show the same story with more known about it; the place stays."""
        target = self.chosen
        self._material = material
        self._page = self._made(max(1, self._content_width or self.size.width), None)
        if target is not None and target in self._page.targets:
            self._chosen = self._page.targets.index(target)
        else:
            self._chosen = None
        self.renew()

    def begin(self, material: Material, place: int = 0) -> None:
        """Show another story, from where its reader stopped."""
        self._material, self._chosen, self._place = material, None, place
        self.renew()

    def go_to_claim(self, number: int) -> None:
        """Bring the line into sight in which a claim begins, by its position among the findings."""
        if number < len(self._page.claims):
            self._show_line(self._page.claims[number])

    def content(self, width: int) -> Sequence[Line]:
        self._page = self._made(width, self._chosen)
        return self._page.lines

    def _made(self, width: int, chosen: int | None) -> Page:
        return story_page(self._material, width, chosen)

    def lines(self, width: int, height: int) -> Sequence[Line]:
        if width != self._content_width:
            self._content, self._content_width = tuple(self.content(width)), width
            self._top = self._page.line_at(self._place) if self._place else 0
        return super().lines(width, height)

    def action_scroll_by(self, lines: int) -> None:
        super().action_scroll_by(lines)
        self._remember()

    def action_scroll_page(self, pages: int) -> None:
        super().action_scroll_page(pages)
        self._remember()

    def _remember(self) -> None:
        places = self._page.places
        if places:
            self._place = places[min(self._top, len(places) - 1)]
        self.post_message(LinkChosen())

    def _show_line(self, line: int) -> None:
        """Scroll as little as brings a line into sight with some around it."""
        height = self.size.height
        around = min(AROUND, max(0, (height - 1) // 2))
        if not self._top + around <= line < self._top + height - around:
            self._top = line - around if line < self._top + around else line - height + 1 + around
            self._top = max(0, min(self._top, len(self._page.lines) - height))
        self.redraw()
        self._remember()

    def action_walk(self, steps: int) -> None:
        """Choose the next link; where the chosen one is out of sight, the first one that is in it."""
        count = len(self._page.targets)
        if not count:
            return
        known = self._chosen
        if known is None or not self._in_sight(known):
            visible = [number for number in range(count) if self._in_sight(number)]
            if visible:
                self._choose(visible[0 if steps > 0 else -1])
                return
            if known is None:
                known = self._last_above() + (1 if steps < 0 else 0)
        self._choose((known + steps) % count)

    def _in_sight(self, number: int) -> bool:
        spots = self._page.spots[number]
        return bool(spots) and self._top <= spots[0].line < self._top + self.size.height

    def _last_above(self) -> int:
        """The last link above what is in sight; -1 where there is none."""
        return sum(1 for spots in self._page.spots if spots and spots[0].line < self._top) - 1

    def _choose(self, number: int) -> None:
        self._chosen = number
        self._page = self._made(self._content_width, number)
        self._content = self._page.lines
        spots = self._page.spots[number]
        if spots:
            self._show_line(spots[0].line)
        self.post_message(LinkChosen())

    def action_open_target(self) -> None:
        target = self.chosen
        if target is not None:
            self.post_message(LinkOpened(target))

    def on_click(self, event: events.Click) -> None:
        line = event.y + self._top
        for number, spots in enumerate(self._page.spots):
            if any(spot.line == line and spot.start <= event.x < spot.end for spot in spots):
                self._choose(number)
                self.action_open_target()
                return


class StoryLine(LinePane):
    """The line below a story: what the chosen link leads to, and how far one has read."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._near: tuple[Piece, ...] = ()
        self._far: tuple[Piece, ...] = ()

    def show(self, near: Sequence[Piece], far: Sequence[Piece]) -> None:
        self._near, self._far = tuple(near), tuple(far)
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        return (spread([("─ ", "faint"), *self._near], [*self._far, (" ", "")], width),)
