"""The app without a terminal, driven by a test."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fabricated import NOW, FabricatedSource
from textual.pilot import Pilot

from monitor.tui.app import MonitorApp
from monitor.tui.reading import ReadingThread
from monitor.tui.screens.dashboard import Dashboard


class Running:
    """A running app, its source and its pilot."""

    def __init__(self, app: MonitorApp, source: FabricatedSource, pilot: Pilot[None]) -> None:
        self.app = app
        self.source = source
        self.pilot = pilot

    @property
    def dashboard(self) -> Dashboard:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, Dashboard)
        return screen

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, true: Callable[[], object], seconds: float = 10.0) -> None:
        """Let the app run until something is true."""
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, "it never became true"
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def read(self) -> None:
        """Wait until everything of the chosen beat was read and drawn."""
        await self.until(lambda: self.app.reading is not None and self.app.reading.posts is not None)
        await self.until(lambda: self.app.reading is not None and self.app.reading.view == self.app.view)

    async def commit(self) -> None:
        """Say that the store has something new, and wait until it was read."""
        built = self.source.built
        self.source.version += 1
        self.app.reading_thread.poke()
        await self.until(lambda: self.source.built > built)
        await self.pilot.pause(0.05)


@asynccontextmanager
async def running(
    source: FabricatedSource | None = None,
    *,
    size: tuple[int, int] = (120, 40),
    clock: Callable[[], int] = lambda: NOW,
    wait: bool = True,
    **settings: Any,
) -> AsyncIterator[Running]:
    """Open the app on a made-up source."""
    made = source or FabricatedSource()
    app = MonitorApp(ReadingThread(lambda: made, clock), store_name="test", **settings)
    async with app.run_test(size=size) as pilot:
        one = Running(app, made, pilot)
        if wait:
            await one.read()
        yield one
