"""The fetchers as a process runs them, beside servers of the test, in one loop of virtual time."""

from __future__ import annotations

import asyncio
import io
import os
import random
import sys
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from monitor.config import load
from monitor.fetching.events import Events, Level
from monitor.fetching.lease import Lease
from monitor.fetching.service import Service, Setting, sources_read, store_cursor
from monitor.fetching.signals import Requests
from monitor.instants import SECOND, parse
from monitor.sources.registry import load_sources
from monitor.store.reader import open_reader
from monitor.store.writer import Writer
from tests.e2e.virtual_time import VirtualLoop

START = parse("2026-11-19T10:00:00Z")


class World(NamedTuple):
    """What the fetchers and the servers share."""

    loop: VirtualLoop
    store: Path
    log: io.StringIO

    def now(self) -> int:
        return START + int(self.loop.time() * SECOND)


def setting(world: World, config: Path, requests: Requests, level: Level, signals: bool) -> Setting:
    lease = Lease(world.store)
    assert lease.try_acquire("test")
    return Setting(
        lease=lease,
        sources=load_sources(),
        load=lambda: load(config),
        open_writer=partial(Writer, world.store),
        cursor=partial(store_cursor, world.store),
        read_before=lambda: sources_read(world.store, world.now()),
        requests=requests,
        events=Events(world.log, world.now, level, False),
        clock=world.now,
        randomness=random.Random(1),
        open_reader=partial(open_reader, world.store) if signals else None,
    )


async def live(
    world: World,
    config: Path,
    script: Coroutine[Any, Any, object],
    *,
    level: Level = "debug",
    signals: bool = False,
) -> None:
    """Run the fetchers, with the search for signals or without, while a script runs, and end them after it."""
    requests = Requests(hangup_ends=True)
    service = Service(setting(world, config, requests, level, signals), load(config))
    running = asyncio.create_task(service.run(once=False))
    await script
    requests.end(0)
    assert await running == 0


def memory() -> float:
    """The memory that this process has now, in MB; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0.0
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def close(loop: VirtualLoop) -> None:
    """End a loop in good order."""
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(loop.shutdown_default_executor())
    asyncio.set_event_loop(None)
    loop.close()
