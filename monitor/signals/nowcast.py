"""What the next minutes should bring, given the season and the last hours; and how strange what they brought is.

The last half hour is held against the hours before it: log(posts / usual) is regressed on the same log ratio of the
hour before and of the five hours before that. Its variance is that of a negative binomial with a slowly varying rate,
phi m + kappa m^2: phi from the difference of neighbouring quarter hours, kappa from what remains. All of it is learned
from the series itself with a memory of two weeks, and what lies far out counts as if it lay less far out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import exp, isnan, lgamma, log, nan, sqrt
from typing import NamedTuple

from monitor.signals.season import BINS_A_DAY, DAYS

_WINDOW = 6
_HOUR = 12
_PAST = 6 * _HOUR
_KEEP = 1 - 1 / (DAYS * BINS_A_DAY)
_PRIOR = 300.0
"""Weight, in bins, of what is assumed before anything was learned."""
_PRIOR_PHI = 1.5
_PRIOR_KAPPA = 0.05
_FARTHEST = 1.0
"""A log ratio beyond this counts as this."""
_WINSOR = 5.0
_WINSOR_SCALE = 1.07
"""What cutting a squared normal deviate at five takes off its mean."""
_LEAST_EXPECTED = 0.01
"""Posts a bin; nothing is ever expected so surely that a first post would prove a rise."""
FACTORS = (2.0, 4.0)
"""The rises that are held against no rise."""


class Surprise(NamedTuple):
    """How much better a rise explains the last bins than the expectation does."""

    evidence: float
    """Log likelihood ratio of the likeliest rise in the likeliest window. Short windows pay for being many: the
    logarithm of how many of them go into half an hour is taken off."""
    bins: int
    """Length of the window that gave it."""
    posts: float
    expected: float


class Nowcast:
    """The running expectation of one series; feed it each collected bin once, oldest first."""

    def __init__(self, least_excess: float, least_ratio: float) -> None:
        self._least_excess = least_excess
        self._least_ratio = least_ratio
        self._counts: deque[float] = deque([nan] * (_WINDOW + _PAST), maxlen=_WINDOW + _PAST)
        self._usual: deque[float] = deque(self._counts, maxlen=_WINDOW + _PAST)
        self._regression = _Regression()
        self._dispersion = _Dispersion()

    def skip(self, bins: int) -> None:
        """Note bins that were not collected."""
        gap = [nan] * min(bins, _WINDOW + _PAST)
        self._counts.extend(gap)
        self._usual.extend(gap)

    def feed(self, count: float, usual: float) -> Surprise | None:
        """Take up a bin with the posts that are usual for it; None where nothing surprises or nothing can be said."""
        self._counts.append(count if not isnan(usual) else nan)
        self._usual.append(usual)
        if isnan(usual):
            return None
        counts, usuals = list(self._counts), list(self._usual)
        predictors = (
            1.0,
            _log_ratio(counts[-_WINDOW - _HOUR : -_WINDOW], usuals[-_WINDOW - _HOUR : -_WINDOW]),
            _log_ratio(counts[: -_WINDOW - _HOUR], usuals[: -_WINDOW - _HOUR]),
        )
        recent, recent_usual = counts[-_WINDOW:], usuals[-_WINDOW:]
        factor = exp(self._regression.predict(predictors)) * self._dispersion.correction
        surprise = self._surprise(recent, [value * factor for value in recent_usual])
        if not isnan(sum(recent)):
            self._learn(predictors, recent, sum(recent_usual), factor)
        return surprise

    def _learn(self, predictors: Sequence[float], recent: Sequence[float], usual: float, factor: float) -> None:
        total = sum(recent)
        outcome = max(-_FARTHEST, min(_FARTHEST, log((total + 0.5) / (usual + 0.5))))
        self._dispersion.learn(recent, usual, usual * factor)
        self._regression.learn(predictors, outcome, usual / (usual + 5))

    def _surprise(self, recent: Sequence[float], expected: Sequence[float]) -> Surprise | None:
        best: Surprise | None = None
        count = mean = 0.0
        phi, kappa = self._dispersion.phi, self._dispersion.kappa
        for back in range(1, _WINDOW + 1):
            if isnan(recent[-back]):
                continue
            count += recent[-back]
            mean += max(expected[-back], _LEAST_EXPECTED)
            if count - mean < self._least_excess or count < self._least_ratio * mean:
                continue
            none = _log_likelihood(count, mean, phi, kappa)
            evidence = max(_log_likelihood(count, rise * mean, phi, kappa) for rise in FACTORS) - none
            evidence -= log(_WINDOW / back)
            if best is None or evidence > best.evidence:
                best = Surprise(evidence, back, count, mean)
        return best


class _Regression:
    """Least squares of the log ratio to come on those that were, with forgetting and a ridge."""

    _RIDGE = (1.0, 20.0, 20.0)

    def __init__(self) -> None:
        size = len(self._RIDGE)
        self._products = [[0.0] * size for _ in range(size)]
        self._outcomes = [0.0] * size
        self._coefficients = [0.0] * size
        self._until_solved = 0

    def predict(self, predictors: Sequence[float]) -> float:
        return sum(b * p for b, p in zip(self._coefficients, predictors, strict=True))

    def learn(self, predictors: Sequence[float], outcome: float, weight: float) -> None:
        for row, predictor in enumerate(predictors):
            weighted = weight * predictor
            self._outcomes[row] = self._outcomes[row] * _KEEP + weighted * outcome
            products = self._products[row]
            for column, other in enumerate(predictors):
                products[column] = products[column] * _KEEP + weighted * other
        self._until_solved -= 1
        if self._until_solved < 0:
            self._until_solved = _HOUR
            self._coefficients = self._solve()

    def _solve(self) -> list[float]:
        size = len(self._RIDGE)
        rows = [[*products, outcome] for products, outcome in zip(self._products, self._outcomes, strict=True)]
        for pivot in range(size):
            rows[pivot][pivot] += self._RIDGE[pivot]
        for pivot in range(size):
            for row in range(pivot + 1, size):
                factor = rows[row][pivot] / rows[pivot][pivot]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[pivot], strict=True)]
        found = [0.0] * size
        for row in reversed(range(size)):
            rest = sum(rows[row][column] * found[column] for column in range(row + 1, size))
            found[row] = (rows[row][size] - rest) / rows[row][row]
        return found


class _Dispersion:
    """How far counts scatter about their expectation: the variance phi m + kappa m^2, and a bias of m."""

    def __init__(self) -> None:
        self.phi = _PRIOR_PHI
        self.kappa = _PRIOR_KAPPA
        self.correction = 1.0
        self._phi = (0.0, 0.0)
        self._kappa = (0.0, 0.0)
        self._bias = (0.0, 0.0)

    def learn(self, recent: Sequence[float], usual: float, expected: float) -> None:
        """Take up the last bins of which `expected` posts were to come.

        Args:
            recent: posts of each of the bins.
            usual: posts that the season alone lets expect.
            expected: posts that were expected.
        """
        half = len(recent) // 2
        total = sum(recent)
        squared = (sum(recent[half:]) - sum(recent[:half])) ** 2
        weight = 1 / (usual / 2 + 1)
        kept = min(squared, _WINSOR * self.phi * (total + 1)) * _WINSOR_SCALE
        self._phi = _fold(self._phi, weight * kept, weight * total)
        expected = max(expected, 0.05)
        variance = self.phi * expected + self.kappa * expected * expected
        deviation = max(-3.0, min(3.0, (total - expected) / sqrt(variance)))
        weight = (expected / variance) ** 2
        left = deviation * deviation * variance * 1.02 - self.phi * expected
        self._kappa = _fold(self._kappa, weight * left / (expected * expected), weight)
        weight = expected / variance
        self._bias = _fold(self._bias, weight * (1 + deviation * sqrt(variance) / expected) * self.correction, weight)
        self.phi = max(_mean(self._phi, _PRIOR_PHI), 1.0)
        self.kappa = min(max(_mean(self._kappa, _PRIOR_KAPPA), 0.01), 1.0)
        self.correction = _mean(self._bias, 1.0)


def _fold(sums: tuple[float, float], value: float, weight: float) -> tuple[float, float]:
    return sums[0] * _KEEP + value, sums[1] * _KEEP + weight


def _mean(sums: tuple[float, float], prior: float) -> float:
    return (sums[0] + _PRIOR * prior) / (sums[1] + _PRIOR)


def _log_ratio(counts: Sequence[float], usual: Sequence[float]) -> float:
    """Of posts to usual posts over the bins collected; zero, which says nothing, where these are less than half."""
    count = expected = 0.0
    collected = 0
    for posts, each in zip(counts, usual, strict=True):
        if not isnan(posts):
            collected += 1
            count += posts
            expected += each
    if collected * 2 < len(counts):
        return 0.0
    return max(-_FARTHEST, min(_FARTHEST, log((count + 2) / (expected + 2))))


def _log_likelihood(count: float, mean: float, phi: float, kappa: float) -> float:
    """Of a negative binomial with this mean and the variance phi m + kappa m^2, up to a term in the count alone."""
    variance = max(phi * mean + kappa * mean * mean, 1.02 * mean)
    size = mean * mean / (variance - mean)
    return lgamma(count + size) - lgamma(size) + size * log(size / (size + mean)) + count * log(mean / (size + mean))
