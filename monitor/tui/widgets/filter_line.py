"""The line in which a filter is typed. It has no blinking cursor, which would cost bytes for as long as it is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.tui.lines import Line, outside, spread
from monitor.tui.messages import FocusMoved
from monitor.tui.widgets.footer import Footer
from monitor.tui.widgets.line_pane import LinePane

if TYPE_CHECKING:
    from textual import events

    from monitor.tui.widgets.line_list import LineList


class FilterLine(LinePane, can_focus=True):
    """Filters a list while one types; Enter keeps the filter, Esc drops it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._pane: LineList | None = None

    def open_for(self, pane: LineList) -> None:
        """Take the keyboard and filter this list."""
        self._pane = pane
        self._show(True)
        self.focus()

    def close(self) -> None:
        """Give the keyboard back to the list."""
        pane, self._pane = self._pane, None
        self._show(False)
        if pane is not None:
            pane.focus()
        self.post_message(FocusMoved())

    def _show(self, shown: bool) -> None:
        """Stand in place of the footer, so that nothing else moves."""
        self.display = shown
        self.screen.query_one(Footer).display = not shown

    def on_key(self, event: events.Key) -> None:
        if self._pane is None:
            return
        needle = self._pane.needle
        if event.key == "enter":
            self.close()
        elif event.key == "escape":
            self._pane.set_needle("")
            self.close()
        elif event.key == "backspace":
            self._type(needle[:-1])
        elif event.key == "ctrl+u":
            self._type("")
        elif event.key in ("down", "up"):
            self._pane.action_down() if event.key == "down" else self._pane.action_up()
        elif event.is_printable and event.character:
            self._type(needle + event.character)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        if self._pane is not None:
            self._type(self._pane.needle + outside(event.text))
            event.stop()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Every printable key is text here, whatever it is bound to."""
        return character is not None and character.isprintable()

    def _type(self, needle: str) -> None:
        if self._pane is not None:
            self._pane.set_needle(needle)
            self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        needle = self._pane.needle if self._pane is not None else ""
        count = f"{self._pane.shown_count} of {self._pane.given_count}" if self._pane is not None else ""
        return (
            spread(
                [(" /", "bold accent"), (needle, "bold text"), ("▏", "accent")],
                [(f"{count}   ⏎ keep   esc drop ", "muted")],
                width,
            ),
        )
