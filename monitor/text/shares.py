"""From the classes of single posts to the shares of a group, corrected for what the scorer is known to mistake.

Counting classes is biased: a scorer that calls a fifth of the neutral posts negative reports a mood that is not there,
however many posts there are. So a group is taken for a mixture of the three classes (`monitor.text.mixture`).

Without labels of the group's own domain only the class given to each post enters, with the scorer's confusion matrix:
the probabilities of an unknown domain are no truer, and three counts cost next to nothing. With labels the
probabilities are made true for the domain first (`monitor.text.recalibration`), and the mix of the labelled posts is
where the group's is looked for, the nearer the less the posts speak against it. An interval looks further around than
the share itself, since it also has to hold where the mix has changed.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, sqrt

from monitor.light_typing import TYPE_CHECKING
from monitor.nouns.estimates import NO_SHARES, Shares
from monitor.text.mixture import mixture, scaled, total
from monitor.text.scorers import CONFUSIONS, IN_USE, NAMES
from monitor.text.share_intervals import Belief, interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from monitor.records import Label, Probabilities
    from monitor.text.mixture import Mixture, Square, Vector

SCORER = NAMES[IN_USE]
"""The scorer whose mistakes are known here, `monitor.text.sentiment.Scorer`. Scores of different names differ."""

LABELS: tuple[Label, ...] = ("negative", "neutral", "positive")
"""The classes, in the order of `Probabilities`."""

_START: Vector = (0.3, 0.4, 0.3)
"""Where an estimate without labels starts from: leaning neither way."""
_START_POSTS = 20.0
_START_SHARE = 0.1
"""How many posts the start counts as: so many, plus so many for each post of the group. The part that grows with the
group is there because an unknown domain's confusion differs from the known one, which more posts do not mend."""
_SYSTEMATIC: Square = (0.0055, -0.0025, -0.0025, 0.0085)
"""Variance of the error that more posts do not remove: 7 to 10 points in a share, 14 in the net. Found on stretches of
2,000 tweets of one time and its topics, which the scorer had not learnt from."""

_WEIGHTS = (3.0, 20.0, 130.0, 1e5)
"""How many posts the mix of the labelled posts may count as in a group's: the mixes differ by some 24, 11, 4 and 0
points."""
_BELIEFS = (0.01, 0.04, 0.13, 0.82)
"""How likely each of these is before the posts are seen, for the share itself: a prior that looked for other mixes more
often would be further off where there are none."""
_SUSPICIONS = (0.05, 0.2, 0.05, 0.7)
"""The same for its interval: the scores of a few hundred posts and labels hardly tell a mix that differs by 9 points
from one that does not, so that an interval is too narrow for the one or wider than it need be for the other."""

_NORMAL_95 = 1.96


class Calibration:
    """What labelled posts of a domain say about the scorer there; made once, used for every group of the domain."""

    def __init__(self, probabilities: Sequence[Probabilities], labels: Sequence[Label]) -> None:
        """Learn from labelled posts that were drawn by chance.

        Args:
            probabilities: the scorer's, one row a post.
            labels: what people called these posts.

        Raises:
            ValueError: the rows and labels differ in number, there are none, a row is no probabilities of the three
                classes, or a label is none of them.
        """
        if len(probabilities) != len(labels):
            raise ValueError(f"{len(probabilities)} rows of probabilities, but {len(labels)} labels")
        if not len(labels):
            raise ValueError("no labelled posts")
        from monitor.text.probability_rows import checked_labels, checked_rows
        from monitor.text.recalibration import recalibrate

        rows, called = checked_rows(probabilities, "labelled row"), checked_labels(labels)
        self._recalibration = recalibrate(rows, [LABELS.index(label) for label in called], _START)
        self._likelihoods: dict[Probabilities, Vector] = {}

    @property
    def labelled(self) -> int:
        """How many labelled posts it rests on."""
        return self._recalibration.labelled

    def shares_of_counts(self, cells: Mapping[Probabilities, int]) -> Shares:
        """The shares of a group of posts of the domain: how many of them have these probabilities."""
        rows = [(self._of(row), posts) for row, posts in cells.items() if posts > 0]
        if not rows:
            return NO_SHARES
        posts = sum(count for _, count in rows)
        known = self._recalibration.weight
        # How the group's scores differ from those of the labelled posts is all that tells how its mix differs, and few
        # labelled posts blur that as few posts of the group do.
        force = known / (known + posts)
        mixtures = [mixture(rows, self._recalibration.mix, weight, force) for weight in _WEIGHTS]
        beliefs = _after(mixtures, _BELIEFS)
        low = sum([belief * each.shares[0] for belief, each in zip(beliefs, mixtures, strict=True)])
        high = sum([belief * each.shares[2] for belief, each in zip(beliefs, mixtures, strict=True)])
        variances = [total(each.variance, scaled(each.within, 1 / known)) for each in mixtures]
        return _calibrated((low, 1 - low - high, high), mixtures, variances, posts)

    def _of(self, row: Probabilities) -> Vector:
        known = self._likelihoods.get(row)
        if known is None:
            known = self._likelihoods[row] = self._recalibration.likelihoods(row)
        return known


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
    """The shares of the three classes in a group, with 95 % intervals.

    Args:
        probabilities: the scorer's, one row a post: negative, neutral, positive.
        labelled: the scorer's probabilities for posts of the same domain that were drawn by chance, and the labels that
            people gave these. They correct the estimate, the more of them the better; 200 are worth the trouble. Where
            there are many groups, make one `Calibration`.

    Raises:
        ValueError: the labelled probabilities and labels differ in number, a row is no probabilities of the three
            classes, or a label is none of them.
    """
    from monitor.text.probability_rows import checked_rows

    counts: dict[Probabilities, int] = {}
    for row in checked_rows(probabilities):
        counts[row] = counts.get(row, 0) + 1
    if labelled is None or not len(labelled[0]) + len(labelled[1]):
        return shares_of_counts(counts)
    return Calibration(*labelled).shares_of_counts(counts)


def shares_of_counts(
    cells: Mapping[Probabilities, int], calibration: Calibration | None = None, mistakes: str = IN_USE
) -> Shares:
    """The same as `estimate_shares` over rows that are counted: how many posts have these probabilities.

    Args:
        cells: posts by probabilities.
        calibration: what labels say of the scorer in this domain; None where nobody labelled.
        mistakes: whose confusion corrects what is not calibrated, a key of `monitor.text.scorers.CONFUSIONS`.
    """
    if calibration is not None:
        return calibration.shares_of_counts(cells)
    counts = [0, 0, 0]
    for probabilities, posts in cells.items():
        counts[_index_of(probabilities)] += posts
    if not any(counts):
        return NO_SHARES
    return _of_classes(counts[0], counts[1], counts[2], mistakes)


@lru_cache(maxsize=16384)
def _of_classes(negative: int, neutral: int, positive: int, mistakes: str) -> Shares:
    n = negative + neutral + positive
    rows = [row for row in zip(CONFUSIONS[mistakes], (negative, neutral, positive), strict=True) if row[1]]
    found = mixture(rows, _START, _START_POSTS + _START_SHARE * n)
    return _uncalibrated(found.shares, total(found.variance, _SYSTEMATIC), n)


def _after(mixtures: Sequence[Mixture], before: Sequence[float]) -> list[float]:
    """How likely each weight of the start is, the posts being what they are."""
    top = max(each.evidence for each in mixtures)
    odds = [belief * exp(each.evidence - top) for belief, each in zip(before, mixtures, strict=True)]
    return [odd / sum(odds) for odd in odds]


def _calibrated(shares: Vector, mixtures: Sequence[Mixture], variances: Sequence[Square], n: int) -> Shares:
    """Shares with the middle 95 % of what is believed of each under suspicion."""
    likely = _after(mixtures, _SUSPICIONS)

    def around(share: float, low: int, high: int, least: float = 0.0) -> tuple[float, float]:
        """Of the negative share so many times plus the positive one so many times, plus 1 where both are taken away."""
        beliefs = [
            Belief(
                belief,
                low * each.shares[0] + high * each.shares[2] + (low == high),
                low * low * of[0] + 2 * low * high * of[1] + high * high * of[3],
            )
            for belief, each, of in zip(likely, mixtures, variances, strict=True)
        ]
        below, above = interval(beliefs)
        return max(least, min(below, share)), min(1.0, max(above, share))

    negative, neutral, positive = shares
    net = positive - negative
    net_low, net_high = around(net, -1, 1, -1.0)
    of_positive, of_neutral, of_negative = around(positive, 0, 1), around(neutral, -1, -1), around(negative, 1, 0)
    return Shares(positive, neutral, negative, net, net_low, net_high, n, True, of_positive, of_neutral, of_negative)


def _uncalibrated(shares: Vector, variance: Square, n: int) -> Shares:
    negative, neutral, positive = shares
    of_negative, together, _, of_positive = variance
    net = positive - negative
    low, high = _interval(net, of_negative + of_positive - 2 * together, -1.0)
    return Shares(
        positive,
        neutral,
        negative,
        net,
        low,
        high,
        n,
        False,
        _interval(positive, of_positive),
        _interval(neutral, of_negative + of_positive + 2 * together),
        _interval(negative, of_negative),
    )


def _interval(value: float, variance: float, least: float = 0.0) -> tuple[float, float]:
    reach = _NORMAL_95 * sqrt(max(variance, 0.0))
    return max(least, value - reach), min(1.0, value + reach)
