"""Rising phrases: which phrases a beat says more often than it used to, with counts rather than ranks."""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import NamedTuple

from monitor.records import Significance
from monitor.signals.beta import adjusted, chance_above
from monitor.signals.mood import DRIFT

LEAST_POSTS = 12
LEAST_RATIO = 3.0

_LEVELS: tuple[tuple[float, float, Significance], ...] = (
    (1e-10, 0.2, "high"),
    (1e-7, 0.1, "medium"),
    (1e-5, 0.06, "low"),
)
"""The largest q and the least share of the beat. Words come in bursts, so that a small q alone would tell of each."""

LEAST_SHARE = _LEVELS[-1][1]
_DAYS = 7


class RisingPhrase(NamedTuple):
    """A phrase with its counts in the last 24 hours and in the seven days before."""

    phrase: str
    level: Significance
    n: int
    """Votes that hold the phrase; a vote is a cluster of copies."""
    of: int
    previous_n: int
    previous_of: int
    share: float
    previous_share: float
    ratio: float | None
    """None where the phrase was absent before."""
    weight: float
    """Log likelihood ratio (Dunning 1993), by which the phrases are ordered."""
    p: float
    q: float


def rising(
    present: Mapping[str, int], of: int, previous: Mapping[str, int], previous_of: int, counted: int = 0
) -> list[RisingPhrase]:
    """The phrases that rose, clearest first; the false discovery rate is controlled over all that were counted.

    Args:
        present, previous: votes that hold each phrase, in the last 24 hours and in the seven days before.
        of, previous_of: all votes of these spans.
        counted: how many phrases were counted, where `present` and `previous` do not name all of them.

    Raises:
        ValueError: a phrase in more votes than there are.
    """
    for counts, total in ((present, of), (previous, previous_of)):
        if any(not 0 <= n <= total for n in counts.values()):
            raise ValueError(f"a phrase in more than all {total} votes, or in fewer than none")
    if not of or not previous_of:
        return []
    judged = [phrase for phrase, n in sorted(present.items()) if n >= LEAST_POSTS]
    # What did not rise enough to be told needs no exact p.
    p_values = [
        rise_p(present[phrase], of, previous.get(phrase, 0), previous_of)
        if present[phrase] / of >= max(LEAST_SHARE, LEAST_RATIO * previous.get(phrase, 0) / previous_of)
        else 1.0
        for phrase in judged
    ]
    p_values += [1.0] * (max(len({*present, *previous}), counted) - len(judged))
    found = []
    for phrase, p, q in zip(judged, p_values, adjusted(p_values), strict=False):
        n, previous_n = present[phrase], previous.get(phrase, 0)
        share, previous_share = n / of, previous_n / previous_of
        level = next((level for most, least, level in _LEVELS if q <= most and share >= least), None)
        if level is not None and share >= LEAST_RATIO * previous_share:
            ratio = share / previous_share if previous_share else None
            weight = _weight(n, of, previous_n, previous_of)
            found.append(
                RisingPhrase(phrase, level, n, of, previous_n, previous_of, share, previous_share, ratio, weight, p, q)
            )
    return sorted(found, key=lambda each: (-each.weight, each.phrase))


def rise_p(n: int, of: int, previous_n: int, previous_of: int) -> float:
    """The chance of such a rise of a share by itself, one-sided.

    On votes cut down to what they are worth once shares drift from day to day (see `mood`).
    """
    worth = 1 / (1 + max(of - 1, 0) * DRIFT)
    previous_worth = 1 / (1 + max(previous_of / _DAYS - 1, 0) * DRIFT)
    present = (n * worth + 0.5, (of - n) * worth + 0.5)
    past = (previous_n * previous_worth + 0.5, (previous_of - previous_n) * previous_worth + 0.5)
    return chance_above(past, present)


def _weight(n: int, of: int, previous_n: int, previous_of: int) -> float:
    pooled = (n + previous_n) / (of + previous_of)

    def part(observed: int, expected: float) -> float:
        return observed * log(observed / expected) if observed else 0.0

    return 2 * (
        part(n, of * pooled)
        + part(of - n, of * (1 - pooled))
        + part(previous_n, previous_of * pooled)
        + part(previous_of - previous_n, previous_of * (1 - pooled))
    )
