"""What signals are made of: five-minute counts, votes of clusters, the posts of a window, copies."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from monitor.store.beat_posts import BeatPosts
from monitor.store.packing import packed
from monitor.store.rollups import FIVE_MINUTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.records import Span

WATCHED_UNTIL = "signals_watched_until"
"""The key in the table `meta` of the instant up to which signals have been looked for."""

_POSITIVE = "(p.positive_permille > p.negative_permille AND 2 * p.positive_permille > 1000 - p.negative_permille)"

_ENGAGEMENT = "coalesce(p.likes, 0) + coalesce(p.reposts, 0) + coalesce(p.replies, 0) + coalesce(p.quotes, 0)"


class Votes(NamedTuple):
    """How the clusters of one beat in one source voted: each cluster once, at its earliest post."""

    beat_id: int
    source_id: int
    positive: float
    """Sum over clusters of the share of its posts that are positive."""
    n: int


class WindowPost(NamedTuple):
    """One post of a window, as far as it matters to a signal."""

    id: int
    source_id: int
    cluster: int | None
    author_key: int | None
    reactions: int


class CopiedPost(NamedTuple):
    """One post of which there are copies."""

    id: int
    cluster: int
    source_id: int
    author_key: int
    """Negative, and of this post alone, where it has no author."""
    at: int
    beat_ids: str
    """A JSON array of numbers."""


class SignalData(BeatPosts):
    """Bounded reads over one connection; call within `Reader.moment`."""

    def watched_until(self) -> int | None:
        """Up to when signals have been looked for; None where they never were."""
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (WATCHED_UNTIL,)).fetchone()
        return None if row is None else int(row[0])

    def beat_names(self) -> dict[str, str]:
        """The names of the beats that are followed, by slug."""
        return dict(self._connection.execute("SELECT slug, name FROM beats WHERE active"))

    def five_minutes(self, span: Span) -> dict[int, dict[int, int]]:
        """Posts by beat and start of the five minutes, of the beats that are followed, where there are any."""
        found: defaultdict[int, dict[int, int]] = defaultdict(dict)
        rows = packed(
            self._connection,
            3,
            "SELECT b.id, f.five_minute, f.posts FROM (SELECT id FROM beats WHERE active) b CROSS JOIN five_minutes f "
            "ON f.beat_id = b.id AND f.five_minute >= ? AND f.five_minute < ?",
            (span[0] // FIVE_MINUTES, -(-span[1] // FIVE_MINUTES)),
        )
        for beat_id, number, posts in rows:
            found[beat_id][number * FIVE_MINUTES] = posts
        return dict(found)

    def five_minutes_of(self, source_id: int, span: Span) -> dict[int, dict[int, int]]:
        """The same of one source."""
        found: defaultdict[int, dict[int, int]] = defaultdict(dict)
        rows = self._connection.execute(
            "SELECT b.id, e.at / ?1 * ?1 AS start, count(*) FROM (SELECT id FROM beats WHERE active) b "
            "CROSS JOIN post_beats e ON e.beat_id = b.id AND e.at >= ?2 AND e.at < ?3 "
            "WHERE e.source_id = ?4 GROUP BY b.id, start",
            (FIVE_MINUTES, *span, source_id),
        )
        for beat_id, start, posts in rows:
            found[beat_id][start] = posts
        return dict(found)

    def votes(self, span: Span) -> list[Votes]:
        """One vote for each cluster of scored posts of each beat in a span, by beat and source."""
        rows = self._connection.execute(
            "SELECT beat_id, source_id, sum(positive), count(*) FROM ("
            f"SELECT b.id AS beat_id, min(e.at), p.source_id AS source_id, avg({_POSITIVE}) AS positive "
            "FROM (SELECT id FROM beats WHERE active) b CROSS JOIN post_beats e "
            "ON e.beat_id = b.id AND e.at >= ? AND e.at < ? AND e.cell IS NOT NULL "
            "CROSS JOIN posts p ON p.id = e.post_id WHERE p.negative_permille IS NOT NULL "
            "GROUP BY b.id, coalesce(p.cluster, -p.id)) GROUP BY beat_id, source_id",
            span,
        )
        return list(map(Votes._make, rows))

    def count_by_source(self, beat_id: int, spans: Iterable[Span]) -> list[dict[int, int]]:
        """Posts of a beat by source in each of some spans."""
        return [
            dict(
                self._connection.execute(
                    "SELECT source_id, count(*) FROM post_beats WHERE beat_id = ? AND at >= ? AND at < ? "
                    "GROUP BY source_id",
                    (beat_id, *span),
                )
            )
            for span in spans
        ]

    def window(self, beat_id: int, span: Span) -> list[WindowPost]:
        """The posts of a beat in a span, oldest first."""
        rows = self._connection.execute(
            f"SELECT p.id, p.source_id, p.cluster, p.author_key, {_ENGAGEMENT} FROM post_beats e "
            "CROSS JOIN posts p ON p.id = e.post_id WHERE e.beat_id = ? AND e.at >= ? AND e.at < ? "
            "ORDER BY e.at, e.post_id",
            (beat_id, *span),
        )
        return list(map(WindowPost._make, rows))

    def copies(self, span: Span, least: int) -> list[CopiedPost]:
        """The posts in a span whose text is in the store so many times or more, oldest first."""
        rows = self._connection.execute(
            "SELECT p.id, p.cluster, p.source_id, coalesce(p.author_key, -p.id), e.at, p.beat_ids FROM post_beats e "
            "CROSS JOIN posts p ON p.id = e.post_id CROSS JOIN clusters c ON c.id = p.cluster AND c.posts >= ? "
            "WHERE e.beat_id = 0 AND e.at >= ? AND e.at < ? ORDER BY e.at, e.post_id",
            (least, *span),
        )
        return list(map(CopiedPost._make, rows))

    def moody_posts(self, beat_id: int, span: Span, *, positive: bool, limit: int = 10) -> list[int]:
        """Numbers of posts of a beat that were scored most positive, or most negative; one a text."""
        column = "positive" if positive else "negative"
        rows = self._connection.execute(
            f"SELECT min(p.id), max(p.{column}_permille) AS strength FROM post_beats e "
            "CROSS JOIN posts p ON p.id = e.post_id WHERE e.beat_id = ? AND e.at >= ? AND e.at < ? "
            "AND p.negative_permille IS NOT NULL AND p.deleted_at IS NULL "
            "GROUP BY coalesce(p.cluster, -p.id) ORDER BY strength DESC, 1 LIMIT ?",
            (beat_id, *span, limit),
        )
        return [row[0] for row in rows]
