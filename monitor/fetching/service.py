"""The fetchers at work, inside one process that holds the lease: from the configuration to the committed batch."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Coroutine, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from monitor.config import Config, ConfigError
from monitor.config.entities import gazetteer
from monitor.fetching.batch_writer import BatchWriter
from monitor.fetching.committer import Committer
from monitor.fetching.detection import Detection
from monitor.fetching.events import Events
from monitor.fetching.governor import Governor
from monitor.fetching.lease import Lease
from monitor.fetching.plan import Plan, is_read, source_marks
from monitor.fetching.prospect import hosts_of, look_ahead
from monitor.fetching.reading import Surroundings
from monitor.fetching.refreshing import Around, Refresher
from monitor.fetching.runner import Runner
from monitor.fetching.signals import Requests
from monitor.http import Client
from monitor.ingest import Ingester, recall
from monitor.sources.base import Source
from monitor.store.erasing import PERIOD_SECONDS
from monitor.store.errors import StoreBusy
from monitor.store.reader import Reader, open_reader
from monitor.store.writer import Writer
from monitor.text.copies import Copies
from monitor.text.scorer_choice import ScorerError, chosen_scorer

Result = TypeVar("Result")

HEARTBEAT = 15.0
"""Seconds between two touches of the lease file."""

LOOK_WITHIN = 90.0
"""Seconds for which signals are looked for when everything is read once."""

SUMMARY = 900.0
"""Seconds between two lines that say how much came."""


class Setting(NamedTuple):
    """What the service is given by the process."""

    lease: Lease
    sources: Mapping[str, Source]
    load: Callable[[], Config]
    """Reads and checks the configuration; raises ConfigError."""
    open_writer: Callable[[], Writer]
    cursor: Callable[[str, str], str | None]
    """The cursor in the store, by source and part."""
    read_before: Callable[[], Mapping[str, bool]]
    """By slug of the sources in the store, whether they were read; empty for a new store."""
    requests: Requests
    events: Events
    clock: Callable[[], int]
    randomness: random.Random
    only: Collection[str] = ()
    """Slugs of the sources to read; empty for all."""
    open_reader: Callable[[], Reader] | None = None
    """Opens the store to look for signals in it; None where nobody does."""


class Service:
    """Fetches until the end is asked for, or once."""

    def __init__(self, setting: Setting, config: Config) -> None:
        self._setting = setting
        self._config = config
        self._committer = Committer(self._open, setting.clock, setting.events)
        self._copies = Copies()
        self._governor = Governor(self._committer, setting.clock)
        self._detection: Detection | None = None
        if setting.open_reader is not None:
            self._detection = Detection(
                setting.open_reader, self._committer, setting.clock, setting.events, lambda: gazetteer(self._config)
            )

    async def run(self, *, once: bool) -> int:
        """Fetch, and give the exit code.

        Raises:
            StoreError: the store cannot be written.
        """
        writing = asyncio.create_task(self._committer.run())
        companions = [asyncio.create_task(work) for work in (self._beat(), self._summarise(), self._erase())]
        if self._detection is not None and not once:
            companions.append(asyncio.create_task(self._detection.run()))
        work = asyncio.create_task(self._once() if once else self._follow())
        try:
            await asyncio.wait({work, writing}, return_when=asyncio.FIRST_COMPLETED)
            if writing.done() or work.cancelled():
                await _cancelled(work)
                await writing
            await self._committer.stop()
            await self._written(writing)
            return work.result()
        finally:
            for companion in companions:
                await _cancelled(companion)
            if self._detection is not None:
                self._detection.close()

    async def _written(self, writing: asyncio.Task[None]) -> None:
        try:
            await writing
        except StoreBusy as error:
            self._setting.events.event("not-committed", "warning", message=error)

    async def _once(self) -> int:
        plan = await self._plan()
        await self._register(plan)
        if not plan.parts:
            self._setting.events.event("nothing-to-read", "error", message=_why_nothing(plan, self._setting.only))
            return 1
        async with self._client(plan) as client:
            runner, refresher = self._runner(client), self._refresher(client)
            done, reading = await self._unless_ended(runner.once(plan))
            if done:
                await self._unless_ended(refresher.once(plan))
        if done and self._detection is not None:
            await self._look_once(self._detection)
        if not done:
            return self._setting.requests.exit_code or 0
        self._setting.events.event("done", kept=self._committer.kept, let_go=self._committer.let_go)
        return 0 if reading else 1

    async def _look_once(self, detection: Detection) -> None:
        """Look for signals, if that does not take long; else the next process that looks takes it up."""
        try:
            async with asyncio.timeout(LOOK_WITHIN):
                await self._unless_ended(detection.look())
        except TimeoutError:
            message = f"looking for signals took more than {LOOK_WITHIN:.0f} s; `monitor signals` looks again"
            self._setting.events.event("signals-put-off", "warning", message=message)

    async def _follow(self) -> int:
        """Read all parts; over again with another client where the configuration names other hosts."""
        plan: Plan | None = await self._plan()
        while plan is not None:
            async with self._client(plan) as client:
                plan = await self._follow_with(client, plan)
        return self._setting.requests.exit_code or 0

    async def _follow_with(self, client: Client, plan: Plan) -> Plan | None:
        """Read under this plan and those that follow it; gives the first one that needs another client."""
        requests = self._setting.requests
        runner, refresher = self._runner(client), self._refresher(client)
        hosts = hosts_of(plan)
        try:
            while requests.exit_code is None:
                await self._start(runner, plan)
                await refresher.follow(plan)
                changed = await self._next_plan()
                if changed is None or not hosts_of(changed) <= hosts:
                    return changed
                plan = changed
            return None
        finally:
            await refresher.stop()
            await runner.stop()

    async def _start(self, runner: Runner, plan: Plan) -> None:
        await self._register(plan)
        await runner.follow(plan)
        events = self._setting.events
        events.event("reading", sources=",".join(plan.parts), parts=len(runner))
        for registration in plan.registrations:
            if registration.state:
                events.event("not-read", source=registration.slug, state=registration.state, message=registration.note)
        if not plan.parts:
            events.event("nothing-to-read", "warning", message=_why_nothing(plan, self._setting.only))

    async def _register(self, plan: Plan) -> None:
        await self._committer.opened()
        marks = source_marks(self._setting.read_before(), plan.registrations, self._setting.clock())
        await self._committer.register(plan.registrations, marks)
        read = {slug: self._setting.sources[slug] for slug in plan.parts}
        await self._governor.follow(read, plan.settings)

    async def _next_plan(self) -> Plan | None:
        """Wait for a new configuration that can be used; None where the end was asked for."""
        requests = self._setting.requests
        while True:
            await requests.wait()
            if requests.exit_code is not None:
                return None
            if requests.reload:
                requests.reload = False
                if await self._reload():
                    return await self._plan()

    async def _reload(self) -> bool:
        events = self._setting.events
        try:
            config = await asyncio.to_thread(self._setting.load)
        except ConfigError as error:
            for problem in error.problems:
                events.event("configuration", "error", message=problem)
            events.event("reload-refused", "error", message="the configuration that was read before stays")
            return False
        if _analysis(config) != _analysis(self._config):
            try:
                ingester = await asyncio.to_thread(_ingester, config, self._copies)
            except ScorerError as error:
                events.event("reload-refused", "error", message=error)
                return False
            await self._committer.set_beats(config.beats, ingester)
        self._config = config
        events.event("reloaded", config=config.hash)
        return True

    async def _plan(self) -> Plan:
        """What to read under the configuration and the keys that are found now."""
        setting = self._setting
        plan, keys = await asyncio.to_thread(look_ahead, self._config, setting.sources, setting.only)
        for found in keys:
            if found.trouble:
                setting.events.event("key", "warning", source=found.source, message=found.trouble)
        for slug, error in plan.broken.items():
            setting.events.event("broken-source", "error", source=slug, error=type(error).__name__)
        return plan

    def _open(self) -> BatchWriter:
        """In the thread of the committer, as the libraries behind the analysis take a while to load."""
        beats = self._config.beats
        store = self._setting.open_writer()
        with open_reader(store.path) as reader:
            self._copies = recall(reader)
        ingester = _ingester(self._config, self._copies)
        writer = BatchWriter(store, ingester, self._setting.events)
        writer.set_beats(beats, ingester, self._setting.clock())
        return writer

    def _client(self, plan: Plan) -> Client:
        return Client(allowed_hosts=hosts_of(plan), clock=self._setting.clock)

    def _runner(self, client: Client) -> Runner:
        setting = self._setting
        around = Surroundings(
            client, self._committer, setting.cursor, setting.clock, setting.randomness, setting.events
        )
        return Runner(setting.sources, around, self._governor.meter)

    def _refresher(self, client: Client) -> Refresher:
        setting = self._setting
        around = Around(
            client, self._committer, self._governor.meter, setting.clock, setting.randomness, setting.events
        )
        return Refresher(setting.sources, around)

    async def _unless_ended(self, work: Coroutine[Any, Any, Result]) -> tuple[bool, Result | None]:
        """Do something unless the end is asked for before it is done."""
        task = asyncio.create_task(work)
        asked = asyncio.create_task(self._ended())
        try:
            await asyncio.wait({task, asked}, return_when=asyncio.FIRST_COMPLETED)
            return (True, task.result()) if task.done() else (False, None)
        finally:
            await _cancelled(task)
            await _cancelled(asked)

    async def _ended(self) -> None:
        while self._setting.requests.exit_code is None:
            await self._setting.requests.wait()
            self._setting.requests.reload = False

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            self._setting.lease.beat()

    async def _erase(self) -> None:
        while True:
            await asyncio.sleep(PERIOD_SECONDS)
            await self._committer.erase()

    async def _summarise(self) -> None:
        while True:
            await asyncio.sleep(SUMMARY)
            self._setting.events.event("alive", kept=self._committer.kept, let_go=self._committer.let_go)


def store_cursor(store: Path, source: str, part: str) -> str | None:
    """The cursor of a part in a store."""
    with open_reader(store) as reader:
        return reader.cursor(source, part)


def sources_read(store: Path, now: int) -> dict[str, bool]:
    """By slug of the sources in a store, whether they were read up to now."""
    with open_reader(store) as reader:
        return {row.slug: is_read(row.interval_seconds, row.state) for row in reader.sources(now)}


def _analysis(config: Config) -> tuple[object, ...]:
    """What of a configuration posts are analysed by."""
    return config.beats, config.scorer, config.model and config.model.name


def _ingester(config: Config, copies: Copies) -> Ingester:
    scorer = chosen_scorer(config.scorer, config.model and config.model.name)
    return Ingester(config.beats, scorer, copies=copies)


def _why_nothing(plan: Plan, only: Collection[str]) -> str:
    reasons = [f"{one.slug}: {one.note}" for one in plan.registrations if one.note and (not only or one.slug in only)]
    return "; ".join(reasons) or "no source is switched on"


async def _cancelled(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
