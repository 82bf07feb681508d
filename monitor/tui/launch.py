"""Starts the app on a terminal, with everything that must be set before the framework is imported."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.tui.reading import SourceOpener

FRAMEWORK_SETTINGS = {
    "TEXTUAL_FPS": "20",
    "TEXTUAL_ANIMATIONS": "none",
    "TEXTUAL_SMOOTH_SCROLL": "0",
}
"""Few frames and no motion: over a slow line every repaint is paid for."""


def prepare_environment(environment: MutableMapping[str, str], *, no_color: bool = False) -> bool:
    """Set what the framework reads when it is imported; gives back whether colour may be used.

    An empty `NO_COLOR` means nothing (https://no-color.org), though the framework would take it for a yes.
    """
    for name, value in FRAMEWORK_SETTINGS.items():
        environment.setdefault(name, value)
    colour = not (no_color or environment.get("NO_COLOR"))
    environment.pop("NO_COLOR", None)
    return colour


def run_with(
    opener: SourceOpener,
    *,
    store_name: str,
    clock: Callable[[], int],
    theme: str = "dark",
    keymap: Mapping[str, str] | None = None,
    mouse: bool = True,
    no_color: bool = False,
) -> int:
    """Run the app until it ends; gives back the exit code."""
    colour = prepare_environment(os.environ, no_color=no_color)
    from monitor.tui.app import MonitorApp

    app = MonitorApp(opener, store_name=store_name, clock=clock, theme=theme, keymap=keymap, colour=colour)
    app.run(mouse=mouse)
    return app.return_code or 0
