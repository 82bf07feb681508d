"""Stories and signals in the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from monitor.records import Signal, Story, StoryCard

_CARD_COLUMNS = "slug, title, dek, beat, category, significance, published_at, url, origin"


def put_stories(connection: sqlite3.Connection, stories: Iterable[Story]) -> None:
    """Insert stories or replace those with the same slug."""
    connection.executemany(
        f"INSERT OR REPLACE INTO stories ({_CARD_COLUMNS}, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(*story.card, story.body) for story in stories],
    )


def read_cards(connection: sqlite3.Connection, as_of: int, limit: int) -> tuple[StoryCard, ...]:
    """The newest stories published before a moment, newest first."""
    rows = connection.execute(
        f"SELECT {_CARD_COLUMNS} FROM stories WHERE published_at < ? ORDER BY published_at DESC, slug LIMIT ?",
        (as_of, limit),
    )
    return tuple(StoryCard(*row) for row in rows)


def read_story(connection: sqlite3.Connection, slug: str) -> Story | None:
    """One story, or None."""
    row = connection.execute(f"SELECT {_CARD_COLUMNS}, body FROM stories WHERE slug = ?", (slug,)).fetchone()
    return Story(StoryCard(*row[:-1]), row[-1]) if row else None


def put_signals(connection: sqlite3.Connection, signals: Iterable[Signal]) -> None:
    """Insert signals or replace those with the same id."""
    import json

    connection.executemany(
        "INSERT OR REPLACE INTO signals VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(*signal[:-1], json.dumps(signal.evidence, sort_keys=True)) for signal in signals],
    )


def read_signals(connection: sqlite3.Connection, since: int, as_of: int) -> tuple[Signal, ...]:
    """Signals that were open at some moment of `[since, as_of)`, newest first, as they stood at `as_of`."""
    rows = connection.execute(
        "SELECT id, kind, beat, level, opened_at, CASE WHEN closed_at < ? THEN closed_at END, summary, evidence "
        "FROM signals WHERE opened_at < ? AND (closed_at IS NULL OR closed_at >= ?) ORDER BY opened_at DESC, id",
        (as_of, as_of, since),
    ).fetchall()
    if not rows:
        return ()
    import json

    return tuple(Signal._make((*row[:-1], json.loads(row[-1]))) for row in rows)
