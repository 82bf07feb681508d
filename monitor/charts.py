"""Volume and mood over time as terminal text: the one door to plotext.

The shapes are plotext's; everything around them (what was not collected, marks, the time axis, which part is what) is
laid over its matrix here, so that the app and the reports draw the same picture and colour it in their own way.

plotext has one global figure and costs a third of a second to import: call it away from an event loop, and not before
there is something to draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

from monitor.glyphs import GAP, MOOD_LIMIT, short_count
from monitor.instants import DAY, HOUR, to_datetime
from monitor.records import BeatHistory, Mark

Piece = tuple[str, str]
"""Some text and the name of its part: `label`, `axis`, `volume`, `gap`, `mark`, `positive`, `negative`, `neutral`."""

Line = tuple[Piece, ...]

MARK = "┊"
"""A column where something changed on our own side."""

ZERO = "┈"

SMALLEST = (24, 4)
"""Columns and rows under which no chart is drawn."""

_LABEL_WIDTH = 5
_MOOD_FROM_HEIGHT = 7
_figure_lock = Lock()


class _Axis(NamedTuple):
    """Where the bins of a history lie on the columns of a canvas."""

    low: float
    high: float
    columns: int

    def column(self, position: float) -> int:
        """The column of a position, counted in bins from the first one's start."""
        column = (position - self.low) / (self.high - self.low) * self.columns
        return max(0, min(self.columns - 1, int(column)))


def chart_text(history: BeatHistory, width: int, height: int) -> tuple[Line, ...]:
    """Volume above, net sentiment below (from seven rows on), the time axis last: `height` lines of `width` cells.

    A bin that was not collected is hatched in both, never drawn as zero. There are no lines at all where there is no
    room, or nothing to draw.
    """
    if width < SMALLEST[0] or height < SMALLEST[1] or len(history.bins) < 2:
        return ()
    axis = _Axis(0.0, float(len(history.bins)), width - _LABEL_WIDTH - 1)
    mood_height = max(3, (height - 1) * 2 // 5) if height >= _MOOD_FROM_HEIGHT else 0
    volume = _volume_lines(history, axis, height - 1 - mood_height)
    mood = _mood_lines(history, axis, mood_height) if mood_height else ()
    return (*volume, *mood, _time_line(history, axis))


def _volume_lines(history: BeatHistory, axis: _Axis, height: int) -> tuple[Line, ...]:
    top = _rounded_up(max((value for value in history.volume if value is not None), default=0))
    shapes = [_outline(run, axis) for run in _runs(history.volume)]
    rows = _draw(shapes, axis, height, 0.0, float(top), filled=True)
    labels = {0: short_count(top), height - 1: "0"}
    if height >= 5 and top % 2 == 0:
        labels[(height - 1) // 2] = short_count(top // 2)
    return tuple(_line(labels.get(row, ""), cells, "volume", history, axis) for row, cells in enumerate(rows))


def _mood_lines(history: BeatHistory, axis: _Axis, height: int) -> tuple[Line, ...]:
    """Net sentiment around a dotted zero; the colour parts say the sign once more."""
    values = [value for value in history.net_sentiment if value is not None]
    limit = max(MOOD_LIMIT, *(abs(value) for value in values)) if values else MOOD_LIMIT
    shapes = [_outline(run, axis) for run in _runs(history.net_sentiment)]
    rows = _draw(shapes, axis, height, -limit, limit, filled=False)
    middle = (height - 1) / 2
    labels = {0: f"+{limit * 100:.0f}", height - 1: f"−{limit * 100:.0f}"}
    zero_row = round(middle) if height % 2 else None
    if zero_row is not None:
        labels[zero_row] = "0"

    def part(row: int) -> str:
        return "neutral" if row == zero_row else "positive" if row < middle else "negative"

    return tuple(
        _line(labels.get(row, ""), cells, part(row), history, axis, dotted=row == zero_row)
        for row, cells in enumerate(rows)
    )


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """The stretches without a gap, as (index of the bin, value)."""
    runs: list[list[tuple[int, float]]] = []
    open_run = False
    for index, value in enumerate(values):
        if value is None:
            open_run = False
            continue
        if not open_run:
            runs.append([])
            open_run = True
        runs[-1].append((index, float(value)))
    return runs


def _outline(run: list[tuple[int, float]], axis: _Axis) -> tuple[list[float], list[float]]:
    """A run as the points of a line: steps where a bin has two columns or more, else through the middles of bins."""
    if axis.columns / (axis.high - axis.low) < 2:
        return [index + 0.5 for index, _ in run], [value for _, value in run]
    inset = 0.5 * (axis.high - axis.low) / axis.columns
    positions = [edge for index, _ in run for edge in (index + inset, index + 1 - inset)]
    return positions, [value for _, value in run for _ in range(2)]


def _draw(
    shapes: Sequence[tuple[list[float], list[float]]],
    axis: _Axis,
    height: int,
    low: float,
    high: float,
    *,
    filled: bool,
) -> list[str]:
    """The bare canvas of plotext as rows of cells, with quarter blocks for shapes."""
    import plotext

    with _figure_lock:
        plotext.terminal.limit(False, False)
        figure = plotext.figure
        figure.clear()
        figure.plot_size(axis.columns, height)
        figure.canvas("default")
        figure.axes(False)
        for name, limits in (("x", (axis.low, axis.high)), ("y", (low, high))):
            figure.ruler(name).lim(*limits)
            figure.ruler(name).ticks([])
            figure.ruler(name).alignment(lim="edge")
        for positions, values in shapes:
            signal = figure.signal(positions, values, marker="hd").lines(True)
            if filled:
                signal.fill(figure.signal(positions, [low] * len(positions), marker="hd"))
            figure.draw(signal)
        text = str(figure.build().string(colorless=True))
    rows = [row[: axis.columns].ljust(axis.columns) for row in text.splitlines()[:height]]
    return rows + [" " * axis.columns] * (height - len(rows))


def _line(label: str, cells: str, part: str, history: BeatHistory, axis: _Axis, *, dotted: bool = False) -> Line:
    """One row: its label, the axis, and the canvas with gaps hatched and marks drawn where nothing else is."""
    gaps, marks = _columns_of_gaps(history, axis), _columns_of_marks(history, axis)
    named: list[Piece] = []
    for column, cell in enumerate(cells):
        if column in gaps and cell == " ":
            named.append((GAP, "gap"))
        elif column in marks:
            named.append((MARK, "mark"))
        elif cell != " ":
            named.append((cell, part))
        else:
            named.append((ZERO, "axis") if dotted else (" ", ""))
    tick = "┤" if label else "│"
    return (*_merged([(label.rjust(_LABEL_WIDTH), "label"), (tick, "axis"), *named]),)


def _columns_of_gaps(history: BeatHistory, axis: _Axis) -> frozenset[int]:
    """The columns whose middle lies in a bin without volume."""
    per_column = (axis.high - axis.low) / axis.columns
    return frozenset(
        column
        for column in range(axis.columns)
        if history.volume[min(len(history.volume) - 1, int((column + 0.5) * per_column))] is None
    )


def _columns_of_marks(history: BeatHistory, axis: _Axis) -> frozenset[int]:
    return frozenset(axis.column(_position(history, mark)) for mark in history.marks if _inside(history, mark))


def _inside(history: BeatHistory, mark: Mark) -> bool:
    return history.bins[0] <= mark.at < history.bins[-1] + history.bin_hours * HOUR


def _position(history: BeatHistory, mark: Mark) -> float:
    return (mark.at - history.bins[0]) / (history.bin_hours * HOUR)


def _time_line(history: BeatHistory, axis: _Axis) -> Line:
    """Times (UTC) under the starts of their bins, as many as fit with room between them."""
    form, multiple = _time_form(history)
    labels = [
        (axis.column(index + 0.001), to_datetime(start).strftime(form))
        for index, start in enumerate(history.bins)
        if start % multiple == 0 or history.bin_hours * HOUR > multiple // 2
    ]
    widest = max((len(label) for _, label in labels), default=0)
    fitting = max(1, axis.columns // (widest + 3))
    step = max(1, -(-len(labels) // fitting))
    row = [" "] * (_LABEL_WIDTH + 1 + axis.columns)
    for column, label in labels[::step]:
        start = _LABEL_WIDTH + 1 + column
        if start + len(label) <= len(row):
            row[start : start + len(label)] = label
    return (("".join(row), "label"),)


def _time_form(history: BeatHistory) -> tuple[str, int]:
    """How times are written, and of which length of time their bins are multiples."""
    if history.range_hours <= 48:
        return "%H:%M", 3 * HOUR
    return ("%a %d" if history.range_hours <= 10 * 24 else "%d %b"), DAY


def _rounded_up(value: float) -> int:
    """The next round number that is no smaller: 1, 2, 4, 5, 6, 8 times a power of ten."""
    number = max(1, int(value))
    power = int(10 ** (len(str(number)) - 1))
    steps = (1, 2, 4, 6, 8, 10)
    return power * next(step for step in steps if step * power >= number)


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """The same text in as few pieces as possible."""
    merged: list[Piece] = []
    for text, name in pieces:
        if merged and merged[-1][1] == name:
            merged[-1] = (merged[-1][0] + text, name)
        else:
            merged.append((text, name))
    return merged
