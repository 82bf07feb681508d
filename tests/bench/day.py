"""A day of the stream at a hundred posts a second, in a time that runs as fast as the work allows: what is lost of it.

    python -m tests.bench.day [HOURS]

The server is in the same process and costs a good part of the time. A whole day is 8.6 million posts, all of which are
kept; begin with a part of an hour.
"""

from __future__ import annotations

import asyncio
import io
import resource
import sys
import tempfile
import time
from pathlib import Path

from monitor.records import PostQuery
from monitor.store.reader import open_reader
from monitor.store.recount import recount
from tests.e2e.api import Api
from tests.e2e.apis import APIS
from tests.e2e.test_all_sources import World, configure, live
from tests.e2e.virtual_time import VirtualLoop

RATE = 100


def memory() -> float:
    """The most memory that this process had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


async def publish(jetstream: Api, seconds: int) -> None:
    """Publish at the rate, and tell after each quarter of the span how much memory there is."""
    await asyncio.sleep(10)
    for second in range(seconds):
        for number in range(RATE):
            jetstream.publish(1 + second * RATE + number)
        await asyncio.sleep(1)
        if (second + 1) % max(1, seconds // 4) == 0:
            print(f"  after {(second + 1) / 3600:.2f} h: {memory():,.0f} MB at most", flush=True)
    await asyncio.sleep(60)


def main() -> None:
    seconds = round(float(sys.argv[1]) * 3600) if len(sys.argv) > 1 else 24 * 3600
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as folder:
        apis: dict[str, Api] = {}
        world = World(loop, apis, io.StringIO(), Path(folder) / "monitor.db")
        apis.update({api.slug: api(world.now) for api in APIS})
        jetstream = apis["bluesky"]
        started = time.perf_counter()
        loop.run_until_complete(live(world, configure(world, 1.0, "bluesky"), publish(jetstream, seconds)))
        took = time.perf_counter() - started
        with open_reader(world.store) as reader:
            kept = sum(1 for _ in reader.posts(PostQuery(limit=seconds * RATE + 1)))
        offered = len(jetstream.items)
        print(
            f"{offered:,} posts in {seconds / 3600:.2f} h, {offered - kept:,} lost, {took:,.0f} s, {memory():,.0f} MB"
        )
        print("rollups agree with a recount" if not recount(world.store) else "ROLLUPS DISAGREE")
        for api in apis.values():
            loop.run_until_complete(api.stop())


if __name__ == "__main__":
    main()
