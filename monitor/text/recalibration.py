"""What labelled posts say about a scorer in their domain: its probabilities, made true there."""

from __future__ import annotations

from math import exp, log

from monitor.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.records import Probabilities
    from monitor.text.mixture import Vector

_FLOOR = 0.03
"""Added to each probability: the grid that posts are counted in has cells with a probability of zero."""
_SLOPE_SPREAD = 0.4
_SUMMAND_SPREAD = 0.6
"""Standard deviations of the prior around the scorer's own probabilities: ten labels change little, 200 decide."""
_USUAL_LABELS = 6.0
"""How many labels the usual mix counts as in that of the domain."""
_STEPS = 25
_CLOSE = 1e-6


class Recalibration(NamedTuple):
    """How a scorer's probabilities become true in a domain: logits against neutral, times a slope, plus a summand."""

    negative: tuple[float, float]
    """Slope and summand."""
    positive: tuple[float, float]
    mix: Vector
    """Of the labelled posts, drawn towards the usual one while they are few."""
    labelled: int

    @property
    def weight(self) -> float:
        """How many labelled posts it is worth, the prior's included."""
        return self.labelled + _USUAL_LABELS

    def likelihoods(self, probabilities: Probabilities) -> Vector:
        """How likely such probabilities are under each class, up to a common factor."""
        low, high = _logits(probabilities)
        low = self.negative[0] * low + self.negative[1]
        high = self.positive[0] * high + self.positive[1]
        top = max(low, high, 0.0)
        odds = exp(low - top), exp(-top), exp(high - top)
        whole = sum(odds)
        return odds[0] / whole, odds[1] / whole, odds[2] / whole


def recalibrate(probabilities: Sequence[Probabilities], labels: Sequence[int], usual: Vector) -> Recalibration:
    """The likeliest recalibration under a prior that trusts the scorer.

    Args:
        probabilities: the scorer's, for posts drawn by chance from the domain.
        labels: their true classes: 0 negative, 1 neutral, 2 positive.
        usual: the mix of classes to be expected before any label.
    """
    known = len(labels)
    mix = [(labels.count(true) + _USUAL_LABELS * usual[true]) / (known + _USUAL_LABELS) for true in range(3)]
    rows = [(*_logits(row), true) for row, true in zip(probabilities, labels, strict=True)]
    odds = log(mix[0] / mix[1]), log(mix[2] / mix[1])
    at = [1.0, 0.0, 1.0, 0.0]
    for _ in range(_STEPS):
        slope, curvature = _derivatives(rows, at, odds)
        step = _solved(curvature, slope)
        longest = max(abs(part) for part in step)
        at = [value + part * min(1.0, 1.0 / longest if longest else 1.0) for value, part in zip(at, step, strict=True)]
        if longest < _CLOSE:
            break
    return Recalibration((at[0], at[1]), (at[2], at[3]), (mix[0], mix[1], mix[2]), known)


def _logits(probabilities: Probabilities) -> tuple[float, float]:
    neutral = log(probabilities[1] + _FLOOR)
    return log(probabilities[0] + _FLOOR) - neutral, log(probabilities[2] + _FLOOR) - neutral


def _derivatives(
    rows: Sequence[tuple[float, float, int]], at: Sequence[float], odds: tuple[float, float]
) -> tuple[list[float], list[list[float]]]:
    """Slope of the logarithm of the posterior density, and the negative of its second derivatives."""
    slope = [
        (1 - at[0]) / _SLOPE_SPREAD**2,
        -at[1] / _SUMMAND_SPREAD**2,
        (1 - at[2]) / _SLOPE_SPREAD**2,
        -at[3] / _SUMMAND_SPREAD**2,
    ]
    curvature = [[0.0] * 4 for _ in range(4)]
    for index, spread in enumerate((_SLOPE_SPREAD, _SUMMAND_SPREAD) * 2):
        curvature[index][index] = 1 / spread**2
    for low, high, true in rows:
        first = at[0] * low + at[1] + odds[0]
        second = at[2] * high + at[3] + odds[1]
        top = max(first, second, 0.0)
        negative, neutral, positive = exp(first - top), exp(-top), exp(second - top)
        whole = negative + neutral + positive
        negative, positive = negative / whole, positive / whole
        values = (low, 1.0, high, 1.0)
        errors = ((true == 0) - negative, (true == 2) - positive)
        spreads = (negative * (1 - negative), -negative * positive, positive * (1 - positive))
        for row in range(4):
            slope[row] += errors[row // 2] * values[row]
            for column in range(4):
                curvature[row][column] += spreads[row // 2 + column // 2] * values[row] * values[column]
    return slope, curvature


def _solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Of a positive definite system, by elimination."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for index in range(size):
        pivot = rows[index]
        for other in rows[index + 1 :]:
            factor = other[index] / pivot[index]
            for column in range(index, size + 1):
                other[column] -= factor * pivot[column]
    solution = [0.0] * size
    for index in reversed(range(size)):
        known = sum(rows[index][column] * solution[column] for column in range(index + 1, size))
        solution[index] = (rows[index][size] - known) / rows[index][index]
    return solution
