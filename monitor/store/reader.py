"""Reading a store: read-only, any number of readers at once, no transaction held between calls."""

from __future__ import annotations

import os

from monitor.light_typing import TYPE_CHECKING
from monitor.nouns.snapshots import Mark
from monitor.store import counting, earlier_days
from monitor.store.connection import explained, open_for_reading
from monitor.store.ledger import ledger_rows, sampled_by_source, source_rows, spans_by_source
from monitor.store.rows import BeatRow

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence
    from types import TracebackType
    from typing import Any, Self

    from monitor.nouns.stories import Panel, StoryVersion
    from monitor.records import Lens, PostQuery, Signal, Span, StoredPost, Story, StoryCard
    from monitor.store.counting import Selection, WindowCounts
    from monitor.store.evidence import CopiedText
    from monitor.store.following import Follower
    from monitor.store.labels import Labels
    from monitor.store.rescoring import Words
    from monitor.store.rows import LedgerRow, SourceRow
    from monitor.store.signal_data import SignalData
    from monitor.store.standing import Standing


class Moment:
    """One consistent view of a store, while it is entered; within another one it is that."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self._connection = connection
        self._explained = explained(path)
        self._inner = connection.in_transaction

    def __enter__(self) -> None:
        if not self._inner:
            with self._explained:
                self._connection.execute("BEGIN")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with self._explained:
                if not self._inner and self._connection.in_transaction:
                    self._connection.execute("COMMIT")
        finally:
            self._explained.__exit__(kind, error, trace)


class Reader:
    """A read-only view of a store. One thread at a time.

    Raises:
        StoreError: from every method, and at the end of `with`, where the file cannot be read.
    """

    def __init__(self, path: os.PathLike[str] | str, *, in_passing: bool = False) -> None:
        self.path = os.fspath(path)
        self._connection = open_for_reading(self.path, in_passing=in_passing)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        explained(self.path).__exit__(kind, error, trace)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def data_version(self) -> int:
        """A number that moves when another process has committed something; costs one pragma."""
        with explained(self.path):
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def moment(self) -> Moment:
        """One consistent view for several reads: `with reader.moment(): ...`."""
        return Moment(self._connection, self.path)

    def newest_collected_at(self) -> int:
        """When the newest post was collected; 0 for an empty store."""
        with explained(self.path):
            row = self._connection.execute("SELECT value FROM meta WHERE key = 'newest_collected_at'").fetchone()
            return int(row[0])

    def high_water(self) -> int:
        """A number that grows with every post that comes or changes."""
        with explained(self.path):
            rows = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name IN ('posts', 'changes')")
            return sum(row[0] for row in rows)

    def beats(self) -> dict[str, BeatRow]:
        """The beats that are followed, by slug."""
        with explained(self.path):
            rows = self._connection.execute("SELECT id, slug, covered_from FROM beats WHERE active")
            return {row[1]: BeatRow(*row) for row in rows}

    def beat_slugs(self) -> dict[int, str]:
        """Slugs by number, of beats no longer followed too."""
        with explained(self.path):
            return dict(self._connection.execute("SELECT id, slug FROM beats WHERE id <> 0"))

    def sources(self, as_of: int) -> tuple[SourceRow, ...]:
        """All sources with how they stood at a moment."""
        with explained(self.path):
            return source_rows(self._connection, as_of)

    def coverage(self, span: Span, as_of: int) -> dict[str, list[Span]]:
        """What is known at `as_of` to be complete within a span, by source, joined and in order."""
        with explained(self.path):
            return spans_by_source(self._connection, span, as_of)

    def sampled(self, span: Span, as_of: int) -> dict[str, list[Span]]:
        """Of which times within a span a ceiling let only a share be read, by source, joined and in order."""
        with explained(self.path):
            return sampled_by_source(self._connection, span, as_of)

    def standings(self, window: Span, as_of: int) -> dict[str, Standing]:
        """How parts and ceilings stand at a moment, by slug of the sources of which there is something to say."""
        from monitor.store.standing import read_standings

        with explained(self.path):
            return read_standings(self._connection, window, as_of)

    def ledger(self, *, since: int, source: str | None = None, limit: int = 200) -> tuple[LedgerRow, ...]:
        """Attempts recorded since a moment, newest first."""
        with explained(self.path):
            return ledger_rows(self._connection, since, source, limit)

    def count_window(self, selection: Selection, *, moods_in_detail: bool = True) -> WindowCounts:
        """Raw counts of a window, with moods by source and by hour, or by beat only."""
        with explained(self.path):
            return counting.count_window(self._connection, selection, moods_in_detail=moods_in_detail)

    def count_units(
        self, selection: Selection, lens: Lens
    ) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
        """Unique texts or authors by beat and source, and by beat and hour."""
        with explained(self.path):
            return counting.count_units(self._connection, selection, lens)

    def count_volumes(self, selection: Selection) -> dict[int, int]:
        """Raw volume by beat."""
        with explained(self.path):
            return counting.count_volumes(self._connection, selection)

    def count_records(self, selection: Selection) -> dict[int, int]:
        """All posts by beat."""
        with explained(self.path):
            return counting.count_records(self._connection, selection)

    def count_days(
        self, selection: Selection, days: Collection[int], left_out: frozenset[int]
    ) -> dict[int, dict[int, int]]:
        """Raw volumes of the same window on earlier days, by beat and by how many days back."""
        with explained(self.path):
            return earlier_days.count_days(self._connection, selection, days, left_out)

    def count_bins(
        self, selection: Selection, beat_id: int, bin_hours: int
    ) -> tuple[dict[int, int], dict[int, counting.Moods]]:
        """Raw posts and moods of one beat by bins of whole hours, counted from the epoch."""
        width = bin_hours * 3_600_000
        with explained(self.path):
            return counting.count_bins(self._connection, selection, beat_id, lambda hour: hour - hour % width)

    def count_meant(self, *, source: str | None = None, author: str | None = None, url: str | None = None) -> int:
        """How many posts `Writer.forget` would remove."""
        from monitor.store.forgetting import find_posts

        with explained(self.path):
            slugs = [row[0] for row in self._connection.execute("SELECT slug FROM sources WHERE id <> 0")]
            return len(find_posts(self._connection, [source] if source else slugs, author=author, url=url))

    def count_older(self, before: int) -> int:
        """How many posts `Writer.prune` would remove."""
        from monitor.store.pruning import count_older

        with explained(self.path):
            return count_older(self._connection, before)

    def pruned_before(self) -> int:
        """The instant before which there are no posts any more; 0 where nothing was pruned."""
        from monitor.store.pruning import pruned_before

        with explained(self.path):
            return pruned_before(self._connection)

    def follow(self) -> Follower:
        """What a long-lived reader needs to keep its counts up to date."""
        from monitor.store.following import Follower

        return Follower(self._connection)

    def labels(self) -> Labels:
        """The labels that people gave posts."""
        from monitor.store.labels import Labels

        return Labels(self._connection)

    def has_labels(self) -> bool:
        """Whether anybody labelled anything."""
        with explained(self.path):
            return self._holds_any("labels")

    def scorer(self) -> str | None:
        """The name of the scorer that scores new posts; None where nobody has said."""
        with explained(self.path):
            if self._connection.execute("PRAGMA user_version").fetchone()[0] < 4:
                return None
            row = self._connection.execute("SELECT name FROM scorers ORDER BY id DESC LIMIT 1").fetchone()
            return None if row is None else str(row[0])

    def scorers(self) -> tuple[str, ...]:
        """The names of those whose scores the posts may carry, the present one last; empty where nobody has said."""
        from monitor.store.rescoring import scorers

        with explained(self.path):
            if self._connection.execute("PRAGMA user_version").fetchone()[0] < 4:
                return ()
            return scorers(self._connection)

    def signal_data(self) -> SignalData:
        """What signals are made of."""
        from monitor.store.signal_data import SignalData

        return SignalData(self._connection)

    def marks(self, span: Span) -> tuple[Mark, ...]:
        """Marks within a span, oldest first."""
        with explained(self.path):
            rows = self._connection.execute(
                "SELECT at, kind, what FROM marks WHERE at >= ? AND at < ? ORDER BY at, id", span
            )
            return tuple(Mark(*row) for row in rows)

    def posts(self, query: PostQuery) -> tuple[StoredPost, ...]:
        """Posts that a query asks for."""
        from monitor.store import search

        with explained(self.path):
            return search.find_posts(self._connection, self.beat_slugs(), query)

    def post(self, post_id: int) -> StoredPost | None:
        """One post by its number."""
        from monitor.store import search

        with explained(self.path):
            return search.find_post(self._connection, self.beat_slugs(), post_id)

    def posts_numbered(self, numbers: Sequence[int]) -> tuple[StoredPost, ...]:
        """Posts by their numbers, in that order, without those that are gone."""
        from monitor.store import search

        with explained(self.path):
            return search.find_numbered(self._connection, self.beat_slugs(), numbers)

    def posts_with_count(self, count: str, value: int, span: Span, limit: int = 50) -> tuple[StoredPost, ...]:
        """Posts of a span with exactly so many likes, replies, reposts, quotes or views, newest first."""
        from monitor.store import evidence

        with explained(self.path):
            return evidence.find_by_count(self._connection, self.beat_slugs(), count, value, span, limit)

    def posts_at_addresses(self, urls: Sequence[str]) -> tuple[StoredPost, ...]:
        """Posts at any of the addresses; reads all posts once."""
        from monitor.store import evidence

        with explained(self.path):
            return evidence.find_by_addresses(self._connection, self.beat_slugs(), urls)

    def copied_texts(self, beat: str | None, span: Span, as_of: int) -> tuple[CopiedText, ...]:
        """Texts of a beat, or of all, that were posted more than once in a span, by most authors first."""
        from monitor.store import evidence

        with explained(self.path):
            number = 0 if beat is None else next((row.id for slug, row in self.beats().items() if slug == beat), -1)
            return evidence.find_copied(self._connection, number, span, as_of)

    def posts_named(self, names: Sequence[tuple[str, str]]) -> tuple[StoredPost, ...]:
        """Posts by source and native id, deleted ones too, in that order, without those that are gone."""
        from monitor.store import evidence

        with explained(self.path):
            return evidence.find_named(self._connection, self.beat_slugs(), names)

    def newest_texts(self, most: int) -> list[tuple[str | None, str, int, int]]:
        """Title, text, cluster and moment of the posts that were stored last, the newest first."""
        with explained(self.path):
            return self._connection.execute(
                "SELECT title, text, cluster, at FROM posts WHERE id > (SELECT max(id) FROM posts) - ? "
                "AND deleted_at IS NULL AND cluster IS NOT NULL ORDER BY id DESC",
                (most,),
            ).fetchall()

    def texts_after(self, post_id: int, limit: int) -> list[tuple[int, str | None, str]]:
        """Number, title and text of posts that are not deleted, in the order of their numbers, after a number."""
        with explained(self.path):
            return self._connection.execute(
                "SELECT id, title, text FROM posts WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?",
                (post_id, limit),
            ).fetchall()

    def _holds_any(self, table: str) -> bool:
        """Whether a table has rows; where it has none, what makes nouns of them need not be loaded."""
        return bool(self._connection.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0])

    def words_after(self, post_id: int, limit: int) -> list[Words]:
        """What is scored of posts that are not deleted, in the order of their numbers, after a number."""
        from monitor.store.rescoring import words_after

        with explained(self.path):
            return words_after(self._connection, post_id, limit)

    def stories(self, as_of: int, limit: int = 200) -> tuple[StoryCard, ...]:
        """The newest stories published before a moment, newest first."""
        with explained(self.path):
            if not self._holds_any("stories"):
                return ()
            from monitor.store import narratives

            return narratives.read_cards(self._connection, as_of, limit)

    def draft_manifests(self, beat: str) -> tuple[tuple[str, dict[str, Any]], ...]:
        """The manifests of the drafts of a beat by slug, the newest first."""
        from monitor.store import narratives

        with explained(self.path):
            return narratives.read_manifests(self._connection, beat)

    def story(self, slug: str) -> Story | None:
        """One story by its slug."""
        from monitor.store import narratives

        with explained(self.path):
            return narratives.read_story(self._connection, slug)

    def all_stories(self) -> tuple[Story, ...]:
        """Every story with a text, those that were stored last at the end."""
        from monitor.store import narratives

        with explained(self.path):
            return tuple(narratives.read_all_stories(self._connection))

    def listed_stories(self, beat: str | None, limit: int) -> tuple[tuple[StoryCard, Panel | None], ...]:
        """Stories and stubs with the figures of their pages, newest first; of one beat, or of all."""
        from monitor.store import narratives

        with explained(self.path):
            return narratives.read_listed(self._connection, beat, limit)

    def story_versions(self, slug: str) -> tuple[StoryVersion, ...]:
        """The texts that a story had before, oldest first."""
        from monitor.store import narratives

        with explained(self.path):
            return narratives.read_versions(self._connection, slug)

    def signals(self, since: int, as_of: int) -> tuple[Signal, ...]:
        """Signals open at some moment of a span, as they stood at its end."""
        with explained(self.path):
            if not self._holds_any("signals"):
                return ()
            from monitor.store import narratives

            return narratives.read_signals(self._connection, since, as_of)

    def cursor(self, source: str, part: str) -> str | None:
        """Where to go on reading a part of a source."""
        with explained(self.path):
            row = self._connection.execute(
                "SELECT c.value FROM cursors c JOIN sources s ON s.id = c.source_id WHERE s.slug = ? AND c.part = ?",
                (source, part),
            ).fetchone()
            return None if row is None else str(row[0])


def open_reader(path: os.PathLike[str] | str, *, in_passing: bool = False) -> Reader:
    """Open a store for reading.

    Args:
        in_passing: for one look at the counts; no memory is set aside for a second one.

    Raises:
        StoreMissing: there is no file yet.
        StoreDamaged: the file is not a store.
        StoreTooNew: a later version of the program has written it.
    """
    return Reader(path, in_passing=in_passing)
