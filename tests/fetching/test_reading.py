from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from monitor.fetching import reading as module
from monitor.fetching.backoff import PERMANENT
from monitor.fetching.committer import Committer
from monitor.fetching.events import Events
from monitor.fetching.reading import Reading
from monitor.sources.base import Batch, NoKey, OverBudget, Part, SourceError

POLL = Part("scripted", "a", 600.0)
STREAM = Part("scripted", "stream", 5.0, streaming=True)

Script = Callable[[Part, "str | None"], AsyncIterator[Batch]]


@pytest.fixture
def read(batch_writer: Any, events: Events, surroundings: Any, scripted: Any, now: int) -> Callable[..., Any]:
    @asynccontextmanager
    async def begin(script: Script, part: Part = POLL) -> AsyncIterator[Reading]:
        committer = Committer(batch_writer, lambda: now, events)
        task = asyncio.create_task(committer.run())
        await committer.opened()
        yield Reading(scripted(script), part, surroundings(committer), asyncio.Semaphore(1))
        await committer.stop()
        await task

    return begin


def failing(*errors: Exception) -> Script:
    remaining = list(errors)

    async def script(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        raise remaining.pop(0) if len(remaining) > 1 else remaining[0]
        yield

    return script


async def test_a_poll_goes_on_from_the_cursor_of_the_last(read: Any, post: Any, batch: Any, reader: Any) -> None:
    cursors = []

    async def script(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        cursors.append(cursor)
        yield batch(post(1), cursor="c1")
        yield batch(post(2), cursor="c2")

    async with read(script) as reading:
        wait = await reading.attempt()
        await reading.attempt()
    assert cursors == [None, "c2"]
    assert 540 <= wait <= 660
    assert reader().cursor("scripted", "a") == "c2"
    async with read(script) as later:
        await later.attempt()
    assert cursors[-1] == "c2", "another process goes on where this one ended"


async def test_a_poll_that_gives_nothing_is_a_success_in_the_ledger(read: Any, reader: Any) -> None:
    async def script(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        return
        yield

    async with read(script) as reading:
        await reading.attempt()
    (row,) = reader().ledger(since=0)
    assert (row.outcome, row.read) == ("ok", 0)


async def test_a_longer_rest_that_the_source_asks_for_is_given(read: Any, batch: Any) -> None:
    async def script(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        yield batch(next_poll=7200.0)

    async with read(script) as reading:
        assert await reading.attempt() >= 7200


async def test_an_error_of_the_source_is_noted_and_waited_out(read: Any, reader: Any, log: Any) -> None:
    async with read(failing(SourceError("The host did not answer.", retry_after=900.0))) as reading:
        assert await reading.attempt() >= 900
        assert reading.failures == 1
        assert not reading.stuck
    (row,) = reader().ledger(since=0)
    assert (row.outcome, row.message) == ("failed", "The host did not answer.")
    assert "event=failed source=scripted part=a" in log.getvalue()


async def test_a_permanent_error_waits_for_a_person(read: Any) -> None:
    async with read(failing(SourceError("The key is wrong.", permanent=True))) as reading:
        assert await reading.attempt() >= PERMANENT
        assert reading.stuck


async def test_a_bug_in_a_source_is_noted_without_what_it_may_tell(read: Any, reader: Any, log: Any) -> None:
    async with read(failing(ZeroDivisionError("s3cr3t"))) as reading:
        for _ in range(5):
            await reading.attempt()
        assert reading.failures == 5
    (row,) = reader().ledger(since=0)
    assert row.attempts == 5
    assert "ZeroDivisionError in test_reading.py:" in row.message
    assert log.getvalue().count("event=failed") == 1, "the same trouble is said once"
    assert "s3cr3t" not in log.getvalue() + row.message


async def test_a_recovery_is_said_and_starts_the_waits_anew(read: Any, batch: Any, log: Any) -> None:
    outcomes = [SourceError("no"), SourceError("no"), None]

    async def script(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome
        yield batch()

    async with read(script) as reading:
        for _ in range(3):
            await reading.attempt()
        assert reading.failures == 0
    assert log.getvalue().count("event=recovered") == 1


async def test_a_poll_that_never_ends_is_given_up(read: Any, reader: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_POLL", 0.05)
    closed = []

    async def script(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        try:
            await asyncio.Event().wait()
        finally:
            closed.append(True)
        yield

    async with read(script) as reading:
        await reading.attempt()
        assert reading.failures == 1
    assert closed == [True]
    assert reader().ledger(since=0)[0].outcome == "failed"


async def test_what_came_before_an_error_stays(read: Any, post: Any, batch: Any, reader: Any) -> None:
    async def script(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        yield batch(post(1), cursor="c1")
        raise SourceError("The connection broke off.")

    async with read(script, STREAM) as reading:
        wait = await reading.attempt()
    assert reader().cursor("scripted", "stream") == "c1"
    assert wait >= 4.5, "a stream is not taken up again faster than it wants"


async def test_a_stream_that_lives_starts_the_waits_anew(read: Any, post: Any, batch: Any) -> None:
    lives = iter(range(1000))

    async def script(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        if next(lives) < 10:
            raise SourceError("no")
        yield batch(post(1), cursor="c1")
        raise SourceError("The connection broke off.")

    async with read(script, STREAM) as reading:
        for _ in range(10):
            await reading.attempt()
        assert reading.failures == 10
        await reading.attempt()
        assert reading.failures == 1


async def test_only_so_many_polls_of_a_source_run_at_once(read: Any, batch: Any) -> None:
    running = most = 0

    async def script(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        yield batch()

    async with read(script) as reading:
        await asyncio.gather(*(reading.attempt() for _ in range(8)))
    assert most == 1


async def test_the_end_closes_the_source(read: Any, batch: Any, until: Any) -> None:
    closed = []

    async def script(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        try:
            while True:
                yield batch()
                await asyncio.sleep(0)
        finally:
            closed.append(True)

    async with read(script, STREAM) as reading:
        task = asyncio.create_task(reading.run())
        await until(lambda: reading.delivered >= 3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert closed == [True]


async def test_a_key_that_is_refused_has_an_outcome_of_its_own(read: Any, reader: Any, log: Any) -> None:
    async with read(failing(NoKey("The key is refused."))) as reading:
        assert await reading.attempt() >= PERMANENT
        assert reading.stuck
        assert reading.trouble == ("no-key", "The key is refused.")
    (row,) = reader().ledger(since=0)
    assert (row.outcome, row.message) == ("no-key", "The key is refused.")
    assert "event=no-key source=scripted part=a" in log.getvalue()


async def test_a_ceiling_that_is_reached_is_waited_out_or_raised_by_a_person(read: Any, reader: Any) -> None:
    days = 20 * 86_400.0
    async with read(failing(OverBudget("The month is used up.", retry_after=days))) as reading:
        assert days <= await reading.attempt() < days + 60
        assert reading.stuck
    (row,) = reader().ledger(since=0)
    assert (row.outcome, row.message) == ("over-budget", "The month is used up.")


async def test_another_outcome_with_the_same_words_is_said_again(read: Any, log: Any) -> None:
    async with read(failing(SourceError("No."), NoKey("No."), NoKey("No."))) as reading:
        for _ in range(3):
            await reading.attempt()
    assert (log.getvalue().count("event=failed"), log.getvalue().count("event=no-key")) == (1, 1)


async def test_nothing_is_stuck_after_a_success(read: Any, batch: Any) -> None:
    outcomes: list[Exception | None] = [OverBudget("Full.", retry_after=60.0), None]

    async def script(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome
        yield batch()

    async with read(script) as reading:
        await reading.attempt()
        assert reading.stuck
        await reading.attempt()
        assert (reading.stuck, reading.trouble) == (False, None)
