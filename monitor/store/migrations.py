"""Bringing a store to the current schema with sqlite-utils' migrations, imported only when there is something to do."""

from __future__ import annotations

import os
import sqlite3
import time

from monitor.store.connection import APPLICATION_ID, SCHEMA_VERSION, explained
from monitor.store.schema import (
    TABLES,
    TABLES_OF_DRAFTS,
    TABLES_OF_LABELS,
    TABLES_OF_SIGNALS,
    TABLES_OF_SOURCES,
    TABLES_OF_STORIES,
    VIEWS,
)

_TRIES = 50


def migrate(connection: sqlite3.Connection, path: os.PathLike[str] | str) -> bool:
    """Apply what is missing; two processes may do so at once. Returns whether the store was new.

    Raises:
        StoreError: a migration failed.
    """
    with explained(path):
        if _version(connection) == SCHEMA_VERSION:
            return False
        for remaining in range(_TRIES, 0, -1):
            try:
                return _apply(connection)
            except sqlite3.OperationalError:
                if _version(connection) == SCHEMA_VERSION:
                    return False
                if remaining == 1:
                    raise
                time.sleep(0.1)
    return False


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _apply(connection: sqlite3.Connection) -> bool:
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    migrations = Migrations("discourse-monitor")

    @migrations()
    def m001_tables(database: Database) -> None:
        """The first schema."""
        for statement in _statements(TABLES) + _statements(VIEWS):
            database.execute(statement)
        _erase_from_search_index(database.conn)
        database.execute(
            "INSERT INTO beats (id, slug, name, category, rule, covered_from, active) "
            "VALUES (0, '*', 'All posts', '', '', 0, 0)"
        )
        database.execute("INSERT INTO sources (id, slug, name) VALUES (0, '*', 'All sources')")
        database.execute("INSERT INTO meta (key, value) VALUES ('newest_collected_at', 0)")
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")

    @migrations()
    def m002_keys_ceilings_refreshing(database: Database) -> None:
        """What sources with keys and ceilings need."""
        for statement in _statements(TABLES_OF_SOURCES):
            database.execute(statement)

    @migrations()
    def m003_stories_from_elsewhere(database: Database) -> None:
        """What stories need that were told elsewhere."""
        for statement in _statements(TABLES_OF_STORIES):
            database.execute(statement)

    @migrations()
    def m004_labels_and_scorers(database: Database) -> None:
        """What labelling and a change of the scorer need."""
        for statement in _statements(TABLES_OF_LABELS):
            database.execute(statement)
        # Until then there was no other.
        database.execute(
            "INSERT INTO scorers (name, since) SELECT 'vader-3.3.2/1', 0 "
            "WHERE EXISTS (SELECT 1 FROM posts WHERE cell IS NOT NULL)"
        )

    @migrations()
    def m005_drafts(database: Database) -> None:
        """What drafts need that quote stored posts."""
        for statement in _statements(TABLES_OF_DRAFTS):
            database.execute(statement)

    @migrations()
    def m006_figures_of_past_days(database: Database) -> None:
        """What signals about words, moods, audiences and pairs of beats are held against."""
        for statement in _statements(TABLES_OF_SIGNALS):
            database.execute(statement)

    new = _version(connection) == 0
    migrations.apply(Database(connection))
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    return new


def _statements(script: str) -> list[str]:
    return [statement.strip() for statement in script.split(";\n") if statement.strip()]


def _erase_from_search_index(connection: sqlite3.Connection) -> None:
    """Ask FTS5 to erase deleted text at once; SQLite before 3.42 cannot, there the writer merges the index instead."""
    if sqlite3.sqlite_version_info >= (3, 42):
        connection.execute("INSERT INTO posts_search (posts_search, rank) VALUES ('secure-delete', 1)")
