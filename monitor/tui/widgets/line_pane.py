"""The base of every pane: lines of text, of which only the cells that changed are painted again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from monitor.tui.lines import Line, changed_cells, fit

if TYPE_CHECKING:
    from monitor.tui.palette import Palette


class LinePane(Widget):
    """Shows what `lines` gives; call `redraw` whenever that may have changed.

    The framework repaints what it is told to repaint, whether or not it differs from what the terminal shows. So the
    comparison happens here: equal lines cost nothing, a changed figure costs its own cells.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._shown: tuple[Line, ...] = ()
        self._shown_chosen: int | None = None
        self._shown_size = Size(0, 0)

    @property
    def palette(self) -> Palette:
        palette: Palette = self.app.palette  # type: ignore[attr-defined]
        return palette

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """What the pane shows in this size; fewer lines than `height` leave the rest empty."""
        raise NotImplementedError

    def chosen_row(self) -> int | None:
        """The row of the pane that is highlighted, if any."""
        return None

    def redraw(self) -> None:
        """Make the lines anew and repaint the cells in which they differ from those on screen."""
        if self._shown_size != self.size:
            # Not painted in this size yet: the lines are made when they are.
            return
        before, chosen_before = self._shown, self._shown_chosen
        self._make()
        regions = [
            Region(span[0], row, span[1] - span[0], 1)
            for row, (old, new) in enumerate(zip_longest(before, self._shown, fillvalue=()))
            if (span := self._changed(row, old, new, chosen_before))
        ]
        if regions:
            self.refresh(*regions)

    def _make(self) -> None:
        width, height = self._shown_size = self.size
        self._shown = tuple(fit(line, width) for line in self.lines(width, height)[:height])
        self._shown_chosen = self.chosen_row()

    def _changed(self, row: int, old: Line, new: Line, chosen_before: int | None) -> tuple[int, int] | None:
        if (row == chosen_before) != (row == self._shown_chosen):
            return 0, self.size.width
        return changed_cells(old, new)

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        """A pane takes the room it is given; asking for a second layout would paint everything twice."""
        return super()._size_updated(size, virtual_size, container_size, layout=False)

    def render_line(self, y: int) -> Strip:
        if self._shown_size != self.size:
            self._make()
        if y < len(self._shown):
            return self.palette.strip(self._shown[y], y == self._shown_chosen)
        return Strip.blank(self.size.width, self.palette.style(""))

    @property
    def text(self) -> str:
        """What is on screen, as plain text."""
        return "\n".join("".join(text for text, _ in line).rstrip() for line in self._shown)
