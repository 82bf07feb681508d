"""How long to wait before asking a source again that did not answer.

Exponential backoff with full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015): the
wait is drawn evenly between nothing and a ceiling that doubles with each failure, so that many readers who failed
together do not come back together.
"""

from __future__ import annotations

import random

PERMANENT = 6 * 3600.0
"""Seconds to wait where asking again cannot help until somebody changes something."""


class Backoff:
    """The patience with one part of one source. All times are seconds."""

    def __init__(self, randomness: random.Random, *, base: float, limit: float, least: float = 0.5) -> None:
        self._randomness = randomness
        self._base = base
        self._limit = limit
        self._least = least
        self.failures = 0
        """How many attempts failed since the last success."""
        self.permanent = False
        """Whether the last failure said that asking again cannot help."""

    @property
    def ceiling(self) -> float:
        """The longest wait that the next failure can bring."""
        return min(self._limit, self._base * 2.0 ** min(self.failures, 60))

    def failed(self, *, retry_after: float | None = None, permanent: bool = False) -> float:
        """Note a failure and say how long to wait; never less than the source asked for."""
        drawn = self._randomness.uniform(0, self.ceiling)
        self.failures += 1
        self.permanent = permanent
        wait = max(drawn, self._least)
        if permanent:
            wait = max(wait, PERMANENT)
        if retry_after is not None and retry_after > 0:
            wait = max(wait, retry_after + self._randomness.uniform(0, min(retry_after, 30.0) / 10))
        return wait

    def succeeded(self) -> None:
        """Note a success: the next failure starts from the beginning."""
        self.failures = 0
        self.permanent = False
