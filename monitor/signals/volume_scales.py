"""How far the posts of the last minutes and hours lie above what is usual for the time of day, on several scales."""

from __future__ import annotations

from collections import deque
from math import exp, isnan, log, nan, sqrt
from typing import NamedTuple

from monitor.signals.season import BINS_A_DAY, DAYS, Season
from monitor.signals.trailing import TrailingQuantiles

SCALES = (1, 6, 24, 72)
"""Trailing windows in bins of five minutes: five minutes, half an hour, two hours and six hours."""

_HOUR = 12
_MEMORY = DAYS * BINS_A_DAY
_EXTREME = 0.99
"""The quantile that counts as extreme: of two weeks the top three hours and a half."""
_EXTREME_LAG = 3 * _HOUR
_LEAST_SPREAD = 0.5
"""The standard deviation of the square root of a Poisson count."""
_LEAST_EXTREME_Z = 1.5
_LEAST_EXTREME_ROOT = 2.0
"""Of an hour's count; smaller on shorter windows by the root of their length."""
_LEAST_RATIO = 0.05
_LEAST_COLLECTED = 2 / 3
"""Share of a window's bins that must have been collected for the window to be judged."""
_LEAST_RESIDUALS = 50


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
    hour: float
    """Posts of the last hour, scaled as above; not a number where too little of it was collected."""
    usual_root: float
    """The square root of the posts that an hour usually holds at this time; not a number while unknown."""


class _Scale:
    """The past of one trailing window: its roots, its residuals, its z."""

    def __init__(self, bins: int) -> None:
        self.bins = bins
        self._share = sqrt(bins / _HOUR)
        self._roots = TrailingQuantiles(_MEMORY, _EXTREME_LAG)
        self._residuals = TrailingQuantiles(_MEMORY, max(bins, _HOUR))
        self._z = TrailingQuantiles(_MEMORY, _EXTREME_LAG)

    def advance(self, bin_number: int) -> None:
        for past in (self._roots, self._residuals, self._z):
            past.advance(bin_number)

    def read(self, count: float, usual_root: float) -> tuple[ScaleReading, float] | None:
        """The reading with the sum of its two log novelties, None without a past; then the past takes it up."""
        root = sqrt(count)
        [extreme_root] = self._roots.quantiles([_EXTREME])
        self._roots.put(root)
        if isnan(usual_root):
            return None
        residual = root - usual_root * self._share
        known = len(self._residuals)
        low, middle, high = self._residuals.quantiles((0.25, 0.5, 0.75))
        self._residuals.put(residual)
        if known < _LEAST_RESIDUALS:
            return None
        spread = (high - low) / 1.349
        z = (residual - middle) / sqrt(spread * spread + _LEAST_SPREAD * _LEAST_SPREAD)
        [extreme_z] = self._z.quantiles([_EXTREME])
        self._z.put(z)
        if isnan(extreme_z) or isnan(extreme_root):
            return None
        novelty = _log_ratio(z, max(extreme_z, _LEAST_EXTREME_Z))
        novelty += _log_ratio(root, max(extreme_root, _LEAST_EXTREME_ROOT * self._share))
        expected = max(usual_root * self._share + middle, 0.0) ** 2
        return ScaleReading(self.bins, count, expected, z), novelty


def _log_ratio(value: float, extreme: float) -> float:
    return log(max(value / extreme, _LEAST_RATIO))


class VolumeScales:
    """The running state of one series; feed it each collected bin once, oldest first."""

    def __init__(self) -> None:
        self.season = Season()
        self._scales = [_Scale(bins) for bins in SCALES]
        self._recent: deque[float] = deque([nan] * SCALES[-1], maxlen=SCALES[-1])
        self._bin: int | None = None

    def feed(self, bin_number: int, count: float) -> Reading:
        """Take up one bin and read the series at its end. Bins left out between two calls were not collected."""
        skipped = 0 if self._bin is None else bin_number - self._bin - 1
        self._recent.extend([nan] * min(skipped, SCALES[-1]))
        self._recent.append(count)
        self._bin = bin_number
        self.season.advance(bin_number)
        usual_root = self.season.usual()
        hour = self._sum(_HOUR)
        if not isnan(hour):
            self.season.put(sqrt(hour))
        return self._read(bin_number, hour, usual_root)

    def _read(self, bin_number: int, hour: float, usual_root: float) -> Reading:
        readings = []
        novelty = 0.0
        for scale in self._scales:
            scale.advance(bin_number)
            total = self._sum(scale.bins)
            read = None if isnan(total) else scale.read(total, usual_root)
            if read:
                readings.append(read[0])
                novelty += read[1]
        return Reading(tuple(readings), exp(novelty / (2 * len(readings))) if readings else 0.0, hour, usual_root)

    def _sum(self, bins: int) -> float:
        """Posts of the last bins, scaled to all of them; not a number where too few were collected."""
        values = list(self._recent)[-bins:]
        total = sum(values)
        if not isnan(total):
            return total
        collected = [value for value in values if not isnan(value)]
        if len(collected) < bins * _LEAST_COLLECTED:
            return nan
        return sum(collected) * bins / len(collected)
