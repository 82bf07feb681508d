"""Simulated counts of posts: a daily and weekly season, a rate that wanders from hour to hour, overdispersed bins."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

BINS_A_DAY = 288
START = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""


def times(bins: int, start: datetime = START) -> list[datetime]:
    return [start + timedelta(minutes=5 * number) for number in range(bins)]


def rates(generator: random.Random, an_hour: float, days: int) -> list[float]:
    """Posts to expect in each bin: the hourly factor is a first-order autoregression with a variation of 25 %."""
    persistence, spread = 0.7, math.sqrt(math.log(1 + 0.25**2))
    level = generator.gauss(0, spread)
    found = []
    for bin_number in range(days * BINS_A_DAY):
        if bin_number % 12 == 0:
            level = persistence * level + math.sqrt(1 - persistence**2) * generator.gauss(0, spread)
        time_of_day = 2 * math.pi * (bin_number % BINS_A_DAY) / BINS_A_DAY
        weekday = 0.77 if bin_number // BINS_A_DAY % 7 >= 5 else 1.09
        season = math.exp(0.5 * math.sin(time_of_day - 1.3) - 0.0625)
        found.append(an_hour / 12 * season * weekday * math.exp(level - spread * spread / 2))
    return found


def three_rises(first: int) -> list[int]:
    """Counts of ten days at 30 posts an hour, at threefold for half an hour from bin `first`, and 100 and 200 later."""
    expected = [2.5] * (10 * BINS_A_DAY)
    for start in (first, first + 100, first + 200):
        expected[start : start + 6] = [7.5] * 6
    return draw(random.Random(2), expected)


def draw(generator: random.Random, expected: Sequence[float], phi: float = 2.0) -> list[int]:
    """Counts of a negative binomial whose variance is phi times its mean."""
    return [_poisson(generator, generator.gammavariate(mean / (phi - 1), phi - 1)) for mean in expected]


def _poisson(generator: random.Random, mean: float) -> int:
    if mean > 200:
        return max(0, round(generator.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), generator.random(), 0
    while product > limit:
        product *= generator.random()
        count += 1
    return count
