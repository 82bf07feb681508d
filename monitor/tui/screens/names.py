"""Whom and what the posts of a beat name; opening one shows its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.widget import Widget

from monitor.instants import MINUTE
from monitor.snapshot.names import BeatNames, NameCount
from monitor.tui.messages import Opened
from monitor.tui.screens.base import ListsScreen
from monitor.tui.screens.dashboard import beat_named
from monitor.tui.widgets.names_list import NamesList


class NamesScreen(ListsScreen):
    """The entities in the posts of the last 24 hours of a beat."""

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("app.help", "help"),
        ("screen.back", "back"),
        ("list.open", "its page"),
        ("app.evidence", "working"),
        ("list.filter", "filter"),
        ("list.sort", "sort"),
        ("list.copy", "copy"),
        ("app.quit", "quit"),
    )

    def __init__(self, beat: str) -> None:
        super().__init__()
        self.beat = beat
        self.found: BeatNames | None = None
        self._asked = 0
        self.names = NamesList(id="all-names")

    def panes(self) -> Sequence[Widget]:
        return (self.names,)

    def on_mount(self) -> None:
        self.names.focus()
        self.show()

    def show(self) -> None:
        super().show()
        reading = self.monitor.reading
        if reading is None:
            return
        minute = reading.snapshot.as_of // MINUTE
        if minute != self._asked:
            self._asked = minute
            self.monitor.reading_thread.ask_names(self.beat)
        beat = beat_named(reading.snapshot, self.beat)
        self.names.show(self.found, beat.name if beat else self.beat)

    def take(self, names: BeatNames) -> None:
        """The names were read."""
        if names.beat == self.beat:
            self.found = names
            self.show()

    @on(Opened)
    def open_row(self, message: Opened) -> None:
        if isinstance(message.item, NameCount):
            self.monitor.open_entity(message.item.slug, message.item.name)
