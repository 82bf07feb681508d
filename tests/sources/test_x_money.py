"""X under the real governor with a real store: whole days, with restarts and faults."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from monitor.fetching.governor import Governor
from monitor.http import Client
from monitor.instants import DAY, HOUR, MINUTE, parse
from monitor.records import Beat, Rule
from monitor.sources.base import Batch, OverBudget, Secret, SourceError, SourceSettings
from monitor.sources.x import X
from monitor.store.spending import Limit, Spent
from monitor.store.writer import Writer
from tests.sources.x_server import RecentSearch
from tests.web_server import WebServer

START = parse("2026-11-21T00:00Z")
BEATS = [Beat(f"b{n}", "B", "C", Rule(any=tuple(f"word{n} and word{m}" for m in range(16)))) for n in range(3)]


class Direct:
    """The account of a writer that is asked at once, without a committer in between."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer

    async def set_ceilings(self, source: str, limits: Sequence[Limit]) -> tuple[float, ...]:
        return self.writer.set_ceilings(source, limits)

    async def spend(self, source: str, limits: Sequence[Limit], amount: float) -> Spent:
        return self.writer.spend(source, limits, amount)

    async def refund(self, source: str, shares: Sequence[tuple[Limit, float]]) -> tuple[float, ...]:
        return self.writer.refund(source, shares)


class Collector:
    """A process that polls all queries of X; `restart` makes another one of it that has only the store's knowledge."""

    def __init__(self, path: Path, search: RecentSearch, **options: Any) -> None:
        self.path = path
        self.search = search
        options = {"endpoint": search.endpoint, "poll_minutes": 30} | options
        self.settings = SourceSettings(True, options, {"bearer_token": Secret("hush")})
        self.now = START
        self.cursors: dict[str, str] = {}
        self.batches: dict[str, list[Batch]] = {}
        self.refusals = 0
        self.source = X()

    async def restart(self) -> None:
        self.source = X()
        self.writer = Writer(self.path)
        self.governor = Governor(Direct(self.writer), lambda: self.now)
        await self.governor.follow({"x": self.source}, {"x": self.settings})

    async def poll(self, client: Client) -> None:
        self.search.now = self.now
        view = client.for_source(self.settings, self.governor.meter("x"))
        for part in self.source.parts(self.settings, BEATS):
            try:
                async for batch in self.source.fetch(view, part, self.cursors.get(part.name), self.now):
                    self.cursors[part.name] = batch.cursor or self.cursors.get(part.name, "")
                    self.batches.setdefault(part.name, []).append(batch)
            except OverBudget:
                self.refusals += 1
            except SourceError:
                continue

    async def day(self, *, restarts: bool = False) -> None:
        async with Client(clock=lambda: self.now, spacing=0.0, tries=1) as client:
            for step in range(1, 48):
                if restarts and step % 10 == 0:
                    self.writer.close()
                    await self.restart()
                self.now = START + step * 30 * MINUTE
                await self.poll(client)

    @property
    def read(self) -> list[Batch]:
        return [batch for batches in self.batches.values() for batch in batches]


@pytest.fixture
async def collect(tmp_path, web):
    made: list[Collector] = []

    async def make(posts: int, **options: Any) -> Collector:
        search = RecentSearch(web)
        for number in range(posts):
            search.add(START - HOUR + number * 25 * HOUR // posts)
        collector = Collector(tmp_path / "store.db", search, **options)
        await collector.restart()
        made.append(collector)
        return collector

    yield make
    for collector in made:
        collector.writer.close()


@pytest.mark.parametrize(("dollars", "posts"), [(0.5, 40_000), (3.0, 40_000), (3.0, 4_000)])
async def test_a_small_ceiling_lasts_the_day_by_an_even_share(collect, dollars, posts):
    collector = await collect(posts, dollars_per_day=dollars)
    queries = len(collector.source.parts(collector.settings, BEATS))
    assert queries >= 3
    await collector.day(restarts=True)
    assert dollars / 3 < collector.search.charged <= dollars
    for batches in collector.batches.values():
        covered = [batch.covered for batch in batches if batch.covered]
        assert max(later[0] - earlier[1] for earlier, later in itertools.pairwise(covered)) <= 4 * HOUR
        assert covered[-1][1] > START + DAY - 4 * HOUR
    estimated = sum(batch.read / batch.fraction for batch in collector.read) / queries
    assert estimated == pytest.approx(posts, rel=0.4)


async def test_a_large_ceiling_reads_everything_once(collect):
    collector = await collect(2_000, dollars_per_day=500.0)
    await collector.day()
    assert {batch.fraction for batch in collector.read} == {1.0}
    for batches in collector.batches.values():
        numbers = [post.native_id for batch in batches for post in batch.posts]
        assert len(numbers) == len(set(numbers)) >= 1_920
    assert collector.search.charged == pytest.approx(0.005 * sum(batch.read for batch in collector.read))


async def test_faults_never_make_it_cost_more_than_the_ceiling(collect, web: WebServer):
    collector = await collect(20_000, dollars_per_day=4.0, dollars_per_month=6.0)
    randomness = random.Random(7)
    answer = collector.search.answer

    @web.route("/2/tweets/search/recent")
    async def _(request, reply):
        kind = randomness.random()
        if kind < 0.1:
            await reply.send("{}", "503 Service Unavailable")
        elif kind < 0.15:
            collector.search.charged += 0.005 * int(request.query["max_results"])
            await reply.head(Content_Length=1000)
            await reply.raw(b'{"data": [')
        else:
            await answer(request, reply)

    await collector.day(restarts=True)
    assert 1.0 < collector.search.charged <= 4.0
