"""Starts the app on a terminal, with everything that must be set before the framework is imported."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.bookmarks import Bookmarks
    from monitor.config import Config
    from monitor.demo import DemoStore
    from monitor.fetching.child import Supervisor
    from monitor.newsroom import Newsroom
    from monitor.records import StoredPost
    from monitor.sitting import Desk
    from monitor.text.sentiment import Driver
    from monitor.tui.reading import SourceOpener

FRAMEWORK_SETTINGS = {
    "TEXTUAL_ANIMATIONS": "none",
    "TEXTUAL_SMOOTH_SCROLL": "0",
}
"""No motion: over a slow line every repaint is paid for."""

FRAMES_PER_SECOND = 30
FRAMES_PER_SECOND_REMOTE = 10

STOP_SECONDS = 2.0
"""How long the fetcher may take to end when the app ends."""


def run_app(
    config: Config,
    store_path: Path,
    *,
    start_fetcher: bool,
    demo: DemoStore | None = None,
    no_color: bool = False,
) -> int:
    """Open the app on a store and stay until it ends.

    Args:
        config: beats, theme, keys and the rest.
        store_path: the store; it need not exist yet.
        start_fetcher: whether to fetch in the background, by a process that ends with the app.
        demo: the demo's store, which then is fed in place of fetched, and removed in the end.
        no_color: use no colour, as `NO_COLOR` asks too.

    Returns:
        The exit code: 0 where the app was quit, 1 where it failed. On a signal the process ends with 128 + its number.
    """
    from monitor.tui.store_source import StoreSource

    supervisors: list[Supervisor] = []

    def keep_up() -> str:
        """Made at its first check, which comes after the first paint: what starts processes is slow to load."""
        if not supervisors:
            supervisors.append(_supervisor(store_path, config, demo=demo))
        return supervisors[0].check().message

    def clean_up() -> None:
        for supervisor in supervisors:
            supervisor.stop(STOP_SECONDS)
        if demo is not None:
            from monitor.demo import clean_up as remove

            remove(demo)

    def open_desk(beat: str) -> Desk:
        from monitor.sitting import Desk

        return Desk(store_path, beat, now)

    explainers: list[Callable[[StoredPost], Sequence[Driver]]] = []

    def explain(stored: StoredPost) -> Sequence[Driver]:
        """Made for the first post that is opened."""
        if not explainers:
            from monitor.reasons import explainer

            explainers.append(explainer(config.scorer))
        return explainers[0](stored)

    def open_bookmarks() -> Bookmarks:
        from monitor.bookmarks import Bookmarks
        from monitor.paths import state_directory

        return Bookmarks(state_directory() / "stories.json", now)

    scorer = scorer_name(config.scorer)
    return run_with(
        lambda: StoreSource(store_path, config, scorer),
        store_name="demo" if demo is not None else store_path.stem,
        clock=now,
        theme=config.theme,
        keymap=config.keymap,
        mouse=config.mouse,
        ascii_only=config.ascii,
        frames_per_second=config.frames_per_second,
        no_color=no_color,
        upkeep=keep_up if start_fetcher or demo is not None else None,
        at_end=clean_up,
        desk=open_desk,
        explain=explain,
        newsroom=lambda: _newsroom(store_path, config, scorer),
        bookmarks=open_bookmarks,
    )


def _newsroom(store_path: Path, config: Config, scorer: str) -> Newsroom:
    from monitor.newsroom import Newsroom

    return Newsroom(store_path, config, scorer, now)


def run_with(
    opener: SourceOpener,
    *,
    store_name: str,
    clock: Callable[[], int],
    theme: str = "dark",
    keymap: Mapping[str, str] | None = None,
    mouse: bool = True,
    ascii_only: bool = False,
    frames_per_second: int = FRAMES_PER_SECOND,
    no_color: bool = False,
    upkeep: Callable[[], str] | None = None,
    at_end: Callable[[], None] = lambda: None,
    desk: Callable[[str], Desk] | None = None,
    explain: Callable[[StoredPost], Sequence[Driver]] | None = None,
    newsroom: Callable[[], Newsroom] | None = None,
    bookmarks: Callable[[], Bookmarks] | None = None,
) -> int:
    """Run the app on any source of snapshots; the rest is as in `run_app` and `MonitorApp`."""
    colour = prepare_environment(os.environ, frames_per_second, no_color=no_color)
    if not _guard_terminal(at_end):
        print("monitor: no terminal to read keys from; try `monitor watch`", file=sys.stderr)  # noqa: T201
        return 1
    from monitor.tui.reading import ReadingThread

    reading_thread = ReadingThread(opener, clock)
    reading_thread.start()
    # Collecting garbage while everything is being made finds none; the app turns it on again.
    gc.disable()
    from monitor.tui.app import MonitorApp

    app = MonitorApp(
        reading_thread,
        store_name=store_name,
        theme=theme,
        keymap=keymap,
        colour=colour,
        ascii_only=ascii_only,
        upkeep=upkeep,
        desk=desk,
        explain=explain,
        newsroom=newsroom,
        bookmarks=bookmarks,
    )
    try:
        app.run(mouse=mouse)
    finally:
        at_end()
    return app.return_code or 0


def prepare_environment(
    environment: MutableMapping[str, str], frames_per_second: int = FRAMES_PER_SECOND, *, no_color: bool = False
) -> bool:
    """Set what the framework reads when it is imported; gives back whether colour may be used.

    An empty `NO_COLOR` means nothing (https://no-color.org), though the framework would take it for a yes.
    """
    for name, value in FRAMEWORK_SETTINGS.items():
        environment.setdefault(name, value)
    remote = environment.get("SSH_CONNECTION") or environment.get("SSH_TTY")
    frames = min(frames_per_second, FRAMES_PER_SECOND_REMOTE) if remote else frames_per_second
    environment.setdefault("TEXTUAL_FPS", str(frames))
    colour = not (no_color or environment.get("NO_COLOR"))
    environment.pop("NO_COLOR", None)
    return colour


def now() -> int:
    """The current instant."""
    return time.time_ns() // 1_000_000


def scorer_name(choice: str) -> str:
    """The name of the chosen scorer, which the manifest of a snapshot carries where the store names none."""
    from monitor.text.scorers import NAMES

    return NAMES.get(choice, choice)


def _supervisor(store_path: Path, config: Config, *, demo: DemoStore | None) -> Supervisor:
    """What keeps the background process running."""
    from monitor.fetching.child import Supervisor

    if demo is not None:
        from monitor.demo.child import FeederChild

        return Supervisor(store_path, start=lambda: FeederChild.start(store_path))
    return Supervisor(store_path, None if config.file is None else Path(config.file))


def _guard_terminal(at_end: Callable[[], None]) -> bool:
    """Have the terminal restored whatever happens; False where there is none to read keys from."""
    if sys.platform == "win32":
        return True
    from monitor.tui.manners import TerminalGuard, take_terminal_as_input

    if not take_terminal_as_input():
        return False
    TerminalGuard(at_end).install()
    return True
