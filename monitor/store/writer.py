"""The one writer: everything that changes a store goes through here, in short transactions of whole batches."""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from monitor.records import AnalysedPost, Attempt, Beats, Cursor, Deletion, Mark, Signal, Story
from monitor.store import posting, registry
from monitor.store.connection import explained, open_for_writing
from monitor.store.erasing import erase_everywhere, note_erasure
from monitor.store.ledger import write_attempt
from monitor.store.migrations import migrate
from monitor.store.narratives import put_signals, put_stories
from monitor.store.registry import SourceRegistration
from monitor.store.rollups import Changes as RollupChanges


class Changes(NamedTuple):
    """What is committed as a whole: posts, the cursor that stands behind them, the attempts that brought them."""

    posts: Sequence[AnalysedPost] = ()
    deletions: Sequence[Deletion] = ()
    """Carried out after the posts."""
    cursors: Sequence[Cursor] = ()
    attempts: Sequence[Attempt] = ()


class Outcome(NamedTuple):
    """What a commit did to the posts."""

    added: int
    updated: int
    unchanged: int
    deleted: int


class Writer:
    """Writes to a store, creating it where there is none.

    Several processes may each have a writer; they take turns. Use one writer from one thread at a time.

    Raises:
        StoreError: from the constructor and every method, where the file cannot be written.
    """

    def __init__(self, path: os.PathLike[str] | str) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = open_for_writing(self.path)
        self._new_store = migrate(self._connection, self.path)
        self._sources = registry.source_ids(self._connection)
        self._beats = registry.beat_ids(self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was deleted is erased from it first."""
        with explained(self.path):
            erase_everywhere(self._connection)
            self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with explained(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                self._sources = registry.source_ids(self._connection)
                raise

    def set_beats(self, beats: Beats, now: int) -> tuple[Mark, ...]:
        """Write down the beats as they are followed from now on; what changed leaves marks, which are returned."""
        with self._transaction() as connection:
            marks = registry.set_beats(connection, beats, now, new_store=self._new_store)
            _insert_marks(connection, marks)
        self._new_store = False
        self._beats = registry.beat_ids(self._connection)
        return tuple(marks)

    def register_sources(self, registrations: Iterable[SourceRegistration]) -> None:
        """Write down what is fetched, how often, and what is not and why."""
        with self._transaction() as connection:
            registry.register_sources(connection, registrations)
        self._sources = registry.source_ids(self._connection)

    def commit(self, changes: Changes) -> Outcome:
        """Write a batch in one transaction.

        Raises:
            KeyError: a post is tagged with a beat that was never set.
        """
        rollups = RollupChanges()
        with self._transaction() as connection:
            added = updated = unchanged = 0
            for source, posts in _by_source(changes.posts).items():
                one = self._write_posts(connection, source, posts, rollups)
                added, updated, unchanged = added + one.added, updated + one.updated, unchanged + one.unchanged
            rollups.write(connection)
            deleted = sum(self._delete(connection, deletion, changes) for deletion in changes.deletions)
            if deleted:
                note_erasure(connection)
            for cursor in changes.cursors:
                connection.execute(
                    "INSERT INTO cursors VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                    (self._source_id(connection, cursor.source), cursor.part, cursor.value),
                )
            for attempt in changes.attempts:
                write_attempt(connection, self._source_id(connection, attempt.source), attempt)
            _raise_newest_collected(connection, changes.posts)
            posting.trim_changes(connection)
        return Outcome(added, updated, unchanged, deleted)

    def _write_posts(
        self,
        connection: sqlite3.Connection,
        source: str,
        posts: Mapping[str, Sequence[AnalysedPost]],
        rollups: RollupChanges,
    ) -> Outcome:
        """Posts of one source by native id; of several offers of one post the last counts, collected at the first."""
        source_id = self._source_id(connection, source)
        known = posting.find_known(connection, source_id, posts)
        new: list[AnalysedPost] = []
        updated = unchanged = 0
        for native_id, offers in posts.items():
            latest = offers[-1]
            before = known.get(native_id)
            changes = sum(posting.says_otherwise(earlier, later) for earlier, later in pairwise(offers))
            updated, unchanged = updated + changes, unchanged + len(offers) - 1 - changes
            if before is None:
                if len(offers) > 1:
                    first = offers[0].post.collected_at
                    latest = latest._replace(post=latest.post._replace(collected_at=first))
                new.append(latest)
            elif before.deleted_at is not None:
                unchanged += 1
            elif posting.is_update(before, latest.post):
                posting.update_post(connection, source_id, before, latest, self._beats, rollups)
                posting.update_engagement(connection, before, latest.post.engagement)
                updated += 1
            elif posting.update_engagement(connection, before, latest.post.engagement):
                updated += 1
            else:
                unchanged += 1
        posting.insert_posts(connection, source_id, new, self._beats, rollups)
        return Outcome(len(new), updated, unchanged, 0)

    def _delete(self, connection: sqlite3.Connection, deletion: Deletion, changes: Changes) -> int:
        source_id = self._source_id(connection, deletion.source)
        if deletion.native_id is not None:
            rows = connection.execute(
                "SELECT id FROM posts WHERE source_id = ? AND native_id = ?", (source_id, deletion.native_id)
            )
            ids = [row[0] for row in rows]
        else:
            ids = posting.posts_of_author(connection, deletion.source, deletion.author)
        deleted_at = max((attempt.recorded_at for attempt in changes.attempts), default=_newest_collected(connection))
        return posting.erase_posts(connection, ids, deleted_at)

    def _source_id(self, connection: sqlite3.Connection, slug: str) -> int:
        found = self._sources.get(slug)
        if found is None:
            found = self._sources[slug] = registry.add_source(connection, slug)
        return found

    def retag(self, tags: Mapping[int, Sequence[str]]) -> int:
        """Give stored posts other beats, by their number. Returns how many changed; erased posts keep their beats."""
        rollups = RollupChanges()
        with self._transaction() as connection:
            changed = sum(
                posting.retag_post(connection, post_id, [self._beats[slug] for slug in slugs], rollups)
                for post_id, slugs in tags.items()
            )
            rollups.write(connection)
            posting.trim_changes(connection)
        return changed

    def finish_retagging(self, now: int, what: str) -> None:
        """Say that all stored posts carry the tags of the present rules: a mark, and no beat starts with a gap."""
        with self._transaction() as connection:
            connection.execute("UPDATE beats SET covered_from = 0 WHERE covered_from > 0")
            _insert_marks(connection, [Mark(now, "retag", what)])

    def forget(self, *, source: str | None = None, author: str | None = None, url: str | None = None) -> int:
        """Remove the posts of an author (of one source, or of all) or at a URL, with all that was counted of them."""
        rollups = RollupChanges()
        with self._transaction() as connection:
            ids: set[int] = set()
            if author is not None:
                for slug in [source] if source else list(self._sources):
                    ids.update(posting.posts_of_author(connection, slug, author))
            if url is not None:
                ids.update(row[0] for row in connection.execute("SELECT id FROM posts WHERE url = ?", (url,)))
            removed = posting.remove_posts(connection, sorted(ids), rollups)
            rollups.write(connection)
            if removed:
                note_erasure(connection)
        return removed

    def erase(self) -> None:
        """Erase deleted text from the search index and the log as well; cheap where nothing was deleted."""
        with explained(self.path):
            erase_everywhere(self._connection)

    def add_marks(self, marks: Iterable[Mark]) -> None:
        """Set marks on the time axis."""
        with self._transaction() as connection:
            _insert_marks(connection, marks)

    def put_stories(self, stories: Iterable[Story]) -> None:
        """Store stories; one with a known slug replaces it."""
        with self._transaction() as connection:
            put_stories(connection, stories)

    def put_signals(self, signals: Iterable[Signal]) -> None:
        """Store signals; one with a known id replaces it."""
        with self._transaction() as connection:
            put_signals(connection, signals)


def _by_source(posts: Iterable[AnalysedPost]) -> dict[str, dict[str, list[AnalysedPost]]]:
    found: defaultdict[str, dict[str, list[AnalysedPost]]] = defaultdict(dict)
    for analysed in posts:
        found[analysed.post.source].setdefault(analysed.post.native_id, []).append(analysed)
    return found


def _raise_newest_collected(connection: sqlite3.Connection, posts: Sequence[AnalysedPost]) -> None:
    newest = max((analysed.post.collected_at for analysed in posts), default=None)
    if newest is not None:
        connection.execute(
            "UPDATE meta SET value = ? WHERE key = 'newest_collected_at' AND value < ?", (newest, newest)
        )


def _newest_collected(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT value FROM meta WHERE key = 'newest_collected_at'").fetchone()[0])


def _insert_marks(connection: sqlite3.Connection, marks: Iterable[Mark]) -> None:
    connection.executemany("INSERT INTO marks (at, kind, what) VALUES (?, ?, ?)", marks)
