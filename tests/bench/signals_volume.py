"""Detection of steps and false alarms of `monitor.signals.volume` on simulated counts, by level and size of a beat.

nice python -m tests.bench.signals_volume [--series N] [--factor F] [--rates 20,100,...] [--seed S]

Each series runs for 42 days; those with steps hold one of three to six hours every third day from the seventeenth on.
The simulation is that of tests/signals/series.py: negative binomial with phi 2, a daily and a weekly season, an hourly
autoregressive log rate with a variation of 25 %. A false alarm that rises to a higher level while it would be silent
is one. Beside the monitor stand two that know more, each with a bound that gives 0.02 false alarms a day: the same
model, told the season and how counts and hours scatter; and a cumulative likelihood ratio that knows the factor and the
rate of every single bin.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from itertools import pairwise
from math import exp, log, log1p, pi, sin, sqrt
from typing import NamedTuple

from monitor.instants import DAY, from_datetime
from monitor.records import Significance
from monitor.signals.habit import Habit
from monitor.signals.history import BIN
from monitor.signals.steps import Steps
from monitor.signals.volume import SILENCE, detect
from tests.signals.series import BINS_A_DAY, START, draw, rates, times

DAYS = 42
BINS = DAYS * BINS_A_DAY
LEARNING_DAYS = 3
WITHIN = 6
A_DAY = 0.02
LEVELS: tuple[Significance, ...] = ("low", "medium", "high")

Alarms = list[tuple[int, Significance]]
"""Bins that gave a detection, with its level."""


class Trial(NamedTuple):
    """A quiet series and one with steps."""

    quiet: Alarms
    stepped: Alarms
    starts: list[int]
    told_quiet: list[float]
    """Log odds by bin of the model that is told the season."""
    told_stepped: list[float]
    known_quiet: list[float]
    """The sums by bin of the one that knows every rate."""
    known_stepped: list[float]


def trial(seed: str, an_hour: float, factor: float) -> Trial:
    generator = random.Random(f"{seed} {an_hour}")
    usual = rates(generator, an_hour, DAYS)
    quiet = draw(generator, usual)
    calm = rates(generator, an_hour, DAYS)
    loud = list(calm)
    starts = steps(generator, loud, factor)
    stepped = draw(generator, loud)
    return Trial(
        alarms(quiet), alarms(stepped), starts, told(quiet, an_hour), told(stepped, an_hour),
        known(quiet, usual, factor), known(stepped, calm, factor),
    )  # fmt: skip


def alarms(counts: Sequence[int]) -> Alarms:
    bin_length = timedelta(minutes=5)
    return [((each.time - START) // bin_length - 1, each.level) for each in detect(times(len(counts)), counts)]


def told(counts: Sequence[int], an_hour: float) -> list[float]:
    roots = tuple(sqrt(an_hour * exp(0.5 * sin(2 * pi * (hour + 0.5) / 24 - 1.3) - 0.0625)) for hour in range(24))
    habit = Habit(roots, (sqrt(1.09), sqrt(0.77)), 2.0, log1p(0.25**2))
    model = Steps(habit, 10.0, 1.5)
    first = from_datetime(START) // DAY
    usual = [habit.rates(first + day) for day in range(7)]
    odds = []
    for number, count in enumerate(counts):
        model.feed(count, usual[number // BINS_A_DAY % 7][number % BINS_A_DAY])
        found = model.surprise(-5.0)
        odds.append(found.log_odds if found else -9.0)
    return odds


def known(counts: Sequence[int], usual: Sequence[float], factor: float) -> list[float]:
    sums = [0.0]
    for count, mean in zip(counts, usual, strict=True):
        sums.append(max(0.0, sums[-1] + _gain(count, mean, factor)))
    return sums[1:]


def _gain(count: int, mean: float, factor: float, phi: float = 2.0) -> float:
    """Log likelihood ratio of a negative binomial whose size rises by the factor."""
    size = mean / (phi - 1)
    gain = -size * (factor - 1) * log(phi)
    for number in range(count):
        gain += log1p(size * (factor - 1) / (size + number))
    return gain


def steps(generator: random.Random, expected: list[float], factor: float) -> list[int]:
    """Multiply the rate for a few hours now and then; the first bins of these steps."""
    starts = []
    for day in range(16, DAYS - 1, 3):
        start = day * BINS_A_DAY + generator.randrange(BINS_A_DAY)
        for number in range(start, start + generator.randint(36, 72)):
            expected[number] *= factor
        starts.append(start)
    return starts


def found_at(trials: Sequence[Trial], level: Significance) -> tuple[float, float]:
    """False alarms a day at a level or above, and the share of steps found in time."""
    wanted = LEVELS[LEVELS.index(level) :]
    silence = SILENCE[level] // BIN
    false = sum(count_once([at for at, each in one.quiet if each in wanted], silence) for one in trials)
    hits = [
        any(start <= at < start + WITHIN and each in wanted for at, each in one.stepped)
        for one in trials
        for start in one.starts
    ]
    return false / (len(trials) * (DAYS - LEARNING_DAYS)), sum(hits) / len(hits)


def count_once(ends: Sequence[int], silence: int) -> int:
    """How many alarms these are, if one within so many bins of the last belongs to it."""
    return sum(at - before >= silence for before, at in pairwise([-silence, *ends]))


def found_above(quiet: Sequence[Sequence[float]], stepped: Sequence[tuple[Sequence[float], Sequence[int]]]) -> float:
    """The share of steps that a statistic finds in time with the bound that it passes on one quiet day in fifty."""
    peaks = sorted(max(each[at : at + BINS_A_DAY]) for each in quiet for at in range(0, BINS, BINS_A_DAY))
    bound = peaks[-max(1, round(A_DAY * len(peaks)))]
    hits = [max(each[start : start + WITHIN]) >= bound for each, starts in stepped for start in starts]
    return sum(hits) / len(hits)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--series", type=int, default=8)
    parser.add_argument("--factor", type=float, default=4.0)
    parser.add_argument("--rates", default="20,50,100,300,1000")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print("an hour   " + "   ".join(f"{level:>6}: alarms a day, found" for level in LEVELS) + "   told    all known")
    seeds = [f"{options.seed}/{number}" for number in range(options.series)]
    with ProcessPoolExecutor() as processes:
        for an_hour in map(float, options.rates.split(",")):
            many = [options.factor] * len(seeds)
            trials = list(processes.map(trial, seeds, [an_hour] * len(seeds), many))
            cells = ["{:>20.4f}  {:>6.0%}".format(*found_at(trials, level)) for level in LEVELS]
            hinted = found_above([one.told_quiet for one in trials], [(one.told_stepped, one.starts) for one in trials])
            all_known = found_above(
                [one.known_quiet for one in trials], [(one.known_stepped, one.starts) for one in trials]
            )
            print(f"{an_hour:>7.0f}   " + "   ".join(cells) + f"   {hinted:>5.0%}   {all_known:>5.0%}", flush=True)


if __name__ == "__main__":
    main()
