"""All sources at once, against their APIs on the loopback, through hours of faults, in a time that tests control."""

from __future__ import annotations

import asyncio
import io
import random
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from monitor.config import load
from monitor.fetching.events import Events
from monitor.fetching.lease import Lease
from monitor.fetching.service import Service, Setting, sources_read, store_cursor
from monitor.fetching.signals import Requests
from monitor.instants import HOUR, MINUTE, SECOND, parse
from monitor.records import PostQuery
from monitor.sources.registry import load_sources
from monitor.store.reader import Reader, open_reader
from monitor.store.recount import check_integrity, recount
from monitor.store.writer import Writer
from tests.e2e.api import Api
from tests.e2e.apis import APIS, Arxiv, Jetstream, News, XSearch, YouTube
from tests.e2e.virtual_time import VirtualLoop

START = parse("2026-11-19T10:00:00Z")
EVERY = 60
"""Seconds between two items of each API."""
CEILING = 40.0
SECRETS = {"X_BEARER_TOKEN": "x-secret", "YOUTUBE_API_KEY": "youtube-secret", "GUARDIAN_API_KEY": "guardian-secret"}

CONFIG = """
[beats.zebrafish]
name = "Zebrafish"
any = ["zebrafish"]

[sources.bluesky]
endpoint = ["{bluesky}"]
[sources.x]
endpoint = "{x}/2"
beats = ["zebrafish"]
dollars_per_day = {ceiling}
[sources.youtube]
endpoint = "{youtube}/v3"
beats = ["zebrafish"]
[sources.reddit]
feeds = "{reddit}"
subreddits = ["zebra", "fish"]
[sources.news]
use_shipped_feeds = false
google_news = false
feeds = ["{news}/feed.xml"]
gdelt = true
gdelt_endpoint = "{news}/gdelt"
guardian_endpoint = "{news}/guardian"
[sources.hackernews]
endpoint = "{hackernews}/search_by_date"
[sources.mastodon]
instances = ["{mastodon}"]
tags = ["zebrafish"]
[sources.arxiv]
endpoint = "{arxiv}/rss/"
categories = ["cs.AI"]
backfill_days = 0
"""


class World(NamedTuple):
    """The APIs and the fetchers that read them, in one loop of virtual time."""

    loop: VirtualLoop
    apis: dict[str, Api]
    log: io.StringIO
    store: Path

    def now(self) -> int:
        return START + int(self.loop.time() * SECOND)

    def fail(self, seed: int | None) -> None:
        """Let three of four answers of every API be broken; None ends that."""
        for api in self.apis.values():
            api.faulty = None if seed is None else random.Random(seed)


async def publish(world: World, hours: float) -> None:
    """Let every API publish an item a minute."""
    until = world.loop.time() + hours * 3600
    number = 1 + max((item.number for api in world.apis.values() for item in api.items), default=0)
    while world.loop.time() < until:
        for slug, api in world.apis.items():
            if slug != "arxiv":
                api.publish(number)
        number += 1
        await asyncio.sleep(EVERY)


def setting(world: World, config: Path, requests: Requests) -> Setting:
    installed = load_sources()
    events = Events(world.log, world.now, "debug", False)
    lease = Lease(world.store)
    assert lease.try_acquire("test")
    return Setting(
        lease=lease,
        sources=installed,
        load=lambda: load(config),
        open_writer=partial(Writer, world.store),
        cursor=partial(store_cursor, world.store),
        read_before=lambda: sources_read(world.store, world.now()),
        requests=requests,
        events=events,
        clock=world.now,
        randomness=random.Random(1),
    )


async def live(world: World, config: Path, script: object) -> None:
    """Run the fetchers while a script runs, and end them after it."""
    requests = Requests(hangup_ends=True)
    service = Service(setting(world, config, requests), load(config))
    running = asyncio.create_task(service.run(once=False))
    await script  # type: ignore[misc]
    requests.end(0)
    assert await running == 0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    apis: dict[str, Api] = {}
    made = World(loop, apis, io.StringIO(), tmp_path / "monitor.db")
    apis.update({api.slug: api(made.now) for api in APIS})
    yield made

    async def stop() -> None:
        for api in apis.values():
            await api.stop()

    loop.run_until_complete(stop())
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(loop.shutdown_default_executor())
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


def configure(world: World, ceiling: float, *only: str) -> Path:
    """Start the APIs and write a configuration that names them; sources that are not among `only` are off."""

    async def start() -> None:
        for api in world.apis.values():
            await api.start()

    world.loop.run_until_complete(start())
    addresses = {slug: f"http://127.0.0.1:{api.server.port}" for slug, api in world.apis.items()}
    jetstream = world.apis["bluesky"]
    assert isinstance(jetstream, Jetstream)
    text = CONFIG.format(**addresses | {"bluesky": jetstream.endpoint}, ceiling=ceiling)
    for slug in world.apis.keys() - set(only) if only else ():
        text = text.replace(f"[sources.{slug}]\n", f"[sources.{slug}]\nenabled = false\n")
    file = world.store.parent / "config.toml"
    file.write_text(text)
    return file


def stored(reader: Reader, source: str) -> Counter[str]:
    return Counter(post.post.native_id for post in reader.posts(PostQuery(sources=(source,), limit=100_000)))


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("secrets")
def test_after_hours_of_faults_every_source_has_everything_once(world: World) -> None:
    config = configure(world, CEILING)
    arxiv = world.apis["arxiv"]
    assert isinstance(arxiv, Arxiv)
    arxiv.announced_at = parse("2026-11-19T05:00:00Z")
    for number in range(1, 31):
        arxiv.publish(number)

    async def script() -> None:
        await publish(world, 1)
        world.fail(seed=5)
        await publish(world, 2)
        world.fail(seed=None)
        await publish(world, 0.5)
        await asyncio.sleep(2.5 * 3600)

    world.loop.run_until_complete(live(world, config, script()))
    said = world.log.getvalue()
    with open_reader(world.store) as reader:
        for slug, api in world.apis.items():
            offered = Counter(api.native_id(item) for item in api.items)
            if slug == "bluesky":
                # The stream begins with the first event after it was opened.
                assert sum((offered - stored(reader, slug)).values()) <= 1, slug
                assert not stored(reader, slug) - offered
            else:
                assert stored(reader, slug) == offered, slug
            assert slug in {"arxiv"} or api.refused > 3, slug
        ledger = reader.ledger(since=0, limit=100_000)
        failed = {row.source for row in ledger if row.outcome == "failed"}
        assert failed >= {"bluesky", "hackernews", "mastodon", "news", "reddit"}
        states = {row.slug: row for row in reader.sources(world.now())}
        assert all(states[slug].last_success is not None for slug in world.apis)
        covered = reader.coverage((START + 5 * MINUTE, START + int(3.4 * HOUR)), world.now())
        for slug in ("hackernews", "mastodon", "x", "news", "bluesky"):
            assert covered[slug] == [(START + 5 * MINUTE, START + int(3.4 * HOUR))], slug
    x, youtube, news = (world.apis[slug] for slug in ("x", "youtube", "news"))
    assert isinstance(x, XSearch)
    assert isinstance(youtube, YouTube)
    assert isinstance(news, News)
    assert x.dollars <= CEILING
    assert youtube.searches <= 100
    assert recount(world.store) == []
    assert check_integrity(world.store) == []
    assert not any(secret in said for secret in SECRETS.values())
    for file in world.store.parent.iterdir():
        assert file == config or not any(secret.encode() in file.read_bytes() for secret in SECRETS.values())


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("secrets")
def test_a_ceiling_holds_and_what_was_left_out_is_on_record(world: World) -> None:
    config = configure(world, 1.0, "x")
    x = world.apis["x"]
    assert isinstance(x, XSearch)

    async def script() -> None:
        await publish(world, 12)

    world.loop.run_until_complete(live(world, config, script()))
    assert 0.3 < x.dollars <= 1.0
    with open_reader(world.store) as reader:
        assert 0 < sum(stored(reader, "x").values()) < len(x.items)
        assert any(row.fraction < 1 for row in reader.ledger(since=0, source="x", limit=10_000))
        (budget,) = (
            each for row in reader.standings((START, world.now()), world.now()).values() for each in row.budgets
        )
        assert x.dollars == pytest.approx(budget.spent)


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("secrets")
def test_nothing_is_lost_of_a_hundred_posts_a_second(world: World) -> None:
    config = configure(world, 1.0, "bluesky")
    jetstream = world.apis["bluesky"]

    async def script() -> None:
        await asyncio.sleep(10)
        for second in range(120):
            for number in range(100):
                jetstream.publish(1 + second * 100 + number)
            await asyncio.sleep(1)
        await asyncio.sleep(60)

    world.loop.run_until_complete(live(world, config, script()))
    with open_reader(world.store) as reader:
        assert stored(reader, "bluesky") == Counter(jetstream.native_id(item) for item in jetstream.items)
    assert recount(world.store) == []
