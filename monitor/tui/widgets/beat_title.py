"""The line above the split and the chart: which beat, which range, which lens."""

from __future__ import annotations

from collections.abc import Sequence

from monitor import glyphs
from monitor.records import BeatSnapshot, Lens
from monitor.tui.lines import Line, Piece, rule
from monitor.tui.widgets.history_chart import RANGE_NAMES
from monitor.tui.widgets.line_pane import LinePane


def beat_title_line(
    beat: BeatSnapshot | None, lens: Lens, range_hours: int, hidden: int, width: int, *, active: bool
) -> Line:
    """A rule with the beat's name, the ranges and the lenses, the chosen ones underlined."""
    title: list[Piece] = [(beat.name if beat else "no beat", "bold text")]
    if beat is not None and width >= 90:
        title.append((f"  {glyphs.count(beat.records)} records", "muted"))
    if hidden:
        title.append((f"  {hidden} hidden", "warning"))
    far: list[Piece] = []
    for hours, name in RANGE_NAMES.items():
        far.append((name, "bold underline accent" if hours == range_hours else "muted"))
        far.append(("  ", ""))
    far.append((" ", ""))
    for one, name, figure in (
        ("raw", "raw", None),
        ("text", "texts", beat.unique_texts if beat else None),
        ("author", "authors", beat.unique_authors if beat else None),
    ):
        text = name if figure is None else f"{name} {glyphs.count(figure)}"
        far.append((text, "bold underline accent" if one == lens else "muted"))
        far.append(("  ", ""))
    return rule(title, far[:-1], width, active=active)


class BeatTitle(LinePane):
    """Heads the panes about the chosen beat."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._beat: BeatSnapshot | None = None
        self._lens: Lens = "raw"
        self._range_hours = 24
        self._hidden = 0
        self._active = False

    def show(self, beat: BeatSnapshot | None, lens: Lens, range_hours: int, hidden: int) -> None:
        self._beat, self._lens, self._range_hours, self._hidden = beat, lens, range_hours, hidden
        self.redraw()

    def set_active(self, active: bool) -> None:
        """Say whether the pane below has the focus."""
        self._active = active
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        return (beat_title_line(self._beat, self._lens, self._range_hours, self._hidden, width, active=self._active),)
