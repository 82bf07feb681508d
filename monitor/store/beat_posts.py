"""Posts of one beat with their words, and which beats posts share: what signals about words and beats are made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from monitor.store import beat_days, mentions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from monitor.records import Span
    from monitor.store.beat_days import BeatDay, BeatHour
    from monitor.store.mentions import MentionRow

_ENGAGEMENT = "coalesce(p.likes, 0) + coalesce(p.reposts, 0) + coalesce(p.replies, 0) + coalesce(p.quotes, 0)"

_LABEL = (
    "CASE WHEN p.negative_permille IS NULL THEN NULL "
    "WHEN p.negative_permille >= p.positive_permille AND 2 * p.negative_permille >= 1000 - p.positive_permille THEN -1 "
    "WHEN p.positive_permille > p.negative_permille AND 2 * p.positive_permille > 1000 - p.negative_permille THEN 1 "
    "ELSE 0 END"
)


class WordedPost(NamedTuple):
    """One post of a beat with its words."""

    id: int
    at: int
    source_id: int
    unit: int
    """Its cluster of copies; a number of its own where it is in none."""
    author: int
    """A number of its own where it has no author."""
    label: int | None
    """1 positive, 0 neutral, -1 negative; None where it was not scored."""
    reactions: int
    title: str | None
    text: str

    @property
    def words(self) -> str:
        """Title and text."""
        return f"{self.title}\n{self.text}" if self.title else self.text


class BeatPosts:
    """Bounded reads over one connection; call within `Reader.moment`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def worded(self, beat_id: int, span: Span) -> list[WordedPost]:
        """The posts of a beat in a span with their words, oldest first; deleted ones have none."""
        rows = self._connection.execute(
            "SELECT p.id, e.at, p.source_id, coalesce(p.cluster, -p.id), coalesce(p.author_key, -p.id), "
            f"{_LABEL}, {_ENGAGEMENT}, p.title, p.text FROM post_beats e CROSS JOIN posts p ON p.id = e.post_id "
            "WHERE e.beat_id = ? AND e.at >= ? AND e.at < ? ORDER BY e.at, e.post_id",
            (beat_id, *span),
        ).fetchall()
        return list(map(WordedPost._make, rows))

    def units(self, span: Span) -> dict[int, set[int]]:
        """The clusters of copies of each beat that is followed, posts in none being one each, in a span."""
        found: defaultdict[int, set[int]] = defaultdict(set)
        rows = self._connection.execute(
            "SELECT b.id, coalesce(p.cluster, -p.id) FROM (SELECT id FROM beats WHERE active) b "
            "CROSS JOIN post_beats e ON e.beat_id = b.id AND e.at >= ? AND e.at < ? "
            "CROSS JOIN posts p ON p.id = e.post_id",
            span,
        ).fetchall()
        for beat_id, unit in rows:
            found[beat_id].add(unit)
        return dict(found)

    def shared(self, first_id: int, second_id: int, span: Span, limit: int) -> list[int]:
        """Numbers of posts that are in both of two beats, the most engaged first, one a text, without deleted ones."""
        rows = self._connection.execute(
            f"SELECT min(p.id), max({_ENGAGEMENT}) AS reactions FROM post_beats e "
            "CROSS JOIN posts p ON p.id = e.post_id WHERE e.beat_id = ? AND e.at >= ? AND e.at < ? "
            "AND p.deleted_at IS NULL AND EXISTS "
            "(SELECT 1 FROM post_beats o WHERE o.beat_id = ? AND o.at = e.at AND o.post_id = e.post_id) "
            "GROUP BY coalesce(p.cluster, -p.id) "
            "ORDER BY reactions DESC, 1 LIMIT ?",
            (first_id, *span, second_id, limit),
        )
        return [row[0] for row in rows]

    def alone(self, span: Span) -> dict[int, dict[int, int]]:
        """Posts by hour (since 1970) and beat, of those in no other beat, in a span of whole hours."""
        found: dict[int, dict[int, int]] = {}
        rows = self._connection.execute(
            "SELECT e.at / 3600000, p.beat_ids, count(*) FROM post_beats e CROSS JOIN posts p ON p.id = e.post_id "
            "WHERE e.beat_id = 0 AND e.at >= ? AND e.at < ? AND p.beat_ids <> '[]' AND p.beat_ids NOT LIKE '%,%' "
            "GROUP BY 1, 2",
            span,
        )
        for hour, beat_ids, posts in rows:
            found.setdefault(hour, Counter())[int(beat_ids[1:-1])] = posts
        return found

    def mentions(self, names: Iterable[str], after: int, before: int, limit: int) -> list[MentionRow]:
        """Posts that may say one of some names, by number, between two numbers; so many at most."""
        return mentions.find_rows(self._connection, names, after, before, limit)

    def mentions_in(self, numbers: Iterable[int]) -> list[MentionRow]:
        """The same of some posts, whatever they say."""
        return mentions.read_rows(self._connection, numbers)

    def first_number(self, since: int) -> int:
        """The smallest number of a post that counts from a moment on; beyond all where none does."""
        return mentions.first_number(self._connection, since)

    def days(self, beat_id: int, first: int, end: int) -> dict[int, BeatDay]:
        """The figures of past days that are kept; see `beat_days`."""
        return beat_days.read_days(self._connection, beat_id, first, end)

    def audiences(self, beat_id: int, moments: Iterable[int]) -> list[BeatHour]:
        """What audiences had done at some moments, where that is kept."""
        return beat_days.read_audiences(self._connection, beat_id, moments)

    def pairs(self, first: int, end: int) -> dict[int, dict[tuple[int, int], tuple[int, int]]]:
        """What beats shared on past days, where that is kept."""
        return beat_days.read_pairs(self._connection, first, end)

    def kept_alone(self, first: int, end: int) -> dict[int, dict[int, int]]:
        """Posts in no other beat by hour and beat, where that is kept."""
        return beat_days.read_alone(self._connection, first, end)
