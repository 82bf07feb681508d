"""Posts a second on one core, from the frames of Jetstream to the committed post, everything on.

    python -m tests.bench.jetstream [FRAMES]

Frames come over a websocket from a server in a process of its own, through the source, the analysis with all shipped
beats and the scorer, into a store. A second of processor time of the fetching process, all its threads together, is a
second of one core.
"""

from __future__ import annotations

import asyncio
import io
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import NamedTuple

from monitor import config
from monitor.fetching.batch_writer import BatchWriter
from monitor.fetching.committer import Committer
from monitor.fetching.events import Events
from monitor.http import Client
from monitor.ingest import Ingester
from monitor.sources.base import Part
from monitor.sources.bluesky import Bluesky
from monitor.store.registry import SourceRegistration
from monitor.store.writer import Writer
from monitor.text.sentiment import Scorer
from tests.bench.jetstream_frames import frames

MIXES = (0.03, 1.0)
"""Shares of posts about the field: about what the network has, and nothing else."""


class Run(NamedTuple):
    posts: int
    kept: int
    wall: float
    processor: float


def now() -> int:
    return time.time_ns() // 1_000_000


async def _serve(count: int, about: float) -> None:
    from websockets.asyncio.server import ServerConnection, serve

    start_us = time.time_ns() // 1000 - count * 20_000 - 60_000_000
    made = list(frames(count, about, start_us, random.Random(3)))

    async def send(connection: ServerConnection) -> None:
        for frame in made:
            await connection.send(frame, text=True)

    async with serve(send, "127.0.0.1", 0, compression=None) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextmanager
def serving(count: int, about: float) -> Iterator[str]:
    """The address of a stream of so many frames, which ends after them."""
    command = [sys.executable, "-m", "tests.bench.jetstream", "serve", str(count), str(about)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        try:
            yield f"ws://127.0.0.1:{port}/subscribe"
        finally:
            process.kill()


async def collect(address: str, store: Path) -> Run:
    """Read a stream to its end into a store."""
    events = Events(io.StringIO(), now)
    beats = config.load(None).beats
    part = Part("bluesky", "posts", 5.0, streaming=True, addresses=(address,))

    def open_writer() -> BatchWriter:
        ingester = Ingester(beats, Scorer())
        writer = BatchWriter(Writer(store), ingester, events)
        writer.set_beats(beats, ingester, now())
        writer.register([SourceRegistration("bluesky", "Bluesky", 60.0)])
        return writer

    committer = Committer(open_writer, now, events)
    writing = asyncio.create_task(committer.run())
    await committer.opened()
    async with Client() as client:
        started, processor = time.perf_counter(), time.process_time()
        async with aclosing(Bluesky().fetch(client, part, None, now())) as batches:
            async for batch in batches:
                await committer.deliver(part, batch)
        wall, processor = time.perf_counter() - started, time.process_time() - processor
    await committer.stop()
    await writing
    return Run(committer.kept + committer.let_go, committer.kept, wall, processor)


def main() -> None:
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(_serve(int(sys.argv[2]), float(sys.argv[3])))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for about in MIXES:
        with serving(count, about) as address, tempfile.TemporaryDirectory() as folder:
            run = asyncio.run(collect(address, Path(folder) / "monitor.db"))
        print(
            f"{run.posts:,} posts of {count:,} frames, {run.kept / run.posts:.1%} kept: "
            f"{run.posts / run.processor:,.0f} posts in a second of processor time, "
            f"{run.posts / run.wall:,.0f} in one of wall time"
        )


if __name__ == "__main__":
    main()
