"""Where a snapshot's counts come from: one question each, whoever answers it."""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from monitor.records import Lens
    from monitor.store.counting import Selection, WindowCounts
    from monitor.store.reader import Reader


class StoreCounter:
    """Counts for one moment, read from the store at every call; `monitor.live` has one that keeps them up to date."""

    def __init__(self, reader: Reader, *, moods_in_detail: bool = True, uniques: bool = True) -> None:
        """Set up.

        Args:
            moods_in_detail: whether to count moods by source and by hour; else by beat only.
            uniques: whether to count unique texts and authors, which costs a look at each post of the window.
        """
        self._reader = reader
        self._moods_in_detail = moods_in_detail
        self._uniques = uniques

    def window(self, selection: Selection) -> WindowCounts:
        return self._reader.count_window(selection, moods_in_detail=self._moods_in_detail)

    def units(self, selection: Selection, lens: Lens) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
        """Unique texts or authors by beat and source, and by beat and hour."""
        return self._reader.count_units(selection, lens)

    def uniques(self, selection: Selection) -> tuple[Mapping[int, int], Mapping[int, int]] | None:
        """Unique texts and unique authors by beat; None where they are left out."""
        if not self._uniques:
            return None
        texts, authors = (self._reader.count_units(selection, lens)[0] for lens in ("text", "author"))
        return by_beat(texts), by_beat(authors)

    def previous(self, selection: Selection, lens: Lens) -> Mapping[int, int]:
        if lens == "raw":
            return self._reader.count_volumes(selection)
        return by_beat(self._reader.count_units(selection, lens)[0])

    def days(
        self, selection: Selection, days: Collection[int], left_out: frozenset[int]
    ) -> Mapping[int, Mapping[int, int]]:
        return self._reader.count_days(selection, days, left_out)

    def records(self, selection: Selection) -> Mapping[int, int]:
        return self._reader.count_records(selection)


def by_beat(by_source: Mapping[tuple[int, int], int]) -> dict[int, int]:
    """Counts by beat, from those by beat and source."""
    sums: dict[int, int] = {}
    for (beat_id, _), posts in by_source.items():
        sums[beat_id] = sums.get(beat_id, 0) + posts
    return sums
