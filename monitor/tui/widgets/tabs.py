"""The line that names the panes where only one of them has room."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from monitor.tui.lines import Line, Piece
from monitor.tui.widgets.line_pane import LinePane


class Tabs(LinePane):
    """The names of the panes, the visible one underlined."""

    def __init__(self, names: Sequence[tuple[str, str]], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._names = tuple(names)
        self._current = self._names[0][0]

    def show(self, current: str, names: dict[str, str] | None = None) -> None:
        """Say which pane is visible, and rename some."""
        self._current = current
        if names:
            self._names = tuple((pane, names.get(pane, name)) for pane, name in self._names)
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        pieces: list[Piece] = []
        for pane, name in self._names:
            chosen = pane == self._current
            pieces.append((" ▸" if chosen else "  ", "bold accent"))
            pieces.append((name, "bold underline accent" if chosen else "muted"))
            pieces.append((" ", ""))
        return (tuple(pieces),)

    def on_click(self, event: events.Click) -> None:
        column = 0
        for pane, name in self._names:
            column += len(name) + 3
            if event.x < column:
                self.screen.go_to(pane)  # type: ignore[attr-defined]
                return
