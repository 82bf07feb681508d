"""Whether posts come at twice or four times the usual rate right now: a hidden Markov model of one beat.

Hidden are the level of the beat, which wanders about what is usual as a stationary autoregression, and whether a step
is under way, which begins and ends by chance. Counts are negative binomial. What is reported are the odds that a step
is under way, given all counts until now (the forward algorithm, Rabiner 1989; as an alarm, Shiryaev 1963).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import exp, isnan, lgamma, log, sqrt
from typing import NamedTuple

from monitor.signals.habit import PERSISTENCE, Habit
from monitor.signals.history import BINS_AN_HOUR

FACTORS = (1.0, 2.0, 4.0)
"""No step, and the two that are looked for."""
_CHANCES = (0.01, 0.99)
"""Of a step that begins, to be either; nearly all to the larger, as the smaller is more often mistaken."""
_BEGIN = 1 / 864
"""Chance of a bin that a step begins."""
_END = 1 / 24
"""Chance of a bin that a step ends; shorter than the steps looked for, as late alarms are of no use."""
_LEVELS = 9
_REACH = 3.5
"""Standard deviations of the log level that the levels cover."""
_WANDER = 3
"""Bins after which the level may move."""
_MOVE = _WANDER / BINS_AN_HOUR
"""Chance that it then does, as far as it moves in an hour: in jumps rather than bit by bit, as the news does."""
_ROUGHNESS = 0.003
"""What a bin's level varies by beside the wandering of the hours, squared; it matters from 1,000 posts an hour on."""
_LEAST_RATE = 0.01
"""Posts a bin; nothing is ever expected so surely that a first post would prove a rise."""
WINDOW = 6
"""Bins of the longest window that a step is shown by."""


class Surprise(NamedTuple):
    """A rise in the last bins."""

    log_odds: float
    """Logarithm of the odds that a step is under way."""
    bins: int
    """Length of the window that shows it best."""
    posts: float
    expected: float
    """At the level that the beat had before the window."""


class Steps:
    """The running belief about one beat during one day; feed it each bin once, oldest first."""

    def __init__(self, habit: Habit, least_excess: float, least_ratio: float) -> None:
        self._least_excess = least_excess
        self._least_ratio = least_ratio
        self._phi = habit.phi
        deviation = sqrt(habit.variance)
        places = [_REACH * (2 * number / (_LEVELS - 1) - 1) for number in range(_LEVELS)]
        self._levels = [exp(place * deviation - habit.variance / 2) for place in places]
        self._moves = _moves(places)
        usual = _normalised([exp(-place * place / 2) for place in places])
        self._belief = [usual, [0.0] * _LEVELS, [0.0] * _LEVELS]
        self._fed = 0
        self._recent: deque[tuple[float, float, float]] = deque(maxlen=WINDOW)

    def feed(self, count: float, usual: float) -> None:
        """Take up a bin with the posts that are usual for it; `count` is not a number where it was not collected."""
        none, *rises = self._belief
        level = sum(map(_product, none, self._levels)) / sum(none)
        self._recent.append((count, usual, level))
        self._fed += 1
        if self._fed % _WANDER == 0:
            none, *rises = ([sum(map(_product, row, column)) for column in self._moves] for row in (none, *rises))
        ended = [_END * sum(each) for each in zip(*rises, strict=True)]
        begun = [
            [(1 - _END) * weight + _BEGIN * chance * before for weight, before in zip(rise, none, strict=True)]
            for rise, chance in zip(rises, _CHANCES, strict=True)
        ]
        none = [(1 - _BEGIN) * weight + end for weight, end in zip(none, ended, strict=True)]
        self._belief = [none, *begun]
        if not isnan(count):
            self._weigh(count, max(usual, _LEAST_RATE))

    def _weigh(self, count: float, usual: float) -> None:
        """Multiply what was believed with how likely the count is under it."""
        phi = self._phi + _ROUGHNESS * usual
        unit, log_phi = usual / (phi - 1), log(phi)
        likelihoods = []
        for factor in FACTORS:
            sizes = [unit * factor * level for level in self._levels]
            likelihoods.append([lgamma(count + size) - lgamma(size) - size * log_phi for size in sizes])
        best = max(map(max, likelihoods))
        weighed = [
            [weight * exp(max(likelihood - best, -300.0)) for weight, likelihood in zip(belief, row, strict=True)]
            for belief, row in zip(self._belief, likelihoods, strict=True)
        ]
        total = sum(map(sum, weighed))
        self._belief = [[max(weight / total, 1e-200) for weight in row] for row in weighed]

    def surprise(self, least: float) -> Surprise | None:
        """The rise of the last bins; None where its log odds are below `least` or no window shows it."""
        none, *rises = map(sum, self._belief)
        log_odds = log(sum(rises) / none)
        if log_odds < least:
            return None
        best: Surprise | None = None
        strongest = 0.0
        posts = expected = usual = 0.0
        recent = list(self._recent)
        for bins in range(1, len(recent) + 1):
            count, at_usual, level = recent[-bins]
            if isnan(count):
                continue
            posts += count
            usual += at_usual
            expected = max(usual * level, _LEAST_RATE)
            if posts - expected < self._least_excess or posts < self._least_ratio * expected:
                continue
            strength = posts * log(posts / expected) - posts + expected
            if strength > strongest:
                strongest = strength
                best = Surprise(log_odds, bins, posts, expected)
        return best


def _product(one: float, other: float) -> float:
    return one * other


def _moves(places: Sequence[float]) -> list[list[float]]:
    """For each level the chances of coming to it from each of the levels."""
    spread = 1 - PERSISTENCE * PERSISTENCE
    from_each = [
        _normalised([exp(-((to - PERSISTENCE * place) ** 2) / (2 * spread)) for to in places]) for place in places
    ]
    return [
        [_MOVE * chance + (1 - _MOVE) * (start == to) for start, chance in enumerate(column)]
        for to, column in enumerate(zip(*from_each, strict=True))
    ]


def _normalised(weights: Sequence[float]) -> list[float]:
    total = sum(weights)
    return [weight / total for weight in weights]
