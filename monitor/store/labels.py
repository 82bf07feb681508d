"""The labels that people gave posts. A label is one of three words; what the post says stays with the post.

A label goes with its post when that is forgotten or pruned, and when the post's words change. It stays when the post
was deleted at its source, as the post's row does. `beat_ids` are the beats whose sample the post was drawn for: only of
these is it a fair one, and only their shares does the label correct.
"""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable

    from monitor.records import Label, Probabilities, Span
    from monitor.text.labelling import Candidate

SCHEMA_WITH_SAMPLES = 4
MOST_CANDIDATES = 20_000

_SAMPLED = """
labels l CROSS JOIN json_each(l.beat_ids) j CROSS JOIN posts p ON p.id = l.post_id AND p.cell IS NOT NULL
CROSS JOIN post_beats e ON e.beat_id = j.value AND e.at = p.at AND e.post_id = p.id
"""
"""The labels of each beat's sample whose posts are scored and still in the beat."""

_SHUFFLED = "(post_id * 2654435761) & 4294967295"
"""Scatters the numbers of posts (Knuth's multiplicative hashing), so that a part of them is a fair one."""


class NewLabel(NamedTuple):
    """What somebody called a post."""

    post_id: int
    label: Label | None
    """None takes back what it was called before."""
    beats: tuple[str, ...]
    """Slugs of the beats whose sample the post was drawn for."""


class StoredLabel(NamedTuple):
    """A label, with what the scorer said of the post."""

    post_id: int
    label: Label
    probabilities: Probabilities
    labelled_at: int


class CalibrationRow(NamedTuple):
    """What a beat's labels say, and what was made of them before."""

    beat_id: int
    counts: str
    """Cell, label and number of posts, such as `17:positive:3`, parted by spaces and in order."""
    fit: str
    """What `keep_fits` was given for just these counts; empty where there is none."""


class Labels:
    """Reads labels over one connection; for several reads of one state call within `Reader.moment`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known = connection.execute("PRAGMA user_version").fetchone()[0] >= SCHEMA_WITH_SAMPLES

    def of_beat(self, beat_id: int) -> tuple[StoredLabel, ...]:
        """The labels that correct a beat, oldest first."""
        if not self._known:
            return ()
        rows = self._connection.execute(
            "SELECT l.post_id, l.label, p.negative_permille, p.positive_permille, l.labelled_at "
            f"FROM {_SAMPLED} WHERE j.value = ? ORDER BY l.labelled_at, l.post_id",
            (beat_id,),
        )
        return tuple(
            StoredLabel(post_id, label, (low / 1000, (1000 - low - high) / 1000, high / 1000), at)
            for post_id, label, low, high, at in rows
        )

    def by_post(self) -> dict[int, Label]:
        """All labels by the number of the post, whatever they were drawn for."""
        return dict(self._connection.execute("SELECT post_id, label FROM labels"))

    def sizes(self) -> dict[int, int]:
        """How many labels correct each beat."""
        if not self._known:
            return {}
        return dict(self._connection.execute(f"SELECT j.value, count(*) FROM {_SAMPLED} GROUP BY j.value"))

    def scored(self, first_hour: int, last_hour: int) -> dict[int, int]:
        """How many scored posts each beat has in some clock hours, given by their numbers; the last one is left out."""
        rows = self._connection.execute(
            "SELECT beat_id, sum(scored) FROM hourly WHERE source_id = 0 AND hour >= ? AND hour < ? GROUP BY beat_id",
            (first_hour, last_hour),
        )
        return dict(rows.fetchall())

    def candidates(self, beat_id: int, span: Span, limit: int = MOST_CANDIDATES) -> list[Candidate[int]]:
        """Scored posts of a beat within a span that still have their words; of more than `limit` a fair part."""
        from monitor.text.labelling import Candidate

        rows = self._connection.execute(
            "SELECT p.id, s.slug, p.negative_permille, p.positive_permille FROM ("
            "SELECT post_id FROM post_beats WHERE beat_id = ? AND at >= ? AND at < ? AND cell IS NOT NULL "
            f"ORDER BY {_SHUFFLED} LIMIT ?) e CROSS JOIN posts p ON p.id = e.post_id AND p.deleted_at IS NULL "
            "JOIN sources s ON s.id = p.source_id",
            (beat_id, *span, limit),
        )
        return [
            Candidate(post_id, source, (low / 1000, (1000 - low - high) / 1000, high / 1000))
            for post_id, source, low, high in rows
        ]

    def find_posts(self, native_id: str, source: str | None = None) -> list[int]:
        """Numbers of the posts with a native id, of one source or of all."""
        rows = self._connection.execute(
            "SELECT p.id FROM sources s CROSS JOIN posts p ON p.source_id = s.id AND p.native_id = ?1 "
            "WHERE ?2 IS NULL OR s.slug = ?2 ORDER BY p.id",
            (native_id, source),
        )
        return [row[0] for row in rows]

    def calibrating(self) -> tuple[CalibrationRow, ...]:
        """What corrects the followed beats."""
        if not self._known:
            return ()
        rows = self._connection.execute(
            "SELECT g.beat_id, g.counts, coalesce(c.fit, '') FROM ("
            "SELECT beat_id, group_concat(cell || ':' || label || ':' || posts, ' ') AS counts FROM ("
            f"SELECT j.value AS beat_id, p.cell AS cell, l.label AS label, count(*) AS posts FROM {_SAMPLED} "
            "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3) GROUP BY beat_id) g "
            "CROSS JOIN beats b ON b.id = g.beat_id AND b.active "
            "LEFT JOIN calibrations c ON c.beat_id = g.beat_id AND c.counts = g.counts ORDER BY g.beat_id"
        )
        return tuple(map(CalibrationRow._make, rows))


def put_labels(
    connection: sqlite3.Connection, labels: Iterable[tuple[int, Label | None, Collection[int]]], now: int
) -> list[int]:
    """Write labels of posts, each for the samples of some beats besides those it was drawn for before.

    Returns:
        The numbers of those posts that are in the store and scored; the others have no label.

    Raises:
        ValueError: a label is none of the three.
    """
    import json

    found = []
    for post_id, label, beat_ids in labels:
        if label is None:
            connection.execute("DELETE FROM labels WHERE post_id = ?", (post_id,))
            continue
        if label not in ("negative", "neutral", "positive"):
            raise ValueError(f"no such label: {label!r}")
        if connection.execute("SELECT 1 FROM posts WHERE id = ? AND cell IS NOT NULL", (post_id,)).fetchone() is None:
            continue
        known = connection.execute("SELECT beat_ids FROM labels WHERE post_id = ?", (post_id,)).fetchone()
        drawn_for = sorted({*json.loads(known[0] if known else "[]"), *beat_ids})
        connection.execute(
            "INSERT INTO labels (post_id, label, labelled_at, beat_ids) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET label = excluded.label, beat_ids = excluded.beat_ids, "
            "labelled_at = CASE WHEN label = excluded.label THEN labelled_at ELSE excluded.labelled_at END",
            (post_id, label, now, json.dumps(drawn_for)),
        )
        found.append(post_id)
    return found


def keep_fits(connection: sqlite3.Connection, rows: Iterable[CalibrationRow]) -> None:
    """Write down what was made of the labels of beats, in place of what was there."""
    connection.execute("DELETE FROM calibrations")
    connection.executemany("INSERT INTO calibrations (beat_id, counts, fit) VALUES (?, ?, ?)", rows)
