"""What is unusual now or was within the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from monitor.records import Signal
from monitor.tui.lines import Line
from monitor.tui.messages import FilterWanted, FocusMoved, Highlighted, Opened
from monitor.tui.screens.base import MonitorScreen
from monitor.tui.screens.evidence import signal_lines
from monitor.tui.widgets.filter_line import FilterLine
from monitor.tui.widgets.line_list import LineList
from monitor.tui.widgets.signals_list import SignalsList
from monitor.tui.widgets.text_pane import TextPane
from monitor.tui.widgets.too_small import TooSmall


class ChosenWorking(TextPane):
    """The working of the chosen signal, below the list."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._signal: Signal | None = None
        self._names: Mapping[str, str] = {}

    def show(self, signal: Signal | None, names: Mapping[str, str]) -> None:
        """Show this signal from its beginning; `names` are those of the sources."""
        if (signal, names) != (self._signal, self._names):
            self._signal, self._names = signal, names
            self.action_scroll_by(-1_000_000)
            self.renew()

    def content(self, width: int) -> Sequence[Line]:
        return () if self._signal is None else signal_lines(self._signal, self._names, width)[1:]


class SignalsScreen(MonitorScreen):
    """Lists the signals with the working of the chosen one; opening it shows the posts of its beat and window."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,shift+tab", "other_pane", "other pane", id="screen.next-pane", show=False),
    ]

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("app.help", "help"),
        ("screen.back", "back"),
        ("list.open", "posts"),
        ("app.evidence", "working"),
        ("screen.next-pane", "pane"),
        ("list.filter", "filter"),
        ("list.sort", "sort"),
        ("list.copy", "copy"),
        ("app.quit", "quit"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.signals = SignalsList(id="all-signals")
        self.working = ChosenWorking(id="chosen-working")
        self.filter_line = FilterLine(id="filter")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.signals
        yield self.working
        yield self.filter_line
        yield self.footer
        yield TooSmall()

    def on_mount(self) -> None:
        self.signals.focus()
        self.show()

    def show(self) -> None:
        super().show()
        reading = self.monitor.reading
        if reading is None:
            self.signals.show(None, 0, {})
            return
        snapshot = reading.snapshot
        self.signals.show(snapshot.signals, snapshot.as_of, {beat.slug: beat.name for beat in snapshot.beats})
        self._show_chosen()

    def _show_chosen(self) -> None:
        reading = self.monitor.reading
        if reading is not None:
            names = {source.slug: source.name for source in reading.snapshot.sources}
            self.working.show(self.chosen_signal(), names)

    def chosen_signal(self) -> Signal | None:
        """The signal of the chosen row."""
        return cast("Signal | None", self.signals.chosen)

    def action_other_pane(self) -> None:
        (self.working if self.signals.has_focus else self.signals).focus()

    @on(FocusMoved)
    def follow_focus(self) -> None:
        self.footer.show(self.hints())

    @on(Highlighted)
    def look_at_row(self) -> None:
        self._show_chosen()

    @on(Opened)
    def open_row(self, message: Opened) -> None:
        from monitor.tui.screens.beat import BeatScreen

        self.app.push_screen(BeatScreen(cast(Signal, message.item)))

    @on(FilterWanted)
    def type_filter(self, message: FilterWanted) -> None:
        self.filter_line.open_for(message.pane)

    def action_back(self) -> None:
        """Drop the filter first, then the screen."""
        focused = self.focused
        if isinstance(focused, LineList) and focused.needle:
            focused.set_needle("")
            return
        super().action_back()
