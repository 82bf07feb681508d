"""Volumes of the same window on earlier days, which the baseline is made of.

A day's volume is the sum of the clock hours from the one the window begins in up to the one it ends in, less what lies
before the window in the first, plus what lies before its end in the last. Windows of 24 hours share these boundaries,
and what lies before one is counted from the index on its shorter side.
"""

from __future__ import annotations

from collections import defaultdict

from monitor.instants import DAY, HOUR
from monitor.light_typing import TYPE_CHECKING
from monitor.store.counting import FOLLOWED_BEATS, Selection, source_filter
from monitor.store.packing import packed

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable


def count_days(
    connection: sqlite3.Connection, selection: Selection, days: Collection[int], left_out: frozenset[int]
) -> dict[int, dict[int, int]]:
    """Raw volumes of the same window on earlier days, by beat and by how many days back; without those at zero.

    Args:
        selection: with a span of at most 24 hours.
        days: how many days back to count.
        left_out: positions of clock hours within the window (0 for the first that it touches) that are not counted.
    """
    volumes: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    if selection.known_before is not None:
        for beat_id, day, posts in _from_index(connection, selection, selection.known_before, days, left_out):
            volumes[beat_id][day] += posts
        return {beat_id: dict(by_day) for beat_id, by_day in volumes.items()}
    for beat_id, day, posts in _whole_hours(connection, selection, days, left_out):
        volumes[beat_id][day] += posts
    start, end = selection.span
    before = _before(connection, selection, {edge - day * DAY for edge in (start, end) for day in days})
    subtracts, adds = 0 not in left_out, (end - 1) // HOUR - start // HOUR not in left_out
    for beat_id, counts in before.items():
        for day in days:
            volumes[beat_id][day] += adds * counts.get(end - day * DAY, 0)
            volumes[beat_id][day] -= subtracts * counts.get(start - day * DAY, 0)
    return {beat_id: dict(by_day) for beat_id, by_day in volumes.items()}


def _from_index(
    connection: sqlite3.Connection,
    selection: Selection,
    known_before: int,
    days: Collection[int],
    left_out: frozenset[int],
) -> Iterable[tuple[int, ...]]:
    start, end = selection.span
    values = ", ".join(f"({day}, {start - day * DAY}, {end - day * DAY})" for day in days)
    return packed(
        connection,
        3,
        f"WITH back (day, low, high) AS (VALUES {values}) SELECT b.id, back.day, count(*) FROM {FOLLOWED_BEATS} b "
        "CROSS JOIN back CROSS JOIN post_beats e ON e.beat_id = b.id AND e.at >= back.low AND e.at < back.high "
        f"AND e.collected_at < ? AND (? + e.at - back.low) / {HOUR} NOT IN ({_numbers(left_out)}) "
        f"{source_filter(selection, 'e.source_id')} GROUP BY b.id, back.day",
        (known_before, start % HOUR),
    )


def _whole_hours(
    connection: sqlite3.Connection, selection: Selection, days: Collection[int], left_out: frozenset[int]
) -> Iterable[tuple[int, ...]]:
    """Posts of the clock hours from the one the window begins in up to the one it ends in, without the latter."""
    first, hours = selection.span[0] // HOUR, selection.span[1] // HOUR - selection.span[0] // HOUR
    taken = f"AND e.hour - back.first NOT IN ({_numbers(left_out)}) " if left_out else ""
    values = ", ".join(f"({day}, {first - 24 * day})" for day in days)
    return packed(
        connection,
        3,
        f"WITH back (day, first) AS (VALUES {values}) SELECT * FROM (SELECT b.id, back.day, (SELECT sum(e.posts) "
        f"FROM hourly e WHERE e.beat_id = b.id AND {_rollup_sources(selection)} AND e.hour >= back.first "
        f"AND e.hour < back.first + {hours} {taken}) AS posts FROM {FOLLOWED_BEATS} b CROSS JOIN back) "
        "WHERE posts IS NOT NULL",
    )


def _before(connection: sqlite3.Connection, selection: Selection, boundaries: set[int]) -> dict[int, dict[int, int]]:
    """By beat and boundary: the posts of the clock hour that the boundary cuts, before it."""
    counts: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    cut = sorted(boundary for boundary in boundaries if boundary % HOUR)
    if not cut:
        return {}
    late = cut[0] % HOUR > HOUR // 2
    if late:
        values = ", ".join(f"({boundary}, {boundary // HOUR})" for boundary in cut)
        for beat_id, boundary, posts in packed(
            connection,
            3,
            f"WITH cut (boundary, hour) AS (VALUES {values}) SELECT b.id, cut.boundary, sum(e.posts) "
            f"FROM {FOLLOWED_BEATS} b CROSS JOIN cut CROSS JOIN hourly e "
            f"ON e.beat_id = b.id AND {_rollup_sources(selection)} AND e.hour = cut.hour GROUP BY b.id, cut.boundary",
        ):
            counts[beat_id][boundary] += posts
    spans = [
        (boundary, boundary, boundary - boundary % HOUR + HOUR)
        if late
        else (boundary, boundary - boundary % HOUR, boundary)
        for boundary in cut
    ]
    values = ", ".join(map(str, spans))
    for beat_id, boundary, posts in packed(
        connection,
        3,
        f"WITH cut (boundary, low, high) AS (VALUES {values}) SELECT b.id, cut.boundary, count(*) "
        f"FROM {FOLLOWED_BEATS} b CROSS JOIN cut CROSS JOIN post_beats e ON e.beat_id = b.id AND e.at >= cut.low "
        f"AND e.at < cut.high {source_filter(selection, 'e.source_id')} GROUP BY b.id, cut.boundary",
    ):
        counts[beat_id][boundary] += -posts if late else posts
    return {beat_id: dict(by_boundary) for beat_id, by_boundary in counts.items()}


def _rollup_sources(selection: Selection) -> str:
    return "e.source_id = 0" if selection.sources is None else "TRUE" + source_filter(selection, "e.source_id")


def _numbers(positions: frozenset[int]) -> str:
    return ", ".join(map(str, sorted(positions))) or "-1"
