"""Politeness toward a host: a least time between two requests, and none while it allows none.

An interval of our own rather than a leaky bucket, because what the hosts document is a least distance between two
requests, and a bucket starts with a burst.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

from monitor.http_limits import asked_wait, read_limits
from monitor.sources.base import SourceError

SHORT_WAIT = 10.0
"""Seconds that are waited out where a host wants to be left alone; for longer the caller is told to come back."""

_SLOW_DOWN = {429, 503}


class Account(NamedTuple):
    """For whom a host keeps its limits: itself, and the credential that is sent along."""

    host: str
    credential: str = ""
    """A short name, never the secret."""


class _State:
    """What is known of one account. Times are those of the event loop."""

    def __init__(self) -> None:
        self.last = -math.inf
        """When the last request began or is going to."""
        self.asking = 0
        """Requests whose answer has not come."""
        self.silent_until = -math.inf
        self.limits: dict[str, tuple[float, float]] = {}
        """By kind: how much is left, and when it is filled up."""

    def blocked_until(self, now: float) -> float:
        """When the host allows something again; in the past where it does now."""
        for kind in [kind for kind, (_, until) in self.limits.items() if until <= now]:
            del self.limits[kind]
        spent = (until for left, until in self.limits.values() if left < 1)
        return max(self.silent_until, max(spent, default=-math.inf))


class Pace:
    """The requests to all hosts, shared by everything that asks in this process."""

    def __init__(self) -> None:
        self._states: dict[Account, _State] = {}

    @asynccontextmanager
    async def turn(self, account: Account, spacing: float) -> AsyncIterator[None]:
        """Wait until a host may be asked, then let one request be made within.

        Requests begin at least `spacing` seconds after the last one to the host did, in the order in which they came.

        Raises:
            SourceError: the host allows nothing for a while yet.
        """
        state = self._states.setdefault(account, _State())
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            begin = max(now, state.last + spacing)
            blocked = state.blocked_until(now)
            if blocked - begin > SHORT_WAIT:
                left = blocked - now
                sentence = f"{account.host} wants no request for {left:.0f} more seconds."
                raise SourceError(sentence, retry_after=left, sent=False)
            begin = max(begin, blocked)
            state.last = begin
            if begin > now:
                await asyncio.sleep(begin - now)
            if state.blocked_until(loop.time()) <= loop.time():
                break
        state.asking += 1
        state.limits = {kind: (left - 1, until) for kind, (left, until) in state.limits.items()}
        try:
            yield
        finally:
            state.asking -= 1

    def heard(self, account: Account, status: int, headers: Mapping[str, str], now: int) -> float | None:
        """Take note of what an answer says of the host's limits; gives the seconds for which it asked for silence.

        To be called within the turn. Requests that are still under way count as not yet counted by the host.
        """
        state = self._states.setdefault(account, _State())
        time = asyncio.get_running_loop().time()
        for limit in read_limits(headers, now):
            left = limit.remaining - max(0, state.asking - 1)
            state.limits[limit.kind] = (left, time + limit.resets_in)
        wait = asked_wait(headers, now)
        if wait is None and status == 429:
            wait = max((until - time for left, until in state.limits.values() if left < 1), default=None)
        if wait is not None and status in _SLOW_DOWN:
            state.silent_until = max(state.silent_until, time + wait)
        return wait
