"""The beta distribution without scipy: tail areas, comparisons of two posteriors, intervals of shares."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, lgamma, log, log1p, sqrt

_TINY = 1e-300
_STEPS = 128
_REACH = 9.0
"""Standard deviations of the log odds to either side that an integral covers."""


def regularised(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b): the chance that a Beta(a, b) share lies below x.

    By the continued fraction of Didonato and Morris (1992) in the form of Lentz; good to about 1e-12.
    """
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1.0 - front * _fraction(1.0 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1.0 / _away_from_zero(1.0 - (a + b) * x / (a + 1))
    value = d
    for step in range(1, 1000):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        for term in (even, odd):
            d = 1.0 / _away_from_zero(1.0 + term * d)
            c = _away_from_zero(1.0 + term / c)
            value *= c * d
        if abs(c * d - 1.0) < 1e-13:
            break
    return value


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def chance_above(first: tuple[float, float], second: tuple[float, float], factor: float = 1.0) -> float:
    """The chance that a Beta share is more than `factor` times another, independent one.

    The integral over the log odds of the narrower of the two by the trapezoid rule, which converges exponentially here.

    Args:
        first, second: the two parameters of each share.
    """
    if _spread(first) <= _spread(second):
        chance = sum(weight * regularised(share / factor, *second) for share, weight in _masses(first))
    else:
        chance = sum(weight * (1 - regularised(share * factor, *first)) for share, weight in _masses(second))
    return min(max(chance, 0.0), 1.0)


def _spread(shape: tuple[float, float]) -> float:
    """About the standard deviation of the log odds."""
    a, b = shape
    return sqrt(1 / a + 1 / b + 0.5 / (a * a) + 0.5 / (b * b))


def _masses(shape: tuple[float, float]) -> Iterator[tuple[float, float]]:
    """A Beta share as points with their weights."""
    a, b = shape
    centre, reach = log(a / b), _REACH * _spread(shape)
    step = 2 * reach / _STEPS
    constant = lgamma(a + b) - lgamma(a) - lgamma(b)
    for number in range(_STEPS + 1):
        odds = centre - reach + number * step
        small = exp(-abs(odds)) / (1 + exp(-abs(odds)))
        share, rest = (1 - small, small) if odds > 0 else (small, 1 - small)
        weight = exp(constant + a * log(share) + b * log(rest)) * step if small > 0 else 0.0
        if weight > 1e-15:
            yield share, weight


def wilson(positive: float, n: float, z: float = 1.959964) -> tuple[float, float]:
    """The interval of a share of n votes by Wilson's score method; from 0 to 1 where there is no vote."""
    if n <= 0:
        return 0.0, 1.0
    share = positive / n
    middle = share + z * z / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def newcombe(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    """The 95 % interval of the difference of two shares (Newcombe 1998, method 10).

    Args:
        first, second: positive votes and all votes; at least one vote each.

    Returns:
        Bounds of the first share minus the second.
    """
    p1, p2 = first[0] / first[1], second[0] / second[1]
    low1, high1 = wilson(*first)
    low2, high2 = wilson(*second)
    difference = p1 - p2
    down = sqrt((p1 - low1) ** 2 + (high2 - p2) ** 2)
    up = sqrt((high1 - p1) ** 2 + (p2 - low2) ** 2)
    return max(-1.0, difference - down), min(1.0, difference + up)


def adjusted(p_values: list[float]) -> list[float]:
    """The q value of each p value: the least false discovery rate at which it passes (Benjamini and Hochberg 1995)."""
    count = len(p_values)
    order = sorted(range(count), key=lambda each: p_values[each])
    found = [1.0] * count
    least = 1.0
    for rank in range(count, 0, -1):
        each = order[rank - 1]
        least = min(least, p_values[each] * count / rank)
        found[each] = least
    return found
