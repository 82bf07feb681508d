"""A part of the day of `tests/bench/day.py`: a hundred events a second, and a host that hangs up."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store.reader import open_reader
from monitor.store.recount import recount
from tests.e2e.a_day import CONFIG, tally
from tests.e2e.firehose import RATE, Firehose
from tests.e2e.virtual_time import VirtualLoop
from tests.e2e.world import World, close, live, memory

SECONDS = 600
HANG_UP_EVERY = 170
MEMORY_MB = 40
"""By how much the process may grow, once a third is read."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    yield World(loop, tmp_path / "monitor.db", io.StringIO())
    close(loop)


def test_of_a_hundred_events_a_second_each_is_kept_or_counted_as_let_go(world: World) -> None:
    firehose = Firehose(world.now, HANG_UP_EVERY)
    world.loop.run_until_complete(firehose.start())
    config = world.store.parent / "config.toml"
    config.write_text(CONFIG.format(endpoint=firehose.endpoint))
    sizes = []

    async def script() -> None:
        for _ in range(3):
            await asyncio.sleep(SECONDS / 3)
            sizes.append(memory())
        firehose.end()
        await asyncio.sleep(90)

    world.loop.run_until_complete(live(world, config, script(), level="info"))
    firehose.stop()
    with open_reader(world.store) as reader:
        found = tally(reader, firehose)
    assert found.is_whole, found
    assert found.offered > (SECONDS - 60) * RATE
    assert found.kept + found.let_go == found.sent_posts
    assert 0.02 < found.kept / found.sent_posts < 0.04
    assert found.connections >= 3
    assert sizes[-1] - sizes[0] < MEMORY_MB
    assert recount(world.store) == []
