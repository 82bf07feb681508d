"""New and changed rows since a point, for a reader that keeps its counts up to date instead of counting again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.records import Span


class Entry(NamedTuple):
    """What counts of a post."""

    id: int
    at: int
    source_id: int
    beat_ids: str
    """A JSON array of numbers."""
    cluster: int | None
    author_key: int | None
    cell: int | None


class Change(NamedTuple):
    """A stored post that is no longer as it was."""

    id: int
    post_id: int
    at: int
    """When it counted before."""
    kind: str
    """`update`, `retag`, `remove`, or `erase`, which leaves all counts but those of authors."""


_ENTRY = "p.id, p.at, p.source_id, p.beat_ids, p.cluster, p.author_key, p.cell"


class Follower:
    """Bounded reads over one connection; call within `Reader.moment`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def newest(self) -> tuple[int, int]:
        """Numbers of the newest post and the newest change."""
        rows = dict(self._connection.execute("SELECT name, seq FROM sqlite_sequence"))
        return rows.get("posts", 0), rows.get("changes", 0)

    def oldest_change(self) -> int:
        """Number of the oldest change that is kept; 0 where there is none."""
        return int(self._connection.execute("SELECT coalesce(min(id), 0) FROM changes").fetchone()[0])

    def entries_within(self, span: Span) -> Iterator[Entry]:
        """Posts by time."""
        rows = self._connection.execute(
            f"SELECT {_ENTRY} FROM post_beats e CROSS JOIN posts p ON p.id = e.post_id "
            "WHERE e.beat_id = 0 AND e.at >= ? AND e.at < ? ORDER BY e.at, e.post_id",
            span,
        )
        return map(Entry._make, rows)

    def entries_after(self, post_id: int) -> list[Entry]:
        """Posts with a higher number."""
        rows = self._connection.execute(f"SELECT {_ENTRY} FROM posts p WHERE p.id > ? ORDER BY p.id", (post_id,))
        return list(map(Entry._make, rows))

    def entry(self, post_id: int) -> Entry | None:
        """One post; None where it was removed."""
        row = self._connection.execute(f"SELECT {_ENTRY} FROM posts p WHERE p.id = ?", (post_id,)).fetchone()
        return None if row is None else Entry._make(row)

    def changes_after(self, change_id: int) -> list[Change]:
        """Changes with a higher number."""
        rows = self._connection.execute(
            "SELECT id, post_id, at, kind FROM changes WHERE id > ? ORDER BY id", (change_id,)
        )
        return list(map(Change._make, rows))

    def hourly_totals(self, first_hour: int, last_hour: int) -> Iterator[tuple[int, int, int]]:
        """Beat, hour number and posts of all sources."""
        return iter(
            self._connection.execute(
                "SELECT h.beat_id, h.hour, h.posts FROM (SELECT id FROM beats WHERE active OR id = 0) b "
                "CROSS JOIN hourly h "
                "ON h.beat_id = b.id AND h.source_id = 0 AND h.hour >= ? AND h.hour < ?",
                (first_hour, last_hour),
            )
        )

    def times_within(self, spans: Sequence[Span]) -> Iterable[tuple[int, int, int]]:
        """Index of the span, beat and time of each post of each beat, by time."""
        return self._within(spans, "e.at", "ORDER BY spans.number, b.id, e.at")

    def counts_within(self, spans: Sequence[Span]) -> Iterable[tuple[int, int, int]]:
        """Index of the span, beat and number of posts, where there are any."""
        return self._within(spans, "count(*)", "GROUP BY spans.number, b.id")

    def _within(self, spans: Sequence[Span], what: str, order: str) -> Iterable[tuple[int, int, int]]:
        values = ", ".join(f"({number}, {start}, {end})" for number, (start, end) in enumerate(spans))
        return self._connection.execute(
            f"WITH spans (number, low, high) AS (VALUES {values}) SELECT spans.number, b.id, {what} "
            "FROM (SELECT id FROM beats WHERE active OR id = 0) b CROSS JOIN spans CROSS JOIN post_beats e "
            f"ON e.beat_id = b.id AND e.at >= spans.low AND e.at < spans.high {order}"
        )
