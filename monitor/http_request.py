"""One request and its answer, and where a redirect may lead."""

from __future__ import annotations

import asyncio
import http.cookiejar
import json
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import urlencode

import httpx

from monitor import __version__
from monitor.http_address import addresses_of, is_private, through_proxy
from monitor.http_body import BodyReader
from monitor.http_trouble import broken_off, invalid_request, too_late
from monitor.sources.base import SourceError

USER_AGENT = f"discourse-monitor/{__version__} (+https://pypi.org/project/discourse-monitor/)"
CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 15.0
_KEPT_OPEN = 8
"""Connections that wait for another request; how many are in use is bounded by those who ask."""
_SAFE_ELSEWHERE = {"accept", "accept-language", "if-none-match", "if-modified-since"}

for _talkative in ("httpx", "httpcore", "websockets"):
    # They log whole addresses and headers, in which there are keys.
    logging.getLogger(_talkative).setLevel(logging.WARNING)


class Answer(NamedTuple):
    """What a host answered: success, 304 to a conditional request, or a status that the caller wanted."""

    status: int
    headers: Mapping[str, str]
    """With names in lower case."""
    body: bytes
    url: str
    """Where it came from in the end, after redirects; without a login."""


class Wanted(NamedTuple):
    """A request to make."""

    method: str
    url: httpx.URL
    headers: Mapping[str, str]
    content: bytes | None
    limit_bytes: int
    also: Collection[int]
    at: str | None = None
    """The IP address to ask; None for whatever the name leads to. A name that was judged by its address is asked there
    and nowhere else, as it may lead somewhere else a moment later."""
    silence: float = READ_TIMEOUT
    """Seconds that may pass without a byte."""

    def elsewhere(self, url: httpx.URL, at: str | None, *, same_origin: bool) -> Wanted:
        """The same request to where a redirect leads, without what could carry a secret to another origin."""
        headers = self.headers
        if not same_origin:
            headers = {name: value for name, value in headers.items() if name.lower() in _SAFE_ELSEWHERE}
        return self._replace(url=url, headers=headers, at=at)

    def build(self, library: httpx.AsyncClient) -> httpx.Request:
        """The library's form of it."""
        patience = httpx.Timeout(self.silence, connect=CONNECT_TIMEOUT)
        if self.at is None:
            return library.build_request(
                self.method, self.url, headers=self.headers, content=self.content, timeout=patience
            )
        # Not kept open, since another name at the same address must not be asked over it.
        headers = {**self.headers, "Host": name_of(self.url), "Connection": "close"}
        extensions = {"sni_hostname": self.url.host}
        url = self.url.copy_with(host=self.at)
        return library.build_request(
            self.method, url, headers=headers, content=self.content, timeout=patience, extensions=extensions
        )


def new_http() -> httpx.AsyncClient | None:
    """The library's client; None where the environment names a proxy of a kind that it cannot use."""
    try:
        return httpx.AsyncClient(
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(READ_TIMEOUT, connect=CONNECT_TIMEOUT),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=_KEPT_OPEN, keepalive_expiry=15.0),
            cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=())),
            follow_redirects=False,
        )
    except (ImportError, ValueError, httpx.InvalidURL):
        return None


def address_of(
    url: str, params: Mapping[str, str | int] | None, schemes: tuple[str, ...] = ("http", "https")
) -> httpx.URL:
    """Read an address that the configuration or a source names.

    Raises:
        SourceError: it is none, or of another scheme.
    """
    try:
        target = httpx.URL(url)
        if params:
            target = target.copy_merge_params(params)
    except (httpx.InvalidURL, ValueError, TypeError):
        # The cause would show the address, and with it a key.
        raise SourceError(
            "An address in the configuration is none that can be asked.", permanent=True, sent=False
        ) from None
    if target.scheme not in schemes or not target.host:
        wanted = " or ".join(f"{scheme}://" for scheme in schemes)
        raise SourceError(f"An address must begin with {wanted} and name a host.", permanent=True, sent=False)
    return target


def content_of(given: object, data: Mapping[str, str] | None) -> tuple[bytes, str]:
    """What is sent, as JSON or as a form, and its content type."""
    if data is not None:
        return urlencode(data).encode("ascii"), "application/x-www-form-urlencoded"
    return json.dumps(given, separators=(",", ":")).encode(), "application/json"


def name_of(url: httpx.URL) -> str:
    """The host as it may be shown: with the port where one is given, and nothing else of the URL."""
    return url.netloc.decode("ascii", "replace")


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


async def exchange(library: httpx.AsyncClient, wanted: Wanted, seconds: float) -> tuple[Answer, str | None]:
    """One request: the answer, and where it redirects to, if it does. The body is read of what was wanted only.

    Raises:
        SourceError: no whole answer came.
    """
    url, host = wanted.url, name_of(wanted.url)
    try:
        async with asyncio.timeout(max(seconds, 0.0)), _answered(library, wanted) as response:
            answer = Answer(response.status_code, response.headers, b"", str(url.copy_with(userinfo=b"")))
            if response.has_redirect_location and response.status_code not in wanted.also:
                return answer, response.headers["location"]
            if is_wanted(response.status_code, wanted.also):
                reader = BodyReader(host, response.headers.get("content-encoding", ""), wanted.limit_bytes)
                answer = answer._replace(body=await _read(response, reader))
            return answer, None
    except TimeoutError as error:
        raise too_late(host) from error
    except (httpx.LocalProtocolError, httpx.InvalidURL, ValueError):
        # The cause would show what cannot be sent.
        raise invalid_request(host) from None
    except (httpx.HTTPError, httpx.StreamError, OSError) as error:
        raise broken_off(host, error) from error


def is_wanted(status: int, also: Collection[int]) -> bool:
    """Whether a status is a success, says that nothing changed, or was asked for."""
    return 200 <= status < 300 or status == 304 or status in also


@asynccontextmanager
async def _answered(library: httpx.AsyncClient, wanted: Wanted) -> AsyncIterator[httpx.Response]:
    response = await library.send(wanted.build(library), stream=True)
    try:
        yield response
    finally:
        await response.aclose()


async def redirected(current: httpx.URL, location: str, allowed: frozenset[str]) -> tuple[httpx.URL, str | None]:
    """Where a redirect leads, and the IP address at which to ask, where that matters (see `place_of`).

    Args:
        current: The address that redirected.
        location: What it said.
        allowed: Hosts that may be private.

    Raises:
        SourceError: it may not lead there.
    """
    try:
        target = current.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        raise SourceError(f"{name_of(current)} redirects to something that is no address.") from error
    if target.scheme not in {"http", "https"} or not target.host:
        raise SourceError(f"{name_of(current)} redirects to something that is no web address.")
    target = target.copy_with(userinfo=b"", fragment=None)
    return target, await place_of(target, allowed)


async def place_of(target: httpx.URL, allowed: frozenset[str]) -> str | None:
    """The IP address at which to ask what an answer named (see `Wanted.at`); None where the host may lie anywhere.

    Raises:
        SourceError: it is a private address, and no host that may be one.
    """
    if target.host in allowed:
        return None
    if through_proxy(target.host):
        # The proxy resolves the names, so that only addresses can be judged here.
        found = [target.host]
    else:
        try:
            found = await addresses_of(target.host, target.port or 443)
        except (OSError, UnicodeError) as error:
            raise broken_off(name_of(target), error) from error
    if any(is_private(address) for address in found):
        sentence = f"{name_of(target)} is a private address that the configuration does not name; it was not asked."
        raise SourceError(sentence, sent=False)
    return None if found[0] == target.host else found[0]


async def _read(response: httpx.Response, reader: BodyReader) -> bytes:
    async for data in response.aiter_raw():
        reader.feed(data)
    return reader.finish()
