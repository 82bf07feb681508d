"""A pane of text longer than the screen, to be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from monitor.tui.lines import Line
from monitor.tui.widgets.line_pane import LinePane


class TextPane(LinePane, can_focus=True):
    """Scrolls lines that somebody else has wrapped; override `content`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_by(1)", "down", id="text.down", show=False),
        Binding("k,up", "scroll_by(-1)", "up", id="text.up", show=False),
        Binding("ctrl+d,pagedown,space", "scroll_page(1)", "one page down", id="text.page-down", show=False),
        Binding("ctrl+u,pageup", "scroll_page(-1)", "one page up", id="text.page-up", show=False),
        Binding("g,home", "scroll_by(-1000000)", "to the beginning", id="text.first", show=False),
        Binding("G,end", "scroll_by(1000000)", "to the end", id="text.last", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._top = 0
        self._content: tuple[Line, ...] = ()
        self._content_width = 0

    def content(self, width: int) -> Sequence[Line]:
        """The whole text in lines for this width."""
        raise NotImplementedError

    def renew(self) -> None:
        """The text has changed: make its lines again."""
        self._content_width = 0
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        if width != self._content_width:
            self._content, self._content_width = tuple(self.content(width)), width
        self._top = max(0, min(self._top, len(self._content) - height))
        return self._content[self._top : self._top + height]

    def action_scroll_by(self, lines: int) -> None:
        self._top += lines
        self.redraw()

    def action_scroll_page(self, pages: int) -> None:
        self._top += pages * max(1, self.size.height - 2)
        self.redraw()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.action_scroll_by(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.action_scroll_by(-3)
