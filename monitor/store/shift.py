"""Moving everything in a store along the time axis, for a demonstration that shall end now."""

from __future__ import annotations

import os
import sqlite3

from monitor.instants import HOUR
from monitor.store.beat_days import forget_figures
from monitor.store.connection import explained, open_for_writing
from monitor.store.narratives import move_signals
from monitor.store.signal_data import WATCHED_UNTIL

_INSTANTS = {
    "posts": ("at", "published_at", "collected_at"),
    "ledger": ("covered_from", "covered_to", "recorded_at", "last_recorded_at"),
    "coverage": ("covered_from", "covered_to", "recorded_at"),
    "marks": ("at",),
    "stories": ("published_at", "stored_at"),
    "labels": ("labelled_at",),
    "changes": ("at",),
    "scorers": ("since",),
}

_KEYED = {
    "post_beats": {"at": HOUR, "collected_at": HOUR},
    "hourly": {"hour": 1},
    "hourly_moods": {"hour": 1},
    "five_minutes": {"five_minute": 12},
}
"""Tables whose primary key holds a time, with their columns and how far an hour moves them. They are emptied and filled
again in the order of the key, which takes a quarter of the time that moving each row does."""


def shift_times(path: os.PathLike[str] | str, hours: int) -> None:
    """Move every moment in a store by whole hours, in one transaction.

    Raises:
        StoreError: the store cannot be written.
    """
    if not hours:
        return
    with explained(path):
        connection = open_for_writing(path)
        try:
            connection.execute("BEGIN IMMEDIATE")
            for table, columns in _INSTANTS.items():
                moved = ", ".join(f"{column} = {column} + {hours * HOUR}" for column in columns)
                connection.execute(f"UPDATE {table} SET {moved}")
            for table, steps in _KEYED.items():
                _refill(connection, table, {column: step * hours for column, step in steps.items()})
            move_signals(connection, hours * HOUR)
            forget_figures(connection)
            connection.execute(
                "UPDATE beats SET covered_from = covered_from + ? WHERE covered_from > 0", (hours * HOUR,)
            )
            connection.execute(
                "UPDATE meta SET value = value + ? WHERE key IN ('newest_collected_at', ?) AND value > 0",
                (hours * HOUR, WATCHED_UNTIL),
            )
            connection.execute("COMMIT")
        finally:
            connection.close()


def _refill(connection: sqlite3.Connection, table: str, steps: dict[str, int]) -> None:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    moved = ", ".join(f"{column} + {steps[column]}" if column in steps else column for column in columns)
    connection.execute(f"CREATE TEMP TABLE moved AS SELECT {moved} FROM {table}")
    connection.execute(f"DELETE FROM {table}")
    connection.execute(f"INSERT INTO {table} SELECT * FROM moved")
    connection.execute("DROP TABLE moved")
