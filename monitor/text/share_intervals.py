"""Intervals of a number of which several things are believed, each with its own error."""

from __future__ import annotations

from math import erf, sqrt

from monitor.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_TAIL = 0.025
_REACH = 6.0
"""In standard deviations: nothing to speak of lies further away."""
_STEPS = 24


class Belief(NamedTuple):
    """One of the things that may be so: the number is normal about a mean."""

    likely: float
    """How likely it is to be so; of all of them together 1."""
    mean: float
    variance: float


def interval(beliefs: Sequence[Belief]) -> tuple[float, float]:
    """The middle 95 % of what is believed: it reaches further to the side where some of it lies away from the rest."""
    parts = [(likely, mean, sqrt(2 * max(variance, 1e-12))) for likely, mean, variance in beliefs]
    return _quantile(parts, _TAIL), _quantile(parts, 1 - _TAIL)


def _quantile(parts: Sequence[tuple[float, float, float]], level: float) -> float:
    low = min(mean - _REACH * spread for _, mean, spread in parts)
    high = max(mean + _REACH * spread for _, mean, spread in parts)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        below = 0.5 + 0.5 * sum([likely * erf((middle - mean) / spread) for likely, mean, spread in parts])
        if below < level:
            low = middle
        else:
            high = middle
    return (low + high) / 2
