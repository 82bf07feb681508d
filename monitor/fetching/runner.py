"""All readings of all sources at once: started under a plan, changed under another, stopped without losing a batch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from monitor.fetching import schedule
from monitor.fetching.plan import Plan
from monitor.fetching.reading import Reading, Surroundings
from monitor.sources.base import Batch, Meter, Part, Source, SourceSettings, Unlimited

CATCH_UP_IDLE = 15.0
"""Seconds after which a stream that does not come nearer to the present is left, when everything is read once."""


class _Task(NamedTuple):
    reading: Reading
    task: asyncio.Task[None]


class Runner:
    """Keeps a task for each part that is read. A source that breaks, breaks alone."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        around: Surroundings,
        meter: Callable[[str], Meter] = lambda slug: Unlimited(),
    ) -> None:
        """Set up.

        Args:
            sources: Readers by slug.
            around: What all readings share.
            meter: The meter of a source, by its slug.
        """
        self._sources = sources
        self._around = around
        self._meter = meter
        self._tasks: dict[tuple[str, str], _Task] = {}
        self._gates: dict[str, schedule.Gates] = {}
        self._plan: Plan | None = None

    def __len__(self) -> int:
        return len(self._tasks)

    @property
    def delivered(self) -> int:
        """Parts that have given something, be it that there was nothing new."""
        return sum(entry.reading.delivered > 0 for entry in self._tasks.values())

    @property
    def stuck(self) -> int:
        """How many parts wait for a person to change something."""
        return sum(entry.reading.stuck for entry in self._tasks.values())

    async def follow(self, plan: Plan) -> None:
        """Read what the plan names from now on.

        What is the same as before goes on undisturbed; what is new starts, and so does what waited for a person to
        change something; what is gone ends. A source whose settings changed starts anew as a whole.
        """
        before, self._plan = self._plan, plan
        for slug in {*plan.parts, *(slug for slug, _ in self._tasks)}:
            same = before is not None and before.settings.get(slug) == plan.settings.get(slug)
            await self._follow_source(slug, plan.parts.get(slug, ()), keep=same)

    async def stop(self) -> None:
        """End every reading; batches that wait to be committed still are."""
        await self._end(list(self._tasks))

    async def once(self, plan: Plan) -> set[str]:
        """Poll every part once, follow every stream up to now. Returns the slugs of sources that gave something."""
        self._plan = plan
        started = self._around.clock()
        readings = [
            (slug, reading)
            for slug, parts in plan.parts.items()
            for reading in self._readings(slug, parts, says_failures=False)
        ]
        try:
            await asyncio.gather(*(_read_once(reading, started) for _, reading in readings))
        finally:
            self._say_failures([reading for _, reading in readings])
        return {slug for slug, reading in readings if reading.delivered and not reading.failures}

    async def _follow_source(self, slug: str, parts: tuple[Part, ...], *, keep: bool) -> None:
        wanted = {part.name: part for part in parts}
        going_on = {
            name
            for (source, name), entry in self._tasks.items()
            if keep and source == slug and wanted.get(name) == entry.reading.part and not entry.reading.stuck
        }
        await self._end([key for key in self._tasks if key[0] == slug and key[1] not in going_on])
        fresh = tuple(part for part in parts if part.name not in going_on)
        waits = schedule.first_waits(fresh, self._around.randomness)
        for reading, wait in zip(self._readings(slug, fresh), waits, strict=True):
            task = asyncio.create_task(reading.run(wait), name=f"{slug} {reading.part.name}")
            self._tasks[slug, reading.part.name] = _Task(reading, task)

    def _readings(self, slug: str, parts: tuple[Part, ...], *, says_failures: bool = True) -> Iterator[Reading]:
        gates = self._gates.setdefault(slug, schedule.Gates())
        settings = self._plan.settings.get(slug) if self._plan else None
        client = self._around.client.for_source(settings or SourceSettings(True, {}), self._meter(slug))
        around = self._around._replace(client=client)
        for part in parts:
            yield Reading(self._sources[slug], part, around, gates.gate(part), says_failures=says_failures)

    def _say_failures(self, readings: Iterable[Reading]) -> None:
        """Say what failed, parts of a source that failed alike as one: without a network they all do."""
        alike: dict[tuple[str, str, str], list[Reading]] = {}
        for reading in readings:
            if reading.trouble is not None:
                same = _without_hosts(reading.trouble.message, reading.part)
                alike.setdefault((reading.part.source, reading.trouble.outcome, same), []).append(reading)
        for (slug, outcome, _), failed in alike.items():
            first, message = failed[0].part.name, failed[0].trouble.message if failed[0].trouble else ""
            parts = len(failed) if len(failed) > 1 else None
            self._around.events.event(outcome, "warning", source=slug, part=first, parts=parts, message=message)

    async def _end(self, keys: list[tuple[str, str]]) -> None:
        tasks = [self._tasks.pop(key).task for key in keys]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read_once(reading: Reading, started: int) -> None:
    if not reading.part.streaming:
        await reading.attempt()
        return
    patience = asyncio.timeout(CATCH_UP_IDLE)

    def enough(batch: Batch) -> bool:
        if batch.covered is not None:
            patience.reschedule(asyncio.get_running_loop().time() + CATCH_UP_IDLE)
        return batch.covered is not None and batch.covered[1] >= started

    try:
        async with patience:
            await reading.attempt(enough)
    except TimeoutError:
        if not reading.delivered:
            await reading.fail(f"nothing came within {CATCH_UP_IDLE:.0f} seconds")


def _without_hosts(message: str, part: Part) -> str:
    """What went wrong, apart from with whom."""
    for address in part.addresses:
        for host in (schedule.host_of(address), schedule.host_of(address).rpartition(":")[0]):
            message = message.replace(host, "…") if host else message
    return message
