"""Detection of steps and false alarms of `monitor.signals.volume` on simulated counts, by level and size of a beat.

nice python -m tests.bench.signals_volume [--series N] [--factor F] [--rates 20,100,...] [--seed S]

Each series runs for 42 days; those with steps hold one of three to six hours every third day from the seventeenth on.
The simulation is that of tests/signals/series.py: negative binomial with phi 2, a daily and a weekly season, an hourly
autoregressive log rate with a variation of 25 %.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from math import log, log1p

from monitor.records import Significance
from monitor.signals.volume import VolumeDetector
from tests.signals.series import BINS_A_DAY, draw, rates, times

DAYS = 42
BINS = DAYS * BINS_A_DAY
LEARNING_DAYS = 3
WITHIN = 6
LEVELS: tuple[Significance, ...] = ("low", "medium", "high")


def alarms(counts: Sequence[int]) -> list[tuple[int, Significance]]:
    """Bins that gave a detection, with its level."""
    detector = VolumeDetector()
    judged = (detector.feed(time, count).detection for time, count in zip(times(len(counts)), counts, strict=True))
    return [(number, detection.level) for number, detection in enumerate(judged) if detection]


def at_least(level: Significance) -> tuple[Significance, ...]:
    return LEVELS[LEVELS.index(level) :]


def steps(generator: random.Random, expected: list[float], factor: float) -> list[int]:
    """Multiply the rate for a few hours now and then; the first bins of these steps."""
    starts = []
    for day in range(16, DAYS - 1, 3):
        start = day * BINS_A_DAY + generator.randrange(BINS_A_DAY)
        for number in range(start, start + generator.randint(36, 72)):
            expected[number] *= factor
        starts.append(start)
    return starts


def oracle_bounds(generator: random.Random, an_hour: float, factor: float, series: int, a_day: float) -> float:
    """The share of steps that a cumulative likelihood ratio finds which knows the rate of each bin and the factor."""
    quiet_peaks, trials = [], []
    for _ in range(series):
        expected = rates(generator, an_hour, DAYS)
        sums = [0.0]
        for count, mean in zip(draw(generator, expected), expected, strict=True):
            sums.append(max(0.0, sums[-1] + _gain(count, mean, factor)))
        quiet_peaks += [max(sums[day * BINS_A_DAY : (day + 1) * BINS_A_DAY]) for day in range(DAYS)]
        for _ in range(40):
            start = generator.randrange(BINS - WITHIN)
            means = expected[start : start + WITHIN]
            total, best = sums[start], 0.0
            for count, mean in zip(draw(generator, [factor * mean for mean in means]), means, strict=True):
                total = max(0.0, total + _gain(count, mean, factor))
                best = max(best, total)
            trials.append(best)
    bound = sorted(quiet_peaks)[-max(1, round(a_day * len(quiet_peaks)))]
    return sum(best >= bound for best in trials) / len(trials)


def _gain(count: int, mean: float, factor: float, phi: float = 2.0) -> float:
    """Log likelihood ratio of a negative binomial whose size rises by the factor."""
    size = mean / (phi - 1)
    gain = -size * (factor - 1) * log(phi)
    for number in range(count):
        gain += log1p(size * (factor - 1) / (size + number))
    return gain


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--series", type=int, default=8)
    parser.add_argument("--factor", type=float, default=4.0)
    parser.add_argument("--rates", default="20,50,100,300,1000")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print("an hour   " + "   ".join(f"{level:>6}: alarms a day, found" for level in LEVELS) + "   oracle at 0.02")
    for an_hour in map(float, options.rates.split(",")):
        generator = random.Random(options.seed)
        quiet: list[tuple[int, Significance]] = []
        found: list[tuple[int, set[Significance]]] = []
        for _ in range(options.series):
            quiet += alarms(draw(generator, rates(generator, an_hour, DAYS)))
            expected = rates(generator, an_hour, DAYS)
            starts = steps(generator, expected, options.factor)
            given = alarms(draw(generator, expected))
            found += [(start, {level for at, level in given if start <= at < start + WITHIN}) for start in starts]
        cells = []
        for level in LEVELS:
            rate = sum(each in at_least(level) for _, each in quiet) / (options.series * (DAYS - LEARNING_DAYS))
            share = sum(bool(levels.intersection(at_least(level))) for _, levels in found) / len(found)
            cells.append(f"{rate:>20.3f}  {share:>6.0%}")
        oracle = oracle_bounds(generator, an_hour, options.factor, options.series, 0.02)
        print(f"{an_hour:>7.0f}   " + "   ".join(cells) + f"   {oracle:>6.0%}", flush=True)


if __name__ == "__main__":
    main()
