from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from monitor.fetching import committer as module
from monitor.fetching.batch_writer import BatchWriter
from monitor.fetching.checks import BatchError
from monitor.fetching.committer import Committer
from monitor.fetching.events import Events
from monitor.fetching.ledger import failed_attempt
from monitor.records import PostQuery
from monitor.sources.base import Part
from monitor.store.errors import StoreError

PART = Part("scripted", "a", 60.0)

Running = Callable[..., Any]


@pytest.fixture
def running(batch_writer: Any, events: Events, now: int) -> Running:
    @asynccontextmanager
    async def run(open_writer: Callable[[], BatchWriter] = batch_writer) -> AsyncIterator[Committer]:
        committer = Committer(open_writer, lambda: now, events)
        task = asyncio.create_task(committer.run())
        yield committer
        await committer.stop()
        await task

    return run


def stored(reader: Any) -> set[str]:
    return {row.post.native_id for row in reader().posts(PostQuery(limit=10_000))}


async def test_a_delivered_batch_is_in_the_store(running: Running, reader: Any, post: Any, batch: Any) -> None:
    async with running() as committer:
        assert await committer.deliver(PART, batch(post(1), post(2, "the weather"), cursor="c")) == (1, 1)
        assert stored(reader) == {"1"}
        assert (committer.kept, committer.let_go) == (1, 1)


async def test_batches_of_several_parts_share_a_transaction(
    running: Running, reader: Any, post: Any, batch: Any
) -> None:
    parts = [Part("scripted", f"part {number}", 60.0) for number in range(20)]
    async with running() as committer:
        await committer.opened()
        watch = reader()
        versions = {watch.data_version()}
        waiting = [asyncio.create_task(committer.deliver(part, batch(post(part.name), cursor="c"))) for part in parts]
        for task in asyncio.as_completed(waiting):
            await task
            versions.add(watch.data_version())
    assert len(stored(reader)) == 20
    assert len(versions) < 10


async def test_no_more_than_the_queue_holds_waits_in_memory(
    running: Running, batch_writer: Any, post: Any, batch: Any
) -> None:
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly() -> BatchWriter:
        asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()
        writer: BatchWriter = batch_writer()
        return writer

    async with running(slowly) as committer:
        waiting = [asyncio.create_task(committer.deliver(PART, batch(post(number)))) for number in range(100)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert committer.waiting == module.QUEUE
        gate.set()
        await asyncio.gather(*waiting)


async def test_what_was_handed_over_before_the_stop_is_committed(
    running: Running, reader: Any, post: Any, batch: Any
) -> None:
    async with running() as committer:
        waiting = [asyncio.create_task(committer.deliver(PART, batch(post(number)))) for number in range(10)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
    assert stored(reader) == {str(number) for number in range(10)}


async def test_a_quiet_batch_is_held_back_but_not_over_the_stop(
    running: Running, reader: Any, post: Any, batch: Any
) -> None:
    async with running() as committer:
        await committer.deliver(PART, batch(post(1, "the weather"), cursor="c1"))
        assert reader().cursor("scripted", "a") is None
    assert reader().cursor("scripted", "a") == "c1"


async def test_a_quiet_batch_is_not_held_back_for_long(
    running: Running, reader: Any, batch: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HOLD", 0.05)
    async with running() as committer:
        await committer.deliver(PART, batch(cursor="c1"))
        await until(lambda: reader().cursor("scripted", "a") == "c1")


async def test_a_batch_that_is_none_harms_only_itself(running: Running, reader: Any, post: Any, batch: Any) -> None:
    async with running() as committer:
        *errors, good = await asyncio.gather(
            *(committer.deliver(PART, each) for each in [None, batch(post(1)._replace(text=None)), batch(post(1))]),
            return_exceptions=True,
        )
        assert all(isinstance(error, BatchError) for error in errors)
        assert good == (1, 0)
    assert stored(reader) == {"1"}


async def test_a_failed_attempt_is_noted(running: Running, reader: Any, now: int) -> None:
    async with running() as committer:
        await committer.note(failed_attempt(PART, "no answer\x1b[2J https://user:pw@host/?key=abc", now))
    (row,) = reader().ledger(since=0)
    assert (row.outcome, row.message) == ("failed", "no answer [2J https://…@host/?key=…")


async def test_it_waits_while_another_process_writes(
    running: Running, reader: Any, post: Any, batch: Any, store: Path
) -> None:
    async with running() as committer:
        await committer.opened()
        other = sqlite3.connect(store, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        delivery = asyncio.create_task(committer.deliver(PART, batch(post(1))))
        done, _ = await asyncio.wait({delivery}, timeout=0.3)
        assert not done
        other.execute("COMMIT")
        other.close()
        assert await delivery == (1, 0)
    assert stored(reader) == {"1"}


@pytest.fixture
def damaged(store: Path) -> None:
    store.write_bytes(b"this is no database, and longer than a header would be" * 20)


@pytest.mark.usefixtures("damaged")
async def test_a_store_that_cannot_be_written_ends_it_and_leaves_nobody_waiting(
    batch_writer: Any, events: Events, post: Any, batch: Any, now: int
) -> None:
    committer = Committer(batch_writer, lambda: now, events)
    delivery = asyncio.create_task(committer.deliver(PART, batch(post(1))))
    await asyncio.sleep(0)
    with pytest.raises(StoreError, match="not usable as a store"):
        await committer.run()
    with pytest.raises(asyncio.CancelledError):
        await delivery
