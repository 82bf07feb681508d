"""The line above the split and the chart: which beat, which range, which lens."""

from __future__ import annotations

from collections.abc import Sequence

from monitor import glyphs
from monitor.records import BeatSnapshot, Lens
from monitor.tui.lines import Line, Piece, rule, width_of
from monitor.tui.widgets.history_chart import RANGE_NAMES
from monitor.tui.widgets.line_pane import LinePane
from monitor.tui.widgets.mood_words import calibration_word

_STROKES = 7
"""Cells of a rule that its two texts do not fill."""


def beat_title_line(
    beat: BeatSnapshot | None, lens: Lens, range_hours: int, hidden: int, width: int, *, active: bool
) -> Line:
    """A rule with the beat's name, the ranges and the lenses, the chosen ones underlined.

    Where there is little room the figures fall away before what is to be known of the mood and of the comparison.
    """
    name: list[Piece] = [(beat.name if beat else "no beat", "bold text")]
    if hidden:
        name.append((f"  {hidden} hidden", "warning"))
    word = calibration_word((beat.sentiment,)) if beat else ""
    mood, short = ([(f"  {words}", "muted")] if word else [] for words in (f"mood {word}", word))
    records: list[Piece] = []
    if beat is not None and width >= 90:
        records = [(f"  {glyphs.count(beat.records)} records{'' if lens == 'raw' else ', raw'}", "muted")]
    compared = _compared(beat, lens) if beat else []
    wide = _choices(beat, lens, range_hours)
    bare = _choices(None, lens, range_hours)
    close = _choices(None, lens, range_hours, " ")
    choices = (
        ([*name, *records, *compared, *mood], wide),
        ([*name, *compared, *mood], wide),
        ([*name, *mood], wide),
        ([*name, *short], wide),
        ([*name, *short], bare),
        ([*name, *short], close),
        (name, wide),
        (name, bare),
    )
    title, far = next(
        ((near, end) for near, end in choices if width_of(near) + width_of(end) + _STROKES <= width), choices[-1]
    )
    return rule(title, far, width, active=active)


def _compared(beat: BeatSnapshot, lens: Lens) -> list[Piece]:
    """The change on what is usual with what it is made of, where the lens counts something else."""
    usual = beat.baseline
    if lens == "raw" or usual.compared is None or usual.volume is None:
        return []
    change = f"{glyphs.change(usual.ratio)} on usual {usual.volume:,.0f}"
    return [(f"  raw posts {glyphs.count(usual.compared)}, {change}", "muted")]


def _choices(beat: BeatSnapshot | None, lens: Lens, range_hours: int, blank: str = "  ") -> list[Piece]:
    """The ranges and the lenses; with the figures of the beat where one is given."""
    far: list[Piece] = []
    for hours, name in RANGE_NAMES.items():
        far.append((name, "bold underline accent" if hours == range_hours else "muted"))
        far.append((blank, ""))
    far.append((" ", ""))
    for one, name, figure in (
        ("raw", "raw", None),
        ("text", "texts", beat.unique_texts if beat else None),
        ("author", "authors", beat.unique_authors if beat else None),
    ):
        text = name if figure is None else f"{name} {glyphs.count(figure)}"
        far.append((text, "bold underline accent" if one == lens else "muted"))
        far.append((blank, ""))
    return far[:-1]


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
