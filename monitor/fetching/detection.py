"""Looking for signals beside the fetchers: in a thread and with a reader of its own, every five minutes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from monitor.detecting import Look, Watcher
from monitor.fetching.committer import Committer
from monitor.fetching.events import Events
from monitor.instants import SECOND
from monitor.signals.volume import BIN
from monitor.store.reader import Reader
from monitor.text.entities import Entity, shipped_entities

PATIENCE = 30.0
"""Seconds before the first look, at which the detectors learn: until then an app that has just started needs the
machine more."""

LEEWAY = 20.0
"""Seconds after the end of five minutes: what was published in them is then mostly in the store."""

REST = 0.2
"""Seconds of rest after each spell of learning, which takes about 0.05, so that ingestion gets its turn."""


class _Ended(Exception):
    """The program ends; what was being learned is let go."""


class Detection:
    """Looks for signals. What goes wrong is said, and the next look begins from the store again."""

    def __init__(
        self,
        open_reader: Callable[[], Reader],
        committer: Committer,
        clock: Callable[[], int],
        events: Events,
        gazetteer: Callable[[], tuple[Entity, ...]] = shipped_entities,
    ) -> None:
        self._open_reader = open_reader
        self._committer = committer
        self._clock = clock
        self._events = events
        self._gazetteer = gazetteer
        self._thread = ThreadPoolExecutor(1, "signals")
        self._ending = threading.Event()
        self._reader: Reader | None = None
        self._watcher: Watcher | None = None
        self._kept = 0
        self._rest_seconds = 0.0

    async def run(self) -> None:
        """Look at the end of each five minutes."""
        await asyncio.sleep(PATIENCE)
        while True:
            await self.look(REST)
            await asyncio.sleep((BIN - self._clock() % BIN) / SECOND + LEEWAY)

    async def look(self, rest: float = 0.0) -> None:
        """Take one look and have the store keep what it found.

        Args:
            rest: seconds to sleep after each spell of learning.
        """
        self._rest_seconds = rest
        began = time.perf_counter()
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._thread, self._look)
            if found.signals or found.until > self._kept:
                await self._committer.ask(lambda writer: writer.put_signals(found.signals, found.until, found.figures))
        except Exception as error:
            # Neither a store that is busy nor a mistake in a statistic may end the fetching.
            self._watcher = None
            self._events.event("signals", "error", error=type(error).__name__, message=error)
        else:
            self._kept = found.until
            seconds = round(time.perf_counter() - began, 2)
            self._events.event("signals", "debug", changed=len(found.signals), seconds=seconds)

    def close(self) -> None:
        """Let go of the store, as soon as what is being learned can be left."""
        self._ending.set()
        self._thread.submit(self._close)
        self._thread.shutdown(wait=False)

    def _look(self) -> Look:
        if self._reader is None:
            self._reader = self._open_reader()
        if self._watcher is None:
            self._watcher = Watcher(self._reader, pause=self._rest, entities=self._gazetteer())
        return self._watcher.look(self._clock())

    def _rest(self) -> None:
        if self._ending.wait(self._rest_seconds):
            raise _Ended

    def _close(self) -> None:
        if self._reader is not None:
            self._reader.close()
