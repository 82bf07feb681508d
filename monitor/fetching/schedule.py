"""When each part of a source is asked: spread out at the start, regular but never in step afterwards, a few at once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from types import TracebackType
from urllib.parse import urlsplit

from monitor.sources.base import Part

AT_ONCE = 16
"""How many polls of one source may run at the same time, whatever its hosts."""

AT_ONCE_OF_A_HOST = 2
"""How many of them may ask one host, which keeps those that wait for its turn from holding up the others."""

START_WITHIN = 10.0
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


class Gates:
    """Lets a few polls of one source through at a time, and fewer of one host."""

    def __init__(self, at_once: int = AT_ONCE, of_a_host: int = AT_ONCE_OF_A_HOST) -> None:
        self._of_a_host = of_a_host
        self._source = asyncio.Semaphore(at_once)
        self._hosts: dict[str, asyncio.Semaphore] = {}

    def gate(self, part: Part) -> Gate:
        """The gate of a part, to be passed for each poll."""
        # Parts without an address count as being read from one place.
        name = host_of(part.addresses[0]) if part.addresses else ""
        host = self._hosts.setdefault(name, asyncio.Semaphore(self._of_a_host))
        return Gate(host, self._source)


class Gate:
    """An async context manager: what is done within is counted for the host and for the source."""

    def __init__(self, host: asyncio.Semaphore, source: asyncio.Semaphore) -> None:
        self._host = host
        self._source = source

    async def __aenter__(self) -> None:
        # The host comes first: who waits for it must not take a place that polls of other hosts could have.
        await self._host.acquire()
        try:
            await self._source.acquire()
        except BaseException:
            self._host.release()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._source.release()
        self._host.release()


def host_of(address: str) -> str:
    """The host of an address, with its port; empty where it names none."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def next_wait(part: Part, asked: float | None, randomness: random.Random) -> float:
    """Seconds until the next poll: the interval, or what the source asked for where that is more, with jitter.

    What the source asked for is never undercut.
    """
    jitter = randomness.uniform(-JITTER, JITTER)
    wait = part.interval * (1 + jitter)
    return wait if asked is None else max(wait, asked * (1 + abs(jitter)))
