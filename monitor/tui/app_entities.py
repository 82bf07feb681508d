"""The part of the app that leads to entities and to the working of the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import App

from monitor.tui.messages import EntityRead, NamesRead

if TYPE_CHECKING:
    from monitor.snapshot.entity import EntityPage
    from monitor.snapshot.names import BeatNames
    from monitor.tui.reading import View


class AppWithEntities(App[None]):
    """Passes what was read of entities to the screens that wait for it, and opens those screens."""

    view: View

    def entity_read(self, page: EntityPage) -> None:
        """Called in the thread that reads."""
        self.post_message(EntityRead(page))

    def names_read(self, names: BeatNames) -> None:
        """Called in the thread that reads."""
        self.post_message(NamesRead(names))

    @on(EntityRead)
    def show_entity(self, message: EntityRead) -> None:
        from monitor.tui.screens.entity import EntityScreen

        for screen in self.screen_stack:
            if isinstance(screen, EntityScreen):
                screen.take(message.page)

    @on(NamesRead)
    def show_names(self, message: NamesRead) -> None:
        from monitor.tui.screens.names import NamesScreen

        for screen in self.screen_stack:
            if isinstance(screen, NamesScreen):
                screen.take(message.names)

    def open_entity(self, slug: str, label: str | None = None) -> None:
        """Show the page of an entity; `label` is what it was called where one came from."""
        from monitor.tui.screens.entity import EntityScreen

        self.push_screen(EntityScreen(slug, label))

    def action_names(self) -> None:
        from monitor.tui.screens.names import NamesScreen

        if self.view.beat is not None and not any(isinstance(screen, NamesScreen) for screen in self.screen_stack):
            self.push_screen(NamesScreen(self.view.beat))

    def action_total_evidence(self) -> None:
        from monitor.tui.screens.evidence import open_total_working

        open_total_working(self)  # type: ignore[arg-type]
