"""Whom and what the posts of a beat name; opening one shows its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from textual import on
from textual.widget import Widget

from monitor import glyphs
from monitor.evidence_words import length, span
from monitor.instants import DAY, MINUTE
from monitor.records import Snapshot
from monitor.snapshot.names import BeatNames, NameCount
from monitor.tui.lines import Line, outside, rule
from monitor.tui.messages import Opened
from monitor.tui.screens.base import ListsScreen
from monitor.tui.screens.dashboard import beat_named
from monitor.tui.screens.working_lines import row_lines
from monitor.tui.widgets.mood_words import part_of
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

    def chosen_name(self) -> NameCount | None:
        """The name of the chosen row."""
        return cast("NameCount | None", self.names.chosen)

    def working_lines(self, snapshot: Snapshot, width: int) -> Sequence[Line]:
        """The working of the chosen name."""
        row, found = self.chosen_name(), self.found
        if row is None or found is None:
            return ()
        beat = beat_named(snapshot, self.beat)
        return name_working_lines(row, found, beat.name if beat else self.beat, width)

    @on(Opened)
    def open_row(self, message: Opened) -> None:
        if isinstance(message.item, NameCount):
            self.monitor.open_entity(message.item.slug, message.item.name)


def name_working_lines(row: NameCount, found: BeatNames, beat: str, width: int) -> list[Line]:
    """The working of one name in the posts of a beat: n, of how many posts, in which window, and how it is counted."""
    rows = [
        (
            "n",
            f"{glyphs.count(row.posts)} of the {glyphs.count(found.of)} posts of {outside(beat)} name it "
            f"({part_of(row.posts, found.of)})",
        ),
        ("window", f"{span(found.as_of - DAY, found.as_of)} UTC ({length(DAY)}); exact, no estimate"),
        ("counted", "raw posts of all sources under every lens, deleted ones included, each once"),
        ("method", "posts that say one of its names as whole words (docs/methods.md, Entities)"),
        ("usual", "the working of its page holds what is usual for it: Enter on the name, then the key of the working"),
    ]
    return [
        rule([(outside(row.name), "bold text"), (f"  {row.kind}  the working", "muted")], (), width),
        (("", ""),),
        *row_lines(rows, width),
    ]
