"""Looking for signals beside a running committer."""

from __future__ import annotations

import asyncio
import io
import shutil
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from monitor.fetching.batch_writer import BatchWriter
from monitor.fetching.committer import Committer
from monitor.fetching.detection import Detection
from monitor.fetching.events import Events
from monitor.ingest import Ingester
from monitor.instants import HOUR, MINUTE
from monitor.sources.base import Part
from monitor.store.reader import Reader, open_reader
from monitor.store.writer import Writer
from tests.detecting.stores import END, SPIKE, START, covered, steady, stored, write
from tests.store.factories import BEATS

PART = Part("scripted", "a", 60.0)

Looking = Callable[..., Any]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("detection") / "store.db"
    posts = [*steady((START, END), 2, first=1), *steady((SPIKE, SPIKE + HOUR), 16, first=200_000)]
    write(path, posts, covered("bluesky"))
    return path


@pytest.fixture
def store(base: Path, tmp_path: Path) -> Path:
    path = tmp_path / "monitor.db"
    shutil.copyfile(base, path)
    with Writer(path) as writer:
        writer.put_signals([], SPIKE)
    return path


@pytest.fixture
def looking(store: Path, events: Events) -> Looking:
    @asynccontextmanager
    async def run(
        opener: Callable[[], Reader] | None = None, clock: Callable[[], int] = lambda: END
    ) -> AsyncIterator[tuple[Committer, Detection]]:
        def open_writer() -> BatchWriter:
            return BatchWriter(Writer(store), Ingester(BEATS, None), events)

        committer = Committer(open_writer, clock, events)
        writing = asyncio.create_task(committer.run())
        detection = Detection(opener or partial(open_reader, store), committer, clock, events)
        yield committer, detection
        detection.close()
        await committer.stop()
        await writing

    return run


async def test_what_is_found_is_in_the_store_once(looking: Looking, store: Path) -> None:
    async with looking() as (_, detection):
        await detection.look()
        await detection.look()
    (signal,) = stored(store)
    assert signal.kind == "volume"
    assert SPIKE < signal.opened_at <= SPIKE + 30 * MINUTE
    with open_reader(store) as reader:
        assert reader.signal_data().watched_until() == END


async def test_posts_are_committed_while_the_detectors_learn(
    looking: Looking, store: Path, post: Any, batch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    learning, go_on = threading.Event(), threading.Event()

    def rest(self: Detection) -> None:
        learning.set()
        assert go_on.wait(30)

    monkeypatch.setattr(Detection, "_rest", rest)
    async with looking() as (committer, detection):
        look = asyncio.create_task(detection.look())
        assert await asyncio.to_thread(learning.wait, 30)
        assert (await committer.deliver(PART, batch(post(1, "open weights")))).kept == 1
        assert not look.done()
        go_on.set()
        await look
    assert [signal.kind for signal in stored(store)] == ["volume"]


async def test_learning_is_left_when_the_program_ends(looking: Looking, store: Path) -> None:
    async with looking() as (_, detection):
        look = asyncio.create_task(detection.look(60.0))
        await asyncio.sleep(0)
        look.cancel()
        await asyncio.gather(look, return_exceptions=True)
    assert stored(store) == ()


async def test_trouble_is_said_and_the_next_look_goes_on(looking: Looking, store: Path, log: io.StringIO) -> None:
    readers = iter([partial(open_reader, store.with_name("gone.db")), partial(open_reader, store)])
    async with looking(lambda: next(readers)()) as (_, detection):
        await detection.look()
        assert "event=signals error=StoreMissing" in log.getvalue()
        await detection.look()
    assert len(stored(store)) == 1


async def test_nothing_new_is_not_written(looking: Looking, store: Path) -> None:
    async with looking() as (_, detection):
        await detection.look()
        with open_reader(store) as reader:
            before = reader.data_version()
            await detection.look()
            assert reader.data_version() == before
