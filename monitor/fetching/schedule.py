"""When each part of a source is asked: spread out at the start, regular but never in step afterwards."""

from __future__ import annotations

import random
from collections.abc import Sequence

from monitor.sources.base import Part

AT_ONCE = 2
"""How many polls of one source may run at the same time."""

START_WITHIN = 20.0
"""Seconds after the start in which every part has been asked for the first time, given prompt answers."""

JITTER = 0.1
"""By how much a wait differs from the interval, at most, as a share of it."""


def first_waits(parts: Sequence[Part], randomness: random.Random, within: float = START_WITHIN) -> list[float]:
    """Seconds before the first reading of each part of one source.

    Streams and the first part begin at once, the others follow evenly, in an order that is drawn.
    """
    polling = [index for index, part in enumerate(parts) if not part.streaming]
    randomness.shuffle(polling)
    waits = [0.0] * len(parts)
    for place, index in enumerate(polling):
        waits[index] = within * place / len(polling)
    return waits


def next_wait(part: Part, asked: float | None, randomness: random.Random) -> float:
    """Seconds until the next poll: the interval, or what the source asked for where that is more, with jitter.

    What the source asked for is never undercut.
    """
    jitter = randomness.uniform(-JITTER, JITTER)
    wait = part.interval * (1 + jitter)
    return wait if asked is None else max(wait, asked * (1 + abs(jitter)))
