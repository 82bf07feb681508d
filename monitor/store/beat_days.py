"""What signals about words, moods and audiences are held against: figures of past days and hours, without any text.

They are made of posts, and are made again where a rule, a re-tagging or an import changed the past. They stay when
posts are removed.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from monitor.instants import DAY, HOUR

_KEPT_DAYS = 10
_KEPT_HOURS = 30 * 24
_FIRST_VERSION = 6


class BeatDay(NamedTuple):
    """One beat on one day (UTC)."""

    beat_id: int
    day: int
    """Days since 1970-01-01."""
    made_at: int
    """The moment up to which the store had been looked at when it was made."""
    votes: int
    """Clusters of copies, each once."""
    phrases: Mapping[int, int]
    """Votes by the key of a phrase, of those with two votes or more; the key does not tell the phrase."""
    entities: Mapping[str, int]
    """Votes by entity."""
    moods: Mapping[str, tuple[float, float, int]]
    """Positive, negative and all scored votes by source; a vote is a cluster within the source."""


class BeatHour(NamedTuple):
    """What an audience had done at some moment with the posts of the 24 hours before it."""

    beat_id: int
    at: int
    posts: int
    reactions: int
    """Likes, reposts, replies and quotes."""
    felt: float
    """The sum over posts of the root of their reactions."""


class PairDay(NamedTuple):
    """How many votes two beats shared on a day."""

    day: int
    first_id: int
    second_id: int
    shared: int
    either: int
    """Votes of one of the two or of both."""


class AloneHour(NamedTuple):
    """How many posts of an hour belong to one beat and no other."""

    beat_id: int
    hour: int
    """Hours since 1970-01-01."""
    posts: int


class Figures(NamedTuple):
    """What one look made, to be kept."""

    days: tuple[BeatDay, ...] = ()
    audiences: tuple[BeatHour, ...] = ()
    pairs: tuple[PairDay, ...] = ()
    alone: tuple[AloneHour, ...] = ()


def put_figures(connection: sqlite3.Connection, figures: Figures) -> None:
    """Keep figures, and let go of those that nothing is held against any more."""
    for day in figures.days:
        connection.execute(
            "INSERT OR REPLACE INTO beat_days VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*day[:4], _packed(day.phrases), _as_json(day.entities), _as_json(day.moods)),
        )
        connection.execute("DELETE FROM beat_days WHERE beat_id = ? AND day < ?", (day.beat_id, day.day - _KEPT_DAYS))
    for hour in figures.audiences:
        connection.execute("INSERT OR REPLACE INTO beat_audiences VALUES (?, ?, ?, ?, ?)", hour)
        oldest = hour.at - _KEPT_HOURS * HOUR
        connection.execute("DELETE FROM beat_audiences WHERE beat_id = ? AND at < ?", (hour.beat_id, oldest))
    connection.executemany("INSERT OR REPLACE INTO beat_pairs VALUES (?, ?, ?, ?, ?)", figures.pairs)
    if figures.pairs:
        newest = max(pair.day for pair in figures.pairs)
        connection.execute("DELETE FROM beat_pairs WHERE day < ?", (newest - _KEPT_DAYS,))
    connection.executemany("INSERT OR REPLACE INTO beat_alone VALUES (?, ?, ?)", figures.alone)
    if figures.alone:
        newest = max(hour.hour for hour in figures.alone)
        connection.execute("DELETE FROM beat_alone WHERE hour < ?", (newest - _KEPT_HOURS,))


def read_days(connection: sqlite3.Connection, beat_id: int, first: int, end: int) -> dict[int, BeatDay]:
    """The days of a beat that are kept, by day, from one on and before another."""
    if _is_older(connection):
        return {}
    rows = connection.execute(
        "SELECT beat_id, day, made_at, votes, phrases, entities, moods FROM beat_days "
        "WHERE beat_id = ? AND day >= ? AND day < ?",
        (beat_id, first, end),
    )
    return {
        day: BeatDay(beat_id, day, made_at, votes, _unpacked(phrases), json.loads(entities), _moods(moods))
        for _, day, made_at, votes, phrases, entities, moods in rows
    }


def read_audiences(connection: sqlite3.Connection, beat_id: int, moments: Iterable[int]) -> list[BeatHour]:
    """What audiences had done at those of some moments at which it was written down."""
    if _is_older(connection):
        return []
    rows = connection.execute(
        "SELECT a.* FROM json_each(?) j CROSS JOIN beat_audiences a ON a.beat_id = ? AND a.at = j.value",
        (json.dumps(list(moments)), beat_id),
    )
    return list(map(BeatHour._make, rows))


def read_pairs(
    connection: sqlite3.Connection, first: int, end: int
) -> dict[int, dict[tuple[int, int], tuple[int, int]]]:
    """Votes of both and of either by day and pair of beats, of the days that are kept."""
    found: dict[int, dict[tuple[int, int], tuple[int, int]]] = {}
    if not _is_older(connection):
        for day, one, other, shared, either in connection.execute(
            "SELECT * FROM beat_pairs WHERE day >= ? AND day < ?", (first, end)
        ):
            found.setdefault(day, {})[one, other] = shared, either
    return found


def read_alone(connection: sqlite3.Connection, first: int, end: int) -> dict[int, dict[int, int]]:
    """Posts in no other beat, by hour and beat, of the hours that are kept."""
    found: dict[int, dict[int, int]] = {}
    if not _is_older(connection):
        for beat_id, hour, posts in connection.execute(
            "SELECT * FROM beat_alone WHERE hour >= ? AND hour < ?", (first, end)
        ):
            found.setdefault(hour, {})[beat_id] = posts
    return found


def forget_days(connection: sqlite3.Connection, post_ids: Iterable[int]) -> None:
    """Have the days and hours of some posts, which are about to go, made anew of those that are left."""
    rows = connection.execute(
        "SELECT DISTINCT p.at / ? FROM json_each(?) j JOIN posts p ON p.id = j.value",
        (HOUR, json.dumps(list(post_ids))),
    )
    hours = [(row[0],) for row in rows]
    days = {(hour * HOUR // DAY,) for (hour,) in hours}
    connection.executemany("DELETE FROM beat_alone WHERE hour = ?", hours)
    connection.executemany("DELETE FROM beat_days WHERE day = ?", days)
    connection.executemany("DELETE FROM beat_pairs WHERE day = ?", days)


def forget_figures(connection: sqlite3.Connection) -> None:
    """Let go of all, as where every moment in a store is moved."""
    for table in ("beat_days", "beat_audiences", "beat_pairs", "beat_alone"):
        connection.execute(f"DELETE FROM {table}")


def day_span(day: int) -> tuple[int, int]:
    """The instants of a day."""
    return day * DAY, (day + 1) * DAY


def _is_older(connection: sqlite3.Connection) -> bool:
    """Whether the store was not yet brought to the schema with these tables."""
    return bool(connection.execute("PRAGMA user_version").fetchone()[0] < _FIRST_VERSION)


def _packed(counts: Mapping[int, int]) -> bytes:
    """Keys and counts, eight and two bytes each, in the order of bytes that most machines have."""
    keys = sorted(counts)
    columns = array("q", keys), array("H", [min(counts[key], 65535) for key in keys])
    return len(keys).to_bytes(4, "little") + b"".join(column.tobytes() for column in columns)


def _unpacked(data: bytes) -> dict[int, int]:
    length = int.from_bytes(data[:4], "little")
    keys, counts = array("q"), array("H")
    keys.frombytes(data[4 : 4 + 8 * length])
    counts.frombytes(data[4 + 8 * length :])
    return dict(zip(keys, counts, strict=True))


def _as_json(tree: object) -> str:
    return json.dumps(tree, sort_keys=True, separators=(",", ":"))


def _moods(text: str) -> dict[str, tuple[float, float, int]]:
    return {source: (row[0], row[1], row[2]) for source, row in json.loads(text).items()}
