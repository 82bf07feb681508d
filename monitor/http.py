"""The one door to the network: a client for requests and for streams, with limits on all of it.

One limiter for each host and credential is shared by everything that asks. A call asks again by itself where that may
help within seconds (`monitor.http_patience`); when to ask again after that is the business of `monitor.fetching`.
"""

from __future__ import annotations

import asyncio
import copy
import random
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import Self

from monitor.http_lines import LINE_LIMIT_BYTES, Lines, open_lines
from monitor.http_pace import SHORT_WAIT, Account, Pace
from monitor.http_patience import TRIES, Patience
from monitor.http_request import (
    CONNECT_TIMEOUT,
    Answer,
    Wanted,
    address_of,
    content_of,
    exchange,
    is_wanted,
    name_of,
    new_http,
    place_of,
    redirected,
    same_origin,
)
from monitor.http_stream import FRAME_LIMIT_BYTES, Heard, Stream, open_stream
from monitor.http_trouble import Trouble, refusal, unusable_proxy
from monitor.sources.base import Meter, SourceError, SourceSettings, Unlimited

__all__ = ["Answer", "Client", "Lines", "Stream"]

LIMIT_BYTES = 10_000_000
TIMEOUT = 30.0
"""Seconds for a whole answer, redirects and further tries included, waiting for the host's turn not."""
SPACING = 1.0
"""Seconds between two requests to one host, where the caller does not ask for more."""

_MOST_REDIRECTS = 5


def _wall_clock() -> int:
    return time.time_ns() // 1_000_000


class Client:
    """One for the process, so that all tasks share its connections and its politeness. An async context manager.

    The host that a caller names may lie anywhere, also in a private network, as it comes from the configuration; where
    an answer leads is another matter (see `allowed_hosts`).
    """

    def __init__(
        self,
        *,
        allowed_hosts: Iterable[str] = (),
        clock: Callable[[], int] = _wall_clock,
        spacing: float = SPACING,
        randomness: random.Random | None = None,
        tries: int = TRIES,
    ) -> None:
        """Set up; no connection is made yet.

        Args:
            allowed_hosts: Names or addresses that the configuration names; a redirect may lead to these even where
                they are private.
            clock: The present instant.
            spacing: Seconds between two requests to one host.
            randomness: Draws the waits before another try.
            tries: How often a call asks at most.
        """
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._clock = clock
        self._spacing = spacing
        self._randomness = randomness or random.Random()
        self._tries = tries
        self._pace = Pace()
        self._http = new_http()
        self.settings = SourceSettings(True, {})
        """Of the source that this client was handed to."""
        self.meter: Meter = Unlimited()
        """Of the source that this client was handed to."""

    def for_source(self, settings: SourceSettings, meter: Meter) -> Client:
        """The same client, with its connections and its politeness, as one source gets to see it."""
        view = copy.copy(self)
        view.settings = settings
        view.meter = meter
        return view

    async def __aenter__(self) -> Self:
        if self._http is not None:
            await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._http is not None:
            await self._http.__aexit__(kind, error, traceback)

    def now(self) -> int:
        """The present instant, by the clock that the client was given."""
        return self._clock()

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        limit_bytes: int = LIMIT_BYTES,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - part of the answer's contract, over several hops
        spacing: float | None = None,
        also: Collection[int] = (),
        credential: str = "",
        repeatable: bool = True,
        from_answer: bool = False,
    ) -> Answer:
        """Ask for a URL, again where the first try failed in a way that may pass.

        Args:
            url: http or https.
            headers: Sent along; those that could carry a secret only to the origin of the URL, not after a redirect.
            params: Added to the URL's query.
            limit_bytes: The largest body, after decompression.
            timeout: Seconds for everything but waiting for the host's turn.
            spacing: Seconds between two requests to this host, where more than the client's.
            also: Statuses besides success and 304 that the caller wants as an answer, such as a 400 with a reason.
                They are not tried again.
            credential: A short name, never the secret, under which the host's limits are kept apart.
            repeatable: Whether it may be asked twice, which costs twice where each answer is paid for. Else it is tried
                again only where the host did nothing with it.
            from_answer: Whether the URL comes out of an answer rather than from the configuration, so that it must not
                lead into a private network.

        Raises:
            SourceError: there is no usable answer; the sentence names the host and never the query.
        """
        wanted = Wanted("GET", address_of(url, params), dict(headers or {}), None, limit_bytes, also)
        allowed = self._allowed if from_answer else self._allowed | {wanted.url.host}
        return await self._ask(wanted, allowed, credential, spacing, timeout, repeatable=repeatable)

    async def post(
        self,
        url: str,
        *,
        json: object = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        limit_bytes: int = LIMIT_BYTES,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - part of the answer's contract
        spacing: float | None = None,
        also: Collection[int] = (),
        credential: str = "",
        repeatable: bool = False,
        from_answer: bool = False,
        silence: float | None = None,
    ) -> Answer:
        """Send something to a URL, as for `get` otherwise; a redirect is not followed.

        Args:
            url: http or https.
            json: Sent as JSON, where `data` is None.
            data: Sent as a form.
            repeatable: Whether it may happen twice. Else it is tried again only where the host did nothing with it.
            silence: Seconds that may pass without a byte, where the host thinks for long before it answers.

        Raises:
            SourceError: there is no usable answer; the sentence names the host and nothing that was sent.
        """
        content, kind = content_of(json, data)
        sent = {"Content-Type": kind, **(headers or {})}
        wanted = Wanted("POST", address_of(url, params), sent, content, limit_bytes, also)
        if silence is not None:
            wanted = wanted._replace(silence=silence)
        allowed = self._allowed if from_answer else self._allowed | {wanted.url.host}
        return await self._ask(wanted, allowed, credential, spacing, timeout, repeatable=repeatable)

    @asynccontextmanager
    async def lines(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        limit_bytes: int = LINE_LIMIT_BYTES,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - until the answer begins
        also: Collection[int] = (),
        credential: str = "",
    ) -> AsyncIterator[Lines]:
        """Ask for an answer that does not end and is read line by line, such as JSON Lines; closed on leaving.

        Args:
            limit_bytes: The longest line.
            timeout: Seconds until the answer begins. How long it may be silent then is the caller's business.
            also: Statuses besides success that the caller wants as an answer, such as a 429 with a reason.

        Raises:
            SourceError: it could not be opened. Nothing is tried again.
        """
        wanted = Wanted("GET", address_of(url, params), dict(headers or {}), None, limit_bytes, also)
        account = Account(name_of(wanted.url), credential)
        if self._http is None:
            raise unusable_proxy()
        async with AsyncExitStack() as stack:
            async with self._pace.turn(account, self._spacing):
                opening = open_lines(self._http, wanted, timeout, self._heard(account))
                lines = await stack.enter_async_context(opening)
            yield lines

    @asynccontextmanager
    async def stream(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        limit_bytes: int = FRAME_LIMIT_BYTES,
        timeout: float = CONNECT_TIMEOUT,  # noqa: ASYNC109 - handed to the library
    ) -> AsyncIterator[Stream]:
        """Open a websocket; it is closed on leaving. Redirects are not followed.

        Raises:
            SourceError: the connection could not be opened.
        """
        target = address_of(url, params, schemes=("ws", "wss"))
        account = Account(name_of(target))
        if self._http is None:
            raise unusable_proxy()
        async with self._pace.turn(account, 0.0):
            pass
        async with open_stream(target, limit_bytes, timeout, self._heard(account)) as stream:
            yield stream

    def _heard(self, account: Account) -> Heard:
        return lambda status, headers: self._pace.heard(account, status, headers, self._clock())

    async def _ask(
        self,
        wanted: Wanted,
        allowed: frozenset[str],
        credential: str,
        spacing: float | None,
        seconds: float,
        *,
        repeatable: bool,
    ) -> Answer:
        """Ask until an answer came, or the patience is at an end."""
        apart = max(self._spacing, spacing or 0.0)
        # Another try would have to wait for its turn so long that the caller may as well come back.
        patience = Patience(self._randomness, seconds, self._tries if apart <= SHORT_WAIT else 1)
        sent = False
        while True:
            try:
                return await self._follow(wanted, allowed, credential, apart, patience)
            except SourceError as error:
                sent = error.sent = error.sent or sent
                wait = patience.wait(error, repeatable=repeatable) if isinstance(error, Trouble) else None
                if wait is None:
                    raise
            with patience.spending():
                await asyncio.sleep(wait)

    async def _follow(
        self, wanted: Wanted, allowed: frozenset[str], credential: str, apart: float, patience: Patience
    ) -> Answer:
        """One try: a request, and those to which it is redirected. Hosts other than those allowed must be public."""
        origin = wanted.url
        with patience.spending():
            wanted = wanted._replace(at=await place_of(origin, allowed))
        for _ in range(_MOST_REDIRECTS + 1):
            answer, location = await self._once(wanted, credential, apart, patience)
            if location is None:
                return answer
            if wanted.method != "GET":
                raise SourceError(f"{name_of(origin)} redirects what is sent to it.")
            with patience.spending():
                target, at = await redirected(wanted.url, location, allowed)
            wanted = wanted.elsewhere(target, at, same_origin=same_origin(target, origin))
        raise SourceError(f"{name_of(origin)} redirects more than {_MOST_REDIRECTS} times.")

    async def _once(
        self, wanted: Wanted, credential: str, apart: float, patience: Patience
    ) -> tuple[Answer, str | None]:
        """One request in its turn; a status that was not wanted is an error."""
        if self._http is None:
            raise unusable_proxy()
        host = name_of(wanted.url)
        account = Account(host, credential)
        async with self._pace.turn(account, apart):
            with patience.spending():
                answer, location = await exchange(self._http, wanted, patience.left)
            wait = self._pace.heard(account, answer.status, answer.headers, self._clock())
        if location is None and not is_wanted(answer.status, wanted.also):
            raise refusal(host, answer.status, wait)
        return answer, location
