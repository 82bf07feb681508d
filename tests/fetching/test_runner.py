from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from monitor.fetching import runner as module
from monitor.fetching.committer import Committer
from monitor.fetching.events import Events
from monitor.fetching.plan import Plan
from monitor.fetching.runner import Runner
from monitor.fetching.schedule import AT_ONCE, AT_ONCE_OF_A_HOST
from monitor.records import PostQuery
from monitor.sources.base import Batch, OverBudget, Part, SourceError, SourceSettings

ON = SourceSettings(True, {})


def parts(*names: str, slug: str = "scripted", streaming: bool = False) -> tuple[Part, ...]:
    return tuple(Part(slug, name, 600.0, streaming) for name in names)


def plan(*wanted: Part, settings: SourceSettings = ON) -> Plan:
    by_slug: dict[str, tuple[Part, ...]] = {}
    for part in wanted:
        by_slug[part.source] = (*by_slug.get(part.source, ()), part)
    return Plan(by_slug, dict.fromkeys(["scripted", "other"], settings), (), {})


@pytest.fixture
def run(batch_writer: Any, events: Events, surroundings: Any, scripted: Any, now: int) -> Callable[..., Any]:
    @asynccontextmanager
    async def begin(**scripts: Any) -> AsyncIterator[Runner]:
        committer = Committer(batch_writer, lambda: now, events)
        task = asyncio.create_task(committer.run())
        await committer.opened()
        runner = Runner(
            {slug: scripted(script, slug=slug) for slug, script in scripts.items()}, surroundings(committer)
        )
        yield runner
        await runner.stop()
        assert len(runner) == 0
        await committer.stop()
        await task

    return begin


class Counting:
    """A stream that stays open, and tells how often it was begun and how many are open."""

    def __init__(self, batch: Any) -> None:
        self.begun: Counter[str] = Counter()
        self.open: set[str] = set()
        self._batch = batch

    async def __call__(self, part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        self.begun[part.name] += 1
        self.open.add(part.name)
        try:
            yield self._batch(cursor="c")
            await asyncio.Event().wait()
        finally:
            self.open.discard(part.name)


async def test_only_what_changed_is_touched_by_a_new_plan(run: Any, batch: Any, until: Any) -> None:
    streams = Counting(batch)
    async with run(scripted=streams) as runner:
        await runner.follow(plan(*parts("a", "b", streaming=True)))
        await until(lambda: streams.open == {"a", "b"})
        await runner.follow(plan(*parts("b", "c", streaming=True)))
        await until(lambda: streams.open == {"b", "c"})
        assert streams.begun == {"a": 1, "b": 1, "c": 1}
    assert streams.open == set()


async def test_a_source_with_other_settings_starts_anew(run: Any, batch: Any, until: Any) -> None:
    streams = Counting(batch)
    async with run(scripted=streams) as runner:
        await runner.follow(plan(*parts("a", streaming=True)))
        await until(lambda: streams.open == {"a"})
        await runner.follow(plan(*parts("a", streaming=True), settings=SourceSettings(True, {"endpoint": "elsewhere"})))
        await until(lambda: streams.begun["a"] == 2)


async def test_a_source_that_is_gone_from_the_plan_ends(run: Any, batch: Any, until: Any) -> None:
    streams = Counting(batch)
    async with run(scripted=streams) as runner:
        await runner.follow(plan(*parts("a", streaming=True)))
        await until(lambda: streams.open)
        await runner.follow(plan())
        assert streams.open == set()
        assert len(runner) == 0


async def test_what_waits_for_a_person_is_asked_again_after_a_new_plan(run: Any, batch: Any, until: Any) -> None:
    attempts = 0

    async def script(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        nonlocal attempts
        attempts += 1
        raise SourceError("The key is wrong.", permanent=True)
        yield

    async with run(scripted=script) as runner:
        await runner.follow(plan(*parts("a")))
        await until(lambda: attempts == 1)
        await until(lambda: runner.stuck == 1)
        await runner.follow(plan(*parts("a")))
        await until(lambda: attempts == 2)


async def test_a_source_that_breaks_breaks_alone(run: Any, batch: Any, post: Any, until: Any, reader: Any) -> None:
    async def broken(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        raise KeyError("oh")
        yield

    async def sound(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        yield batch(post(part.name, source="other"))

    async with run(scripted=broken, other=sound) as runner:
        found = await runner.once(plan(*parts("a", "b"), *parts("c", "d", slug="other")))
    assert found == {"other"}
    assert {row.post.native_id for row in reader().posts(PostQuery())} == {"c", "d"}
    outcomes = {(row.source, row.part): row.outcome for row in reader().ledger(since=0)}
    assert outcomes == {
        ("scripted", "a"): "failed",
        ("scripted", "b"): "failed",
        ("other", "c"): "ok",
        ("other", "d"): "ok",
    }


async def test_once_leaves_a_stream_when_it_has_caught_up(
    run: Any, batch: Any, post: Any, now: int, reader: Any
) -> None:
    ends = [now - 3000, now - 2000, now, now + 1000]

    async def stream(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        for number, end in enumerate(ends):
            yield batch(post(number), cursor=str(number), covered=(end - 1000, end))

    async with run(scripted=stream) as runner:
        assert await runner.once(plan(*parts("a", streaming=True))) == {"scripted"}
    assert reader().cursor("scripted", "a") == "2"


async def test_once_leaves_a_stream_that_does_not_come_nearer(
    run: Any, batch: Any, now: int, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CATCH_UP_IDLE", 1.0)

    async def standing(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        yield batch(cursor="c1", covered=(now - 9000, now - 8000))
        while True:
            await asyncio.sleep(0.01)
            yield batch(covered=None)

    async def silent(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        await asyncio.Event().wait()
        yield batch()

    async with run(scripted=standing, other=silent) as runner:
        wanted = plan(*parts("a", streaming=True), *parts("b", slug="other", streaming=True))
        assert await runner.once(wanted) == {"scripted"}
    assert reader().cursor("scripted", "a") == "c1"
    failed = [row for row in reader().ledger(since=0) if row.outcome == "failed"]
    assert [(row.source, row.part) for row in failed] == [("other", "b")]


async def test_a_ceiling_that_is_reached_is_tried_again_after_a_new_plan(run: Any, batch: Any, until: Any) -> None:
    attempts = 0

    async def script(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        nonlocal attempts
        attempts += 1
        raise OverBudget("The month is used up.", retry_after=86_400.0)
        yield

    async with run(scripted=script) as runner:
        await runner.follow(plan(*parts("a")))
        await until(lambda: runner.stuck == 1)
        await runner.follow(plan(*parts("a")))
        await until(lambda: attempts == 2)


async def test_once_tells_what_failed_alike_as_one(run: Any, batch: Any, log: Any) -> None:
    async def script(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        host = part.addresses[0].split("/")[2]
        if part.name == "c":
            raise SourceError(f"{host} answered 500 Internal Server Error.")
        raise SourceError(f"The name {host} could not be resolved; is the network there?")
        yield

    addresses = {"a": "https://a.example/feed", "b": "https://b.example:8443/feed", "c": "https://c.example/feed"}
    wanted = [Part("scripted", name, 600.0, addresses=(address,)) for name, address in addresses.items()]
    async with run(scripted=script) as runner:
        assert await runner.once(plan(*wanted)) == set()
    together, alone = [line for line in log.getvalue().splitlines() if "event=failed" in line]
    assert "part=a parts=2 message=" in together
    assert "part=c message=" in alone
    assert "retry_in" not in log.getvalue()


async def test_polls_of_many_hosts_run_together_and_those_of_one_in_turn(run: Any, batch: Any, until: Any) -> None:
    running: Counter[str] = Counter()
    most: Counter[str] = Counter()
    together = 0
    release = asyncio.Event()

    async def script(part: Part, cursor: str | None) -> AsyncIterator[Batch]:
        nonlocal together
        host = part.addresses[0]
        running[host] += 1
        most[host] = max(most[host], running[host])
        together = max(together, running.total())
        await release.wait()
        running[host] -= 1
        yield batch()

    crowded = [
        Part("scripted", f"crowded {number}", 600.0, addresses=("https://one.example/",)) for number in range(40)
    ]
    others = [Part("scripted", f"{number}", 600.0, addresses=(f"https://{number}.example/",)) for number in range(40)]
    async with run(scripted=script) as runner:
        reading = asyncio.create_task(runner.once(plan(*crowded, *others)))
        await until(lambda: running.total() == AT_ONCE)
        release.set()
        await reading
    assert together == AT_ONCE
    assert most["https://one.example/"] == AT_ONCE_OF_A_HOST
