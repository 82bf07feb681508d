"""One beat, with room for its chart and its posts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widget import Widget

from monitor.evidence_words import span
from monitor.instants import parse
from monitor.records import Signal, Span, StoredPost
from monitor.tui.messages import FocusMoved, Opened
from monitor.tui.reading import View
from monitor.tui.screens.base import ListsScreen
from monitor.tui.screens.dashboard import beat_named
from monitor.tui.waiting import waiting_words
from monitor.tui.widgets.beat_title import BeatTitle
from monitor.tui.widgets.history_chart import HistoryChart
from monitor.tui.widgets.posts_list import DiscourseList, PostsList
from monitor.tui.widgets.split import Part, Split

MORE_POSTS = 500
"""How many posts of the beat are read while its own screen is open."""

DISCOURSE = "From the Discourse: most engaged in 24 h, each text once"


_NAMED_POSTS = ("divergence", "engagement", "lockstep", "overlap")
"""Kinds of signals of which not every post of the window tells."""


class BeatScreen(ListsScreen):
    """The chosen beat: split, chart, and all its recent posts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "other_pane(1)", "next pane", id="screen.next-pane", show=False),
        Binding("shift+tab", "other_pane(-1)", "previous pane", id="screen.previous-pane", show=False),
    ]

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("app.help", "help"),
        ("screen.back", "back"),
        ("list.open", "open"),
        ("view.names", "names"),
        ("list.link", "link"),
        ("list.copy", "copy"),
        ("list.filter", "filter"),
        ("list.sort", "sort"),
        ("view.longer", "range"),
        ("view.lens", "lens"),
        ("view.source-1", "sources"),
        ("app.quit", "quit"),
    )

    def __init__(self, signal: Signal | None = None, *, beat: str | None = None) -> None:
        """The chosen beat, or another one.

        Args:
            signal: one whose posts to show: those of its beat in its window, rather than the newest.
            beat: slug of the beat to show instead of the chosen one, which is the chosen one again afterwards.
        """
        super().__init__()
        self._signal = signal
        self._beat = beat
        self._before: View | None = None
        self.beat_title = BeatTitle(id="the-beat")
        self.split = Split(id="split")
        self.chart = HistoryChart(id="chart")
        self.posts = PostsList(id="all-posts")
        self.discourse = DiscourseList(id="discourse")

    def panes(self) -> Sequence[Widget]:
        return self.beat_title, Container(self.split, self.chart, id="figures"), self.discourse, self.posts

    def on_mount(self) -> None:
        view = self._before = self.monitor.view
        if self._signal is not None:
            view = view._replace(beat=self._signal.beat, **posts_behind(self._signal))
        elif self._beat is not None:
            view = view._replace(beat=self._beat, span=None, search="", numbers=())
        self.monitor.look_at(view._replace(posts=MORE_POSTS, discourse=True))
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
            if _chosen_posts(reading.view) != _chosen_posts(view):
                return
            title = posts_title(view)
            waiting = waiting_words(snapshot, beat)
            self.posts.show(reading.posts or (), snapshot.as_of, title, waiting)
            self.discourse.show(each_text_once(reading.discourse), snapshot.as_of, DISCOURSE, waiting)

    def action_other_pane(self, steps: int) -> None:
        panes = (self.posts, self.split, self.discourse)
        place = next((place for place, pane in enumerate(panes) if pane.has_focus), 0)
        panes[(place + steps) % len(panes)].focus()

    @on(FocusMoved)
    def mark_pane(self) -> None:
        self.beat_title.set_active(self.split.has_focus)
        self.set_class(self.discourse.has_focus, "-at-discourse")

    @on(Opened)
    def open_row(self, message: Opened) -> None:
        if isinstance(message.item, Part):
            self.monitor.toggle_source(message.item.slug)
        else:
            self.monitor.open_post(message.item)

    def leave(self) -> None:
        before, view = self._before, self.monitor.view
        if before is not None:
            beat = before.beat or view.beat
            self.monitor.look_at(
                view._replace(
                    posts=before.posts,
                    span=before.span,
                    search=before.search,
                    numbers=before.numbers,
                    beat=beat,
                    discourse=before.discourse,
                )
            )
        super().leave()


def _chosen_posts(view: View) -> tuple[object, ...]:
    return view.span, view.search, view.numbers


def posts_title(view: View) -> str:
    """Which posts are listed."""
    if view.numbers:
        return "Posts behind the signal"
    if view.search:
        return f"Posts with {view.search}, in the window of the signal"
    return f"Posts of {span(*view.span)} UTC, the window of the signal" if view.span else "Posts"


def posts_behind(signal: Signal) -> dict[str, Any]:
    """What to look at for the posts behind a signal: those that say its phrase, those that it names, or its window."""
    window, numbers = window_of(signal), signal.evidence.get("posts")
    if signal.kind == "phrase":
        phrase = str(signal.evidence.get("subject", "")).replace('"', " ")
        return {"span": window, "search": f'"{phrase}"', "numbers": ()}
    if signal.kind in _NAMED_POSTS and isinstance(numbers, list):
        return {"span": window, "search": "", "numbers": tuple(int(number) for number in numbers)}
    return {"span": window, "search": "", "numbers": ()}


def each_text_once(posts: Sequence[StoredPost]) -> list[StoredPost]:
    """The posts without copies of earlier ones, and without deleted ones."""
    found: dict[object, StoredPost] = {}
    for stored in posts:
        if not stored.deleted:
            found.setdefault(("post", stored.id) if stored.cluster is None else stored.cluster, stored)
    return list(found.values())


def window_of(signal: Signal) -> Span | None:
    """The window that a signal judged; None where its evidence names none."""
    between = signal.evidence.get("window")
    if not isinstance(between, list) or len(between) != 2:
        return None
    return parse(str(between[0])), parse(str(between[1]))
