"""Counting everything anew from the posts, to compare with the rollups that are kept beside them."""

from __future__ import annotations

import os
from typing import NamedTuple

from monitor.store.connection import explained, open_for_reading
from monitor.store.pruning import pruned_before
from monitor.store.rollups import FIVE_MINUTE_OF_AT, HOUR_OF_AT

_BEFORE_ALL = -(2**63)


class Difference(NamedTuple):
    """A rollup that disagrees with the posts."""

    table: str
    rows: int
    """How many of its rows disagree."""
    example: str


_COMPARISONS = {
    "post_beats": (
        "SELECT 0, at, id, source_id, collected_at, cell FROM posts UNION ALL "
        "SELECT j.value, p.at, p.id, p.source_id, p.collected_at, p.cell FROM posts p, json_each(p.beat_ids) j",
        "SELECT beat_id, at, post_id, source_id, collected_at, cell FROM post_beats",
    ),
    "hourly": (
        f"SELECT beat_id, source_id, {HOUR_OF_AT}, count(*), count(cell) FROM post_beats GROUP BY 1, 2, 3 UNION ALL "
        f"SELECT beat_id, 0, {HOUR_OF_AT}, count(*), count(cell) FROM post_beats GROUP BY 1, 3",
        "SELECT beat_id, source_id, hour, posts, scored FROM hourly WHERE (posts, scored) <> (0, 0) "
        "AND hour >= :pruned_before / 3600000",
    ),
    "hourly_moods": (
        f"SELECT beat_id, source_id, {HOUR_OF_AT}, cell, count(*) FROM post_beats WHERE cell IS NOT NULL "
        "GROUP BY 1, 2, 3, 4",
        "SELECT beat_id, source_id, hour, cell, posts FROM hourly_moods WHERE posts <> 0 "
        "AND hour >= :pruned_before / 3600000",
    ),
    "five_minutes": (
        f"SELECT beat_id, {FIVE_MINUTE_OF_AT}, count(*) FROM post_beats GROUP BY 1, 2",
        "SELECT beat_id, five_minute, posts FROM five_minutes WHERE posts <> 0 "
        "AND five_minute >= :pruned_before / 300000",
    ),
    "records": (
        "SELECT beat_id, source_id, count(*) FROM post_beats GROUP BY 1, 2",
        "SELECT beat_id, source_id, posts FROM records WHERE posts <> 0",
    ),
    "clusters": (
        "SELECT cluster, count(*) FROM posts WHERE cluster IS NOT NULL GROUP BY 1",
        "SELECT id, posts FROM clusters",
    ),
}


def recount(path: os.PathLike[str] | str) -> list[Difference]:
    """Compare every rollup with the posts; an empty list where all agree.

    Counts of hours whose posts were pruned are of record, and compared with nothing.

    Raises:
        StoreError: the store cannot be read.
    """
    found = []
    with explained(path):
        connection = open_for_reading(path)
        try:
            connection.execute("BEGIN")
            on_record = {"pruned_before": pruned_before(connection) or _BEFORE_ALL}
            for table, (counted, kept) in _COMPARISONS.items():
                rows = connection.execute(
                    f"SELECT * FROM (SELECT * FROM ({counted}) EXCEPT SELECT * FROM ({kept})) UNION ALL "
                    f"SELECT * FROM (SELECT * FROM ({kept}) EXCEPT SELECT * FROM ({counted}))",
                    on_record,
                ).fetchall()
                if rows:
                    found.append(Difference(table, len(rows), str(rows[0])))
        finally:
            connection.close()
    return found


def check_integrity(path: os.PathLike[str] | str) -> list[str]:
    """What SQLite finds broken in the file; an empty list where all is well.

    Raises:
        StoreError: the store cannot be read.
    """
    with explained(path):
        connection = open_for_reading(path)
        try:
            rows = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        finally:
            connection.close()
    return [] if rows == ["ok"] else rows
