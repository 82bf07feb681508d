"""The one door to the network: a client for requests and one for websocket streams, with limits on all of it.

Nothing here retries; when to ask again is the business of `monitor.fetching`.
"""

from __future__ import annotations

import asyncio
import copy
import http
import http.cookiejar
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, NoReturn, Self

import httpx

from monitor import __version__
from monitor.http_address import is_private, leads_inside, proxy_for_all, through_proxy
from monitor.http_body import BodyReader
from monitor.http_pace import Pace, read_retry_after
from monitor.sources.base import Meter, SourceError, SourceSettings, Unlimited

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

USER_AGENT = f"discourse-monitor/{__version__} (+https://pypi.org/project/discourse-monitor/)"
LIMIT_BYTES = 10_000_000
FRAME_LIMIT_BYTES = 1 << 20
TIMEOUT = 30.0
"""Seconds for a whole answer, redirects included, waiting for the host's turn not."""
SPACING = 1.0
"""Seconds between two requests to one host, where the caller does not ask for more."""

_CONNECT_TIMEOUT = 10.0
_READ_TIMEOUT = 15.0
_CLOSE_TIMEOUT = 1.0
_MOST_REDIRECTS = 5
_PERMANENT = {401, 402, 403, 410, 451}
_SAFE_ELSEWHERE = {"accept", "accept-language", "if-none-match", "if-modified-since"}


class Answer(NamedTuple):
    """What a host answered: success, or 304 to a conditional request."""

    status: int
    headers: Mapping[str, str]
    """With names in lower case."""
    body: bytes
    url: str
    """Where it came from in the end, after redirects; without a login."""


def _wall_clock() -> int:
    return time.time_ns() // 1_000_000


class Client:
    """One for the process, so that all tasks share its connections and its politeness. An async context manager."""

    def __init__(
        self,
        *,
        allowed_hosts: Iterable[str] = (),
        clock: Callable[[], int] = _wall_clock,
        spacing: float = SPACING,
    ) -> None:
        """Set up; no connection is made yet.

        Args:
            allowed_hosts: Names or addresses that the configuration names; a redirect may lead to these even where
                they are private.
            clock: The present instant.
            spacing: Seconds between two requests to one host.
        """
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._clock = clock
        self._spacing = spacing
        self._pace = Pace()
        self._http = _new_http()
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
    ) -> Answer:
        """Ask for a URL.

        Args:
            url: http or https.
            headers: Sent along; those that could carry a secret only to the origin of the URL, not after a redirect.
            params: Added to the URL's query.
            limit_bytes: The largest body, after decompression.
            timeout: Seconds for everything but waiting for the host's turn.
            spacing: Seconds between two requests to this host, where more than the client's.
            also: Statuses besides success and 304 that the caller wants as an answer, such as a 400 with a reason.

        Raises:
            SourceError: there is no usable answer; the sentence names the host and never the query.
        """
        target = _target(url, params)
        origin, sent, left = target, dict(headers or {}), timeout
        apart = max(self._spacing, spacing or 0.0)
        for _ in range(_MOST_REDIRECTS + 1):
            await self._pace.turn(_name(target), apart)
            started = asyncio.get_running_loop().time()
            inside_allowed = target.host in {origin.host, *self._allowed}
            answer, location = await self._ask(target, sent, limit_bytes, left, also, inside_allowed)
            if location is None:
                return answer
            target = await self._redirected(origin, target, location)
            if _origin(target) != _origin(origin):
                sent = {name: value for name, value in sent.items() if name.lower() in _SAFE_ELSEWHERE}
            left -= asyncio.get_running_loop().time() - started
        raise SourceError(f"{_name(origin)} redirects more than {_MOST_REDIRECTS} times.")

    @asynccontextmanager
    async def stream(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        limit_bytes: int = FRAME_LIMIT_BYTES,
        timeout: float = _CONNECT_TIMEOUT,  # noqa: ASYNC109 - handed to the library
    ) -> AsyncIterator[Stream]:
        """Open a websocket; it is closed on leaving. Redirects are not followed.

        Raises:
            SourceError: the connection could not be opened.
        """
        target = _target(url, params, schemes=("ws", "wss"))
        connection = await self._connect(target, limit_bytes, timeout)
        try:
            yield Stream(connection, _name(target))
        finally:
            await connection.close()

    async def _ask(
        self,
        url: httpx.URL,
        headers: Mapping[str, str],
        limit_bytes: int,
        seconds: float,
        also: Collection[int],
        inside_allowed: bool,
    ) -> tuple[Answer, str | None]:
        """One request: the answer, and where it redirects to, if it does."""
        if self._http is None:
            raise _unusable_proxy()
        host = _name(url)
        try:
            async with asyncio.timeout(max(seconds, 0.0)), self._http.stream("GET", url, headers=headers) as response:
                if not inside_allowed and _answered_inside(response, url.host):
                    raise SourceError(f"{host} is a private address, and a redirect led to it.")
                answer = Answer(response.status_code, response.headers, b"", str(url.copy_with(userinfo=b"")))
                if response.has_redirect_location:
                    return answer, response.headers["location"]
                if not (response.is_success or response.status_code == 304 or response.status_code in also):
                    self._refused(host, response)
                body = await _read(
                    response, BodyReader(host, response.headers.get("content-encoding", ""), limit_bytes)
                )
                return answer._replace(body=body), None
        except (TimeoutError, httpx.TimeoutException) as error:
            raise SourceError(f"{host} did not answer in time.") from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            raise SourceError(_trouble(host, error)) from error

    async def _redirected(self, origin: httpx.URL, current: httpx.URL, location: str) -> httpx.URL:
        """Where a redirect leads, if it may lead there."""
        try:
            target = current.join(location)
        except (httpx.InvalidURL, ValueError) as error:
            raise SourceError(f"{_name(current)} redirects to something that is no address.") from error
        if target.scheme not in {"http", "https"} or not target.host:
            raise SourceError(f"{_name(current)} redirects to something that is no web address.")
        target = target.copy_with(userinfo=b"", fragment=None)
        allowed = target.host in {origin.host, *self._allowed}
        if not allowed and await leads_inside(target.host, target.port or 443):
            raise SourceError(f"{_name(current)} redirects to a private address ({_name(target)}).")
        return target

    def _refused(self, host: str, response: httpx.Response) -> NoReturn:
        """Turn a status that is no success into the error that it means."""
        retry_after = read_retry_after(response.headers.get("retry-after"), self._clock())
        if retry_after is not None and response.status_code in {429, 503}:
            self._pace.silence(host, retry_after)
        raise _refusal(host, response.status_code, retry_after)

    async def _connect(self, url: httpx.URL, limit_bytes: int, seconds: float) -> ClientConnection:
        from websockets.asyncio.client import connect
        from websockets.exceptions import InvalidStatus, WebSocketException

        class DirectConnect(connect):
            def process_redirect(self, exc: Exception) -> Exception | str:
                return exc

        host = _name(url)
        if self._http is None:
            raise _unusable_proxy()
        try:
            return await DirectConnect(
                str(url),
                user_agent_header=USER_AGENT,
                open_timeout=seconds,
                close_timeout=_CLOSE_TIMEOUT,
                max_size=limit_bytes,
                proxy=proxy_for_all(url.scheme, url.host) or True,
            )
        except InvalidStatus as error:
            retry_after = read_retry_after(error.response.headers.get("Retry-After"), self._clock())
            raise _refusal(host, error.response.status_code, retry_after) from error
        except TimeoutError as error:
            raise SourceError(f"{host} did not answer in time.") from error
        except ImportError as error:
            raise _unusable_proxy() from error
        except (WebSocketException, OSError, EOFError, ValueError) as error:
            raise SourceError(_trouble(host, error)) from error


class Stream:
    """An open websocket that is read."""

    def __init__(self, connection: ClientConnection, host: str) -> None:
        self._connection = connection
        self.host = host
        self.ended = False
        """Whether the other side closed it in good order; nothing comes after that."""

    async def receive(self, seconds: float, at_most: int) -> list[bytes]:
        """The frames that come within some seconds, returning earlier once there are `at_most`, or at the end.

        Raises:
            SourceError: the connection broke; frames that came before were returned by an earlier call.
        """
        from websockets.exceptions import ConnectionClosedOK, WebSocketException

        frames: list[bytes] = []
        try:
            async with asyncio.timeout(seconds):
                while len(frames) < at_most:
                    frames.append(await self._connection.recv(decode=False))
        except TimeoutError:
            pass
        except ConnectionClosedOK:
            self.ended = True
        except (WebSocketException, OSError) as error:
            if not frames:
                raise SourceError(f"The connection to {self.host} broke off.") from error
        return frames


def _new_http() -> httpx.AsyncClient | None:
    """The library's client; None where the environment names a proxy of a kind that it cannot use."""
    try:
        return httpx.AsyncClient(
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(_READ_TIMEOUT, connect=_CONNECT_TIMEOUT),
            cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=())),
            follow_redirects=False,
        )
    except (ImportError, ValueError, httpx.InvalidURL):
        return None


def _unusable_proxy() -> SourceError:
    # Going past the proxy would tell the hosts who asks, which somebody may not want.
    sentence = "The proxy that the environment names cannot be used; only http:// and https:// proxies can."
    return SourceError(sentence, permanent=True)


def _target(
    url: str, params: Mapping[str, str | int] | None, schemes: tuple[str, ...] = ("http", "https")
) -> httpx.URL:
    try:
        target = httpx.URL(url)
        if params:
            target = target.copy_merge_params(params)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise SourceError("An address in the configuration is none that can be asked.", permanent=True) from error
    if target.scheme not in schemes or not target.host:
        wanted = " or ".join(f"{scheme}://" for scheme in schemes)
        raise SourceError(f"An address must begin with {wanted} and name a host.", permanent=True)
    return target


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _name(url: httpx.URL) -> str:
    """The host as it may be shown: with the port where one is given, and nothing else of the URL."""
    return url.netloc.decode("ascii", "replace")


def _answered_inside(response: httpx.Response, host: str) -> bool:
    """Whether the peer that answered has a private address, although its name had none when it was looked up."""
    stream = response.extensions.get("network_stream")
    address = stream.get_extra_info("server_addr") if stream is not None else None
    return address is not None and is_private(str(address[0])) and not through_proxy(host)


async def _read(response: httpx.Response, reader: BodyReader) -> bytes:
    async for data in response.aiter_raw():
        reader.feed(data)
    return reader.finish()


def _refusal(host: str, status: int, retry_after: float | None) -> SourceError:
    try:
        words = f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        words = str(status)
    sentence = f"{host} answered {words}"
    if retry_after:
        sentence += f" and asks to wait {retry_after:.0f} seconds"
    return SourceError(sentence + ".", retry_after=retry_after, permanent=status in _PERMANENT)


def _trouble(host: str, error: Exception) -> str:
    """One sentence on why a connection failed, by what lies at the bottom of it."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"The certificate of {host} is not valid."
        if isinstance(cause, ssl.SSLError):
            return f"A secure connection to {host} could not be made."
        if isinstance(cause, socket.gaierror):
            return f"The name {host} could not be resolved; is the network there?"
        if isinstance(cause, ConnectionRefusedError):
            return f"{host} refused the connection."
    if isinstance(error, httpx.ConnectError | OSError):
        return f"{host} could not be reached; is the network there?"
    return f"{host} broke off the connection or did not keep to the protocol."
