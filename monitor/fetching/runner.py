"""All readings of all sources at once: started under a plan, changed under another, stopped without losing a batch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from monitor.fetching import schedule
from monitor.fetching.plan import Plan
from monitor.fetching.reading import Reading, Surroundings
from monitor.sources.base import Batch, Part, Source

CATCH_UP_IDLE = 15.0
"""Seconds after which a stream that does not come nearer to the present is left, when everything is read once."""


class _Task(NamedTuple):
    reading: Reading
    task: asyncio.Task[None]


class Runner:
    """Keeps a task for each part that is read. A source that breaks, breaks alone."""

    def __init__(self, sources: Mapping[str, Source], around: Surroundings) -> None:
        self._sources = sources
        self._around = around
        self._tasks: dict[tuple[str, str], _Task] = {}
        self._plan: Plan | None = None

    def __len__(self) -> int:
        return len(self._tasks)

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
        started = self._around.clock()
        readings = [(slug, reading) for slug, parts in plan.parts.items() for reading in self._readings(slug, parts)]
        await asyncio.gather(*(_read_once(reading, started) for _, reading in readings))
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

    def _readings(self, slug: str, parts: tuple[Part, ...]) -> Iterator[Reading]:
        gate = asyncio.Semaphore(schedule.AT_ONCE)
        for part in parts:
            yield Reading(self._sources[slug], part, self._around, gate)

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
