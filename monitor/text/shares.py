"""From the classes of single posts to the shares of a group, corrected for what the scorer is known to mistake.

Counting classes is biased: a scorer that calls a fifth of the neutral posts negative reports a mood that is not there,
however many posts there are. So the counts are unmixed with the scorer's confusion matrix (adjusted classify-and-count,
Forman 2008, "Quantifying counts and costs via classification"), drawn towards a starting point while the group is
small, and given an interval that holds the sampling error, enlarged by the unmixing, and a systematic error.

Only the class of each post enters, not its probabilities: the mean of the probabilities has the larger error (on groups
of 400 validation posts 26 points in the net share; counted classes 12; counted and corrected 8), counts over a coarse
grid that keeps the class give the same estimate as the posts, and it costs a few multiplications, which the screen
needs for hundreds of groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from monitor.records import NO_SHARES, Label, Probabilities, Shares

LABELS: tuple[Label, ...] = ("negative", "neutral", "positive")
"""The classes, in the order of `Probabilities`."""

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]

_CONFUSION: Matrix = ((0.597, 0.209, 0.102), (0.269, 0.545, 0.308), (0.134, 0.246, 0.590))
"""Row: the class given; column: the class of a person's label. Of the shipped scorer, on the 47,404 tweets of SemEval's
training sets, on which its thresholds were set. On the 2,000 of the validation set no entry is off by more than .09."""

_START: Vector = (0.3, 0.4, 0.3)
"""Where an estimate starts from: leaning neither way."""
_START_WEIGHT = 20.0
"""How many posts the start counts as. Without it a group of ten swings by 35 points around its true net share; with it,
23 to 33. From 100 posts on it changes the error by less than two points."""
_START_SPREAD = 0.35
"""Standard deviation of the net shares of groups around the start."""

_SYSTEMATIC = 0.09
"""Standard deviation of the error in the net share that more posts do not remove. The share of a class is about nine
points off from one year's posts to another's. On groups of 10 to 2,000 validation posts, with class mixes from the
natural one to any at all, the 95 % interval covers 93 to 99.8 % of the true net shares with it."""
_SYSTEMATIC_CALIBRATED = 0.03
"""The same where labelled posts of the group's own domain gave the confusion matrix."""

_SHIPPED_WEIGHT = 60.0
"""How many labelled posts of each class the shipped confusion matrix counts as, at most: where labelled posts speak
against it, it counts the less, by the ratio of chi square's mean to its value."""
_DEGREES_OF_FREEDOM = 6
_LABELLED_SPREAD = 0.25
"""Standard deviation of the net shares of groups around that of labelled posts of their domain."""
_LABELLED_START_WEIGHT = 50.0
"""`_START_WEIGHT` where the start is that of many labelled posts."""
_NORMAL_95 = 1.96
_SMALLEST_DETERMINANT = 0.02


class _Correction(NamedTuple):
    confusion: Matrix
    unmixing: Matrix
    """Inverse of the confusion matrix."""
    start: Vector
    start_weight: float
    start_spread: float
    systematic: float
    labelled: Vector | None
    """How many posts of each class gave the confusion matrix; None where their number does not limit it."""


def label_of(probabilities: Probabilities) -> Label:
    """The class with the highest probability; of equals the first of negative, neutral, positive."""
    return LABELS[_index_of(probabilities)]


def _index_of(probabilities: Probabilities) -> int:
    negative, neutral, positive = probabilities
    if negative >= neutral:
        return 0 if negative >= positive else 2
    return 1 if neutral >= positive else 2


def estimate_shares(
    probabilities: Iterable[Probabilities],
    labelled: tuple[Sequence[Probabilities], Sequence[Label]] | None = None,
) -> Shares:
    """The shares of the three classes in a group, with a 95 % interval of the net share.

    Args:
        probabilities: the scorer's, one row a post: negative, neutral, positive.
        labelled: the scorer's probabilities for posts of the same domain, and the labels that people gave these. They
            correct the estimate, the more of them the better; 200 are worth the trouble.

    Raises:
        ValueError: the labelled probabilities and labels differ in number, or a label is none of the three.
    """
    counts: dict[Probabilities, int] = {}
    for row in probabilities:
        key = (row[0], row[1], row[2])
        counts[key] = counts.get(key, 0) + 1
    if labelled is None or not len(labelled[0]) + len(labelled[1]):
        return _estimate(counts, _SHIPPED, False)
    return _estimate(counts, _calibrated(*labelled), True)


def shares_of_counts(cells: Mapping[Probabilities, int]) -> Shares:
    """The same as `estimate_shares` over rows that are counted: how many posts have these probabilities."""
    return _estimate(cells, _SHIPPED, False)


def _estimate(cells: Mapping[Probabilities, int], correction: _Correction, calibrated: bool) -> Shares:
    counts = [0, 0, 0]
    for probabilities, posts in cells.items():
        counts[_index_of(probabilities)] += posts
    n = sum(counts)
    if n <= 0:
        return NO_SHARES
    given = (counts[0] / n, counts[1] / n, counts[2] / n)
    weight = n / (n + correction.start_weight)
    unmixed = _product(correction.unmixing, given)
    drawn = [start + weight * (share - start) for start, share in zip(correction.start, unmixed, strict=True)]
    negative, neutral, positive = _nearest_shares(drawn)
    net = positive - negative
    deviation = sqrt(
        weight * weight * _variance(counts, n, (negative, neutral, positive), correction)
        + ((1 - weight) * correction.start_spread) ** 2
        + correction.systematic**2
    )
    reach = _NORMAL_95 * deviation
    return Shares(positive, neutral, negative, net, max(-1.0, net - reach), min(1.0, net + reach), n, calibrated)


def _variance(counts: Sequence[int], n: int, shares: Vector, correction: _Correction) -> float:
    """Of the unmixed net share: from the choice of posts, and from that of the labelled posts behind the matrix."""
    lean = [high - low for low, high in zip(correction.unmixing[0], correction.unmixing[2], strict=True)]
    smoothed = [(count + 1) / (n + 3) for count in counts]
    variance = _multinomial_variance(lean, smoothed) / n
    if correction.labelled is not None:
        for column, (share, posts) in enumerate(zip(shares, correction.labelled, strict=True)):
            given = [row[column] for row in correction.confusion]
            variance += share * share * _multinomial_variance(lean, given) / posts
    return variance


def _multinomial_variance(values: Sequence[float], shares: Sequence[float]) -> float:
    """Of the value of one draw."""
    mean = sum(value * share for value, share in zip(values, shares, strict=True))
    return sum(share * (value - mean) ** 2 for value, share in zip(values, shares, strict=True))


def _calibrated(probabilities: Sequence[Probabilities], labels: Sequence[Label]) -> _Correction:
    """What labelled posts say about the scorer in their domain, resting on the shipped matrix where they are few."""
    if len(probabilities) != len(labels):
        raise ValueError(f"{len(probabilities)} rows of probabilities, but {len(labels)} labels")
    counts = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
    for row, label in zip(probabilities, labels, strict=True):
        if label not in LABELS:
            raise ValueError(f"no such label: {label!r}")
        counts[_index_of(row)][LABELS.index(label)] += 1
    classes = [sum(row[true] for row in counts) for true in range(3)]
    known = len(labels)
    trust = _SHIPPED_WEIGHT * _agreement(counts, classes)
    posts = _vector([true + trust for true in classes])
    confusion = _matrix(
        [
            [(counts[given][true] + trust * _CONFUSION[given][true]) / posts[true] for true in range(3)]
            for given in range(3)
        ]
    )
    weight = known / (known + _START_WEIGHT)
    seen = [posts_of_class / max(known, 1) for posts_of_class in classes]
    start = _vector([usual + weight * (share - usual) for usual, share in zip(_START, seen, strict=True)])
    return _Correction(
        confusion=confusion,
        unmixing=_inverse(confusion),
        start=start,
        start_weight=weight * _LABELLED_START_WEIGHT + (1 - weight) * _START_WEIGHT,
        start_spread=weight * _LABELLED_SPREAD + (1 - weight) * _START_SPREAD,
        systematic=weight * _SYSTEMATIC_CALIBRATED + (1 - weight) * _SYSTEMATIC,
        labelled=posts,
    )


def _agreement(counts: Sequence[Sequence[int]], classes: Sequence[int]) -> float:
    """How well labelled posts agree with the shipped matrix: 1 as well as chance lets them, down to nearly 0."""
    chi_square = 0.0
    for given in range(3):
        for true in range(3):
            expected = classes[true] * _CONFUSION[given][true]
            if expected:
                chi_square += (counts[given][true] - expected) ** 2 / expected
    return min(1.0, _DEGREES_OF_FREEDOM / chi_square) if chi_square else 1.0


def _inverse(matrix: Matrix) -> Matrix:
    """By cofactors. A scorer whose classes say next to nothing about the true ones is left uncorrected."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    cofactors = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    determinant = a * cofactors[0][0] + b * cofactors[1][0] + c * cofactors[2][0]
    if abs(determinant) < _SMALLEST_DETERMINANT:
        return ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    return _matrix([[value / determinant for value in row] for row in cofactors])


def _product(matrix: Matrix, vector: Vector) -> Vector:
    return _vector([sum(factor * value for factor, value in zip(row, vector, strict=True)) for row in matrix])


def _nearest_shares(values: Sequence[float]) -> Vector:
    """The point of the simplex nearest to these values (Duchi et al. 2008)."""
    total, shift = 0.0, 0.0
    for rank, value in enumerate(sorted(values, reverse=True), 1):
        total += value
        if value - (total - 1) / rank > 0:
            shift = (total - 1) / rank
    return _vector([max(0.0, value - shift) for value in values])


def _vector(values: Sequence[float]) -> Vector:
    first, second, third = values
    return first, second, third


def _matrix(rows: Sequence[Sequence[float]]) -> Matrix:
    first, second, third = rows
    return _vector(first), _vector(second), _vector(third)


_SHIPPED = _Correction(_CONFUSION, _inverse(_CONFUSION), _START, _START_WEIGHT, _START_SPREAD, _SYSTEMATIC, None)
