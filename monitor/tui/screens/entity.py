"""One entity: how often it is named, where, in what mood, in which beats, and the posts that name it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.containers import Container
from textual.widget import Widget

from monitor.instants import MINUTE
from monitor.records import Snapshot
from monitor.snapshot.entity import MOST_POSTS, EntityPage
from monitor.tui.lines import Line, outside
from monitor.tui.messages import Opened
from monitor.tui.screens.base import ListsScreen
from monitor.tui.widgets.entity_figures import EntityFigures, EntityTitle
from monitor.tui.widgets.history_chart import RANGE_NAMES, HistoryChart
from monitor.tui.widgets.posts_list import PostsList


class EntityScreen(ListsScreen):
    """Shows the page of an entity of the gazetteer, by its slug."""

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("app.help", "help"),
        ("screen.back", "back"),
        ("list.open", "open"),
        ("app.evidence", "working"),
        ("list.link", "link"),
        ("list.filter", "filter"),
        ("list.sort", "sort"),
        ("view.longer", "range"),
        ("app.quit", "quit"),
    )

    def __init__(self, slug: str, label: str | None = None) -> None:
        """`label` is what the entity was called where one came from; its own name is shown once it was read."""
        super().__init__()
        self.slug = slug
        self.label = label or slug
        self.page: EntityPage | None = None
        self._asked: object = None
        self.entity_title = EntityTitle(id="the-entity")
        self.figures = EntityFigures(id="entity-figures")
        self.chart = HistoryChart(id="chart")
        self.posts = PostsList(id="all-posts")

    def panes(self) -> Sequence[Widget]:
        return self.entity_title, Container(self.figures, self.chart, id="figures"), self.posts

    def on_mount(self) -> None:
        self.posts.focus()
        self.show()

    def show(self) -> None:
        super().show()
        reading, view, page = self.monitor.reading, self.monitor.view, self.page
        as_of = reading.snapshot.as_of if reading else 0
        wanted = (view.range_hours, as_of // MINUTE)
        if wanted != self._asked:
            self._asked = wanted
            self.monitor.reading_thread.ask_entity(self.slug, view.range_hours)
        name = page.entity.name if page is not None and page.entity is not None else self.label
        self.entity_title.show(name, page, view.range_hours)
        if page is None:
            self.posts.show((), as_of, "Posts", ("reading",))
            return
        beats = {beat.slug: beat.name for beat in reading.snapshot.beats} if reading else {}
        self.figures.show(page, beats)
        self.chart.show(page.history)
        self.posts.show(page.posts, page.as_of, posts_title(page), waiting_for(page))

    def take(self, page: EntityPage) -> None:
        """A page was read."""
        if page.slug == self.slug and page.range_hours == self.monitor.view.range_hours:
            self.page = page
            self.show()

    def working_lines(self, snapshot: Snapshot, width: int) -> Sequence[Line]:
        """The working of the page, as it is when it is looked at."""
        from monitor.tui.screens.entity_working import entity_word, entity_working_lines

        if self.page is None:
            return ((("   reading", "muted"),),)
        names = {source.slug: source.name for source in snapshot.sources}
        word = entity_word(snapshot, self.page)
        return entity_working_lines(self.page, word, names, width, snapshot.manifest.marks)

    @on(Opened)
    def open_row(self, message: Opened) -> None:
        self.monitor.open_post(message.item)


def posts_title(page: EntityPage) -> str:
    """What the list holds; of many posts it says which."""
    if page.entity is None:
        return "Posts"
    newest = f", the newest {MOST_POSTS}" if page.volume > MOST_POSTS else ""
    return f"Posts that name {outside(page.entity.name)}{newest}"


def waiting_for(page: EntityPage) -> tuple[str, ...]:
    """Why there is no post."""
    if page.entity is None:
        return (
            f"no name is known for {page.slug}",
            f"A table [entities.{page.slug}] with kind and names in the configuration makes it known.",
        )
    names = ", ".join(outside(name).removeprefix("=") for name in page.entity.names)
    return (f"no post of the last {RANGE_NAMES[page.range_hours]} says any of: {names}",)
