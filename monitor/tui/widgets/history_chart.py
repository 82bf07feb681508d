"""The volume and the mood of one beat over a day, a week or a month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.glyphs import GAP
from monitor.tui.lines import Line
from monitor.tui.widgets.line_pane import LinePane

if TYPE_CHECKING:
    from monitor.records import BeatHistory

RANGES = (24, 7 * 24, 30 * 24)
"""The ranges to choose from, in hours."""

RANGE_NAMES = {24: "24 h", 7 * 24: "7 d", 30 * 24: "30 d"}

STYLES = {
    "label": "muted",
    "axis": "faint",
    "volume": "volume",
    "gap": "gap",
    "mark": "warning",
    "positive": "good",
    "negative": "bad",
    "neutral": "text",
}
"""The parts of a chart in the meanings of the theme."""


class HistoryChart(LinePane):
    """Draws in the thread that reads, since drawing needs the global figure of the plotting library."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._history: BeatHistory | None = None
        self._chart: tuple[Line, ...] = ()
        self._drawn_for: object = None

    def show(self, history: BeatHistory | None) -> None:
        """Show a history; None keeps the chart of before on screen until the next one is there."""
        if history is not None and history != self._history:
            self._history = history
            self.draw_later()

    def on_resize(self, event: object) -> None:
        self.draw_later()

    def draw_later(self) -> None:
        """Have the chart drawn for the size of now, away from the event loop."""
        width, height = self.size
        wanted = (self._history, width, height)
        if self._history is None or not width or wanted == self._drawn_for:
            return
        if _nothing_in(self._history):
            self.redraw()
            return
        self._drawn_for = wanted
        history = self._history

        def draw() -> None:
            from monitor.charts import chart_text

            chart = chart_text(history, width, height)
            self.app.call_from_thread(self._take, wanted, chart)

        self.run_worker(draw, group="chart", exclusive=True, thread=True, exit_on_error=False)

    def _take(self, drawn_for: object, chart: tuple[Line, ...]) -> None:
        if drawn_for == self._drawn_for:
            self._chart = tuple(tuple((text, STYLES.get(part, "")) for text, part in line) for line in chart)
            self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        if self._history is None:
            return ()
        if _nothing_in(self._history):
            words = f"{GAP * 2} nothing collected in the last {RANGE_NAMES[self._history.range_hours]}"
            return [()] * (height // 2 - 1) + [((" " * ((width - len(words)) // 2), ""), (words, "gap"))]
        if not self._chart:
            return ((("  drawing", "faint"),),)
        return self._chart


def _nothing_in(history: BeatHistory) -> bool:
    return all(count is None for count in history.volume)
