"""An answer that does not end and is read line by line, such as JSON Lines over HTTP."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from monitor.http_request import CONNECT_TIMEOUT, Wanted, is_wanted, name_of
from monitor.http_stream import Heard
from monitor.http_trouble import broken_off, invalid_request, refusal, too_late
from monitor.sources.base import SourceError

LINE_LIMIT_BYTES = 1 << 20
_AS_IT_IS = "identity"


class Lines:
    """An open answer that is read line by line."""

    def __init__(self, response: httpx.Response, host: str, limit_bytes: int) -> None:
        self._chunks = response.aiter_raw()
        self._limit = limit_bytes
        self._rest = bytearray()
        self._ready: deque[bytes] = deque()
        self._next: asyncio.Task[bytes | None] | None = None
        self._trouble: SourceError | None = None
        self.host = host
        self.status = response.status_code
        """A success, or one that the caller wanted as an answer, whose body comes as lines then."""
        self.headers: Mapping[str, str] = response.headers
        """With names in lower case."""
        self.ended = False
        """Whether the other side ended it in good order; nothing comes after that."""

    async def receive(self, seconds: float, at_most: int) -> list[bytes]:
        """The lines that come within some seconds, returning earlier once there are `at_most`, or at the end.

        A line has no line end. Blank ones, by which hosts show that they are still there, come as empty bytes.

        Raises:
            SourceError: the connection broke, or a line is too long; lines that came before were returned earlier.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        lines: list[bytes] = []
        while len(lines) < at_most and not self.ended:
            if self._ready:
                lines.append(self._ready.popleft())
            elif self._trouble is not None:
                if lines:
                    break
                raise self._trouble
            elif not await self._read_more(deadline):
                break
        return lines

    async def close(self) -> None:
        """Stop reading."""
        if self._next is not None:
            self._next.cancel()
            await asyncio.gather(self._next, return_exceptions=True)

    async def _read_more(self, deadline: float) -> bool:
        """Wait for the next bytes; False where none came before the deadline.

        The reading goes on in a task of its own meanwhile, since one that is broken off could not be taken up again.
        """
        if self._next is None:
            self._next = asyncio.create_task(anext(self._chunks, None))
        left = max(0.0, deadline - asyncio.get_running_loop().time())
        done, _ = await asyncio.wait({self._next}, timeout=left)
        if not done:
            return False
        task, self._next = self._next, None
        try:
            chunk = task.result()
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            self._trouble = SourceError(f"The connection to {self.host} broke off.")
            self._trouble.__cause__ = error
        else:
            self._take(chunk)
        return True

    def _take(self, chunk: bytes | None) -> None:
        if chunk is None:
            if self._rest:
                self._ready.append(bytes(self._rest))
                self._rest.clear()
            elif not self._ready:
                self.ended = True
            return
        self._rest += chunk
        if b"\n" in chunk:
            *whole, rest = self._rest.split(b"\n")
            self._ready.extend(bytes(line.removesuffix(b"\r")) for line in whole)
            self._rest = rest
        if len(self._rest) > self._limit or any(len(line) > self._limit for line in self._ready):
            self._trouble = SourceError(f"{self.host} sent a line of more than {self._limit / 1e6:g} MB.")
            self._rest.clear()


@asynccontextmanager
async def open_lines(library: httpx.AsyncClient, wanted: Wanted, seconds: float, heard: Heard) -> AsyncIterator[Lines]:
    """Open an answer that is read line by line; it is closed on leaving. Redirects are not followed.

    Raises:
        SourceError: it could not be opened.
    """
    host = name_of(wanted.url)
    headers = {**wanted.headers, "Accept-Encoding": _AS_IT_IS}
    timeout = httpx.Timeout(None, connect=CONNECT_TIMEOUT)
    async with AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(seconds):
                opening = library.stream(wanted.method, wanted.url, headers=headers, timeout=timeout)
                response = await stack.enter_async_context(opening)
        except TimeoutError as error:
            raise too_late(host) from error
        except (httpx.LocalProtocolError, httpx.InvalidURL, ValueError):
            raise invalid_request(host) from None
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            raise broken_off(host, error) from error
        wait = heard(response.status_code, response.headers)
        if not is_wanted(response.status_code, wanted.also) or response.status_code == 304:
            raise refusal(host, response.status_code, wait)
        if response.headers.get("content-encoding", _AS_IT_IS).strip().lower() != _AS_IT_IS:
            raise SourceError(f"{host} sent a body in a compression that was not asked for.")
        lines = Lines(response, host, wanted.limit_bytes)
        stack.push_async_callback(lines.close)
        yield lines
