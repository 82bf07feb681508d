"""Politeness toward a host: a least time between two requests, and silence for as long as it asked for.

An interval of our own rather than a leaky bucket, because what the hosts document is a least distance between two
requests, and a bucket starts with a burst.
"""

from __future__ import annotations

import asyncio
import email.utils
import math

from monitor import instants
from monitor.sources.base import SourceError

LONGEST_WAIT = 86_400.0
"""Seconds; a host that asks for more is asked again after a day."""


class Pace:
    """The requests to all hosts, shared by everything that asks in this process."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._silent_until: dict[str, float] = {}

    async def turn(self, host: str, spacing: float) -> None:
        """Wait until a host may be asked: `spacing` seconds after the last request to it began.

        Raises:
            SourceError: the host asked for silence, which has not passed yet.
        """
        self._respect_silence(host)
        now = asyncio.get_running_loop().time()
        at = max(now, self._last.get(host, -math.inf) + spacing)
        self._last[host] = at
        if at > now:
            await asyncio.sleep(at - now)
            self._respect_silence(host)

    def silence(self, host: str, seconds: float) -> None:
        """Ask nothing of a host for some seconds."""
        until = asyncio.get_running_loop().time() + seconds
        self._silent_until[host] = max(until, self._silent_until.get(host, until))

    def _respect_silence(self, host: str) -> None:
        left = self._silent_until.get(host, -math.inf) - asyncio.get_running_loop().time()
        if left > 0:
            raise SourceError(f"{host} asked to be left alone for {left:.0f} more seconds.", retry_after=left)


def read_retry_after(value: str | None, now: int) -> float | None:
    """Seconds to wait by a `Retry-After` header, which holds seconds or an HTTP date; None where it holds neither."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:12]), LONGEST_WAIT)
    try:
        moment = email.utils.parsedate_to_datetime(value)
        wait = (instants.from_datetime(moment) - now) / instants.SECOND
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(wait, 0.0), LONGEST_WAIT)
