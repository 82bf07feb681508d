"""Building snapshots of one store again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.snapshot import Provenance, StoreCounter, assemble

if TYPE_CHECKING:
    from monitor.live.counter import LiveCounter
    from monitor.records import Lens, Snapshot
    from monitor.store.reader import Reader


class LiveSnapshots:
    """Builds snapshots of one store again and again. One thread at a time."""

    def __init__(self, reader: Reader, provenance: Provenance) -> None:
        self._reader = reader
        self._provenance = provenance
        self._live: LiveCounter | None = None

    def first(self, as_of: int, lens: Lens = "raw", sources: frozenset[str] | None = None) -> Snapshot:
        """A snapshot without unique texts and authors, which can be shown before the window has been read."""
        with self._reader.moment():
            return assemble(
                self._reader,
                StoreCounter(self._reader, uniques=False),
                as_of,
                self._provenance,
                lens=lens,
                sources=sources,
            )

    def build(self, as_of: int, lens: Lens = "raw", sources: frozenset[str] | None = None) -> Snapshot:
        """A whole snapshot.

        Raises:
            StoreError: the store cannot be read.
        """
        # Not before the first snapshot is on screen, which it would only hold up.
        from monitor.live.counter import LiveCounter

        with self._reader.moment():
            known = self._reader.newest_collected_at() < as_of
            counter: StoreCounter | LiveCounter = StoreCounter(self._reader)
            if known and sources is None:
                if self._live is None:
                    self._live = LiveCounter(self._reader)
                self._live.follow(as_of)
                counter = self._live
            return assemble(
                self._reader,
                counter,
                as_of,
                self._provenance,
                lens=lens,
                sources=sources,
            )
