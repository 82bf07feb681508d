"""What is unusual now or was within the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

from textual import on

from monitor.records import Signal
from monitor.tui.lines import Line
from monitor.tui.messages import Opened
from monitor.tui.screens.base import ListScreen
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


class SignalsScreen(ListScreen):
    """Lists the signals with the working of the chosen one; opening it shows the posts of its beat and window."""

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
        self.signals = SignalsList(id="all-signals")
        self.working = ChosenWorking(id="chosen-working")
        super().__init__(self.signals, self.working)

    def show(self) -> None:
        super().show()
        reading = self.monitor.reading
        if reading is None:
            self.signals.show(None, 0, {})
            return
        snapshot = reading.snapshot
        self.signals.show(snapshot.signals, snapshot.as_of, {beat.slug: beat.name for beat in snapshot.beats})
        self.show_chosen()

    def show_chosen(self) -> None:
        reading = self.monitor.reading
        if reading is not None:
            names = {source.slug: source.name for source in reading.snapshot.sources}
            self.working.show(self.chosen_signal(), names)

    def chosen_signal(self) -> Signal | None:
        """The signal of the chosen row."""
        return cast("Signal | None", self.signals.chosen)

    @on(Opened)
    def open_row(self, message: Opened) -> None:
        from monitor.tui.screens.beat import BeatScreen

        signal = cast(Signal, message.item)
        if signal.kind == "entity":
            called = signal.evidence.get("entity")
            self.monitor.open_entity(str(signal.evidence.get("subject", "")), str(called) if called else None)
        else:
            self.app.push_screen(BeatScreen(signal))
