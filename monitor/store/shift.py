"""Moving everything in a store along the time axis, for a demonstration that shall end now."""

from __future__ import annotations

import os

from monitor.instants import HOUR
from monitor.store.connection import explained, open_for_writing

_INSTANTS = {
    "posts": ("at", "published_at", "collected_at"),
    "post_beats": ("at", "collected_at"),
    "ledger": ("covered_from", "covered_to", "recorded_at", "last_recorded_at"),
    "coverage": ("covered_from", "covered_to", "recorded_at"),
    "marks": ("at",),
    "stories": ("published_at",),
    "signals": ("opened_at", "closed_at"),
    "labels": ("labelled_at",),
    "changes": ("at",),
}

_PRIMARY = {"post_beats": "at", "hourly": "hour", "hourly_moods": "hour", "five_minutes": "five_minute"}
"""Columns that are part of a primary key: moved by way of the negative numbers, so that no two rows meet on the way."""


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
                plain = [column for column in columns if _PRIMARY.get(table) != column]
                if plain:
                    moved = ", ".join(f"{column} = {column} + {hours * HOUR}" for column in plain)
                    connection.execute(f"UPDATE {table} SET {moved}")
            for table, column in _PRIMARY.items():
                step = {"at": hours * HOUR, "hour": hours, "five_minute": hours * 12}[column]
                connection.execute(f"UPDATE {table} SET {column} = -({column} + {step})")
                connection.execute(f"UPDATE {table} SET {column} = -{column}")
            connection.execute(
                "UPDATE beats SET covered_from = covered_from + ? WHERE covered_from > 0", (hours * HOUR,)
            )
            connection.execute(
                "UPDATE meta SET value = value + ? WHERE key = 'newest_collected_at' AND value > 0", (hours * HOUR,)
            )
            connection.execute("COMMIT")
        finally:
            connection.close()
