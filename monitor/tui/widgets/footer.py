"""The last line: the keys that matter here, or a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from monitor.tui.lines import Line, Piece, fit, outside, width_of
from monitor.tui.widgets.line_pane import LinePane

KEY_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "enter": "⏎",
    "escape": "esc",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "ctrl+c": "^c",
    "tab": "tab",
}
"""How keys are written where their name would be long."""


class Hint(NamedTuple):
    """A key and what it does."""

    key: str
    words: str


def key_name(key: str) -> str:
    """A key as a person writes it."""
    return KEY_NAMES.get(key, key.replace("ctrl+", "^"))


def footer_line(hints: Sequence[Hint], message: str, width: int, *, warning: bool = False) -> Line:
    """As many hints as fit, whole; a message takes their place."""
    if message:
        return fit([(" ", ""), (message, "warning" if warning else "text")], width)
    pieces: list[Piece] = []
    for hint in hints:
        more: list[Piece] = [("  " if pieces else " ", ""), (hint.key, "accent"), (f" {hint.words}", "muted")]
        if width_of(pieces) + width_of(more) > width:
            break
        pieces.extend(more)
    return fit(pieces, width)


class Footer(LinePane):
    """One line at the bottom of every screen."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._hints: tuple[Hint, ...] = ()
        self._message = ""
        self._warning = False

    def show(self, hints: Sequence[Hint]) -> None:
        self._hints = tuple(hints)
        self.redraw()

    def say(self, message: str, *, warning: bool = False) -> None:
        """Show a message instead of the keys; an empty one brings them back."""
        self._message, self._warning = outside(message), warning
        self.redraw()

    @property
    def message(self) -> str:
        return self._message

    def lines(self, width: int, height: int) -> Sequence[Line]:
        return (footer_line(self._hints, self._message, width, warning=self._warning),)
