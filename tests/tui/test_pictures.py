"""Pictures of the app, compared with those that were looked at and liked."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fabricated import NOW, FabricatedSource
from textual.pilot import Pilot

from monitor.tui.app import MonitorApp
from monitor.tui.reading import ReadingThread

pytestmark = pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the pictures were taken with Python 3.11")


def app(theme: str = "dark") -> MonitorApp:
    return MonitorApp(ReadingThread(FabricatedSource, lambda: NOW), store_name="demo", theme=theme, remote=False)


def settled(*keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Wait until everything was read and the chart is drawn, then press keys."""

    async def run(pilot: Pilot[None]) -> None:
        running: Any = pilot.app
        for _ in range(1000):
            await pilot.pause(0.01)
            reading = running.reading
            if reading is not None and reading.posts is not None and "┤" in running.screen_stack[0].chart.text:
                break
            if running.screen_stack[0].folded and reading is not None and reading.posts is not None:
                break
        await pilot.press(*keys)
        await pilot.pause()

    return run


@pytest.mark.parametrize(("columns", "rows", "theme"), [(120, 40, "dark"), (200, 60, "light"), (80, 24, "dark")])
def test_the_dashboard(snap_compare: Any, columns: int, rows: int, theme: str) -> None:
    assert snap_compare(app(theme), terminal_size=(columns, rows), run_before=settled())


def test_a_post(snap_compare: Any) -> None:
    keys = ("tab", "tab", "j", "enter")
    assert snap_compare(app("colour-blind"), terminal_size=(120, 40), run_before=settled(*keys))


def test_the_help(snap_compare: Any) -> None:
    assert snap_compare(app("high-contrast"), terminal_size=(100, 40), run_before=settled("question_mark"))
