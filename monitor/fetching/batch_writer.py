"""From a source's batches to transactions: analysed, grouped, and no batch harmed by another's bad post."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from monitor.fetching.events import Events
from monitor.fetching.ledger import attempts_of
from monitor.ingest import Ingester
from monitor.records import AnalysedPost, Attempt, Beats, Cursor, Deletion, Mark, Post
from monitor.sources.base import Batch, Part
from monitor.store.errors import StoreError
from monitor.store.registry import SourceRegistration
from monitor.store.spending import Limit, Spent
from monitor.store.writer import Changes, Writer

Item = TypeVar("Item", Post, Deletion)
Result = TypeVar("Result")


class Receipt(NamedTuple):
    """How many posts of a batch were kept, and how many matched nothing."""

    kept: int
    let_go: int


class Analysis(NamedTuple):
    """A batch in the form in which it is committed."""

    changes: Changes
    receipt: Receipt

    @property
    def shows(self) -> bool:
        """Whether a reader would see more of it than that the source is well."""
        trouble = any(attempt.outcome != "ok" or attempt.message for attempt in self.changes.attempts)
        return bool(self.changes.posts or self.changes.deletions or trouble)


class BatchWriter:
    """Analyses batches and writes them to the store; belongs to one thread.

    Raises:
        StoreError: from every method that writes, where the file cannot be written.
    """

    def __init__(self, writer: Writer, ingester: Ingester, events: Events) -> None:
        self._writer = writer
        self._ingester = ingester
        self._events = events
        self._held: list[Changes] = []

    @property
    def holds(self) -> bool:
        """Whether something is held back."""
        return bool(self._held)

    def close(self) -> None:
        self._writer.close()

    def erase(self) -> None:
        """Erase what was deleted from all of the file."""
        self._writer.erase()

    def set_beats(self, beats: Beats, ingester: Ingester, now: int) -> None:
        """Follow other beats, and score by another scorer, from now on."""
        self._writer.set_beats(beats, now)
        if ingester.scorer_name is not None:
            self._writer.set_scorer(ingester.scorer_name, now)
        self._ingester = ingester

    def register(self, registrations: Sequence[SourceRegistration], marks: Sequence[Mark] = ()) -> None:
        """Tell the readers of the store which sources there are, and mark where that changed."""
        self._writer.register_sources(registrations)
        if marks:
            self._writer.add_marks(marks)

    def note(self, attempt: Attempt) -> None:
        """Write an attempt that brought nothing."""
        self.commit([Changes(attempts=(attempt,))])

    def set_ceilings(self, source: str, limits: Sequence[Limit]) -> tuple[float, ...]:
        """Write down the ceilings of a source as they are now; returns what is counted under each."""
        return self._writer.set_ceilings(source, limits)

    def spend(self, source: str, limits: Sequence[Limit], amount: float) -> Spent:
        """Count an expense before it is made."""
        return self._writer.spend(source, limits, amount)

    def refund(self, source: str, shares: Sequence[tuple[Limit, float]]) -> tuple[float, ...]:
        """Give back what was counted and not used."""
        return self._writer.refund(source, shares)

    def apply(self, call: Callable[[Writer], Result]) -> Result:
        """What a call of the store's writer gives."""
        return call(self._writer)

    def analyse(self, part: Part, batch: Batch, at: int) -> Analysis:
        """Analyse a batch that was received at an instant."""
        kept, let_go, bad = analyse_all(self._ingester, _own(part.source, batch.posts))
        message = f"{bad} posts could not be analysed" if bad else ""
        changes = Changes(
            posts=kept,
            deletions=_own(part.source, batch.deletions),
            cursors=() if batch.cursor is None else (Cursor(part.source, part.name, batch.cursor),),
            attempts=attempts_of(part, batch, len(kept), let_go, at, message),
        )
        return Analysis(changes, Receipt(len(kept), let_go))

    def hold(self, changes: Changes) -> None:
        """Leave something without posts for a later transaction."""
        self._held.append(changes)

    def flush(self) -> None:
        """Write what was held back."""
        if self._held:
            self.commit([])

    def commit(self, batches: Sequence[Changes]) -> None:
        """Write what was held back and these batches in one transaction, in the order in which they came."""
        try:
            self._commit_together([*self._held, *batches])
        except StoreError:
            raise
        except Exception as error:
            if not self._held:
                raise
            self._events.event("held-back-lost", "error", error=type(error).__name__, batches=len(self._held))
            self._held.clear()
            self._commit_together(batches)
        self._held.clear()

    def commit_without_bad_posts(self, changes: Changes) -> None:
        """Write a batch post by post, leaving out those that cannot be written, and its cursor last."""
        bad = 0
        for post in changes.posts:
            try:
                self._writer.commit(Changes(posts=(post,)))
            except StoreError:
                raise
            except Exception as error:
                bad += 1
                self._events.event("bad-post", "error", source=post.post.source, error=type(error).__name__)
        attempts = [attempt._replace(message=f"{bad} posts could not be stored") for attempt in changes.attempts]
        self.commit([changes._replace(posts=(), attempts=attempts)])

    def _commit_together(self, batches: Sequence[Changes]) -> None:
        self._writer.commit(
            Changes(
                posts=[post for changes in batches for post in changes.posts],
                deletions=[deletion for changes in batches for deletion in changes.deletions],
                cursors=[cursor for changes in batches for cursor in changes.cursors],
                attempts=[attempt for changes in batches for attempt in changes.attempts],
            )
        )


def _own(source: str, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """What a source gave, in its own name: none speaks for another."""
    if all(item.source == source for item in items):
        return items
    return tuple(item._replace(source=source) for item in items)


def analyse_all(ingester: Ingester, posts: tuple[Post, ...]) -> tuple[list[AnalysedPost], int, int]:
    """Analyse posts; one that the analysis fails on costs only itself.

    Returns:
        The posts to keep, how many were let go, and how many of those because the analysis failed.
    """
    try:
        analysed = ingester.analyse(posts)
        return list(analysed.kept), analysed.let_go, 0
    except Exception:
        if len(posts) <= 1:
            return [], len(posts), len(posts)
    middle = len(posts) // 2
    kept, let_go, bad = analyse_all(ingester, posts[:middle])
    more_kept, more_let_go, more_bad = analyse_all(ingester, posts[middle:])
    return kept + more_kept, let_go + more_let_go, bad + more_bad
