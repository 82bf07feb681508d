"""The one writer: everything that changes a store goes through here, in short transactions of whole batches."""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from monitor.records import AnalysedPost, Attempt, Beats, Cursor, Deletion, Mark, Signal, Story
from monitor.store import (
    adding,
    aliases,
    forgetting,
    labels,
    posting,
    pruning,
    refreshing,
    registry,
    rescoring,
    spending,
)
from monitor.store.beat_days import Figures, forget_days, put_figures
from monitor.store.connection import explained, open_for_writing
from monitor.store.erasing import erase_everywhere, note_erasure
from monitor.store.labels import CalibrationRow, NewLabel
from monitor.store.ledger import write_attempt
from monitor.store.migrations import migrate
from monitor.store.narratives import put_signals, put_stories
from monitor.store.refreshing import DuePost, Renewal, Walk
from monitor.store.registry import SourceRegistration
from monitor.store.rescoring import Rescored
from monitor.store.rollups import Changes as RollupChanges
from monitor.store.signal_data import WATCHED_UNTIL
from monitor.store.spending import Limit, Spent


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
        with explained(self.path, closing=self._connection):
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
            by_slug = partial(self._source_id, connection)
            added = updated = unchanged = 0
            first = posting.next_post_id(connection)
            offers = aliases.resolve(connection, pruning.without_older(connection, changes.posts), by_slug)
            for source, posts in _by_source(offers).items():
                one = self._write_posts(connection, source, posts, rollups)
                added, updated, unchanged = added + one.added, updated + one.updated, unchanged + one.unchanged
            if added:
                adding.count_posts(connection, first, posting.next_post_id(connection) - 1)
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
        self, connection: sqlite3.Connection, source: str, posts: Sequence[AnalysedPost], rollups: RollupChanges
    ) -> Outcome:
        """Posts of one source; of several offers of one post the last counts, collected at the first."""
        source_id = self._source_id(connection, source)
        latest = {analysed.post.native_id: analysed for analysed in posts}
        known = posting.find_known(connection, source_id, latest)
        new = {native_id: analysed for native_id, analysed in latest.items() if native_id not in known}
        updated = unchanged = 0
        for native_id, offers in _repeated(posts) if len(latest) < len(posts) else ():
            changes = sum(posting.says_otherwise(earlier, later) for earlier, later in pairwise(offers))
            updated, unchanged = updated + changes, unchanged + len(offers) - 1 - changes
            if native_id in new:
                last, collected_at = offers[-1], offers[0].post.collected_at
                new[native_id] = last._replace(post=last.post._replace(collected_at=collected_at))
        for native_id, before in known.items():
            if posting.renew(connection, source_id, before, latest[native_id], self._beats, rollups):
                updated += 1
            else:
                unchanged += 1
        adding.insert_posts(connection, source_id, list(new.values()), self._beats)
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

    def set_scorer(self, name: str, now: int) -> tuple[Mark, ...]:
        """Write down who scores posts from now on; a change leaves a mark, which is returned."""
        with self._transaction() as connection:
            marks = rescoring.set_scorer(connection, name, now)
            _insert_marks(connection, marks)
        return tuple(marks)

    def rescore(self, posts: Iterable[Rescored]) -> int:
        """Give stored posts other probabilities, with all that is counted of them. Returns how many changed."""
        rollups = RollupChanges()
        with self._transaction() as connection:
            changed = rescoring.rescore(connection, posts, rollups)
            rollups.write(connection)
            posting.trim_changes(connection)
        return changed

    def finish_rescoring(self, scorer: str, now: int, what: str) -> None:
        """Say that all stored posts carry the scores of a scorer: a mark."""
        with self._transaction() as connection:
            _insert_marks(connection, rescoring.finish(connection, scorer, now, what))

    def put_labels(self, given: Iterable[NewLabel], now: int) -> tuple[int, ...]:
        """Write down what people called posts; returns the numbers of those that are there and scored."""
        with self._transaction() as connection:
            rows = [(post_id, label, [self._beats[slug] for slug in beats]) for post_id, label, beats in given]
            return tuple(labels.put_labels(connection, rows, now))

    def keep_fits(self, rows: Iterable[CalibrationRow]) -> None:
        """Write down what was made of the labels of the beats, so that a start need not make it again."""
        with self._transaction() as connection:
            labels.keep_fits(connection, rows)

    def forget(self, *, source: str | None = None, author: str | None = None, url: str | None = None) -> int:
        """Remove the posts of an author (of one source or all) or at a URL, and what was counted of them, for good."""
        rollups = RollupChanges()
        with self._transaction() as connection:
            ids = forgetting.find_posts(connection, [source] if source else self._sources, author=author, url=url)
            for source_id, native_ids in _native_ids(connection, ids).items():
                aliases.forget(connection, source_id, native_ids)
            forget_days(connection, ids)
            removed = posting.remove_posts(connection, ids, rollups)
            rollups.write(connection)
            if removed:
                note_erasure(connection)
        return removed

    def prune(self, before: int) -> Iterator[int]:
        """Remove what is older than an instant, in many short transactions; yields how many posts each removed.

        Nothing older is let in any more. What was counted of the posts by the hour stays.

        Raises:
            ValueError: more would go than may.
        """
        with self._transaction() as connection:
            limit = pruning.begin(connection, before)
            note_erasure(connection)
        removed = -1
        while removed:
            with self._transaction() as connection:
                removed = pruning.prune_some(connection, limit)
                if not removed:
                    aliases.remove_unused(connection)
            yield removed

    def shown_posts(self, source: str, ages: Sequence[int], now: int, limit: int) -> tuple[DuePost, ...]:
        """Posts that are shown and that their source is to be asked about again."""
        with explained(self.path):
            return refreshing.shown_posts(self._connection, self._sources.get(source, -1), ages, now, limit)

    def walk(self, source: str, place: str, ask_before: int, keep_from: int) -> Walk:
        """Look through the next posts of a source whose terms let none be kept for long."""
        with explained(self.path):
            return refreshing.walk(self._connection, self._sources.get(source, -1), place, ask_before, keep_from)

    def renew(self, source: str, renewal: Renewal, now: int, forget_before: int | None = None) -> tuple[int, int]:
        """Write down what a source said of posts; returns how many changed, and how many lost their words.

        What was asked before `forget_before` is forgotten.
        """
        with self._transaction() as connection:
            source_id = self._source_id(connection, source)
            if forget_before is not None:
                refreshing.forget_asking(connection, source_id, forget_before)
            return refreshing.renew(connection, source_id, source, renewal, now)

    def set_ceilings(self, source: str, limits: Sequence[Limit]) -> tuple[float, ...]:
        """Write down the ceilings of a source as they are now; returns what is counted under each."""
        with self._transaction() as connection:
            return spending.set_ceilings(connection, self._source_id(connection, source), limits)

    def spend(self, source: str, limits: Sequence[Limit], amount: float) -> Spent:
        """Count an expense before it is made, on the disk when this returns; nothing where it would pass a limit."""
        with self._on_disk(), self._transaction() as connection:
            return spending.spend(connection, self._source_id(connection, source), limits, amount)

    def refund(self, source: str, shares: Sequence[tuple[Limit, float]]) -> tuple[float, ...]:
        """Give back what was counted and not used; returns what is counted then under each of the limits."""
        with self._transaction() as connection:
            source_id = self._source_id(connection, source)
            return tuple(spending.refund(connection, source_id, limit, amount) for limit, amount in shares)

    @contextmanager
    def _on_disk(self) -> Iterator[None]:
        """Have transactions outlast a power cut from the moment of their commit on, not only a crash."""
        with explained(self.path):
            self._connection.execute("PRAGMA synchronous = FULL")
            try:
                yield
            finally:
                self._connection.execute("PRAGMA synchronous = NORMAL")

    def erase(self) -> None:
        """Erase deleted text from the search index and the log as well; cheap where nothing was deleted."""
        with explained(self.path):
            erase_everywhere(self._connection)

    def add_marks(self, marks: Iterable[Mark]) -> None:
        """Set marks on the time axis."""
        with self._transaction() as connection:
            _insert_marks(connection, marks)

    def put_stories(self, stories: Iterable[Story], now: int) -> None:
        """Store stories; one with a known slug becomes the newest version of that story."""
        with self._transaction() as connection:
            put_stories(connection, stories, now)

    def put_signals(
        self, signals: Iterable[Signal], watched_until: int | None = None, figures: Figures | None = None
    ) -> None:
        """Store signals in place of those with their ids; with them, up to when they were looked for, and figures."""
        with self._transaction() as connection:
            put_signals(connection, signals)
            if figures is not None:
                put_figures(connection, figures)
            if watched_until is not None:
                connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (WATCHED_UNTIL, watched_until))

    def replace_signals(self, since: int, kinds: Iterable[str], signals: Iterable[Signal], watched_until: int) -> None:
        """Have these signals in place of all of some kinds that were opened from a moment on."""
        with self._transaction() as connection:
            connection.executemany(
                "DELETE FROM signals WHERE opened_at >= ? AND kind = ?", [(since, kind) for kind in kinds]
            )
            put_signals(connection, signals)
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (WATCHED_UNTIL, watched_until))


def _by_source(posts: Iterable[AnalysedPost]) -> dict[str, list[AnalysedPost]]:
    found: defaultdict[str, list[AnalysedPost]] = defaultdict(list)
    for analysed in posts:
        found[analysed.post.source].append(analysed)
    return found


def _repeated(posts: Iterable[AnalysedPost]) -> list[tuple[str, list[AnalysedPost]]]:
    """The posts of one source that are offered several times, with all offers in their order."""
    found: defaultdict[str, list[AnalysedPost]] = defaultdict(list)
    for analysed in posts:
        found[analysed.post.native_id].append(analysed)
    return [(native_id, offers) for native_id, offers in found.items() if len(offers) > 1]


def _raise_newest_collected(connection: sqlite3.Connection, posts: Sequence[AnalysedPost]) -> None:
    newest = max((analysed.post.collected_at for analysed in posts), default=None)
    if newest is not None:
        connection.execute(
            "UPDATE meta SET value = ? WHERE key = 'newest_collected_at' AND value < ?", (newest, newest)
        )


def _newest_collected(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT value FROM meta WHERE key = 'newest_collected_at'").fetchone()[0])


def _native_ids(connection: sqlite3.Connection, post_ids: Iterable[int]) -> dict[int, list[str]]:
    """The native ids of posts by the number of their source."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for post_id in post_ids:
        row = connection.execute("SELECT source_id, native_id FROM posts WHERE id = ?", (post_id,)).fetchone()
        found[row[0]].append(row[1])
    return found


def _insert_marks(connection: sqlite3.Connection, marks: Iterable[Mark]) -> None:
    connection.executemany("INSERT INTO marks (at, kind, what) VALUES (?, ?, ?)", marks)
