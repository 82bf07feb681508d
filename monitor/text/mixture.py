"""A group of posts as a mixture of three classes: the likeliest mix, and how sure it is.

Of each post is known how likely it is under each class, up to a factor. The mix that makes all posts together the
likeliest is found under a Dirichlet prior (Saerens, Latinne and Decaestecker 2002, "Adjusting the outputs of a
classifier to new a priori probabilities", with smoothing), by Newton's method on the logarithm, which is concave.
"""

from __future__ import annotations

from math import lgamma, log

from monitor.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

Vector = tuple[float, float, float]
"""Of the classes negative, neutral and positive."""
Square = tuple[float, float, float, float]
"""A matrix over negative and positive (neutral is the rest), by rows."""

_STEPS = 40
_CLOSE = 1e-4
_INSIDE = 1e-6
"""No share of a mix is smaller."""


class Mixture(NamedTuple):
    """What is known about a group under one prior."""

    shares: Vector
    """Expected shares of the classes among these very posts."""
    variance: Square
    """Of the shares among these very posts: the classes of the posts and the mix are both unknown."""
    within: Square
    """The mean variance of the class of one post whose likelihoods are known."""
    evidence: float
    """Logarithm of how likely the posts are under the prior, up to a term that all priors share (Laplace)."""


def mixture(rows: Sequence[tuple[Vector, int]], start: Vector, weight: float, force: float = 1.0) -> Mixture:
    """The mix of a group of posts.

    Args:
        rows: likelihoods under the classes, all above 0, and how many posts have these.
        start: the prior's mode, all above 0.
        weight: how many posts the prior counts as, above 0.
        force: how much of a post each counts as where the mix is sought, above 0 and at most 1.
    """
    terms = [(low - mid, high - mid, mid, posts * force) for (low, mid, high), posts in rows]
    negative, positive = start[0], start[2]
    density, slope, curvature = _derivatives(terms, negative, positive, start, weight)
    for _ in range(_STEPS):
        spread = inverse(curvature)
        down = spread[0] * slope[0] + spread[1] * slope[1]
        up = spread[2] * slope[0] + spread[3] * slope[1]
        if abs(down) < _CLOSE and abs(up) < _CLOSE:
            break
        length = _room(negative, positive, down, up)
        while True:
            tried = _derivatives(terms, negative + length * down, positive + length * up, start, weight)
            if tried[0] >= density or length < _CLOSE:
                break
            length /= 2
        negative, positive = negative + length * down, positive + length * up
        density, slope, curvature = tried
    size = lgamma(weight + 3) - sum([lgamma(weight * share + 1) for share in start])
    evidence = density + size - 0.5 * log(curvature[0] * curvature[3] - curvature[1] * curvature[2])
    return _known(terms, negative, positive, inverse(curvature), force, evidence)


def inverse(matrix: Square) -> Square:
    """Of a matrix with a determinant above 0."""
    a, b, c, d = matrix
    determinant = a * d - b * c
    return d / determinant, -b / determinant, -c / determinant, a / determinant


def product(left: Square, right: Square) -> Square:
    """Of two matrices."""
    a, b, c, d = left
    e, f, g, h = right
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h


def spread_through(change: Square, variance: Square) -> Square:
    """The variance of what changes so with something of that variance."""
    a, b, c, d = change
    return product(product(change, variance), (a, c, b, d))


def total(left: Square, right: Square) -> Square:
    """Their sum."""
    return left[0] + right[0], left[1] + right[1], left[2] + right[2], left[3] + right[3]


def scaled(matrix: Square, factor: float) -> Square:
    """Each entry times a factor."""
    a, b, c, d = matrix
    return a * factor, b * factor, c * factor, d * factor


def _room(negative: float, positive: float, down: float, up: float) -> float:
    """How much of a step keeps every share well above zero: at most nine tenths of the way to the edge."""
    length = 1.0
    for share, change in ((negative, down), (positive, up), (1 - negative - positive, -down - up)):
        if change < 0:
            length = min(length, 0.9 * (share - _INSIDE) / -change)
    return max(length, 0.0)


def _derivatives(
    terms: Sequence[tuple[float, float, float, float]], negative: float, positive: float, start: Vector, weight: float
) -> tuple[float, tuple[float, float], Square]:
    """Logarithm of the posterior density of a mix, its slope, and the negative of its second derivatives."""
    neutral = 1 - negative - positive
    likelihood = slope_low = slope_high = low_low = low_high = high_high = 0.0
    for low, high, mid, posts in terms:
        whole = mid + negative * low + positive * high
        likelihood += posts * log(whole)
        low /= whole
        high /= whole
        by_low = posts * low
        by_high = posts * high
        slope_low += by_low
        slope_high += by_high
        low_low += by_low * low
        low_high += by_low * high
        high_high += by_high * high
    low_prior, mid_prior, high_prior = weight * start[0], weight * start[1], weight * start[2]
    likelihood += low_prior * log(negative) + mid_prior * log(neutral) + high_prior * log(positive)
    rest = mid_prior / neutral
    return (
        likelihood,
        (slope_low + low_prior / negative - rest, slope_high + high_prior / positive - rest),
        (
            low_low + low_prior / negative**2 + rest / neutral,
            low_high + rest / neutral,
            low_high + rest / neutral,
            high_high + high_prior / positive**2 + rest / neutral,
        ),
    )


def _known(
    terms: Sequence[tuple[float, float, float, float]],
    negative: float,
    positive: float,
    spread: Square,
    force: float,
    evidence: float,
) -> Mixture:
    """The classes of the posts under a mix of this variance."""
    posts = 0.0
    lows = highs = low_low = low_high = high_high = 0.0
    low_by_low = low_by_high = high_by_low = high_by_high = 0.0
    for first, second, mid, count in terms:
        whole = mid + negative * first + positive * second
        low = negative * (first + mid) / whole
        high = positive * (second + mid) / whole
        posts += count
        lows += count * low
        highs += count * high
        low_low += count * low * (1 - low)
        low_high -= count * low * high
        high_high += count * high * (1 - high)
        low_by_low += count * low * (1 / negative - first / whole)
        low_by_high -= count * low * second / whole
        high_by_low -= count * high * first / whole
        high_by_high += count * high * (1 / positive - second / whole)
    within = (low_low / posts, low_high / posts, low_high / posts, high_high / posts)
    change = (low_by_low / posts, low_by_high / posts, high_by_low / posts, high_by_high / posts)
    return Mixture(
        (lows / posts, 1 - (lows + highs) / posts, highs / posts),
        total(scaled(within, force / posts), spread_through(change, spread)),
        within,
        evidence,
    )
