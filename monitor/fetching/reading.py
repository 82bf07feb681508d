"""Reading one part of a source, for as long as the process runs, whatever the source does."""

from __future__ import annotations

import asyncio
import random
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from monitor.fetching.backoff import Backoff
from monitor.fetching.checks import BatchError
from monitor.fetching.committer import Committer
from monitor.fetching.events import Events, Level
from monitor.fetching.ledger import Failure, empty_batch, failed_attempt
from monitor.fetching.schedule import next_wait
from monitor.sources.base import Batch, NoKey, OverBudget, Part, Source, SourceError

if TYPE_CHECKING:
    from monitor.http import Client

LONGEST_POLL = 600.0
"""Seconds after which a poll that does not end is given up."""

STREAM_BASE, STREAM_LIMIT = 1.0, 60.0
POLL_BASE, POLL_LIMIT = 10.0, 1800.0
"""Seconds: the ceiling of the first wait after a failure, and of any."""


class Surroundings(NamedTuple):
    """What all readings share."""

    client: Client
    committer: Committer
    cursor: Callable[[str, str], str | None]
    """The cursor in the store, by source and part."""
    clock: Callable[[], int]
    randomness: random.Random
    events: Events


class Trouble(NamedTuple):
    """What went wrong with the last attempt."""

    outcome: Failure
    message: str
    """For a person."""


class Reading:
    """One part of one source: polls it or follows it, and waits in between."""

    def __init__(
        self,
        source: Source,
        part: Part,
        around: Surroundings,
        gate: AbstractAsyncContextManager[object],
        *,
        says_failures: bool = True,
    ) -> None:
        """Set up.

        Args:
            source: The reader.
            part: What to read of it.
            around: What all readings share.
            gate: Limits how many polls of this source run at the same time; a stream does not pass through it.
            says_failures: Whether to log them; else somebody else does, from `trouble`.
        """
        self.part = part
        self._source = source
        self._around = around
        self._gate = nullcontext() if part.streaming else gate
        base, limit = (STREAM_BASE, STREAM_LIMIT) if part.streaming else (POLL_BASE, max(POLL_LIMIT, part.interval))
        self._backoff = Backoff(around.randomness, base=base, limit=limit)
        self._cursor: str | None = None
        self._says_failures = says_failures
        self._said: Trouble | None = None
        self.trouble: Trouble | None = None
        """Why the last attempt failed; None where it did not."""
        self.delivered = 0
        """Batches that came so far."""

    @property
    def stuck(self) -> bool:
        """Whether it waits for a change by a person, such as another key or a higher ceiling."""
        return self._backoff.permanent or (self.trouble is not None and self.trouble.outcome == "over-budget")

    async def run(self, first_wait: float = 0.0) -> None:
        """Read until cancelled."""
        wait = first_wait
        while True:
            await asyncio.sleep(wait)
            wait = await self.attempt()

    async def attempt(self, enough: Callable[[Batch], bool] = lambda batch: False) -> float:
        """One poll, or a stream until it ends, breaks or gave enough.

        Returns:
            Seconds to wait before the next one. Whether this one failed is in `failures`.
        """
        try:
            asked = await self._read(enough)
        except SourceError as error:
            return await self.fail(str(error), error.retry_after, error.permanent, _outcome(error))
        except TimeoutError:
            return await self.fail("the source did not answer in time")
        except BatchError as error:
            return await self.fail(f"the source does not work: {error}")
        except Exception as error:
            where = _place(error)
            return await self.fail(f"the source does not work ({type(error).__name__} in {where})")
        self._succeeded()
        return next_wait(self.part, asked, self._around.randomness)

    @property
    def failures(self) -> int:
        """How many attempts failed in a row."""
        return self._backoff.failures

    async def _read(self, enough: Callable[[Batch], bool]) -> float | None:
        """Deliver what comes; gives the longest wait that the source asked for."""
        around, part = self._around, self.part
        asked: float | None = None
        given = 0
        async with self._gate, asyncio.timeout(None if part.streaming else LONGEST_POLL):
            cursor = self._cursor or around.cursor(part.source, part.name)
            async with _closing(self._source.fetch(around.client, part, cursor, around.clock())) as batches:
                async for batch in batches:
                    given += 1
                    await self._deliver(batch)
                    if batch.next_poll is not None:
                        asked = max(asked or 0.0, batch.next_poll)
                    if enough(batch):
                        break
            if not given and not part.streaming:
                await self._deliver(empty_batch())
        return asked

    async def _deliver(self, batch: Batch) -> None:
        receipt = await self._around.committer.deliver(self.part, batch)
        self.delivered += 1
        self._cursor = batch.cursor or self._cursor
        if self.part.streaming:
            self._succeeded()
        self._around.events.event(
            "batch",
            "debug",
            source=self.part.source,
            part=self.part.name,
            read=max(batch.read, len(batch.posts)),
            kept=receipt.kept,
            let_go=receipt.let_go,
            deletions=len(batch.deletions) or None,
            damaged=batch.damaged or None,
        )
        if batch.missed is not None:
            seconds = (batch.missed[1] - batch.missed[0]) // 1000
            self._say("missed", "warning", seconds=seconds)

    async def fail(
        self, message: str, retry_after: float | None = None, permanent: bool = False, outcome: Failure = "failed"
    ) -> float:
        """Note that an attempt failed, and why; gives the seconds to wait before the next one."""
        self.trouble = Trouble(outcome, message)
        wait = self._backoff.failed(retry_after=retry_after, permanent=permanent)
        if self.part.streaming:
            wait = max(wait, next_wait(self.part, None, self._around.randomness))
        if self._says_failures and self.trouble != self._said:
            self._said = self.trouble
            self._say(outcome, "warning", message=message, retry_in=round(wait, 1))
        try:
            await self._around.committer.note(failed_attempt(self.part, message, self._around.clock(), outcome))
        except Exception as error:
            self._say("not-noted", "error", error=type(error).__name__)
        return wait

    def _succeeded(self) -> None:
        self._backoff.succeeded()
        self.trouble = None
        if self._said is not None:
            self._said = None
            self._say("recovered", "info")

    def _say(self, event: str, level: Level, **fields: object) -> None:
        self._around.events.event(event, level, source=self.part.source, part=self.part.name, **fields)


@asynccontextmanager
async def _closing(batches: AsyncIterator[Batch]) -> AsyncIterator[AsyncIterator[Batch]]:
    """End a reading at once where it is not read to its end, so that connections are closed."""
    try:
        yield batches
    finally:
        close = getattr(batches, "aclose", None)
        if close is not None:
            await close()


def _outcome(error: SourceError) -> Failure:
    if isinstance(error, NoKey):
        return "no-key"
    return "over-budget" if isinstance(error, OverBudget) else "failed"


def _place(error: Exception) -> str:
    """File and line where an exception came from; its message is left out, as it may hold anything."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
