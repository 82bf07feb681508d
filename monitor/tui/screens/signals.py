"""What is unusual now or was within the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from monitor.records import Signal
from monitor.tui.lines import Line
from monitor.tui.messages import FocusMoved, Highlighted, Opened
from monitor.tui.screens.base import ListsScreen
from monitor.tui.screens.evidence import signal_lines
from monitor.tui.widgets.signals_list import SignalsList
from monitor.tui.widgets.text_pane import TextPane


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


class SignalsScreen(ListsScreen):
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

    def panes(self) -> Sequence[Widget]:
        return self.signals, self.working

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

        signal = cast(Signal, message.item)
        if signal.kind == "entity":
            called = signal.evidence.get("entity")
            self.monitor.open_entity(str(signal.evidence.get("subject", "")), str(called) if called else None)
        else:
            self.app.push_screen(BeatScreen(signal))
