"""What reading a story needs of a store: the posts behind it, its earlier texts, its claims checked, and new ones.

Every method opens the store for itself and takes as long as it takes; the screen calls them in threads of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.nouns.stories import Story, StoryVersion
    from monitor.snapshot.building import Provenance
    from monitor.stories.behind import Behind
    from monitor.stories.importing import Taken
    from monitor.stories.linting import Lint

PASTED = "what you pasted"


class Dossier(NamedTuple):
    """What a store has about a story besides its text."""

    behind: Behind
    versions: tuple[StoryVersion, ...]


class Newsroom:
    """The stories of one store.

    Raises:
        StoreError: from every method, with a sentence for a person: the store is not there, or cannot be used.
    """

    def __init__(self, store: Path, config: Config, scorer: str, clock: Callable[[], int]) -> None:
        self._store = store
        self._config = config
        self._scorer = scorer
        self._clock = clock

    def dossier(self, story: Story) -> Dossier:
        """The posts behind a story, and the texts that it had before."""
        from monitor.store.reader import open_reader
        from monitor.stories.behind import posts_behind

        with open_reader(self._store) as reader:
            behind = posts_behind(reader, self._provenance(), story, self._clock())
            return Dossier(behind, reader.story_versions(story.card.slug))

    def lint(self, story: Story) -> Lint:
        """The claims of a story with their verdicts, as of the moment of the story."""
        from monitor.config.entities import gazetteer
        from monitor.store.reader import open_reader
        from monitor.stories.linting import lint_story

        with open_reader(self._store) as reader:
            return lint_story(reader, self._provenance(), story, self._clock(), gazetteer(self._config))

    def take_in(self, line: str) -> Iterator[Taken]:
        """Take stories in from files that are named on a line, as a shell would read it."""
        from monitor.stories.importing import story_of_file
        from monitor.typed_paths import files_of

        now = self._clock()
        return self._taken([(str(path), partial(story_of_file, path, now)) for path in files_of(line)], now)

    def take_in_text(self, text: str) -> Iterator[Taken]:
        """Take a story in from its text."""
        from monitor.stories.reading import read

        now = self._clock()
        return self._taken([(PASTED, partial(read, text, now))], now)

    def _taken(self, named: list[tuple[str, Callable[[], Story]]], now: int) -> Iterator[Taken]:
        from monitor.stories.importing import take_in

        return take_in(self._store, named, now, None if self._store.exists() else self._config.beats)

    def _provenance(self) -> Provenance:
        from monitor.snapshot.building import Provenance

        config = self._config
        return Provenance(config.beats, config.hash, config.rules_hash, self._scorer)
