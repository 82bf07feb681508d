"""How often one call asks again by itself: only what may succeed a moment later, a few times, within its time.

The waits are drawn by exponential backoff with full jitter (M. Brooker, AWS Architecture Blog, 2015). What needs longer
is the business of `monitor.fetching`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from monitor.http_pace import SHORT_WAIT
from monitor.http_trouble import Trouble

TRIES = 3
"""Requests that one call makes at most, redirects not counted."""
BASE, CEILING = 0.5, 4.0
"""Seconds: the longest first wait, and the longest of all, beyond what the host asked for."""


class Patience:
    """The patience of one call."""

    def __init__(self, randomness: random.Random, seconds: float, tries: int = TRIES) -> None:
        """Begin.

        Args:
            randomness: Draws the waits.
            seconds: For all asking and waiting, the wait for the host's turn left out.
            tries: How often to ask at most.
        """
        self._randomness = randomness
        self._tries = tries
        self._failures = 0
        self.left = seconds
        """Seconds that are left."""

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Count the time that is spent within."""
        started = monotonic()
        try:
            yield
        finally:
            self.left = max(0.0, self.left - (monotonic() - started))

    def wait(self, trouble: Trouble, *, repeatable: bool) -> float | None:
        """Seconds until the next try after a failed one; None where there is to be none."""
        self._failures += 1
        allowed = trouble.again == "always" or (trouble.again == "if-repeatable" and repeatable)
        asked = trouble.retry_after or 0.0
        if not allowed or self._failures >= self._tries or asked > SHORT_WAIT:
            return None
        wait = asked + self._randomness.uniform(0, min(CEILING, BASE * 2.0 ** (self._failures - 1)))
        return wait if wait < self.left else None
