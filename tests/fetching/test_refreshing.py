"""Asking sources again: on a real store, with a source that answers what a test says."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from monitor.fetching import refreshing
from monitor.fetching.events import Events
from monitor.fetching.plan import Plan
from monitor.fetching.refreshing import Around, Refresher, SourceRefreshing, renewal_of
from monitor.http import Client
from monitor.instants import DAY, HOUR, MINUTE
from monitor.records import AnalysedPost, Attempt, Beat, Beats, Engagement, Post, PostQuery, Rule, StoredPost
from monitor.sources.base import (
    KnownPost,
    NoKey,
    OverBudget,
    Part,
    Refreshed,
    Refreshing,
    SourceError,
    SourceSettings,
    Unlimited,
)
from monitor.store.reader import open_reader
from monitor.store.refreshing import DuePost, Renewal
from monitor.store.registry import SourceRegistration
from monitor.store.writer import Changes, Writer

NOW = 1_795_262_400_000


class Answering:
    """A source that knows some posts; the others are silent, or gone."""

    slug = "tube"
    name = "Tube"
    options = ()

    def __init__(self, keep_days: int | None = None, at_once: int = 3) -> None:
        self.refreshing = Refreshing(at_once, (600.0, 7200.0), keep_days)
        self.known: dict[str, Engagement] = {}
        self.names: dict[str, str] = {}
        self.gone: set[str] = set()
        self.error: Exception | None = None
        self.asked: list[list[str]] = []
        self.silent_seconds = 0.0

    async def refresh(self, client: Client, posts: Sequence[KnownPost], now: int) -> Refreshed:
        self.asked.append([post.native_id for post in posts])
        if self.silent_seconds:
            await asyncio.sleep(self.silent_seconds)
        if self.error is not None:
            raise self.error
        return Refreshed(self.known, self.names, tuple(self.gone))


class Direct:
    """The store, written to without a queue."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer

    async def ask(self, call: Callable[[Writer], Any]) -> Any:
        return call(self.writer)


class Bench:
    """Everything around one source."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "monitor.db"
        self.writer = Writer(self.path)
        self.writer.set_beats(Beats((Beat("a", "A", "A", Rule(any=("a",))),), Rule()), NOW)
        self.source = Answering()
        self.log = io.StringIO()
        self.now = NOW
        self.around = Around(
            Client(clock=lambda: self.now),
            Direct(self.writer),
            lambda slug: Unlimited(),
            lambda: self.now,
            random.Random(7),
            Events(self.log, lambda: NOW, "debug"),
        )
        self._refreshing: SourceRefreshing | None = None

    def add(self, *names: str, age: int = HOUR) -> None:
        posts = [Post("tube", name, f"a {name}", self.now - age, self.now - age, author=f"by-{name}") for name in names]
        self.writer.commit(Changes([AnalysedPost(post, ("a",), None, None) for post in posts]))

    async def round(self) -> float:
        if self._refreshing is None:
            self._refreshing = SourceRefreshing("tube", self.source, self.around.client, self.around)
        return await self._refreshing.round()

    def stored(self) -> dict[str, StoredPost]:
        with open_reader(self.path) as reader:
            return {found.post.native_id: found for found in reader.posts(PostQuery(limit=1000))}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.writer.close()


async def test_shown_posts_are_asked_about_in_calls_and_once_for_each_age(bench):
    bench.add("p", "q", "r", "s")
    bench.source.known = {name: Engagement(likes=5) for name in "pqr"}
    bench.source.names = {"by-p": " Ada\x1b[31m\n", "by-nobody": "N"}
    bench.source.gone = {"s"}
    assert 50 < await bench.round() < 70
    assert [len(call) for call in bench.source.asked] == [3, 1]
    posts = bench.stored()
    assert posts["p"].post.engagement == Engagement(likes=5)
    assert posts["p"].post.author_name == "Ada"
    assert posts["s"].deleted
    await bench.round()
    assert len(bench.source.asked) == 2
    bench.now += 2 * HOUR
    await bench.round()
    assert sorted(chain.from_iterable(bench.source.asked[2:])) == ["p", "q", "r"]


async def test_what_the_source_says_nothing_of_waits_for_its_next_age(bench):
    bench.add("p")
    await bench.round()
    await bench.round()
    assert bench.source.asked == [["p"]]
    assert not bench.stored()["p"].deleted


async def test_a_round_is_bounded(bench):
    bench.add(*(f"p{number}" for number in range(40)))
    await bench.round()
    assert sum(map(len, bench.source.asked)) == 3 * refreshing.CALLS


async def test_a_failure_waits_longer_each_time_and_is_said_once(bench):
    bench.add(*(f"p{number}" for number in range(40)))
    bench.source.error = SourceError("Tube answered 500.")
    waits = [await bench.round() for _ in range(8)]
    assert max(waits) > 300
    assert min(waits) >= refreshing.ROUND
    assert bench.log.getvalue().count("refresh-failed") == 1
    bench.source.error = None
    assert 50 < await bench.round() < 70
    assert "refresh-recovered" in bench.log.getvalue()
    assert not any(found.deleted for found in bench.stored().values())


async def test_posts_on_which_the_source_fails_again_and_again_let_others_have_their_turn(bench):
    bench.add("p", "q", "r")
    bench.add("s", age=2 * HOUR - MINUTE)
    bench.source.error = SourceError("Tube answered 400.")
    for _ in range(4):
        await bench.round()
    bench.source.error = None
    bench.source.known = {name: Engagement(likes=5) for name in "pqrs"}
    bench.source.asked.clear()
    await bench.round()
    assert bench.source.asked == [["s"]]


@pytest.mark.parametrize(
    ("error", "least"),
    [
        (OverBudget("used up", retry_after=5000.0), 5000),
        (NoKey("no key"), 6 * 3600),
        (RuntimeError("secret words"), 60),
        (TimeoutError(), 60),
    ],
)
async def test_every_kind_of_failure_only_waits(bench, error, least):
    bench.add("p")
    bench.source.error = error
    assert await bench.round() >= least
    assert "secret words" not in bench.log.getvalue()


async def test_a_call_that_does_not_end_is_given_up(bench, monkeypatch):
    monkeypatch.setattr(refreshing, "LONGEST_CALL", 0.01)
    bench.add("p")
    bench.source.silent_seconds = 60.0
    assert await bench.round() >= 60
    assert "did not answer in time" in bench.log.getvalue()


async def test_an_answer_in_the_middle_of_failures_is_kept(bench):
    bench.add("p", "q", "r", "s")
    bench.source.known = {name: Engagement(likes=5) for name in "pqrs"}
    told = bench.source.refresh

    async def refresh(*arguments: Any) -> Refreshed:
        found = await told(*arguments)
        bench.source.error = SourceError("no more")
        return found

    bench.source.refresh = refresh
    await bench.round()
    assert sorted(found.post.engagement.likes or 0 for found in bench.stored().values()) == [0, 5, 5, 5]


# Posts that may not be kept for long


async def test_posts_are_asked_about_before_their_time_runs_out_and_have_new_time_then(bench):
    bench.source = Answering(keep_days=30)
    bench.source.known = {"p": Engagement(views=1)}
    bench.add("p", age=20 * DAY)
    await bench.round()
    assert bench.source.asked == []
    bench.now += 7 * DAY
    await bench.round()
    await bench.round()
    assert bench.source.asked == [["p"]]
    bench.now += 20 * DAY
    await bench.round()
    bench.now += 7 * DAY
    await bench.round()
    assert bench.source.asked == [["p"], ["p"]]
    assert not bench.stored()["p"].deleted


async def test_what_is_not_given_any_more_loses_its_words_when_its_time_is_up(bench):
    bench.source = Answering(keep_days=30)
    bench.add("silent", "gone", age=26 * DAY)
    bench.source.gone = {"gone"}
    await bench.round()
    assert {name: found.deleted for name, found in bench.stored().items()} == {"silent": False, "gone": True}
    bench.now += 4 * DAY
    await bench.round()
    assert bench.stored()["silent"].deleted
    assert bench.stored()["silent"].post.text == ""


async def test_a_post_of_which_nothing_is_said_is_asked_about_once_a_day_while_its_time_runs_out(bench):
    bench.source = Answering(keep_days=30)
    bench.add("silent", age=26 * DAY)
    for _ in range(4):
        await bench.round()
        bench.now += 11 * HOUR
    assert len(bench.source.asked) == 2


async def test_a_source_that_fails_for_days_costs_what_may_not_be_kept(bench):
    bench.source = Answering(keep_days=30)
    bench.source.error = OverBudget("used up", retry_after=60.0)
    bench.add("old", age=40 * DAY)
    bench.add("young", age=26 * DAY)
    await bench.round()
    bench.now += DAY
    await bench.round()
    assert not bench.stored()["old"].deleted
    bench.now += DAY
    await bench.round()
    assert {name: found.deleted for name, found in bench.stored().items()} == {"old": True, "young": False}
    assert "kept-too-long" in bench.log.getvalue()


@pytest.mark.parametrize(("ago", "gone"), [(DAY, False), (2 * DAY, True)])
async def test_it_counts_for_how_long_earlier_processes_failed(bench, ago, gone):
    bench.source = Answering(keep_days=30)
    bench.source.error = SourceError("no")
    bench.add("old", age=40 * DAY)
    tried: list[tuple[int, Any]] = [(NOW - 5 * DAY, "ok"), (NOW - ago, "failed"), (NOW - HOUR, "no-key")]
    bench.writer.commit(Changes(attempts=[Attempt("tube", "all", None, outcome, at) for at, outcome in tried]))
    await bench.round()
    assert bench.stored()["old"].deleted == gone


@pytest.mark.parametrize("state", ["no-key", "off"])
async def test_a_source_that_cannot_be_asked_costs_what_may_not_be_kept(bench, state):
    bench.source = Answering(keep_days=30)
    bench.add("old", age=40 * DAY)
    bench.add("young", age=26 * DAY)
    refresher = Refresher({"tube": bench.source}, bench.around)
    registration = SourceRegistration("tube", "Tube", None, state, "why")
    plan = Plan({}, {"tube": SourceSettings(True, {})}, (registration,), {})
    await refresher.once(plan)
    assert {name: found.deleted for name, found in bench.stored().items()} == {"old": True, "young": False}
    assert bench.source.asked == []
    assert "kept-too-long" in bench.log.getvalue()


async def test_a_source_that_is_merely_not_asked_for_keeps_its_posts(bench):
    bench.source = Answering(keep_days=30)
    bench.add("old", age=40 * DAY)
    refresher = Refresher({"tube": bench.source}, bench.around)
    plan = Plan({}, {"tube": SourceSettings(True, {})}, (SourceRegistration("tube", "Tube", 60.0),), {})
    await refresher.once(plan)
    assert not bench.stored()["old"].deleted


async def test_many_overdue_posts_are_asked_about_over_several_rounds(bench):
    bench.source = Answering(keep_days=30)
    names = [f"p{number}" for number in range(30)]
    bench.source.known = {name: Engagement() for name in names}
    bench.add(*names, age=40 * DAY)
    for _ in range(3):
        await bench.round()
    assert sorted(chain.from_iterable(bench.source.asked)) == sorted(names)
    assert not any(found.deleted for found in bench.stored().values())


# What of an answer is believed


def test_only_what_was_asked_about_is_written():
    posts = [DuePost(1, "p", "ada", None), DuePost(2, "q", None, None)]
    found = Refreshed(
        {"p": Engagement(likes=-5, views=2**70, replies=3), "x": Engagement(likes=1)},
        {"ada": "\x00", "ben": "Ben"},
        ("q", "q", "y"),
    )
    assert renewal_of(posts, found, posts[:1]) == Renewal({"p": Engagement(replies=3)}, {}, ["q"], [1])


# Many sources


def plan_of(bench: Bench, **settings: SourceSettings) -> Plan:
    parts = {slug: (Part(slug, "all", 60.0),) for slug in settings}
    return Plan(parts, settings, (), {})


async def test_sources_of_a_plan_are_asked_until_they_leave_it(bench, monkeypatch):
    monkeypatch.setattr(refreshing, "ROUND", 0.001)
    bench.add("p")
    other: Any = object()
    refresher = Refresher({"tube": bench.source, "feed": other}, bench.around)
    on = SourceSettings(True, {})
    await refresher.follow(plan_of(bench, tube=on, feed=on))
    assert refreshing_tasks() == ["tube refreshing"]
    async with asyncio.timeout(10):
        while not bench.source.asked:  # noqa: ASYNC110
            await asyncio.sleep(0)
    await refresher.follow(plan_of(bench, feed=on))
    assert refreshing_tasks() == []
    await refresher.follow(plan_of(bench, tube=on))
    await refresher.stop()
    assert refreshing_tasks() == []


def refreshing_tasks() -> list[str]:
    return sorted(task.get_name() for task in asyncio.all_tasks() if task.get_name().endswith("refreshing"))


async def test_once_asks_for_one_round(bench):
    bench.add("p", age=20 * MINUTE)
    refresher = Refresher({"tube": bench.source}, bench.around)  # type: ignore[dict-item]
    plan = plan_of(bench, tube=SourceSettings(True, {}))
    assert await refresher.once(plan) == {"tube"}
    assert bench.source.asked == [["p"]]
    bench.now += 3 * HOUR
    bench.source.error = SourceError("no")
    assert await refresher.once(plan) == set()


async def test_once_does_not_wait_for_long(bench, monkeypatch):
    monkeypatch.setattr(refreshing, "ONCE", 0.01)
    bench.add("p")
    bench.source.silent_seconds = 60.0
    refresher = Refresher({"tube": bench.source}, bench.around)  # type: ignore[dict-item]
    assert await refresher.once(plan_of(bench, tube=SourceSettings(True, {}))) == set()
