"""How long it takes to read many feeds again that did not change, each from a host of its own that answers at once.

    python -m tests.bench.feeds [FEEDS]

Everything between the configuration and the store is real: parts, gates, pace, conditional requests, ledger. They are
read once by `monitor fetch --once`'s own means, again at once, and again as `monitor fetch` begins, which spreads them.
"""

from __future__ import annotations

import asyncio
import io
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from monitor import config
from monitor.fetching.batch_writer import BatchWriter
from monitor.fetching.committer import Committer
from monitor.fetching.events import Events
from monitor.fetching.plan import Plan, make_plan
from monitor.fetching.reading import Surroundings
from monitor.fetching.runner import Runner
from monitor.fetching.service import store_cursor
from monitor.http import Client
from monitor.ingest import Ingester
from monitor.records import Beats
from monitor.sources.base import SourceSettings
from monitor.sources.news import News
from monitor.store.reader import open_reader
from monitor.store.writer import Writer
from tests.bench.feed_hosts import serving


def now() -> int:
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def fetching(store: Path, beats: Beats, plan: Plan) -> AsyncIterator[Runner]:
    """The rooms of `monitor fetch` over a store, without the process around them."""
    events = Events(io.StringIO(), now)

    def open_writer() -> BatchWriter:
        ingester = Ingester(beats, None)
        writer = BatchWriter(Writer(store), ingester, events)
        writer.set_beats(beats, ingester, now())
        writer.register(plan.registrations)
        return writer

    committer = Committer(open_writer, now, events)
    writing = asyncio.create_task(committer.run())
    await committer.opened()
    async with Client() as client:
        around = Surroundings(
            client, committer, lambda source, part: store_cursor(store, source, part), now, random.Random(1), events
        )
        runner = Runner({"news": News()}, around)
        yield runner
        await runner.stop()
    await committer.stop()
    await writing


def attempts(store: Path, since: int) -> int:
    """Parts that were read since an instant, as the ledger has it."""
    with open_reader(store) as reader:
        return len({row.part for row in reader.ledger(since=since, limit=100_000) if row.outcome == "ok"})


async def read_once(store: Path, beats: Beats, plan: Plan) -> tuple[float, float]:
    """Wall and processor seconds of reading every part once."""
    started, cpu = time.perf_counter(), time.process_time()
    async with fetching(store, beats, plan) as runner:
        assert await runner.once(plan) == {"news"}
    return time.perf_counter() - started, time.process_time() - cpu


async def begin(store: Path, beats: Beats, plan: Plan) -> float:
    """Seconds from the start until every part has been read, as `monitor fetch` begins."""
    started = time.perf_counter()
    async with fetching(store, beats, plan) as runner:
        await runner.follow(plan)
        while runner.delivered < len(plan.parts["news"]):  # noqa: ASYNC110 - nobody says when it is so
            await asyncio.sleep(0.05)
        return time.perf_counter() - started


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    beats = config.load(None).beats
    with serving(count) as addresses, tempfile.TemporaryDirectory() as folder:
        options = {"feeds": addresses, "use_shipped_feeds": False, "google_news": False}
        plan = make_plan({"news": News()}, beats, lambda source: SourceSettings(True, options))
        assert len(plan.parts["news"]) == count
        store = Path(folder) / "monitor.db"
        first, first_cpu = asyncio.run(read_once(store, beats, plan))
        since = now()
        again, again_cpu = asyncio.run(read_once(store, beats, plan))
        read = attempts(store, since)
        spread = asyncio.run(begin(store, beats, plan))
    print(
        f"{read} of {count} feeds: first read {first:.1f} s ({first_cpu:.1f} s of processor); "
        f"again, unchanged, {again:.2f} s ({again_cpu:.2f} s of processor); "
        f"again from the start of the fetchers {spread:.1f} s"
    )


if __name__ == "__main__":
    main()
