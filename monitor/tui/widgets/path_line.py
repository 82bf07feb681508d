"""The line in which paths are typed. It has no blinking cursor, which would cost bytes for as long as it is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from monitor.tui.lines import Line, outside, spread
from monitor.tui.widgets.line_pane import LinePane

if TYPE_CHECKING:
    from textual import events


class LineEntered(Message):
    """A line was typed and Enter pressed."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.line = line


class TextPasted(Message):
    """Several lines were pasted, which is no path."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class CompletionWanted(Message):
    """Tab was pressed: how may the line go on?"""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.line = line


class PathLine(LinePane, can_focus=True):
    """Takes a line of paths, or a text that is pasted."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._line = ""

    @property
    def line(self) -> str:
        return self._line

    def set_line(self, line: str) -> None:
        self._line = line
        self.redraw()

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            self.post_message(LineEntered(self._line))
        elif event.key == "tab":
            self.post_message(CompletionWanted(self._line))
        elif event.key == "backspace":
            self.set_line(self._line[:-1])
        elif event.key == "ctrl+u":
            self.set_line("")
        elif event.key == "ctrl+w":
            self.set_line(self._line.rstrip().rpartition(" ")[0])
        elif event.is_printable and event.character:
            self.set_line(self._line + event.character)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        if "\n" in event.text.strip() or "\r" in event.text.strip():
            self.post_message(TextPasted(event.text))
        else:
            self.set_line(self._line + event.text.strip())

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Every printable key is text here, whatever it is bound to."""
        return character is not None and character.isprintable()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        room = max(8, width - 45)
        shown = outside(self._line)
        shown = shown if len(shown) <= room else "…" + shown[1 - room :]
        return (
            spread(
                [(" file: ", "bold accent"), (shown, "bold text"), ("▏", "accent")],
                [("tab complete   ⏎ import   esc back ", "muted")],
                width,
            ),
        )
