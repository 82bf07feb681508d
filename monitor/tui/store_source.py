"""Snapshots for the screen out of a store on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.records import BeatHistory, Lens, PostQuery, Snapshot, StoredPost, Story

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.live.entity_pages import EntityPages
    from monitor.snapshot.entity import EntityPage
    from monitor.snapshot.names import BeatNames
    from monitor.text.entities import EntityFinder


class StoreSource:
    """Reads one store. Opened and used in the thread that reads.

    Raises:
        StoreError: from every method, with a sentence for a person: the store is not there, or cannot be read.
    """

    def __init__(self, path: Path, config: Config, scorer: str) -> None:
        from monitor.live import LiveSnapshots
        from monitor.snapshot import Provenance
        from monitor.store.reader import open_reader

        self._path = path
        self._config = config
        self._pages: EntityPages | None = None
        self._reader = open_reader(path)
        self._file = _identity(path)
        self._snapshots = LiveSnapshots(self._reader, Provenance(config.beats, config.hash, config.rules_hash, scorer))

    def data_version(self) -> int:
        """One pragma; and a look whether the file at the path is still the one that is open."""
        from monitor.store.errors import StoreMissing

        identity = _identity(self._path)
        if identity != self._file:
            raise StoreMissing(
                f"the store {self._path} was removed" if identity is None else f"the store {self._path} was replaced"
            )
        return self._reader.data_version()

    def first(self, as_of: int, lens: Lens, sources: frozenset[str] | None) -> Snapshot:
        return self._snapshots.first(as_of, lens, sources)

    def build(self, as_of: int, lens: Lens, sources: frozenset[str] | None) -> Snapshot:
        return self._snapshots.build(as_of, lens, sources)

    def history(self, slug: str, as_of: int, range_hours: int, sources: frozenset[str] | None) -> BeatHistory:
        from monitor.snapshot.history import build_history

        return build_history(self._reader, slug, as_of, range_hours, sources=sources)

    def posts(self, query: PostQuery) -> tuple[StoredPost, ...]:
        return self._reader.posts(query)

    def story(self, slug: str) -> Story | None:
        return self._reader.story(slug)

    def entity(self, slug: str, as_of: int, range_hours: int) -> Iterator[EntityPage | None]:
        if self._pages is None:
            from monitor.live.entity_pages import EntityPages

            self._pages = EntityPages(self._reader, self._finder)
        return self._pages.pages(slug, as_of, range_hours)

    def names(self, slug: str, as_of: int) -> BeatNames:
        from monitor.snapshot.names import names_of_beat

        return names_of_beat(self._reader, self._finder, slug, as_of)

    def posts_numbered(self, numbers: Sequence[int]) -> tuple[StoredPost, ...]:
        return self._reader.posts_numbered(numbers)

    @cached_property
    def _finder(self) -> EntityFinder:
        """Made when somebody looks for names."""
        from monitor.config.entities import gazetteer
        from monitor.text.entities import EntityFinder

        return EntityFinder(gazetteer(self._config))

    def close(self) -> None:
        self._reader.close()


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file lies at a path; None where none does."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
