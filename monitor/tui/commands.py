"""What the command palette offers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

if TYPE_CHECKING:
    from monitor.tui.app import MonitorApp


def commands(app: MonitorApp) -> Iterator[SystemCommand]:
    """Everything that can be done from anywhere, in words."""
    yield SystemCommand("Help", "The keys of this pane and what the shapes mean", app.action_help)
    yield SystemCommand("Signals", "What is unusual now or was within the day", app.action_signals)
    yield SystemCommand("Working", "What the figures of the chosen beat rest on", app.action_evidence)
    yield SystemCommand("Pause", "Stop and go on showing what is new", app.action_pause)
    yield SystemCommand("Label", "Label posts of the chosen beat by key, which corrects its mood", app.action_label)
    yield SystemCommand("Import stories", "From files, or from a text that is pasted", app.action_import_stories)
    yield SystemCommand("Lens", "Count posts, unique texts or unique authors", app.action_next_lens)
    yield SystemCommand("Longer range", "A day, a week, a month", partial(app.action_shift_range, 1))
    yield SystemCommand("Shorter range", "A month, a week, a day", partial(app.action_shift_range, -1))
    for name in app.themes:
        yield SystemCommand(f"Theme {name}", "Change the colours", partial(app.use_theme, name))
    yield SystemCommand("Quit", "End the app", app.action_quit)
