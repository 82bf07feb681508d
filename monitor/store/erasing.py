"""Erasing deleted text from where SQLite would still keep it: old segments of the search index, and the log."""

from __future__ import annotations

import sqlite3

_PENDING = "erasure_pending"

_SEARCH_ERASES = sqlite3.sqlite_version_info >= (3, 42)
"""Whether FTS5 erases deleted terms at once. Before, they stay until its segments are merged into one."""

PERIOD_SECONDS = 600.0 if _SEARCH_ERASES else 6 * 3600.0
"""How often a process that writes for long shall erase; merging the search index of a large store takes minutes."""


def note_erasure(connection: sqlite3.Connection) -> None:
    """Remember, within the transaction, that something was deleted."""
    connection.execute("INSERT INTO meta VALUES (?, 1) ON CONFLICT DO UPDATE SET value = 1", (_PENDING,))


def erase_everywhere(connection: sqlite3.Connection) -> None:
    """Finish what `secure_delete` does not reach; nothing is done where nothing was deleted.

    The log is emptied unless a reader stands in it, which a later call then does.
    """
    pending = connection.execute("SELECT value FROM meta WHERE key = ?", (_PENDING,)).fetchone()
    if pending is None or not pending[0]:
        return
    if not _SEARCH_ERASES:
        connection.execute("INSERT INTO posts_search (posts_search) VALUES ('optimize')")
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if not busy:
        connection.execute("UPDATE meta SET value = 0 WHERE key = ?", (_PENDING,))
