"""A store, a clock and a source that does what a test says; everything else is real."""

from __future__ import annotations

import io
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from monitor.fetching.batch_writer import BatchWriter
from monitor.fetching.events import Events
from monitor.fetching.reading import Surroundings
from monitor.http import Client
from monitor.ingest import Ingester
from monitor.records import Beat, Beats, Post, Rule
from monitor.sources.base import Batch, Part, SourceSettings
from monitor.store.reader import Reader, open_reader
from monitor.store.registry import SourceRegistration
from monitor.store.writer import Writer

NOW = 1_795_262_400_000

BEATS = Beats(
    (
        Beat("open-source-ai", "Open Source AI", "Technical", Rule(any=("open weights",))),
        Beat("general", "General", "General", Rule()),
    ),
    Rule(any=("artificial intelligence",)),
)


def post(number: int | str, text: str = "new open weights", source: str = "scripted") -> Post:
    return Post(source, str(number), f"{text} {number}", NOW - 1000, NOW)


def batch(*posts: Post, cursor: str | None = None, **others: Any) -> Batch:
    return Batch(posts, cursor, others.pop("covered", (NOW - 2000, NOW)), **others)


class Scripted:
    """A source whose answers come from a function: part and cursor to batches, or an exception."""

    options = ()

    def __init__(
        self,
        script: Callable[[Part, str | None], AsyncIterator[Batch]],
        parts: Sequence[Part] | Exception = (),
        slug: str = "scripted",
    ) -> None:
        self.slug = slug
        self.name = slug.title()
        self.script = script
        self.named = parts

    def parts(self, settings: SourceSettings, beats: Sequence[Beat]) -> Sequence[Part]:
        if isinstance(self.named, Exception):
            raise self.named
        return self.named

    def fetch(self, client: Client, part: Part, cursor: str | None, now: int) -> AsyncIterator[Batch]:
        return self.script(part, cursor)


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """Wait, for a bounded time, until a condition gives something true, and give that back."""

    def wait(condition: Callable[[], Any], timeout: float = 30.0) -> Any:
        deadline = time.monotonic() + timeout
        while True:
            result = condition()
            if result:
                return result
            assert time.monotonic() < deadline, f"did not come true within {timeout} seconds"
            time.sleep(0.01)

    return wait


@pytest.fixture
def until() -> Callable[..., Awaitable[Any]]:
    """The same inside an event loop."""
    import asyncio

    async def wait(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
        async with asyncio.timeout(seconds):
            while not (result := condition()):  # noqa: ASYNC110 - the condition may lie outside the loop
                await asyncio.sleep(0.005)
            return result

    return wait


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def events(log: io.StringIO) -> Events:
    return Events(log, lambda: NOW, "debug")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "monitor.db"


@pytest.fixture
def batch_writer(store: Path, events: Events) -> Callable[..., BatchWriter]:
    def make(detect: Callable[[str], str | None] = lambda text: "en") -> BatchWriter:
        ingester = Ingester(BEATS, None, detect)
        writer = BatchWriter(Writer(store), ingester, events)
        writer.set_beats(BEATS, ingester, NOW)
        writer.register([SourceRegistration("scripted", "Scripted", 60.0)])
        return writer

    return make


@pytest.fixture
def reader(store: Path) -> Iterator[Callable[[], Reader]]:
    opened: list[Reader] = []

    def make() -> Reader:
        opened.append(open_reader(store))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


@pytest.fixture
def surroundings(store: Path, events: Events) -> Callable[..., Surroundings]:
    from monitor.fetching.service import store_cursor

    def make(committer: Any) -> Surroundings:
        return Surroundings(
            client=Client(),
            committer=committer,
            cursor=lambda source, part: store_cursor(store, source, part),
            clock=lambda: NOW,
            randomness=random.Random(7),
            events=events,
        )

    return make


@pytest.fixture(name="post")
def _post() -> Callable[..., Post]:
    return post


@pytest.fixture(name="batch")
def _batch() -> Callable[..., Batch]:
    return batch


@pytest.fixture
def scripted() -> type[Scripted]:
    return Scripted


@pytest.fixture
def now() -> int:
    return NOW


@pytest.fixture
def beats() -> Beats:
    return BEATS
