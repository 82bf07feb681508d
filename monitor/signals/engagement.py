"""Engagement without volume: an audience reacts far more than usual to no more posts than usual."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log1p, sqrt
from statistics import median
from typing import NamedTuple

from monitor.records import Significance

LEAST_DAYS = 7
LEAST_RATIO = 3.0
LEAST_FELT_RATIO = 1.6
MOST_VOLUME_RATIO = 1.5
LEAST_REACTIONS = 100
_LEAST_SPREAD = 0.12
"""Of the log of what was felt in a day; a quiet week must not make a small change look large."""

_LEVELS: tuple[tuple[float, Significance], ...] = ((6.0, "high"), (4.5, "medium"), (3.5, "low"))


class Reactions(NamedTuple):
    """What an audience did in one day."""

    reactions: int
    """Likes, reposts, replies and quotes together."""
    posts: int
    felt: float | None = None
    """The sum over posts of the root of their reactions, in which one post that everybody saw weighs less; None where
    that is not known: then as if all posts had the same."""


class EngagementSignal(NamedTuple):
    """More reactions than usual to no more posts than usual, with the working."""

    level: Significance
    reactions: int
    usual_reactions: float
    ratio: float
    felt_ratio: float
    z: float
    """Robust standard deviations of the log of what was felt above the median of the days before."""
    posts: int
    usual_posts: float
    days: int
    top_share: float
    """The part of all reactions that went to one post."""


def engagement(present: Reactions, earlier: Sequence[Reactions], top: int = 0) -> EngagementSignal | None:
    """Judge the last 24 hours of a beat against the same hours of earlier days.

    Reactions are counted at equal ages of the posts, or older days would always have more.

    Args:
        earlier: days that were collected, at least seven; else nothing is said.
        top: reactions to the one post with the most.
    """
    if len(earlier) < LEAST_DAYS or present.reactions < LEAST_REACTIONS:
        return None
    logs = [log1p(_felt(day)) for day in earlier]
    middle = median(logs)
    spread = max(1.4826 * median(abs(value - middle) for value in logs), _LEAST_SPREAD)
    z = (log1p(_felt(present)) - middle) / spread
    usual_reactions = median(day.reactions for day in earlier)
    usual_posts = median(day.posts for day in earlier)
    ratio = present.reactions / max(usual_reactions, 1.0)
    felt_ratio = exp(log1p(_felt(present)) - middle)
    if (
        ratio < LEAST_RATIO
        or felt_ratio < LEAST_FELT_RATIO
        or present.posts > MOST_VOLUME_RATIO * max(usual_posts, 1.0)
    ):
        return None
    level = next((level for least, level in _LEVELS if z >= least), None)
    if level is None:
        return None
    return EngagementSignal(
        level, present.reactions, usual_reactions, ratio, felt_ratio, z, present.posts, usual_posts, len(earlier),
        top / present.reactions,
    )  # fmt: skip


def _felt(day: Reactions) -> float:
    return sqrt(day.reactions * day.posts) if day.felt is None else day.felt
