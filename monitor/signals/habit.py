"""What a beat usually does, learned from its last weeks: its day, its weekend, how its counts and its hours scatter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import cos, isnan, nan, pi, sin, sqrt
from typing import NamedTuple

from monitor.signals.history import BINS_A_DAY, BINS_AN_HOUR
from monitor.signals.windows import Sums

_HOURS = 24
_QUARTER = 3
_HARMONICS = 4
_ALIKE = 2.0
"""How much more a harmonic scatters than if an hour said nothing of the next."""
_TRIM = 0.2
_LEAST_ROOT = 0.3
_CLEARLY_OWN = 3.5
"""Standard errors by which an hour has to differ from the smooth day to be taken as it is."""
_LEAST_DAYS_OWN = 5
_KIND_PRIOR = 12.0
"""Hours' worth of weekdays and weekends being alike."""
_LEAST_FACTOR = 0.1
_FARTHEST = 3.5
"""Standard deviations by which an hour lies above what is usual to be left out: it holds a step."""
_PHI_PRIOR = 1.5
_PHI_WEIGHT = 100.0
_LEAST_PHI = 1.05
_WINSOR = 9.0
"""Takes half a hundredth off the mean of a squared normal deviate; of few posts, whose scatter is bounded, nothing."""
_DOUBT = 0.25
"""Variance of what is taken for usual after one day; it falls with the number of days known. Simulated: 0.1 to 0.2."""
PERSISTENCE = 0.7
"""Correlation of an hour's level with that of the hour before."""
LEAST_VARIANCE = 0.06
"""Of the logarithm of an hour's level; a variation of a quarter."""
_MOST_VARIANCE = 0.5
_FARTHEST_LEVEL = 0.8
_VARIANCE_WEIGHT = 60_000.0
"""Of the least variance, against the squared precisions of the hours: some ten weeks at 20 posts an hour."""


class Habit(NamedTuple):
    """What is usual in one beat."""

    roots: tuple[float, ...]
    """The root of the posts of each hour of a day, UTC."""
    factors: tuple[float, float]
    """What these roots are multiplied by on weekdays, and on Saturday and Sunday."""
    phi: float
    """The variance of a count over its mean, within an hour."""
    variance: float
    """Of the logarithm of the level, from hour to hour, and of what is not known of it."""

    def rates(self, day: int) -> list[float]:
        """Posts to be expected in each bin of a day, which is numbered from the epoch on."""
        factor = self.factors[is_weekend(day)]
        found = []
        for number in range(BINS_A_DAY):
            hour, part = divmod((number + 0.5) / BINS_AN_HOUR - 0.5, 1.0)
            before, after = self.roots[int(hour) % _HOURS], self.roots[(int(hour) + 1) % _HOURS]
            found.append((factor * (before + (after - before) * part)) ** 2 / BINS_AN_HOUR)
        return found


def is_weekend(day: int) -> bool:
    """Whether a day, numbered from the epoch on, is a Saturday or Sunday: 1970-01-01 was a Thursday."""
    return (day + 3) % 7 >= 5


def learn(past: Sequence[float], first_day: int) -> Habit:
    """What is usual after some whole days.

    Args:
        past: posts by bin of whole days, at least one hour of which was collected; not a number where not collected.
        first_day: number of the first of these days.
    """
    sums = Sums(past)
    hours = sums.trailing(BINS_AN_HOUR, BINS_AN_HOUR - 1)[::BINS_AN_HOUR]
    weekends = [is_weekend(first_day + number // _HOURS) for number in range(len(hours))]
    phi = _phi(sums.trailing(_QUARTER, _QUARTER - 1)[::_QUARTER])
    *_, usual = _season(hours, weekends)
    kept = [nan if _holds_a_step(count, mean, phi) else count for count, mean in zip(hours, usual, strict=True)]
    if all(map(isnan, kept)):
        kept = hours
    shape, factors, usual = _season(kept, weekends)
    known = [(count, mean) for count, mean in zip(kept, usual, strict=True) if not isnan(count)]
    correction = (sum(count for count, _ in known) + 1) / (sum(mean for _, mean in known) + 1)
    days = sum(not isnan(count) for count in hours) / _HOURS
    variance = _variance(hours, [mean * correction for mean in usual], phi) + _DOUBT / days
    return Habit(tuple(root * sqrt(correction) for root in shape), factors, phi, variance)


def _holds_a_step(count: float, usual: float, phi: float) -> bool:
    return count > usual + _FARTHEST * sqrt(phi * usual + LEAST_VARIANCE * usual * usual)


def _season(hours: Sequence[float], weekends: Sequence[bool]) -> tuple[list[float], tuple[float, float], list[float]]:
    """The usual root of each hour of a day, what it is multiplied by on weekdays and at weekends, and their squares."""
    roots = [sqrt(count) for count in hours]
    factors = (1.0, 1.0)
    shape = [1.0] * _HOURS
    for _ in range(2):
        level = [root / factors[weekend] for root, weekend in zip(roots, weekends, strict=True)]
        shape = _day(level)
        ratios: tuple[list[float], list[float]] = ([], [])
        for number, (root, weekend) in enumerate(zip(roots, weekends, strict=True)):
            if not isnan(root):
                ratios[weekend].append(root / shape[number % _HOURS])
        weekday, weekend_factor = (
            max(1 + (trimmed_mean(each) - 1) * len(each) / (len(each) + _KIND_PRIOR), _LEAST_FACTOR) if each else 1.0
            for each in ratios
        )
        factors = (weekday, weekend_factor)
    return shape, factors, [(shape[number % _HOURS] * factors[weekend]) ** 2 for number, weekend in enumerate(weekends)]


def _day(roots: Sequence[float]) -> list[float]:
    """A smooth day through the roots of whole days, but for hours that clearly lie elsewhere."""
    by_hour = [[root for root in roots[hour::_HOURS] if not isnan(root)] for hour in range(_HOURS)]
    pooled = [[*by_hour[hour - 1], *by_hour[hour], *by_hour[(hour + 1) % _HOURS]] for hour in range(_HOURS)]
    means = [trimmed_mean(values) if values else nan for values in pooled]
    known = [mean for mean in means if not isnan(mean)]
    typical = sum(known) / len(known)
    smooth = _smoothed([typical if isnan(mean) else mean for mean in means], _noise(by_hour))
    return [max(_own(values, usual), _LEAST_ROOT) for values, usual in zip(by_hour, smooth, strict=True)]


def _own(values: Sequence[float], smooth: float) -> float:
    """What an hour usually holds: what the smooth day says, unless it clearly differs."""
    if len(values) < _LEAST_DAYS_OWN:
        return smooth
    mean = sum(values) / len(values)
    error = sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values))
    own = trimmed_mean(values)
    return own if abs(own - smooth) > _CLEARLY_OWN * max(error, 0.5 / sqrt(len(values))) else smooth


def _noise(by_hour: Sequence[Sequence[float]]) -> float:
    """The squared amplitude that a harmonic is expected to have by chance."""
    known = sum(map(len, by_hour))
    scatter = 0.0
    for values in by_hour:
        mean = sum(values) / len(values) if values else nan
        scatter += sum((value - mean) ** 2 for value in values)
    return _ALIKE * 4 * scatter / max(known - _HOURS, 1) / known


def _smoothed(day: Sequence[float], noise: float) -> list[float]:
    """The mean and the first harmonics of a day, each drawn in by what of it may be noise (James and Stein 1961)."""
    size = len(day)
    mean = sum(day) / size
    found = [mean] * size
    for harmonic in range(1, _HARMONICS + 1):
        angles = [2 * pi * harmonic * hour / size for hour in range(size)]
        cosine = 2 / size * sum(value * cos(angle) for value, angle in zip(day, angles, strict=True))
        sine = 2 / size * sum(value * sin(angle) for value, angle in zip(day, angles, strict=True))
        square = cosine * cosine + sine * sine
        kept = max(0.0, 1 - noise / square) if square > 0 else 0.0
        found = [
            value + kept * (cosine * cos(angle) + sine * sin(angle)) for value, angle in zip(found, angles, strict=True)
        ]
    return found


def trimmed_mean(values: Sequence[float]) -> float:
    """The mean without the smallest and the largest fifth."""
    ordered = sorted(values)
    cut = int(len(ordered) * _TRIM)
    kept = ordered[cut : len(ordered) - cut]
    return sum(kept) / len(kept)


def _phi(quarters: Sequence[float]) -> float:
    """From the differences of neighbouring quarter hours within an hour, winsorised."""
    pairs = [
        ((after - before) ** 2, before + after)
        for number, (before, after) in enumerate(pairwise(quarters))
        if number % 4 != 3 and not isnan(before + after)
    ]
    total = sum(both for _, both in pairs)
    phi = _PHI_PRIOR
    for _ in range(4):
        bound = _WINSOR * phi
        kept = sum(min(squared, bound * (both + 0.7)) for squared, both in pairs)
        phi = (kept + _PHI_WEIGHT * _PHI_PRIOR) / (total + _PHI_WEIGHT)
    return max(phi, _LEAST_PHI)


def _variance(hours: Sequence[float], usual: Sequence[float], phi: float) -> float:
    """Of the log level, from how the hours one and two apart vary together; never less than the least."""
    levels, weights = [], []
    for count, mean in zip(hours, usual, strict=True):
        known = not isnan(count)
        levels.append(max(-_FARTHEST_LEVEL, min(_FARTHEST_LEVEL, count / mean - 1)) if known else 0.0)
        weights.append(1 / (phi / max(mean, 0.5) + LEAST_VARIANCE) if known else 0.0)
    outcome = norm = 0.0
    for lag in (1, 2):
        correlation = PERSISTENCE**lag
        together = weight_sum = 0.0
        for level, other, weight, another in zip(levels, levels[lag:], weights, weights[lag:], strict=False):
            both = weight * another
            together += both * level * other
            weight_sum += both
        prior = _VARIANCE_WEIGHT * LEAST_VARIANCE * correlation
        outcome += correlation * (together + prior) / (weight_sum + _VARIANCE_WEIGHT)
        norm += correlation * correlation
    return min(max(outcome / norm, LEAST_VARIANCE), _MOST_VARIANCE)
