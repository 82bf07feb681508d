"""All sources at once, against their APIs on the loopback, through hours of faults, in a time that tests control."""

from __future__ import annotations

import asyncio
import io
import random
import time
from collections import Counter
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from monitor.config import load
from monitor.instants import HOUR, MINUTE, parse
from monitor.records import PostQuery, Snapshot, Span
from monitor.snapshot.building import build_snapshot
from monitor.store.reader import Reader, open_reader
from monitor.store.recount import check_integrity, recount
from tests.e2e.api import Api
from tests.e2e.apis import APIS, Arxiv, Jetstream, XSearch, YouTube
from tests.e2e.virtual_time import VirtualLoop
from tests.e2e.world import START, World, close, live, memory

EVERY = 60
"""Seconds between two items of each API."""
CEILING = 40.0
SECRETS = {"X_BEARER_TOKEN": "x-secret", "YOUTUBE_API_KEY": "youtube-secret", "GUARDIAN_API_KEY": "guardian-secret"}
USUAL_HOSTS = (
    "bsky",
    "api.x.com",
    "googleapis",
    "reddit.com",
    "algolia",
    "guardianapis",
    "rss.arxiv",
    "mastodon.social",
)
"""Hosts of the sources that are not asked here, and so must not be named."""
MEMORY_MB = 40
"""By how much the process, its servers included, may grow after its first half hour."""
TURN_SECONDS = 0.5
"""Processor time for which the event loop, the servers included, may do one thing."""
LOOK_SECONDS = 1.0
"""Processor time that a snapshot may take."""

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


class Within(Api):
    """A host of the private network, which nobody may be led to."""

    slug = "within"

    def routes(self) -> None:
        self.server.answer("/inside", "{}")


class Internet(NamedTuple):
    """The APIs of all sources, what lies within, and the fetchers that read them."""

    world: World
    apis: dict[str, Api]
    within: Within
    """Where faulty answers lead."""

    def fail(self, seed: int | None) -> None:
        """Let most answers of every API be broken; None ends that."""
        for api in self.apis.values():
            api.faulty = None if seed is None else random.Random(seed)

    def shut(self, down: bool) -> None:
        """Let no API answer, or let them answer again."""
        for api in self.apis.values():
            api.down = down


async def publish(internet: Internet, hours: float) -> None:
    """Let every API publish an item a minute."""
    loop = internet.world.loop
    until = loop.time() + hours * 3600
    number = 1 + max((item.number for api in internet.apis.values() for item in api.items), default=0)
    while loop.time() < until:
        for slug, api in internet.apis.items():
            if slug != "arxiv":
                api.publish(number)
        number += 1
        await asyncio.sleep(EVERY)


@pytest.fixture
def internet(tmp_path: Path) -> Iterator[Internet]:
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    world = World(loop, tmp_path / "monitor.db", io.StringIO())
    made = Internet(world, {api.slug: api(world.now) for api in APIS}, Within(world.now))

    async def stop() -> None:
        for api in made.apis.values():
            await api.stop()
        await made.within.stop()

    yield made
    loop.run_until_complete(stop())
    close(loop)


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


def configure(internet: Internet, ceiling: float, *only: str) -> Path:
    """Start the APIs and write a configuration that names them; sources that are not among `only` are off."""

    async def start() -> None:
        await internet.within.start()
        for api in internet.apis.values():
            api.private = f"http://localhost:{internet.within.server.port}/inside"
            await api.start()

    internet.world.loop.run_until_complete(start())
    addresses = {slug: f"http://127.0.0.1:{api.server.port}" for slug, api in internet.apis.items()}
    jetstream = internet.apis["bluesky"]
    assert isinstance(jetstream, Jetstream)
    text = CONFIG.format(**addresses | {"bluesky": jetstream.endpoint}, ceiling=ceiling)
    for slug in internet.apis.keys() - set(only) if only else ():
        text = text.replace(f"[sources.{slug}]\n", f"[sources.{slug}]\nenabled = false\n")
    file = internet.world.store.parent / "config.toml"
    file.write_text(text)
    return file


def stored(reader: Reader, source: str) -> Counter[str]:
    return Counter(post.post.native_id for post in reader.posts(PostQuery(sources=(source,), limit=100_000)))


class Readings(NamedTuple):
    """What was seen of the process while it ran."""

    memory: list[float]
    """MB, every ten minutes."""
    snapshots: list[Snapshot]
    seconds: list[float]
    """Processor time of each snapshot."""


async def watch(internet: Internet, config: Path, readings: Readings) -> None:
    """Look at the store as the app does, from a thread of its own, and at the memory, every ten minutes."""
    world, settings = internet.world, load(config)

    def look(reader: Reader) -> float:
        began = time.thread_time()
        readings.snapshots.append(
            build_snapshot(reader, world.now(), beats=settings.beats, config_hash="", rules_hash="", scorer="")
        )
        return time.thread_time() - began

    await asyncio.sleep(60)
    with open_reader(world.store) as reader:
        while True:
            readings.seconds.append(await asyncio.to_thread(look, reader))
            readings.memory.append(memory())
            await asyncio.sleep(600)


def live_watched(internet: Internet, config: Path, script: Coroutine[Any, Any, None]) -> Readings:
    """Run the fetchers while a script runs, and watch them."""
    readings = Readings([], [], [])

    async def watched() -> None:
        watching = asyncio.create_task(watch(internet, config, readings))
        await script
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    internet.world.loop.run_until_complete(live(internet.world, config, watched()))
    return readings


def assert_it_behaved(internet: Internet, config: Path, readings: Readings) -> None:
    """What holds whatever the servers do: memory, responsiveness, ceilings, secrets, and nothing asked within."""
    world, apis = internet.world, internet.apis
    assert max(readings.memory) - max(readings.memory[:4]) < MEMORY_MB
    assert world.loop.longest_turn < TURN_SECONDS
    assert max(readings.seconds) < LOOK_SECONDS
    assert [shown.as_of for shown in readings.snapshots] == sorted({shown.as_of for shown in readings.snapshots})
    x, youtube = apis["x"], apis["youtube"]
    assert isinstance(x, XSearch)
    assert isinstance(youtube, YouTube)
    assert x.dollars <= CEILING
    assert youtube.searches <= 100
    assert internet.within.server.requests == []
    assert recount(world.store) == []
    assert check_integrity(world.store) == []
    said = world.log.getvalue()
    assert not any(secret in said for secret in SECRETS.values())
    assert [host for host in USUAL_HOSTS if host in said] == []
    for file in world.store.parent.iterdir():
        assert file == config or not any(secret.encode() in file.read_bytes() for secret in SECRETS.values())


def unnamed_losses(reader: Reader, internet: Internet, slug: str) -> list[str]:
    """What a source offered that is not in the store, though the ledger calls its time complete or says nothing.

    Left out are the first minutes, as a stream begins when it is opened, and the last, which are still to be read.
    """
    api, now = internet.apis[slug], internet.world.now()
    have = stored(reader, slug)
    complete = reader.coverage((START, now), now).get(slug, [])
    missed = [row.covered for row in reader.ledger(since=0, source=slug, limit=100_000) if row.outcome == "missed"]
    return [
        api.native_id(item)
        for item in api.items
        if START + 2 * MINUTE < item.at < now - 45 * MINUTE
        and not have[api.native_id(item)]
        and (_within(item.at, complete) or not _within(item.at, missed))
    ]


def _within(at: int, spans: list[Span] | list[Span | None]) -> bool:
    return any(span[0] <= at < span[1] for span in spans if span is not None)


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("secrets")
def test_after_hours_of_faults_every_source_has_everything_once(internet: Internet) -> None:
    config = configure(internet, CEILING)
    world = internet.world
    arxiv = internet.apis["arxiv"]
    assert isinstance(arxiv, Arxiv)
    arxiv.announced_at = parse("2026-11-19T05:00:00Z")
    for number in range(1, 31):
        arxiv.publish(number)

    async def script() -> None:
        await publish(internet, 1)
        internet.fail(seed=5)
        await publish(internet, 2)
        internet.fail(seed=None)
        await publish(internet, 0.5)
        await asyncio.sleep(2.5 * 3600)

    readings = live_watched(internet, config, script())
    assert_it_behaved(internet, config, readings)
    assert "private address" in world.log.getvalue()
    with open_reader(world.store) as reader:
        for slug, api in internet.apis.items():
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
        assert all(states[slug].last_success is not None for slug in internet.apis)
        covered = reader.coverage((START + 5 * MINUTE, START + int(3.4 * HOUR)), world.now())
        for slug in ("hackernews", "mastodon", "x", "news", "bluesky"):
            assert covered[slug] == [(START + 5 * MINUTE, START + int(3.4 * HOUR))], slug


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("secrets")
def test_what_was_lost_in_an_outage_is_named(internet: Internet) -> None:
    """For hours nothing answers, and some servers do not keep that much."""
    config = configure(internet, CEILING)
    jetstream = internet.apis["bluesky"]
    assert isinstance(jetstream, Jetstream)
    jetstream.keeps = 20 * MINUTE

    async def script() -> None:
        await publish(internet, 0.5)
        internet.shut(True)
        await publish(internet, 2.5)
        internet.shut(False)
        await publish(internet, 1.5)

    readings = live_watched(internet, config, script())
    assert_it_behaved(internet, config, readings)
    with open_reader(internet.world.store) as reader:
        have = {slug: len(stored(reader, slug)) for slug in internet.apis}
        assert all(have[slug] < len(internet.apis[slug].items) - 30 for slug in ("bluesky", "reddit"))
        unnamed = {slug: unnamed_losses(reader, internet, slug) for slug in internet.apis}
        assert not any(unnamed.values()), unnamed
    states = {shown.as_of: {source.slug: source.state for source in shown.sources} for shown in readings.snapshots}
    polled = internet.apis.keys() - {"arxiv"}
    for at, state in states.items():
        if START + 2.3 * HOUR < at < START + 2.95 * HOUR:
            assert {state[slug] for slug in polled} <= {"failing", "stale"}, (at - START, state)
    assert set(states[max(states)].values()) == {"ok"}


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("secrets")
def test_a_ceiling_holds_and_what_was_left_out_is_on_record(internet: Internet) -> None:
    config = configure(internet, 1.0, "x")
    world, x = internet.world, internet.apis["x"]
    assert isinstance(x, XSearch)
    world.loop.run_until_complete(live(world, config, publish(internet, 12)))
    assert 0.3 < x.dollars <= 1.0
    with open_reader(world.store) as reader:
        assert 0 < sum(stored(reader, "x").values()) < len(x.items)
        assert any(row.fraction < 1 for row in reader.ledger(since=0, source="x", limit=10_000))
        sampled = reader.sampled((START, world.now()), world.now())["x"]
        (covered,) = reader.coverage((START, world.now()), world.now())["x"]
        assert all(covered[0] <= start < end <= covered[1] for start, end in sampled)
        assert covered[1] > world.now() - 2 * HOUR
        (budget,) = (
            each for row in reader.standings((START, world.now()), world.now()).values() for each in row.budgets
        )
        assert x.dollars == pytest.approx(budget.spent)
