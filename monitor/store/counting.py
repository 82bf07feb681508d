"""Counts of one window, read with SQL: whole hours from the rollups, cut hours from the index on beat and time.

For a moment before the newest collection everything comes from the index, which alone knows when a post was collected.
Beats and sources are given by their numbers in the store.
"""

from __future__ import annotations

from collections import defaultdict

from monitor.instants import HOUR
from monitor.light_typing import TYPE_CHECKING, NamedTuple
from monitor.store.packing import packed
from monitor.store.schema import ALL_SOURCES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator

    from monitor.records import Lens, Span

Moods = tuple[tuple[int, int], ...]
"""Numbers of posts by cell, sorted by cell."""

_NOT_SCORED = -1

FOLLOWED_BEATS = "(SELECT id FROM beats WHERE active OR id = 0)"


class WindowCounts(NamedTuple):
    """What one window holds, by numbers of beats and sources; beat 0 is all posts, each once."""

    by_source: dict[tuple[int, int], int]
    """Posts by beat and source, in the units of the lens."""
    by_hour: dict[tuple[int, int], int]
    """Posts by beat and start of the clock hour (an instant), in the units of the lens."""
    moods_by_source: dict[tuple[int, int], Moods]
    """Scored posts by beat and source, raw under every lens; source 0 for all where they were not told apart."""
    moods_by_hour: dict[tuple[int, int], Moods]
    """Scored posts by beat and start of the clock hour, raw under every lens; empty where they were not told apart."""


class Selection(NamedTuple):
    """Which posts a count is about."""

    span: Span
    known_before: int | None
    """Only what was collected before this instant; None where that is everything in the span."""
    sources: frozenset[int] | None = None
    """Only these sources; None for all."""

    def admits(self, source_id: int) -> bool:
        return self.sources is None or source_id in self.sources


def count_window(connection: sqlite3.Connection, selection: Selection, *, moods_in_detail: bool = True) -> WindowCounts:
    """Raw counts of a window; moods by source and by hour can be left out, being the dearest part."""
    sums = _Sums(moods_in_detail)
    whole, spans = _pieces(selection)
    if whole is not None:
        _add_rollups(connection, selection, whole, sums)
    sums.add_posts(_from_index(connection, selection, spans))
    return sums.counts()


class _Sums:
    def __init__(self, moods_in_detail: bool) -> None:
        self.moods_in_detail = moods_in_detail
        self.by_source: defaultdict[tuple[int, int], int] = defaultdict(int)
        self.by_hour: defaultdict[tuple[int, int], int] = defaultdict(int)
        self.source_moods: defaultdict[tuple[int, int], defaultdict[int, int]] = defaultdict(_zeros)
        self.hour_moods: defaultdict[tuple[int, int], defaultdict[int, int]] = defaultdict(_zeros)

    def add_posts(self, rows: Iterable[tuple[int, ...]]) -> None:
        for beat_id, source_id, hour, cell, posts in rows:
            self.by_source[beat_id, source_id] += posts
            self.by_hour[beat_id, hour * HOUR] += posts
            if cell == _NOT_SCORED:
                continue
            if self.moods_in_detail:
                self.source_moods[beat_id, source_id][cell] += posts
                self.hour_moods[beat_id, hour * HOUR][cell] += posts
            else:
                self.source_moods[beat_id, ALL_SOURCES][cell] += posts

    def counts(self) -> WindowCounts:
        return WindowCounts(
            dict(self.by_source), dict(self.by_hour), _as_moods(self.source_moods), _as_moods(self.hour_moods)
        )


def _zeros() -> defaultdict[int, int]:
    return defaultdict(int)


def _as_moods(sums: dict[tuple[int, int], defaultdict[int, int]]) -> dict[tuple[int, int], Moods]:
    return {key: tuple(sorted((cell, posts) for cell, posts in cells.items() if posts)) for key, cells in sums.items()}


def _pieces(selection: Selection) -> tuple[Span | None, list[Span]]:
    """The whole clock hours of the window, as hour numbers, for the rollups; the spans left over, for the index."""
    start, end = selection.span
    whole = (-(-start // HOUR), end // HOUR)
    if selection.known_before is not None or whole[0] >= whole[1]:
        return None, [selection.span]
    cut = [(start, whole[0] * HOUR), (whole[1] * HOUR, end)]
    return whole, [span for span in cut if span[0] < span[1]]


def _from_index(connection: sqlite3.Connection, selection: Selection, spans: list[Span]) -> Iterator[tuple[int, ...]]:
    """Beat, source, hour, cell and number of posts."""
    known = _known(selection, "e.")
    for start, end in spans:
        rows = packed(
            connection,
            5,
            f"SELECT b.id, e.source_id, e.at / {HOUR} AS hour, coalesce(e.cell, {_NOT_SCORED}), count(*) "
            f"FROM {FOLLOWED_BEATS} b CROSS JOIN post_beats e "
            f"ON e.beat_id = b.id AND e.at >= ? AND e.at < ? {known} GROUP BY b.id, e.source_id, hour, e.cell",
            (start, end),
        )
        for row in rows:
            if selection.admits(row[1]):
                yield row


def _add_rollups(connection: sqlite3.Connection, selection: Selection, whole: Span, sums: _Sums) -> None:
    sources = "(SELECT id FROM sources WHERE id <> 0" + source_filter(selection, "id") + ")"
    joined = (
        f"FROM {FOLLOWED_BEATS} b CROSS JOIN {sources} s CROSS JOIN {{table}} h "
        "ON h.beat_id = b.id AND h.source_id = s.id AND h.hour >= ? AND h.hour < ?"
    )
    for beat_id, source_id, posts in packed(
        connection, 3, f"SELECT b.id, s.id, sum(h.posts) {joined.format(table='hourly')} GROUP BY b.id, s.id", whole
    ):
        sums.by_source[beat_id, source_id] += posts
    by_hour = (
        f"SELECT b.id, h.hour, h.posts FROM {FOLLOWED_BEATS} b CROSS JOIN hourly h "
        "ON h.beat_id = b.id AND h.source_id = 0 AND h.hour >= ? AND h.hour < ?"
        if selection.sources is None
        else f"SELECT b.id, h.hour, sum(h.posts) {joined.format(table='hourly')} GROUP BY b.id, h.hour"
    )
    for beat_id, hour, posts in packed(connection, 3, by_hour, whole):
        sums.by_hour[beat_id, hour * HOUR] += posts
    moods = joined.format(table="hourly_moods")
    if not sums.moods_in_detail:
        for beat_id, cell, posts in packed(
            connection, 3, f"SELECT b.id, h.cell, sum(h.posts) {moods} GROUP BY b.id, h.cell", whole
        ):
            sums.source_moods[beat_id, ALL_SOURCES][cell] += posts
        return
    for beat_id, source_id, cell, posts in packed(
        connection, 4, f"SELECT b.id, s.id, h.cell, sum(h.posts) {moods} GROUP BY b.id, s.id, h.cell", whole
    ):
        sums.source_moods[beat_id, source_id][cell] += posts
    for beat_id, hour, cell, posts in packed(
        connection, 4, f"SELECT b.id, h.hour, h.cell, sum(h.posts) {moods} GROUP BY b.id, h.hour, h.cell", whole
    ):
        sums.hour_moods[beat_id, hour * HOUR][cell] += posts


def _known(selection: Selection, table: str = "") -> str:
    """A condition that admits what was collected in time, begun with AND; empty where everything was."""
    return "" if selection.known_before is None else f"AND {table}collected_at < {int(selection.known_before)}"


def source_filter(selection: Selection, column: str) -> str:
    """A condition that admits the selected sources, begun with AND; empty where all are."""
    if selection.sources is None:
        return ""
    return f" AND {column} IN ({', '.join(str(int(source_id)) for source_id in sorted(selection.sources))})"


def count_units(
    connection: sqlite3.Connection, selection: Selection, lens: Lens
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """Unique texts or authors by beat and source, and by beat and hour: each unit once, at its earliest post.

    A filter of sources is applied after that, so that the counts of single sources add up to those of all.
    """
    unit = "p.cluster" if lens == "text" else "p.author_key"
    known = _known(selection, "e.")
    by_source: defaultdict[tuple[int, int], int] = defaultdict(int)
    by_hour: defaultdict[tuple[int, int], int] = defaultdict(int)
    seen: set[int] = set()
    current = -1
    rows = connection.execute(
        f"SELECT b.id, e.source_id, e.at, coalesce({unit}, -e.post_id) FROM {FOLLOWED_BEATS} b "
        f"CROSS JOIN post_beats e ON e.beat_id = b.id AND e.at >= ? AND e.at < ? {known} "
        "CROSS JOIN posts p ON p.id = e.post_id ORDER BY b.id, e.at, e.post_id",
        selection.span,
    )
    for beat_id, source_id, at, key in rows:
        if beat_id != current:
            current, seen = beat_id, set()
        if key in seen:
            continue
        seen.add(key)
        if selection.admits(source_id):
            by_source[beat_id, source_id] += 1
            by_hour[beat_id, at - at % HOUR] += 1
    return dict(by_source), dict(by_hour)


def count_volumes(connection: sqlite3.Connection, selection: Selection) -> dict[int, int]:
    """Raw volume by beat."""
    volumes: defaultdict[int, int] = defaultdict(int)
    whole, spans = _pieces(selection)
    if whole is not None:
        sources = "h.source_id = 0" if selection.sources is None else "TRUE" + source_filter(selection, "h.source_id")
        for beat_id, posts in packed(
            connection,
            2,
            f"SELECT b.id, sum(h.posts) FROM {FOLLOWED_BEATS} b CROSS JOIN hourly h "
            f"ON h.beat_id = b.id AND {sources} AND h.hour >= ? AND h.hour < ? GROUP BY b.id",
            whole,
        ):
            volumes[beat_id] = posts
    sources = source_filter(selection, "e.source_id")
    for span in spans:
        for beat_id, posts in packed(
            connection,
            2,
            f"SELECT b.id, count(*) FROM {FOLLOWED_BEATS} b CROSS JOIN post_beats e "
            f"ON e.beat_id = b.id AND e.at >= ? AND e.at < ? {_known(selection, 'e.')} {sources} GROUP BY b.id",
            span,
        ):
            volumes[beat_id] += posts
    return dict(volumes)


def count_records(connection: sqlite3.Connection, selection: Selection) -> dict[int, int]:
    """All posts by beat; the span is not looked at."""
    sources = "TRUE" + source_filter(selection, "source_id")
    if selection.known_before is None:
        rows = connection.execute(f"SELECT beat_id, sum(posts) FROM records WHERE {sources} GROUP BY beat_id")
    else:
        rows = connection.execute(
            f"SELECT beat_id, count(*) FROM post_beats WHERE collected_at < ? AND {sources} GROUP BY beat_id",
            (selection.known_before,),
        )
    return dict(rows.fetchall())


def count_bins(
    connection: sqlite3.Connection, selection: Selection, beat_id: int, bin_of: Callable[[int], int]
) -> tuple[dict[int, int], dict[int, Moods]]:
    """Raw posts and moods of one beat by bin; `bin_of` gives the bin of the start of a clock hour."""
    volumes: defaultdict[int, int] = defaultdict(int)
    moods: defaultdict[tuple[int, int], defaultdict[int, int]] = defaultdict(_zeros)
    whole, spans = _pieces(selection)
    known = _known(selection)
    sources = source_filter(selection, "source_id")
    seeking = sources or "AND source_id IN (SELECT id FROM sources WHERE id <> 0)"
    if whole is not None:
        for hour, posts in connection.execute(
            "SELECT hour, posts FROM hourly WHERE beat_id = ? AND hour >= ? AND hour < ? "
            + ("AND source_id = 0" if selection.sources is None else seeking),
            (beat_id, *whole),
        ):
            volumes[bin_of(hour * HOUR)] += posts
        for hour, cell, posts in connection.execute(
            f"SELECT hour, cell, posts FROM hourly_moods WHERE beat_id = ? AND hour >= ? AND hour < ? {seeking}",
            (beat_id, *whole),
        ):
            moods[beat_id, bin_of(hour * HOUR)][cell] += posts
    for span in spans:
        for hour, cell, posts in connection.execute(
            f"SELECT at / {HOUR} AS hour, cell, count(*) FROM post_beats "
            f"WHERE beat_id = ? AND at >= ? AND at < ? {known} {sources} GROUP BY hour, cell",
            (beat_id, *span),
        ):
            volumes[bin_of(hour * HOUR)] += posts
            if cell is not None:
                moods[beat_id, bin_of(hour * HOUR)][cell] += posts
    return dict(volumes), {key[1]: cells for key, cells in _as_moods(moods).items()}
