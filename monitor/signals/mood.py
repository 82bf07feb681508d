"""Mood shifts: is the positive share of the last 24 hours another than that of the seven days before?

A vote is one cluster of copies, so that a repost is no second opinion. The method is told in docs/methods.md under Mood
signals: Jeffreys posteriors of two shares (Brown, Cai and DasGupta 2001), their votes cut down by what a share drifts
from day to day (the design effect of Kish 1965), and control of the false discovery rate over all beats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from typing import Literal, NamedTuple

from monitor.records import Significance
from monitor.signals.beta import adjusted, chance_above, newcombe

Votes = tuple[float, int]
"""Positive votes and all votes."""

Previous = Votes | Sequence[Votes]
"""The votes of the seven days before: either of all of them together, or one pair a day."""

DRIFT = 0.0025
"""The variance from day to day that is allowed for, as a share of p (1 - p): 1.6 points at a share of 12 %."""

LEAST_VOTES = 150
"""Votes in 24 hours below which nothing is said; under 200, or a beat of 200 a day would be silent every other day."""

LEAST_PREVIOUS_VOTES = 450

LEAST_RATIO = 1.5
LEAST_DIFFERENCE = 0.05
LOW_Q = 0.03
MEDIUM_Q = 0.02
HIGH_Q = 0.005
HOURS = 3
"""Evaluations an hour apart that must agree before the level rises above low."""

_DAYS = 7
_DRIFT_PRIOR_DAYS = 12.0

Verdict = Literal["too few independent posts", "no shift", "rose", "fell", "doubled"]


class Mood(NamedTuple):
    """What the votes of a beat say, with its working."""

    level: Significance | None
    verdict: Verdict
    share: float | None
    """Positive share of the last 24 hours; None without votes."""
    previous_share: float | None
    ratio: float | None
    """Of the two; None where the previous share is zero or unknown."""
    difference: float | None
    interval: tuple[float, float] | None
    """Newcombe's 95 % interval of the difference: the error of sampling alone, without drift."""
    votes: int
    previous_votes: int
    effective: float
    """What the votes of 24 hours are worth once drift is allowed for."""
    previous_effective: float
    drift: float
    """The allowance that was made, as a share of p (1 - p)."""
    p: float
    """Two-sided: the chance of so clear a difference either way without a shift."""
    q: float
    """Of p over all beats looked at together; p itself for one alone."""


def detect(votes: Votes, previous: Previous, before: Sequence[Mood] = ()) -> Mood:
    """Judge one beat on its own.

    Args:
        votes: (positive, n) of the last 24 hours; a vote is a cluster of copies, fractions of one are welcome.
        previous: (positive, n) of the seven days before, or such a pair for each of these days, from which the drift
            of this beat is estimated as well.
        before: what was said of this beat an hour ago, two hours ago and so on, newest last; needed for the levels
            medium and high.

    Raises:
        ValueError: a pair has more positive votes than votes, or fewer than none.
    """
    return _with_level(_weigh(votes, previous), before)


def detect_all(
    votes: Mapping[str, Votes],
    previous: Mapping[str, Previous],
    before: Mapping[str, Sequence[Mood]] | None = None,
) -> dict[str, Mood]:
    """Judge all beats together: as `detect`, with the false discovery rate controlled over them.

    Args:
        votes, previous, before: by beat, each as for `detect`; a beat without an entry in `previous` has no past.

    Raises:
        ValueError: as `detect`.
    """
    slugs = list(votes)
    weighed = [_weigh(votes[slug], previous.get(slug, (0, 0))) for slug in slugs]
    q_values = adjusted([mood.p for mood in weighed])
    return {
        slug: _with_level(mood._replace(q=q), (before or {}).get(slug, ()))
        for slug, mood, q in zip(slugs, weighed, q_values, strict=True)
    }


def _weigh(votes: Votes, previous: Previous) -> Mood:
    days = _days(previous)
    for positive, n in (votes, *days):
        if not 0 <= positive <= n:
            raise ValueError(f"not a share: {positive} of {n} votes")
    (k1, n1), (k0, n0) = votes, (sum(k for k, _ in days), sum(n for _, n in days))
    drift = max(DRIFT, _observed_drift(days))
    effective = _effective(n1, drift)
    parts = [n for _, n in days] if len(days) > 1 else [n0 / _DAYS] * _DAYS
    previous_effective = sum(_effective(n, drift) for n in parts)
    share, previous_share = (k1 / n1 if n1 else None), (k0 / n0 if n0 else None)
    mood = Mood(
        level=None,
        verdict="too few independent posts",
        share=share,
        previous_share=previous_share,
        ratio=None if share is None or not previous_share else share / previous_share,
        difference=None if share is None or previous_share is None else share - previous_share,
        interval=newcombe((k1, n1), (k0, n0)) if n1 and n0 else None,
        votes=n1,
        previous_votes=n0,
        effective=effective,
        previous_effective=previous_effective,
        drift=drift,
        p=1.0,
        q=1.0,
    )
    if n1 < LEAST_VOTES or n0 < LEAST_PREVIOUS_VOTES:
        return mood
    above = chance_above(*_posteriors(mood))
    p = 2 * min(above, 1 - above)
    return mood._replace(verdict="no shift", p=p, q=p)


def _days(previous: Previous) -> list[Votes]:
    """One pair a day, or one pair for all of them."""
    pairs = [each for each in previous if isinstance(each, Sized)]
    if pairs or not len(previous):
        return [(pair[0], pair[1]) for pair in pairs]
    positive, n = previous
    return [(positive, n)]  # type: ignore[list-item]


def _posteriors(mood: Mood) -> tuple[tuple[float, float], tuple[float, float]]:
    """Jeffreys posteriors of the present and the previous share, on votes cut down to what they are worth."""
    present = (mood.share or 0.0) * mood.effective
    past = (mood.previous_share or 0.0) * mood.previous_effective
    return (
        (present + 0.5, mood.effective - present + 0.5),
        (past + 0.5, mood.previous_effective - past + 0.5),
    )


def _effective(n: float, drift: float) -> float:
    return n / (1 + max(n - 1, 0) * drift)


def _observed_drift(days: Sequence[Votes]) -> float:
    """The drift between these days by the method of moments, drawn towards the allowance as there are only a few."""
    counted = [(k, n) for k, n in days if n > 1]
    total = sum(n for _, n in counted)
    share = sum(k for k, _ in counted) / total if total else 0.0
    if len(counted) < 3 or not 0 < share < 1:
        return 0.0
    spread = share * (1 - share)
    between = sum(n * (k / n - share) ** 2 for k, n in counted) / spread
    freedom = len(counted) - 1
    usual_n = (total - sum(n * n for _, n in counted) / total) / freedom
    observed = max((between / freedom - 1) / (usual_n - 1), 0.0) if usual_n > 1 else 0.0
    return (freedom * observed + _DRIFT_PRIOR_DAYS * DRIFT) / (freedom + _DRIFT_PRIOR_DAYS)


def _with_level(mood: Mood, before: Sequence[Mood]) -> Mood:
    if mood.q > LOW_Q or mood.difference is None or not _is_large(mood):
        return mood
    rose = mood.difference > 0
    verdict: Verdict = "rose" if rose else "fell"
    if rose and mood.ratio is not None and mood.ratio >= 2 and chance_above(*_posteriors(mood), 1.25) > 0.95:
        verdict = "doubled"
    together = [*before[-(HOURS - 1) :], mood]
    agree = len(together) == HOURS and all(each.difference and (each.difference > 0) == rose for each in together)
    worst = max(each.q for each in together)
    level: Significance = "low"
    if agree and worst <= MEDIUM_Q:
        level = "high" if worst <= HIGH_Q else "medium"
    return mood._replace(level=level, verdict=verdict)


def _is_large(mood: Mood) -> bool:
    """Whether the change would matter if it is one: half as much again, or a third less, and five points."""
    points = abs(mood.difference or 0.0)
    large = mood.ratio is None or mood.ratio >= LEAST_RATIO or mood.ratio <= 1 / LEAST_RATIO
    return large and points >= LEAST_DIFFERENCE
