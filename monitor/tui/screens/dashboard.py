"""The main screen: what is loud, is that unusual, where, in what mood, what is it about, and can it be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widget import Widget

from monitor.records import BeatSnapshot, Snapshot
from monitor.tui.messages import FocusMoved, Highlighted, Opened
from monitor.tui.reading import Reading
from monitor.tui.screens.base import ListsScreen
from monitor.tui.waiting import waiting_words
from monitor.tui.widgets.beat_title import BeatTitle
from monitor.tui.widgets.beats_table import BeatsTable
from monitor.tui.widgets.footer import Hint
from monitor.tui.widgets.history_chart import HistoryChart
from monitor.tui.widgets.posts_list import PostsList
from monitor.tui.widgets.split import Part, Split
from monitor.tui.widgets.stories_list import Entry, StoriesList
from monitor.tui.widgets.tabs import Tabs

PANES = ("beats", "split", "posts", "stories")
"""The panes that take the keyboard, in the order of the tab key."""


class Dashboard(ListsScreen):
    """Everything at one look; where there is no room for that, one pane at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "next_pane(1)", "next pane", id="screen.next-pane", show=False),
        Binding("shift+tab", "next_pane(-1)", "previous pane", id="screen.previous-pane", show=False),
    ]

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("app.help", "help"),
        ("list.open", "open"),
        ("screen.next-pane", "pane"),
        ("list.filter", "filter"),
        ("list.sort", "sort"),
        ("view.longer", "range"),
        ("view.lens", "lens"),
        ("view.source-1", "sources"),
        ("app.pause", "pause"),
        ("app.theme", "theme"),
        ("app.quit", "quit"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.tabs = Tabs([("beats", "Beats"), ("split", "Beat"), ("posts", "Posts"), ("stories", "Stories")], id="tabs")
        self.beats = BeatsTable(id="beats")
        self.beat_title = BeatTitle(id="beat-title")
        self.split = Split(id="split")
        self.chart = HistoryChart(id="chart")
        self.posts = PostsList(id="posts")
        self.stories = StoriesList(id="stories")
        self.add_class("-at-beats")

    def panes(self) -> Sequence[Widget]:
        return (
            self.tabs,
            self.beats,
            self.beat_title,
            Container(self.split, self.chart, id="detail"),
            Container(self.posts, self.stories, id="lists"),
        )

    def on_mount(self) -> None:
        self.beats.focus()
        self.show()

    # Showing

    def show(self) -> None:
        super().show()
        reading = self.monitor.reading
        if reading is None:
            return
        self.beats.show(reading.snapshot)
        self._show_beat(reading)

    def _show_beat(self, reading: Reading) -> None:
        """The panes about the chosen beat. Those that must be read keep what they have until it was read."""
        view, snapshot = self.monitor.view, reading.snapshot
        beat = beat_named(snapshot, view.beat)
        name = beat.name if beat else ""
        self.beat_title.show(beat, view.lens, view.range_hours, len(view.hidden))
        self.split.show(beat, snapshot, view.hidden)
        self.tabs.show(self.pane, {"split": name} if name else None)
        if reading.view.beat != view.beat:
            return
        if reading.view.range_hours == view.range_hours:
            self.chart.show(reading.history)
        waiting = waiting_words(snapshot, beat) if reading.posts is not None else ("reading",)
        title = f"Posts of {name}" if name else "Posts"
        self.posts.show(reading.posts or (), snapshot.as_of, title, waiting)
        self.stories.show(
            snapshot.stories,
            reading.news,
            reading.engaged,
            as_of=snapshot.as_of,
            beats={one.slug: one.name for one in snapshot.beats},
            beat_name=name,
        )

    def hints(self) -> Sequence[Hint]:
        """The keys of the footer; while something is unusual, those that lead to it come first."""
        found = list(super().hints())
        reading = self.monitor.reading
        if reading is None or all(signal.closed_at is not None for signal in reading.snapshot.signals):
            return found
        return [*found[:1], *self.hints_of((("app.signals", "signals"), ("app.evidence", "working"))), *found[1:]]

    # Panes

    @property
    def folded(self) -> bool:
        """Whether one pane is shown at a time."""
        return self.has_class("-narrow") or self.has_class("-low")

    @property
    def pane(self) -> str:
        """The pane with the keyboard, or the last one that had it."""
        return next((pane for pane in PANES if self.has_class(f"-at-{pane}")), PANES[0])

    def go_to(self, pane: str) -> None:
        """Give the keyboard to a pane, which unfolds it."""
        for other in PANES:
            self.set_class(other == pane, f"-at-{other}")
        self.query_one(f"#{pane}").focus()

    def action_next_pane(self, steps: int) -> None:
        self.go_to(PANES[(PANES.index(self.pane) + steps) % len(PANES)])

    @on(FocusMoved)
    def mark_pane(self) -> None:
        """A click or a key gave the keyboard to a pane."""
        focused = self.focused.id if self.focused is not None else None
        if focused in PANES:
            for pane in PANES:
                self.set_class(pane == focused, f"-at-{pane}")
        self.beat_title.set_active(focused == "split")
        self.tabs.show(self.pane)

    # What the panes ask for

    @on(Highlighted)
    def look_at_row(self, message: Highlighted) -> None:
        if isinstance(message.pane, BeatsTable):
            view = self.monitor.view._replace(beat=str(message.key) if message.key else None)
            self.monitor.look_at(view, passing=True)

    @on(Opened)
    def open_row(self, message: Opened) -> None:
        item = message.item
        if isinstance(item, BeatSnapshot):
            from monitor.tui.screens.beat import BeatScreen

            self.app.push_screen(BeatScreen())
        elif isinstance(item, Part):
            self.monitor.toggle_source(item.slug)
        elif isinstance(item, Entry) and item.story is not None:
            self.monitor.open_story(item.story, self.stories.cards)
        else:
            self.monitor.open_post(item.post if isinstance(item, Entry) else item)

    def leave(self) -> None:
        """There is nothing to go back to."""


def beat_named(snapshot: Snapshot, slug: str | None) -> BeatSnapshot | None:
    """The beat with this slug."""
    return next((beat for beat in snapshot.beats if beat.slug == slug), None)
