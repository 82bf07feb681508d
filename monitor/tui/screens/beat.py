"""One beat, with room for its chart and its posts."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from monitor.evidence_words import span
from monitor.instants import parse
from monitor.records import Signal, Span
from monitor.tui.messages import FilterWanted, FocusMoved, Opened
from monitor.tui.reading import View
from monitor.tui.screens.base import MonitorScreen
from monitor.tui.screens.dashboard import beat_named
from monitor.tui.waiting import waiting_words
from monitor.tui.widgets.beat_title import BeatTitle
from monitor.tui.widgets.filter_line import FilterLine
from monitor.tui.widgets.history_chart import HistoryChart
from monitor.tui.widgets.line_list import LineList
from monitor.tui.widgets.posts_list import PostsList
from monitor.tui.widgets.split import Part, Split
from monitor.tui.widgets.too_small import TooSmall

MORE_POSTS = 500
"""How many posts of the beat are read while its own screen is open."""


class BeatScreen(MonitorScreen):
    """The chosen beat: split, chart, and all its recent posts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,shift+tab", "other_pane", "other pane", id="screen.next-pane", show=False),
    ]

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("app.help", "help"),
        ("screen.back", "back"),
        ("list.open", "open"),
        ("list.link", "link"),
        ("list.copy", "copy"),
        ("list.filter", "filter"),
        ("list.sort", "sort"),
        ("view.longer", "range"),
        ("view.lens", "lens"),
        ("view.source-1", "sources"),
        ("app.quit", "quit"),
    )

    def __init__(self, signal: Signal | None = None) -> None:
        """`signal` is one whose posts to show: those of its beat in its window, rather than the newest."""
        super().__init__()
        self._signal = signal
        self._before: View | None = None
        self.beat_title = BeatTitle(id="the-beat")
        self.split = Split(id="split")
        self.chart = HistoryChart(id="chart")
        self.posts = PostsList(id="all-posts")
        self.filter_line = FilterLine(id="filter")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.beat_title
        yield Container(self.split, self.chart, id="figures")
        yield self.posts
        yield self.filter_line
        yield self.footer
        yield TooSmall()

    def on_mount(self) -> None:
        view = self._before = self.monitor.view
        if self._signal is not None:
            view = view._replace(beat=self._signal.beat, span=window_of(self._signal))
        self.monitor.look_at(view._replace(posts=MORE_POSTS))
        self.posts.focus()
        self.show()

    def show(self) -> None:
        super().show()
        reading, view = self.monitor.reading, self.monitor.view
        if reading is None:
            return
        snapshot = reading.snapshot
        beat = beat_named(snapshot, view.beat)
        self.beat_title.show(beat, view.lens, view.range_hours, len(view.hidden))
        self.split.show(beat, snapshot, view.hidden)
        if reading.view.beat == view.beat:
            if reading.view.range_hours == view.range_hours:
                self.chart.show(reading.history)
            if reading.view.span != view.span:
                return
            title = f"Posts of {span(*view.span)} UTC, the window of the signal" if view.span else "Posts"
            self.posts.show(reading.posts or (), snapshot.as_of, title, waiting_words(snapshot, beat))

    def action_other_pane(self) -> None:
        (self.split if self.posts.has_focus else self.posts).focus()

    @on(FocusMoved)
    def follow_focus(self) -> None:
        self.beat_title.set_active(self.split.has_focus)
        self.footer.show(self.hints())

    @on(Opened)
    def open_row(self, message: Opened) -> None:
        if isinstance(message.item, Part):
            self.monitor.toggle_source(message.item.slug)
        else:
            self.monitor.open_post(message.item)

    @on(FilterWanted)
    def type_filter(self, message: FilterWanted) -> None:
        self.filter_line.open_for(message.pane)

    def action_back(self) -> None:
        """Drop the filter first, then the screen."""
        focused = self.focused
        if isinstance(focused, LineList) and focused.needle:
            focused.set_needle("")
            return
        before, view = self._before, self.monitor.view
        if before is not None:
            self.monitor.look_at(view._replace(posts=before.posts, span=before.span, beat=before.beat or view.beat))
        super().action_back()


def window_of(signal: Signal) -> Span | None:
    """The window that a signal judged; None where its evidence names none."""
    between = signal.evidence.get("window")
    if not isinstance(between, list) or len(between) != 2:
        return None
    return parse(str(between[0])), parse(str(between[1]))
