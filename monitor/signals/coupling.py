"""Coupling of beats: which posts two beats share, and whether their volumes move together beyond those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations
from math import atanh, erfc, sqrt
from operator import mul
from statistics import median
from typing import Literal, NamedTuple

from monitor.instants import HOUR
from monitor.records import Significance
from monitor.signals.beta import adjusted
from monitor.signals.phrases import rise_p

LAGS = 6
LOCKSTEP = 0.6
COUPLED = 0.35
LARGEST_Q = 0.05
LEAST_POSTS_AN_HOUR = 20.0
LEAST_HOURS = 7 * 24
_CLIP = 4.0
_TREND_HOURS = 7 * 24
_LEAST_TREND_HOURS = 24
_MEMORY_LAGS = 24
_MOST_R = 0.999999
_ROUNDING = 1e-9


class Overlap(NamedTuple):
    """What two beats share within a window."""

    first: str
    second: str
    shared: frozenset[int]
    """Clusters that belong to both."""
    of_first: int
    of_second: int
    jaccard: float
    """Shared clusters to clusters of either; 0 where there is none."""
    containment: float
    """Shared clusters to those of the smaller beat."""
    lift: float | None
    """Shared clusters to what chance would share among all clusters of the window; None where that is nothing."""


def overlaps(clusters: Mapping[str, AbstractSet[int]]) -> list[Overlap]:
    """The pairs of beats that share a cluster of copies, the largest Jaccard index first.

    Args:
        clusters: by beat, the clusters of its posts in the window.
    """
    everything = len(set().union(*clusters.values()))
    found = []
    for first, second in combinations(sorted(clusters), 2):
        shared = frozenset(clusters[first]) & frozenset(clusters[second])
        if not shared:
            continue
        sizes = len(clusters[first]), len(clusters[second])
        chance = sizes[0] * sizes[1] / everything
        found.append(
            Overlap(
                first, second, shared, *sizes,
                jaccard=len(shared) / (sum(sizes) - len(shared)),
                containment=len(shared) / min(sizes),
                lift=len(shared) / chance if chance else None,
            )
        )  # fmt: skip
    return sorted(found, key=lambda each: (-each.jaccard, each.first, each.second))


class Lockstep(NamedTuple):
    """How two beats move together once their common posts, trend and daily season are taken out."""

    first: str
    second: str
    verdict: Literal["lockstep", "coupled"] | None
    r: float
    """Correlation at the lag where it is largest."""
    lag: int
    """Hours by which the second follows the first."""
    hours: int
    """Pairs of hours that were compared."""
    effective_hours: float
    """What they are worth, as neighbouring hours resemble one another."""
    p: float
    q: float


def locksteps(counts: Mapping[str, Sequence[int | None]], start: int) -> list[Lockstep]:
    """All pairs of beats that can be judged, strongest first; the false discovery rate is controlled over them.

    Args:
        counts: by beat, posts in each hour, oldest first, without the posts that beats share, or those would couple
            them; None where nothing was collected. Fourteen days are meant, all beats over the same hours.
        start: the instant at which the first hour starts.

    Raises:
        ValueError: beats of different length.
    """
    if len({len(hours) for hours in counts.values()}) > 1:
        raise ValueError("all beats need the same hours")
    series = {beat: _Series.of(residual(hours, start)) for beat, hours in sorted(counts.items()) if _loud(hours)}
    found = [
        pair
        for first, second in combinations(series, 2)
        if (pair := _compare(first, series[first], second, series[second]))
    ]
    judged = [
        pair._replace(q=q, verdict=_verdict(pair.r, pair.lag, q))
        for pair, q in zip(found, adjusted([pair.p for pair in found]), strict=True)
    ]
    return sorted(judged, key=lambda pair: (-abs(pair.r), pair.first, pair.second))


def residual(hours: Sequence[int | None], start: int) -> list[float | None]:
    """What is left of hourly posts without their level, trend and season, in robust standard deviations.

    The root of the count plus 3/8 (Anscombe 1948), less the median of the seven days up to it, less the median of the
    same hour on weekdays or at weekends, over the median absolute deviation, cut at four.
    """
    roots = [None if posts is None else sqrt(posts + 0.375) for posts in hours]
    level: list[float | None] = []
    for number, root in enumerate(roots):
        week = [each for each in roots[max(0, number - _TREND_HOURS + 1) : number + 1] if each is not None]
        level.append(root - median(week) if root is not None and len(week) >= _LEAST_TREND_HOURS else None)
    seasons: dict[tuple[bool, int], list[float]] = {}
    for number, value in enumerate(level):
        if value is not None:
            seasons.setdefault(_season(start, number), []).append(value)
    usual = {season: median(values) for season, values in seasons.items()}
    left = [None if value is None else value - usual[_season(start, number)] for number, value in enumerate(level)]
    spread = 1.4826 * median([abs(value) for value in left if value is not None] or [0.0])
    if not spread:
        return [None] * len(left)
    return [None if value is None else max(-_CLIP, min(_CLIP, value / spread)) for value in left]


def _season(start: int, number: int) -> tuple[bool, int]:
    """Whether an hour lies on a weekend, and the hour of the day; 1970-01-01 was a Thursday."""
    hour = start // HOUR + number
    return (hour // 24 + 3) % 7 >= 5, hour % 24


def _loud(hours: Sequence[int | None]) -> bool:
    posts = [each for each in hours if each is not None]
    return len(posts) >= LEAST_HOURS and sum(posts) >= LEAST_POSTS_AN_HOUR * len(posts)


class _Series(NamedTuple):
    """What is left of the hours of a beat, in the form in which sums over pairs of hours are quickest."""

    values: list[float]
    """0 where there is none."""
    squares: list[float]
    there: list[int]
    """1 where there is a value, else 0."""
    own: tuple[float, ...]
    """Correlation with itself one hour later, two hours later and so on."""

    @classmethod
    def of(cls, left: Sequence[float | None]) -> _Series:
        values = [value or 0.0 for value in left]
        bare = cls(values, [value * value for value in values], [int(value is not None) for value in left], ())
        own = tuple(r if n > 2 else 0.0 for n, r in (_correlation(bare, bare, k) for k in range(1, _MEMORY_LAGS + 1)))
        return bare._replace(own=own)


def _compare(first: str, a: _Series, second: str, b: _Series) -> Lockstep | None:
    best: tuple[float, int, int] | None = None
    for lag in range(-LAGS, LAGS + 1):
        n, r = _correlation(a, b, lag)
        if n < LEAST_HOURS // 2:
            continue
        if best is None or (abs(r), -abs(lag)) > (abs(best[0]), -abs(best[1])):
            best = r, lag, n
    if best is None:
        return None
    r, lag, hours = best
    memory = sum(max(0.0, mine * other) for mine, other in zip(a.own, b.own, strict=True))
    effective = hours / (1 + 2 * memory)
    clear = abs(atanh(max(-_MOST_R, min(_MOST_R, r)))) * sqrt(max(effective - 3, 0.0))
    p = min(1.0, (2 * LAGS + 1) * erfc(clear / sqrt(2)))
    return Lockstep(first, second, None, r, lag, hours, effective, p, p)


def _correlation(a: _Series, b: _Series, lag: int) -> tuple[int, float]:
    """Over the hours of `a` and those of `b` that many hours later, where there are both: how many, and r."""
    early = slice(-lag, None) if lag < 0 else slice(None)
    late = slice(lag, None) if lag > 0 else slice(None)
    x, xx, mine = a.values[early], a.squares[early], a.there[early]
    y, yy, other = b.values[late], b.squares[late], b.there[late]
    n = _sum(mine, other)
    if not n:
        return 0, 0.0
    sum_x, sum_y = _sum(x, other), _sum(y, mine)
    across = _sum(x, y) - sum_x * sum_y / n
    spread_x = _sum(xx, other) - sum_x * sum_x / n
    spread_y = _sum(yy, mine) - sum_y * sum_y / n
    # Values are cut at a few standard deviations, so that what is this small is nothing but rounding.
    if spread_x <= _ROUNDING or spread_y <= _ROUNDING:
        return int(n), 0.0
    return int(n), max(-1.0, min(1.0, across / sqrt(spread_x * spread_y)))


def _sum(left: Sequence[float], right: Sequence[float]) -> float:
    """The sum of products, as far as both go."""
    total: float = sum(map(mul, left, right))
    return total


def _verdict(r: float, lag: int, q: float) -> Literal["lockstep", "coupled"] | None:
    if q > LARGEST_Q:
        return None
    if r >= LOCKSTEP and abs(lag) <= 1:
        return "lockstep"
    return "coupled" if r >= COUPLED else None


LEAST_SHARED = 15
LEAST_OVERLAP_RATIO = 2.0
_OVERLAP_LEVELS: tuple[tuple[float, Significance], ...] = ((1e-14, "high"), (1e-11, "medium"), (1e-8, "low"))
"""Small, as three hundred pairs are looked at every hour; fixed, so that a pair is judged by its own counts alone."""


class GrownOverlap(NamedTuple):
    """Two beats that share far more than in the days before."""

    level: Significance
    share: float
    """Shared clusters to clusters of either, now."""
    previous_share: float
    ratio: float | None
    """None where nothing was shared before."""
    p: float


def grown_overlap(shared: int, either: int, previous_shared: int, previous_either: int) -> GrownOverlap | None:
    """Whether two beats share more than in the days before, with the allowance for drift of rising phrases."""
    if shared < LEAST_SHARED or not either or not previous_either:
        return None
    share, before = shared / either, previous_shared / previous_either
    if share < LEAST_OVERLAP_RATIO * before:
        return None
    p = rise_p(shared, either, previous_shared, previous_either)
    level = next((level for least, level in _OVERLAP_LEVELS if p <= least), None)
    return None if level is None else GrownOverlap(level, share, before, share / before if before else None, p)
