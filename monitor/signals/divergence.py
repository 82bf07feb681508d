"""Divergence: two sources that tell one beat in opposite moods."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import erfc, sqrt
from typing import NamedTuple

from monitor.records import Significance
from monitor.signals.beta import adjusted
from monitor.signals.mood import DRIFT

LEAST_VOTES = 50
"""Of each source."""

LOW_Q = 1e-4
MEDIUM_Q = 1e-5
HIGH_Q = 1e-7
"""Small, as every beat is looked at every hour."""

LEAST_DIFFERENCE = 0.2
"""Of net sentiment, which goes from -1 to 1."""

LEAST_WIDENING = 0.15
"""How much further apart than in the days before two sources have to be; they differ for good where the scorer errs
differently on their kinds of texts."""

LARGEST_P_WIDENED = 1e-4
LEAST_VOTES_BEFORE = 100

_Z95 = 1.959964


class Net(NamedTuple):
    """The net sentiment of one source with its 95 % interval."""

    source: str
    net: float
    low: float
    high: float
    votes: int


class Widened(NamedTuple):
    """Two sources now and in the days before."""

    before: float
    """The difference in the days before, positive where the source that is above zero now was above the other."""
    p: float
    """Two-sided, of the difference having changed."""
    clear: bool


class Divergence(NamedTuple):
    """One source above zero, another below, both beyond their intervals."""

    level: Significance
    positive: Net
    negative: Net
    difference: float
    p: float
    q: float


def net_sentiment(source: str, positive: float, negative: float, n: int) -> Net:
    """Positive share minus negative share of n votes; the interval is of all that is possible without a vote.

    A vote is added to each side for the variance, so that a unanimous source does not seem certain; the votes of one
    day are cut down to what they are worth (see `mood`).

    Raises:
        ValueError: more positive and negative votes than votes, or fewer than none.
    """
    if not (positive >= 0 and negative >= 0 and positive + negative <= n):
        raise ValueError(f"{positive} positive and {negative} negative of {n} votes")
    if n == 0:
        return Net(source, 0.0, -1.0, 1.0, 0)
    net = (positive - negative) / n
    half = _Z95 * sqrt(_variance(positive, negative, n))
    return Net(source, net, max(-1.0, net - half), min(1.0, net + half), n)


def divergences(votes: Mapping[str, tuple[float, float, int]]) -> list[Divergence]:
    """The pairs of sources in opposite moods, clearest first; the false discovery rate is controlled over all pairs.

    Args:
        votes: (positive, negative, n) by source; a vote is a cluster of copies within the source.

    Raises:
        ValueError: more positive and negative votes than votes.
    """
    nets = [net_sentiment(source, *counts) for source, counts in sorted(votes.items()) if counts[2] >= LEAST_VOTES]
    pairs = [sorted(pair, key=lambda net: net.net) for pair in combinations(nets, 2)]
    p_values = [_p(low, high, votes) for low, high in pairs]
    found = []
    for (low, high), p, q in zip(pairs, p_values, adjusted(p_values), strict=True):
        if q <= LOW_Q and low.high < 0 < high.low and high.net - low.net >= LEAST_DIFFERENCE:
            level: Significance = "high" if q <= HIGH_Q else "medium" if q <= MEDIUM_Q else "low"
            found.append(Divergence(level, high, low, high.net - low.net, p, q))
    return sorted(found, key=lambda each: (each.p, each.positive.source, each.negative.source))


def widened(
    present: Mapping[str, tuple[float, float, int]],
    before: Mapping[str, tuple[float, float, int]],
    upper: str,
    lower: str,
) -> Widened | None:
    """Whether two sources lie further apart than in the days before; None where those hold too few votes to tell.

    Args:
        present, before: (positive, negative, n) by source.
        upper, lower: the sources above and below zero.
    """
    earlier = [before.get(source, (0.0, 0.0, 0)) for source in (upper, lower)]
    if min(votes[2] for votes in earlier) < LEAST_VOTES_BEFORE:
        return None
    now, then = (
        [(positive - negative) / n for positive, negative, n in group]
        for group in ([present[upper], present[lower]], earlier)
    )
    change = (now[0] - now[1]) - (then[0] - then[1])
    variance = sum(_variance(*present[source]) for source in (upper, lower)) + sum(_variance(*row) for row in earlier)
    p = erfc(abs(change) / sqrt(2 * variance)) if variance > 0 else 1.0
    return Widened(then[0] - then[1], p, change >= LEAST_WIDENING and p <= LARGEST_P_WIDENED)


def _variance(positive: float, negative: float, n: int) -> float:
    effective = n / (1 + (n - 1) * DRIFT)
    net = (positive - negative) / (n + 2)
    return max((positive + negative + 2) / (n + 2) - net * net, 0.0) / effective


def _p(low: Net, high: Net, votes: Mapping[str, tuple[float, float, int]]) -> float:
    variance = sum(_variance(*votes[net.source]) for net in (low, high))
    return erfc((high.net - low.net) / sqrt(2 * variance)) if variance > 0 else 1.0
