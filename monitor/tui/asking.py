"""The thread that asks the store about the story on screen: the posts behind it, and what its claims are worth.

Either may take seconds with a large store, so it is done for the newest story only, and nothing waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, Thread
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from monitor.newsroom import Dossier, Newsroom
    from monitor.records import Story
    from monitor.stories.linting import Lint


class Answer(NamedTuple):
    """What the store says about a story."""

    story: Story
    dossier: Dossier | None = None
    lint: Lint | None = None
    """None until it was checked."""
    problem: str = ""
    """Why the store could not answer, as a sentence."""


class AskingThread(Thread):
    """Asks while there is something to ask; ends with the program."""

    def __init__(self, newsroom: Newsroom) -> None:
        super().__init__(name="monitor-asking", daemon=True)
        self._newsroom = newsroom
        self._changed = Condition()
        self._wanted: tuple[Story, Callable[[Answer], object]] | None = None
        self._stopping = False

    def ask(self, story: Story, tell: Callable[[Answer], object]) -> None:
        """Ask about this story rather than about any before; `tell` is called in this thread, twice where all is well.

        A stub has no text to ask about: of it only the first answer comes.
        """
        with self._changed:
            self._wanted = story, tell
            self._changed.notify()

    def stop(self) -> None:
        """Ask nothing more; what is being asked is not waited for."""
        with self._changed:
            self._stopping, self._wanted = True, None
            self._changed.notify()

    def run(self) -> None:
        while True:
            with self._changed:
                while self._wanted is None and not self._stopping:
                    self._changed.wait()
                if self._stopping:
                    return
                wanted, self._wanted = self._wanted, None
            if wanted is not None:
                self._answer(*wanted)

    def _answer(self, story: Story, tell: Callable[[Answer], object]) -> None:
        answer = Answer(story)
        try:
            answer = answer._replace(dossier=self._newsroom.dossier(story))
            tell(answer)
            if self._wanted is None and story.body:
                tell(answer._replace(lint=self._newsroom.lint(story)))
        except Exception as error:
            # Whatever a broken store does to a reader, the story stays readable and says so.
            tell(answer._replace(problem=str(error) or type(error).__name__))
