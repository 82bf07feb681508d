"""Dominance: one entity in most of a beat's posts, where it usually is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from monitor.records import Significance
from monitor.signals.beta import adjusted, wilson
from monitor.signals.phrases import rise_p

LEAST_VOTES = 40
"""Of the beat in the window."""

LEAST_SHARE = 0.5
LEAST_RATIO = 1.5
LARGEST_Q = 1e-3

_LEVELS: tuple[tuple[float, Significance], ...] = ((0.75, "high"), (0.6, "medium"), (LEAST_SHARE, "low"))


class Dominance(NamedTuple):
    """An entity in most of a beat's votes, with the working."""

    entity: str
    level: Significance
    n: int
    """Votes that name it; a vote is a cluster of copies."""
    of: int
    previous_n: int
    previous_of: int
    share: float
    share_low: float
    """95 % interval of the share by counting alone (Wilson 1927)."""
    share_high: float
    previous_share: float
    p: float
    q: float


def dominating(present: Mapping[str, int], of: int, previous: Mapping[str, int], previous_of: int) -> list[Dominance]:
    """The entities that dominate a beat and did not before, the largest share first.

    The false discovery rate is controlled over all entities that were named.

    Args:
        present, previous: votes that name each entity, in the last 24 hours and in the days before.
        of, previous_of: all votes of these spans.
    """
    if of < LEAST_VOTES or previous_of < LEAST_VOTES:
        return []
    named = sorted(present)
    p_values = [
        rise_p(present[entity], of, previous.get(entity, 0), previous_of)
        if present[entity] >= LEAST_SHARE * of
        and present[entity] / of >= LEAST_RATIO * previous.get(entity, 0) / previous_of
        else 1.0
        for entity in named
    ]
    found = []
    for entity, p, q in zip(named, p_values, adjusted(p_values), strict=True):
        share = present[entity] / of
        level = next((level for least, level in _LEVELS if share >= least), None)
        if q <= LARGEST_Q and level is not None:
            n, before = present[entity], previous.get(entity, 0)
            low, high = wilson(n, of)
            found.append(
                Dominance(entity, level, n, of, before, previous_of, share, low, high, before / previous_of, p, q)
            )
    return sorted(found, key=lambda each: (-each.share, each.entity))
