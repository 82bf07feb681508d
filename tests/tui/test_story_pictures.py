"""Pictures of the reader, compared with those that were looked at and liked."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from story_room import CONFIG, NOW, fill
from textual.pilot import Pilot

from monitor.bookmarks import Bookmarks
from monitor.newsroom import Newsroom
from monitor.tui.app import MonitorApp
from monitor.tui.reading import ReadingThread
from monitor.tui.screens.findings import FindingsScreen
from monitor.tui.screens.story import StoryScreen
from monitor.tui.store_source import StoreSource

pytestmark = pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the pictures were taken with Python 3.11")


def app(store: Path, theme: str) -> MonitorApp:
    return MonitorApp(
        ReadingThread(lambda: StoreSource(store, CONFIG, "vader"), lambda: NOW),
        store_name="demo",
        theme=theme,
        remote=False,
        newsroom=lambda: Newsroom(store, CONFIG, "vader", lambda: NOW),
        bookmarks=lambda: Bookmarks(store.with_name("stories.json"), lambda: NOW),
    )


def reading(*keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Open the newest story, wait until it was checked, then press keys."""

    async def run(pilot: Pilot[None]) -> None:
        running: Any = pilot.app
        await until(pilot, lambda: running.reading is not None and running.screen.stories.cards)
        cards = running.screen.stories.cards
        running.open_story(cards[0], cards)
        await until(pilot, lambda: isinstance(running.screen, StoryScreen) and running.screen.material.lint)
        await pilot.press(*keys)
        if "v" in keys:
            await until(pilot, lambda: isinstance(running.screen, FindingsScreen) and running.screen.chosen.text)
        await pilot.pause()

    return run


async def until(pilot: Pilot[None], true: Callable[[], object]) -> None:
    for _ in range(1000):
        await pilot.pause(0.01)
        if true():
            return
    raise AssertionError("it never became true")


@pytest.mark.parametrize(("columns", "rows", "theme"), [(120, 40, "dark"), (80, 24, "light")])
def test_a_story(snap_compare: Any, tmp_path: Path, columns: int, rows: int, theme: str) -> None:
    store = fill(tmp_path / "demo.db")
    keys = ("tab", "tab", "tab")
    assert snap_compare(app(store, theme), terminal_size=(columns, rows), run_before=reading(*keys))


def test_what_stands_below_a_story(snap_compare: Any, tmp_path: Path) -> None:
    store = fill(tmp_path / "demo.db")
    assert snap_compare(app(store, "colour-blind"), terminal_size=(120, 40), run_before=reading("f", "G", "tab"))


def test_the_findings(snap_compare: Any, tmp_path: Path) -> None:
    store = fill(tmp_path / "demo.db")
    assert snap_compare(app(store, "dark"), terminal_size=(120, 40), run_before=reading("v"))
