"""Scores of the Numenta Anomaly Benchmark on its Twitter series, for the novelty of `monitor.signals.volume`.

MONITOR_DATA_DIR=... python -m tests.bench.signals_nab          (reads nab_tune/*.csv and nab_tune/windows.json there)

The rules are those of the benchmark (Lavin and Ahmad 2015): an alarm in a labelled window counts once, the earliest, by
a sigmoid of its place; every alarm outside costs, the less the closer it follows a window; a window without an alarm
costs; the first 15 % of a series, 750 rows at most, are not scored; the total is put between that of no alarm at all
and that of an alarm at the very start of each window.
"""

from __future__ import annotations

import csv
import json
import math
import os
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from monitor.signals.volume import novelty

PROFILES = {"standard": (1.0, 0.11, 1.0), "low-FP": (1.0, 0.22, 1.0), "low-FN": (1.0, 0.11, 2.0)}
"""Weights of a found window, a false alarm and a missed window."""


class Series(NamedTuple):
    """One file of the benchmark."""

    name: str
    times: list[datetime]
    counts: list[float]
    windows: list[tuple[int, int]]
    """First and last row of each labelled window."""


class Marks(NamedTuple):
    """What the alarms of one series are worth, before the weights of a profile."""

    found: list[float | None]
    """By window, the worth of its earliest alarm; None where it has none."""
    false: float
    """Sum over the false alarms, each from -1 to 0."""
    false_alarms: int


def load(folder: Path) -> list[Series]:
    """All series that lie in a folder with their windows."""
    found = []
    for name, spans in json.loads((folder / "windows.json").read_text()).items():
        with (folder / name).open(newline="") as file:
            rows = list(csv.DictReader(file))
        times = [datetime.fromisoformat(row["timestamp"]) for row in rows]
        row_at = {moment: number for number, moment in enumerate(times)}
        windows = [(row_at[datetime.fromisoformat(a)], row_at[datetime.fromisoformat(b)]) for a, b in spans]
        found.append(Series(name, times, [float(row["value"]) for row in rows], windows))
    return found


def place_worth(place: float) -> float:
    """The sigmoid of a place relative to a window: -1 at its first row, 0 just past its last, 1 one length later."""
    return -1.0 if place > 3 else 2 / (1 + math.exp(5 * place)) - 1


def mark(series: Series, alarms: Sequence[int]) -> Marks:
    """Weigh the rows that gave an alarm."""
    rows = len(series.times)
    scored = [row for row in alarms if row >= min(math.floor(0.15 * rows), 750)]
    found: list[float | None] = []
    inside: set[int] = set()
    for first, last in series.windows:
        hits = [row for row in scored if first <= row <= last]
        inside.update(hits)
        width = last - first + 1
        found.append(place_worth(-(last - hits[0] + 1) / width) / place_worth(-1.0) if hits else None)
    false = [_false_worth(series, row) for row in scored if row not in inside]
    return Marks(found, sum(false), len(false))


def _false_worth(series: Series, row: int) -> float:
    before = [(first, last) for first, last in series.windows if last < row]
    if not before:
        return -1.0
    first, last = before[-1]
    return place_worth((row - last) / (last - first))


def normalised(marks: Sequence[Marks]) -> dict[str, float]:
    """The score of each profile over some series: 0 for no alarm at all, 100 for the start of every window."""
    scores = {}
    for profile, (hit, false, miss) in PROFILES.items():
        windows = [worth for each in marks for worth in each.found]
        total = sum(-miss if worth is None else hit * worth for worth in windows)
        total += sum(false * each.false for each in marks)
        scores[profile] = 100 * (total + miss * len(windows)) / ((hit + miss) * len(windows))
    return scores


def main() -> None:
    folder = os.environ.get("MONITOR_DATA_DIR")
    if not folder:
        raise SystemExit("MONITOR_DATA_DIR is not set: the folder that holds nab_tune/")
    every = load(Path(folder) / "nab_tune")
    marks = []
    started = time.perf_counter()
    for series in every:
        scores = novelty(series.times, series.counts)
        marks.append(mark(series, [row for row, score in enumerate(scores) if score >= 0.5]))
        shown = " ".join("missed" if worth is None else f"{worth:.2f}" for worth in marks[-1].found)
        print(f"{series.name:<28} windows {shown:<26} false alarms {marks[-1].false_alarms}")
    spent = time.perf_counter() - started
    oracle = [mark(series, [(first + last) // 2 for first, last in series.windows]) for series in every]
    for name, table in (("alarms at the labels", oracle), ("monitor", marks)):
        print(f"{name:<28}", "  ".join(f"{profile} {score:.1f}" for profile, score in normalised(table).items()))
    for left_out, series in enumerate(every):
        rest = normalised([each for number, each in enumerate(marks) if number != left_out])
        print(f"without {series.name:<28}", "  ".join(f"{profile} {score:.1f}" for profile, score in rest.items()))
    rows = sum(len(series.times) for series in every)
    print(f"{spent / rows * 1e6:.0f} microseconds a bin")


if __name__ == "__main__":
    main()
