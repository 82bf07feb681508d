from __future__ import annotations

import re

from monitor.records import Snapshot
from monitor.report.terminal import coloured
from monitor.report.text import snapshot_text


def test_colour_changes_no_character(snapshot: Snapshot) -> None:
    report = snapshot_text(snapshot, 100)
    shown = coloured(report)
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown) == report
    assert shown.startswith("\x1b[1mDiscourse of the 24 h")
    assert "\x1b[32m▲▲\x1b[0m" in shown


def test_markup_in_a_title_is_text(snapshot: Snapshot) -> None:
    story = snapshot.stories[1]._replace(title="[red]not markup[/red] :smile:")
    shown = coloured(snapshot_text(snapshot._replace(stories=(story,)), 100))
    assert "[red]not markup[/red] :smile:" in shown
