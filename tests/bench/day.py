"""A day of the stream at a hundred events a second, in a time that runs as fast as the work allows: is anything lost?

    python -m tests.bench.day [HOURS]

Three in a hundred posts are about the field, as on the network; the others are counted in the ledger and let go. Once
an hour the host hangs up, and the stream is taken up again some seconds before. The server is in the same process.
"""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
import time
from pathlib import Path

from monitor.instants import HOUR
from monitor.store.reader import open_reader
from monitor.store.recount import check_integrity, recount
from tests.e2e.a_day import CONFIG, Tally, tally
from tests.e2e.firehose import Firehose
from tests.e2e.virtual_time import VirtualLoop
from tests.e2e.world import START, World, close, live, memory


async def follow(world: World, firehose: Firehose, hours: float) -> None:
    """Let the stream flow, and tell each hour how much memory there is."""
    started = time.perf_counter()
    await asyncio.sleep(10)
    while (left := START + hours * HOUR - world.now()) > 0:
        await asyncio.sleep(min(3600.0, left / 1000))
        size = sum(file.stat().st_size for file in world.store.parent.glob("monitor.db*")) / 1e6
        passed = (world.now() - START) / HOUR
        said = f"  after {passed:5.2f} h: {memory():4.0f} MB of memory, {size:5.0f} MB of files"
        print(f"{said}, {time.perf_counter() - started:6.0f} s", flush=True)
    firehose.end()
    await asyncio.sleep(90)


def main() -> None:
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else 24.0
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as folder:
        world = World(loop, Path(folder) / "monitor.db", io.StringIO())
        firehose = Firehose(world.now, 3600.0)
        loop.run_until_complete(firehose.start())
        config = Path(folder) / "config.toml"
        config.write_text(CONFIG.format(endpoint=firehose.endpoint))
        started, worked = time.perf_counter(), time.process_time()
        script = follow(world, firehose, hours)
        loop.run_until_complete(live(world, config, script, level="info", signals=True))
        took, work = time.perf_counter() - started, time.process_time() - worked
        with open_reader(world.store) as reader:
            counted: Tally = tally(reader, firehose)
        print(f"{hours:g} h, {took:,.0f} s of wall time, {work:,.0f} s of processor time")
        for name, value in counted._asdict().items():
            print(f"  {name.replace('_', ' ')}: {value:,}")
        print("nothing is lost" if counted.is_whole else "SOMETHING IS LOST")
        print("rollups agree with a recount" if not recount(world.store) else "ROLLUPS DISAGREE")
        print("the file is sound" if not check_integrity(world.store) else "THE FILE IS DAMAGED")
        firehose.stop()
        close(loop)


if __name__ == "__main__":
    main()
