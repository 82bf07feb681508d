"""The part of the app that has to do with stories: what is read and kept of them, and who checks them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from threading import Thread
from typing import TYPE_CHECKING

from textual import on
from textual.app import App

from monitor.tui.messages import StoryRead, Told

if TYPE_CHECKING:
    from monitor.bookmarks import Bookmarks
    from monitor.newsroom import Newsroom
    from monitor.records import Story, StoryCard
    from monitor.tui.asking import Answer, AskingThread


class AppWithStories(App[None]):
    """Opens stories, has the store asked about them, and keeps what its user has read."""

    open_newsroom: Callable[[], Newsroom] | None = None
    open_bookmarks: Callable[[], Bookmarks] | None = None
    asking: AskingThread | None = None

    def story_read(self, slug: str, story: Story | None) -> None:
        """Called in the thread that reads."""
        self.post_message(StoryRead(slug, story))

    @on(StoryRead)
    def show_story(self, message: StoryRead) -> None:
        from monitor.tui.screens.story import StoryScreen

        for screen in self.screen_stack:
            if isinstance(screen, StoryScreen):
                screen.take(message.slug, message.story)

    @cached_property
    def newsroom(self) -> Newsroom | None:
        """Made when a story is first opened."""
        return None if self.open_newsroom is None else self.open_newsroom()

    def ask_about(self, story: Story, tell: Callable[[Answer], object]) -> bool:
        """Have the store asked about a story, in a thread; False where there is no store to ask."""
        if self.newsroom is None:
            return False
        if self.asking is None:
            from monitor.tui.asking import AskingThread

            self.asking = AskingThread(self.newsroom)
            self.asking.start()
        self.asking.ask(story, tell)
        return True

    @cached_property
    def bookmarks(self) -> Bookmarks:
        """What was read and starred; the file is read when it is first wanted."""
        from monitor.bookmarks import Bookmarks

        found = Bookmarks(None, lambda: 0) if self.open_bookmarks is None else self.open_bookmarks()
        if found.problem:
            self.call_after_refresh(self.post_message, Told(found.problem))
        return found

    def keep_bookmarks(self) -> None:
        """Write down what was read, in a thread; that it failed is said."""

        def save() -> None:
            problem = self.bookmarks.save()
            if problem and self.is_running:
                self.post_message(Told(problem))

        Thread(target=save, name="monitor-bookmarks", daemon=True).start()

    def close_stories(self) -> None:
        """The app ends: ask nothing more, and write down what was read."""
        if self.asking is not None:
            self.asking.stop()
        self.bookmarks.save()

    def open_story(self, card: StoryCard, among: Sequence[StoryCard] = ()) -> None:
        """Show a story; `among` are those that the next and the previous one are of."""
        from monitor.tui.screens.story import StoryScreen

        self.push_screen(StoryScreen(card, among or (card,)))

    def action_import_stories(self) -> None:
        from monitor.tui.screens.taking_in import open_import

        open_import(self)  # type: ignore[arg-type]
