"""Days of a paid source under a clock of the test: what it spends, what it samples, and what readers are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest

from monitor.fetching.batch_writer import BatchWriter
from monitor.fetching.committer import Committer
from monitor.fetching.events import Events
from monitor.fetching.governor import Governor
from monitor.fetching.plan import Plan, make_plan
from monitor.fetching.reading import Surroundings
from monitor.fetching.runner import Runner
from monitor.http import Client
from monitor.instants import DAY, HOUR, MINUTE, parse
from monitor.records import Beat, Beats, Post
from monitor.source_states import source_state
from monitor.sources.base import Batch, Ceiling, Part, SourceSettings
from monitor.store.reader import Reader

START = parse("2026-11-21T00:00Z")
EVERY = 10 * MINUTE


class Paid:
    """Gives twelve posts every ten minutes for a cent each, and reads the share of them that its meter allows."""

    slug = "scripted"
    name = "Paid"
    options = ()
    ceilings = (Ceiling("dollars_per_day", "dollars", "day", None, ""),)
    offered = 12

    def __init__(self) -> None:
        self.paid: dict[int, float] = {}

    def parts(self, settings: SourceSettings, beats: Sequence[Beat]) -> Sequence[Part]:
        return (Part(self.slug, "all", EVERY / 1000),)

    async def fetch(self, client: Client, part: Part, cursor: str | None, now: int) -> AsyncIterator[Batch]:
        fraction = client.meter.fraction()
        wanted = max(1, round(self.offered * fraction))
        await client.meter.spend("dollars", 0.01 * self.offered)
        self.paid[now // DAY] = self.paid.get(now // DAY, 0.0) + 0.01 * wanted
        await client.meter.refund("dollars", 0.01 * (self.offered - wanted))
        posts = [Post(self.slug, f"{now}-{n}", f"new open weights {now} {n}", now - 1, now) for n in range(wanted)]
        yield Batch(tuple(posts), str(now), (now - EVERY, now), fraction=fraction)


class Process:
    """The parts of a fetcher that count here, on a clock that the test moves."""

    def __init__(
        self, batch_writer: Callable[..., BatchWriter], events: Events, surroundings: Any, beats: Beats
    ) -> None:
        self.now = START
        self.source = Paid()
        self._committer = Committer(batch_writer, lambda: self.now, events)
        self._around: Surroundings = surroundings(self._committer)._replace(clock=lambda: self.now)
        self._governor = Governor(self._committer, lambda: self.now)
        self._beats = beats

    async def poll_until(self, end: int, dollars_per_day: float) -> None:
        task = asyncio.create_task(self._committer.run())
        sources = {"scripted": self.source}
        settings = SourceSettings(True, {"dollars_per_day": dollars_per_day})
        plan: Plan = make_plan(sources, self._beats, lambda source: settings)
        await self._committer.register(plan.registrations)
        await self._governor.follow(sources, plan.settings)
        runner = Runner(sources, self._around, self._governor.meter)
        while self.now < end:
            await runner.once(plan)
            self.now += EVERY
        await self._committer.stop()
        await task


@pytest.fixture
def process(batch_writer: Any, events: Events, surroundings: Any, beats: Beats) -> Process:
    return Process(batch_writer, events, surroundings, beats)


async def test_a_ceiling_for_a_third_of_what_there_is_lasts_all_day_and_the_sample_says_how_much_there_was(
    process: Process, reader: Callable[[], Reader]
) -> None:
    """17.28 dollars' worth of posts a day under a ceiling of 6."""
    end = START + 2 * DAY
    await process.poll_until(end, 6.0)
    assert all(5.0 < paid <= 6.0 for paid in process.source.paid.values())
    assert len(process.source.paid) == 2
    view = reader()
    last_hours = sum(row.kept for row in view.ledger(since=end - 2 * HOUR, limit=10_000) if row.outcome == "ok")
    assert last_hours > 0
    standing = view.standings((end - DAY, end), end)["scripted"]
    kept = sum(
        row.kept for row in view.ledger(since=end - DAY, limit=10_000) if row.covered and row.covered[0] >= end - DAY
    )
    assert 0.25 < standing.fraction < 0.45
    assert kept / standing.fraction == pytest.approx(144 * 12, rel=0.15)


async def test_a_ceiling_that_is_far_too_low_is_reached_told_and_over_the_next_day(
    process: Process, reader: Callable[[], Reader], log: Any
) -> None:
    await process.poll_until(START + 12 * HOUR, 0.5)
    assert process.source.paid[START // DAY] <= 0.5
    assert "event=over-budget" in log.getvalue()
    assert "dollars_per_day" in log.getvalue()
    view, window = reader(), (START, START + DAY)
    (row,) = view.sources(process.now)
    state, message = source_state(row, [], process.now, view.standings(window, process.now).get("scripted"))
    assert state == "over-budget"
    assert "today" in message
    tomorrow = START + DAY
    assert source_state(row, [], tomorrow, view.standings(window, tomorrow).get("scripted"))[0] != "over-budget"


async def test_a_ceiling_that_is_enough_changes_nothing(process: Process, reader: Callable[[], Reader]) -> None:
    end = START + DAY
    await process.poll_until(end, 20.0)
    assert process.source.paid == {START // DAY: pytest.approx(17.28)}
    assert reader().standings((START, end), end - 1)["scripted"].fraction == 1.0
