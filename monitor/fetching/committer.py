"""The one place where the fetchers write: batches wait in a bounded queue, and are committed in groups.

A source goes on only when its batch is in the store, so a slow disk slows the reading instead of filling the memory.
Analysis and SQLite run in one worker thread, which leaves the event loop to the network.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, TypeVar

from monitor.fetching.batch_writer import Analysis, BatchWriter, Receipt
from monitor.fetching.checks import check_batch
from monitor.fetching.events import Events
from monitor.ingest import Ingester
from monitor.records import Attempt, Beats, Mark
from monitor.sources.base import Batch, Part
from monitor.store.errors import StoreBusy, StoreError
from monitor.store.registry import SourceRegistration
from monitor.store.spending import Limit, Spent
from monitor.store.writer import Writer

Result = TypeVar("Result")

QUEUE = 32
"""Batches that may wait."""

GROUP_POSTS = 2000
"""Posts after which a group of batches is committed without waiting for more."""

HOLD = 10.0
"""Seconds for which a batch may be held back that has nothing to show, as each commit makes every reader look."""


class _Delivery(NamedTuple):
    part: Part
    batch: Batch
    size: int
    """Posts in the batch."""
    at: int
    done: asyncio.Future[Receipt]


class _Work(NamedTuple):
    """Something else that needs the writer, in turn with the batches."""

    call: Callable[[BatchWriter], None]
    done: asyncio.Future[None]


class Committer:
    """Takes batches from all sources and brings them into the store.

    `run` must be running; where it ends with a `StoreError`, those who wait are cancelled.
    """

    def __init__(self, open_writer: Callable[[], BatchWriter], clock: Callable[[], int], events: Events) -> None:
        """Set up.

        Args:
            open_writer: Called once, in the worker thread.
            clock: The present instant.
            events: Where trouble is said.
        """
        self._open_writer = open_writer
        self._clock = clock
        self._events = events
        self._queue: asyncio.Queue[_Delivery | _Work | None] = asyncio.Queue(QUEUE)
        self._thread = ThreadPoolExecutor(1, "store-writer")
        self._held_since: float | None = None
        self._stopping = False
        self.kept = 0
        """Posts that were kept so far."""
        self.let_go = 0
        """Posts so far that matched nothing."""

    @property
    def waiting(self) -> int:
        """Batches that wait for their turn."""
        return self._queue.qsize()

    async def deliver(self, part: Part, batch: Batch) -> Receipt:
        """Bring a batch into the store with its cursor; returns when it is there, or is held back having no posts.

        Raises:
            BatchError: it is no batch.
            Exception: what the batch did to the writer; no other batch suffers from it.
        """
        check_batch(batch)
        done: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        await self._queue.put(_Delivery(part, batch, len(batch.posts), self._clock(), done))
        receipt = await done
        self.kept += receipt.kept
        self.let_go += receipt.let_go
        return receipt

    async def note(self, attempt: Attempt) -> None:
        """Write an attempt that brought nothing."""
        await self._in_turn(lambda writer: writer.note(attempt))

    async def set_beats(self, beats: Beats, ingester: Ingester) -> None:
        """Follow other beats from now on."""
        await self._in_turn(lambda writer: writer.set_beats(beats, ingester, self._clock()))

    async def opened(self) -> None:
        """Wait until the store is there."""
        await self._in_turn(lambda writer: None)

    async def register(self, registrations: Sequence[SourceRegistration], marks: Sequence[Mark] = ()) -> None:
        """Tell the readers of the store which sources there are, and mark where that changed."""
        await self._in_turn(lambda writer: writer.register(registrations, marks))

    async def set_ceilings(self, source: str, limits: Sequence[Limit]) -> tuple[float, ...]:
        """Write down the ceilings of a source as they are now; returns what is counted under each."""
        return await self._ask(lambda writer: writer.set_ceilings(source, limits))

    async def spend(self, source: str, limits: Sequence[Limit], amount: float) -> Spent:
        """Count an expense before it is made."""
        return await self._ask(lambda writer: writer.spend(source, limits, amount))

    async def refund(self, source: str, shares: Sequence[tuple[Limit, float]]) -> tuple[float, ...]:
        """Give back what was counted and not used."""
        return await self._ask(lambda writer: writer.refund(source, shares))

    async def ask(self, call: Callable[[Writer], Result]) -> Result:
        """What a call of the store's writer gives, in its turn."""
        return await self._ask(lambda writer: writer.apply(call))

    async def erase(self) -> None:
        """Erase what was deleted from all of the store's file."""
        await self._in_turn(lambda writer: writer.erase())

    async def stop(self) -> None:
        """Let `run` end after what waits now."""
        self._stopping = True
        await self._queue.put(None)

    async def run(self) -> None:
        """Commit what comes until stopped.

        Raises:
            StoreError: the store cannot be written any more.
        """
        writer: BatchWriter | None = None
        try:
            writer = await self._in_thread(self._open_writer)
            while (group := await self._next_group()) is not None:
                await self._write(writer, group)
            await self._retrying(writer.flush)
        finally:
            self._cancel_waiting()
            if writer is not None:
                await asyncio.shield(self._in_thread(writer.close))
            self._thread.shutdown(wait=False)

    async def _next_group(self) -> list[_Delivery | _Work] | None:
        """What waits, at least one; empty when what was held back falls due; None at the end."""
        try:
            async with asyncio.timeout(self._until_flush()):
                entry = await self._queue.get()
        except TimeoutError:
            return []
        group: list[_Delivery | _Work] = []
        posts = 0
        while entry is not None:
            group.append(entry)
            posts += entry.size if isinstance(entry, _Delivery) else 0
            if posts >= GROUP_POSTS or self._queue.empty():
                return group
            entry = self._queue.get_nowait()
        if group:
            self._queue.put_nowait(None)
        return group or None

    async def _write(self, writer: BatchWriter, group: list[_Delivery | _Work]) -> None:
        """Work that waits among the batches is done first: failures must not be held up, and beats come before."""
        for entry in group:
            if isinstance(entry, _Work):
                await self._answer(entry.done, partial(entry.call, writer), None)
        shown: list[tuple[_Delivery, Analysis]] = []
        for entry in group:
            if isinstance(entry, _Delivery):
                analysis = await self._analyse(writer, entry)
                if analysis is not None:
                    shown.append((entry, analysis))
        if shown:
            await self._commit(writer, shown)
        elif self._until_flush() == 0:
            await self._retrying(writer.flush)
        self._note_held(writer)

    async def _analyse(self, writer: BatchWriter, delivery: _Delivery) -> Analysis | None:
        """What is to be committed; None where there is nothing to show, or the batch is none."""
        try:
            analysis = await self._in_thread(partial(writer.analyse, delivery.part, delivery.batch, delivery.at))
        except Exception as error:
            _fail(delivery.done, error)
            return None
        if analysis.shows:
            return analysis
        writer.hold(analysis.changes)
        _succeed(delivery.done, analysis.receipt)
        return None

    async def _commit(self, writer: BatchWriter, shown: list[tuple[_Delivery, Analysis]]) -> None:
        try:
            await self._retrying(partial(writer.commit, [analysis.changes for _, analysis in shown]))
        except StoreError:
            raise
        except Exception:
            for delivery, analysis in shown:
                alone = partial(writer.commit_without_bad_posts, analysis.changes)
                await self._answer(delivery.done, alone, analysis.receipt)
        else:
            for delivery, analysis in shown:
                _succeed(delivery.done, analysis.receipt)

    async def _answer(self, done: asyncio.Future[Result], call: Callable[[], None], result: Result) -> None:
        """Do something and tell who waits for it how it went; only what the store says of itself ends everything."""
        try:
            await self._retrying(call)
        except StoreError:
            raise
        except Exception as error:
            _fail(done, error)
        else:
            _succeed(done, result)

    async def _retrying(self, call: Callable[[], None]) -> None:
        """Wait as long as another process writes; a stop is held up by that for one try only."""
        while True:
            try:
                await self._in_thread(call)
                return
            except StoreBusy as error:
                if self._stopping:
                    raise
                self._events.event("store-busy", "warning", message=error)

    async def _in_turn(self, call: Callable[[BatchWriter], None]) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._queue.put(_Work(call, done))
        await done

    async def _ask(self, call: Callable[[BatchWriter], Result]) -> Result:
        """What a call of the writer gives, in its turn."""
        answers: list[Result] = []
        await self._in_turn(lambda writer: answers.append(call(writer)))
        return answers[-1]

    async def _in_thread(self, call: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _until_flush(self) -> float | None:
        if self._held_since is None:
            return None
        return max(0.0, self._held_since + HOLD - asyncio.get_running_loop().time())

    def _note_held(self, writer: BatchWriter) -> None:
        if not writer.holds:
            self._held_since = None
        elif self._held_since is None:
            self._held_since = asyncio.get_running_loop().time()

    def _cancel_waiting(self) -> None:
        while not self._queue.empty():
            entry = self._queue.get_nowait()
            if entry is not None:
                entry.done.cancel()


def _succeed(done: asyncio.Future[Result], result: Result) -> None:
    if not done.done():
        done.set_result(result)


def _fail(done: asyncio.Future[Result], error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
