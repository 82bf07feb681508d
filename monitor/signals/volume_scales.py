"""How far the posts of the last minutes and hours lie above what is usual for the time of day, on several scales."""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Sequence
from itertools import islice
from math import exp, isnan, log, nan, sqrt
from operator import sub
from typing import NamedTuple

from monitor.signals.history import BINS_A_DAY, BINS_AN_HOUR
from monitor.signals.windows import Sums

SCALES = (1, 6, 24, 72)
"""Trailing windows in bins of five minutes: five minutes, half an hour, two hours and six hours."""

DAYS = 14
"""How many days before the present one its extremes and its season are taken from."""

LEAD = SCALES[-1]
"""Bins before those days that are needed for the first of their windows."""

_STEP = 3
"""The season is taken every quarter of an hour."""
_AROUND = 6
"""Bins before and after the same time of day that count as well: half an hour."""
_EXTREME = 0.99
"""The quantile that counts as extreme: of two weeks the top three hours and a half."""
_EXTREME_LAG = 3 * BINS_AN_HOUR
_LEAST_SPREAD = 0.5
"""The standard deviation of the square root of a Poisson count."""
_LEAST_EXTREME_Z = 1.5
_LEAST_EXTREME_ROOT = 2.0
"""Of an hour's count; smaller on shorter windows by the root of their length."""
_LEAST_RATIO = 0.05
_LEAST_KNOWN = 50


class ScaleReading(NamedTuple):
    """One trailing window of one series."""

    bins: int
    """Length of the window."""
    posts: float
    """Posts in it; scaled up where bins of it were not collected."""
    expected: float
    """Posts that are usual for the time of day."""
    z: float
    """How many robust standard deviations the root of the count lies above the usual one."""


class Reading(NamedTuple):
    """A series at the end of one bin."""

    scales: tuple[ScaleReading, ...]
    """Those that can be judged."""
    novelty: float
    """How the present compares with the extremes of two weeks, over all scales; 1 is as extreme as those."""


class VolumeScales:
    """What one day is held against, learned from the days before it; feed it each bin of the day, oldest first."""

    def __init__(self, past: Sequence[float]) -> None:
        """`past`: posts by bin of the `LEAD` bins and `DAYS` days before; not a number where not collected."""
        self._sums = Sums(past)
        self._season = season(self._roots(BINS_AN_HOUR))
        self._scales = [_Scale(bins, self._roots(bins), self._season) for bins in SCALES]

    def feed(self, place: int, count: float) -> Reading:
        """Take up a bin, `place` being its number within the day, and read the series at its end.

        A bin that was not collected, which is no number, is to be fed as well.
        """
        self._sums.put(count)
        usual = self._season[place]
        readings = []
        novelty = 0.0
        for scale in self._scales:
            read = scale.read(self._sums.last(scale.bins), usual)
            if read:
                readings.append(read[0])
                novelty += read[1]
        return Reading(tuple(readings), exp(novelty / (2 * len(readings))) if readings else 0.0)

    def _roots(self, bins: int) -> list[float]:
        return [sqrt(count) for count in self._sums.trailing(bins, LEAD)]


def season(roots: Sequence[float]) -> list[float]:
    """For each bin of a day the median root of an hour's posts around the same time on the days before.

    Args:
        roots: of the hour that ends with each bin of some whole days; not a number where not collected.

    Returns:
        `BINS_A_DAY` values; not a number where nothing is known.
    """
    usual: list[float] = []
    for middle in range(_STEP // 2, BINS_A_DAY, _STEP):
        values: list[float] = []
        for centre in range(middle, len(roots), BINS_A_DAY):
            values += roots[max(centre - _AROUND, 0) : centre + _AROUND + 1]
        usual += [_median(values)] * _STEP
    return usual


def _median(values: list[float]) -> float:
    if isnan(sum(values)):
        values = [value for value in values if not isnan(value)]
    if not values:
        return nan
    values.sort()
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


class _Scale:
    """One trailing window: its roots and how far they lay from the season, in order of size."""

    def __init__(self, bins: int, roots: list[float], usual: Sequence[float]) -> None:
        self.bins = bins
        self._share = sqrt(bins / BINS_AN_HOUR)
        days = -(-len(roots) // BINS_A_DAY)
        residuals = list(map(sub, roots, [root * self._share for root in usual] * days))
        end = len(roots) - _EXTREME_LAG
        self._waiting = deque(zip(roots[end:], residuals[end:], strict=True))
        self._roots = sorted(root for root in islice(roots, end) if not isnan(root))
        self._residuals = sorted(residual for residual in islice(residuals, end) if not isnan(residual))
        self._middle = _quantile(self._residuals, 0.5)
        spread = (_quantile(self._residuals, 0.75) - _quantile(self._residuals, 0.25)) / 1.349
        self._spread = sqrt(spread * spread + _LEAST_SPREAD * _LEAST_SPREAD)
        self._known = len(self._residuals) >= _LEAST_KNOWN

    def read(self, count: float, usual_root: float) -> tuple[ScaleReading, float] | None:
        """The reading with the sum of its two log novelties; None without a past or a count."""
        root = sqrt(count) if not isnan(count) else nan
        residual = root - usual_root * self._share
        self._waiting.append((root, residual))
        self._age(*self._waiting.popleft())
        if isnan(residual) or not self._known:
            return None
        z = (residual - self._middle) / self._spread
        extreme_z = (_quantile(self._residuals, _EXTREME) - self._middle) / self._spread
        novelty = _log_ratio(z, max(extreme_z, _LEAST_EXTREME_Z))
        novelty += _log_ratio(root, max(_quantile(self._roots, _EXTREME), _LEAST_EXTREME_ROOT * self._share))
        expected = max(usual_root * self._share + self._middle, 0.0) ** 2
        return ScaleReading(self.bins, count, expected, z), novelty

    def _age(self, root: float, residual: float) -> None:
        if not isnan(root):
            insort(self._roots, root)
        if not isnan(residual):
            insort(self._residuals, residual)


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else nan


def _log_ratio(value: float, extreme: float) -> float:
    return log(max(value / extreme, _LEAST_RATIO))
