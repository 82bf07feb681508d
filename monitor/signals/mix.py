"""Mood or mix: what part of a change of mood the sources made, and what part the mix of sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from monitor.signals.mood import Votes


class SourcePart(NamedTuple):
    """What one source adds to the change of the pooled share."""

    source: str
    within: float
    """Because its own share changed."""
    mix: float
    """Because its weight changed."""
    votes: int
    previous_votes: int


class Split(NamedTuple):
    """The change of a pooled share; `within` and `mix` add up to `difference`."""

    difference: float
    within: float
    mix: float
    sources: tuple[SourcePart, ...]
    """Largest part first; their parts add up to those above."""


def split(present: Mapping[str, Votes], previous: Mapping[str, Votes]) -> Split | None:
    """Split the change of a pooled share exactly: Kitagawa's decomposition (1955), at the means of both periods.

    A source without votes in one of the periods has no share there that could have changed; all that it adds is mix.
    Parts of the mix are taken against the pooled share, so that a source whose share is that of all adds nothing by
    weighing more; their sum is the same.

    Args:
        present, previous: (positive, n) by source.

    Returns:
        None where one of the periods has no vote at all.
    """
    total1, total0 = sum(n for _, n in present.values()), sum(n for _, n in previous.values())
    if total1 <= 0 or total0 <= 0:
        return None
    pooled1 = sum(k for k, _ in present.values()) / total1
    pooled0 = sum(k for k, _ in previous.values()) / total0
    middle = (pooled1 + pooled0) / 2
    parts = []
    for source in sorted({*present, *previous}):
        (k1, n1), (k0, n0) = present.get(source, (0, 0)), previous.get(source, (0, 0))
        if n1 <= 0 and n0 <= 0:
            continue
        share1 = k1 / n1 if n1 else k0 / n0
        share0 = k0 / n0 if n0 else k1 / n1
        weight1, weight0 = n1 / total1, n0 / total0
        within = (weight1 + weight0) / 2 * (share1 - share0)
        parts.append(SourcePart(source, within, ((share1 + share0) / 2 - middle) * (weight1 - weight0), n1, n0))
    parts.sort(key=lambda part: -abs(part.within + part.mix))
    within = sum(part.within for part in parts)
    difference = pooled1 - pooled0
    return Split(difference, within, difference - within, tuple(parts))
