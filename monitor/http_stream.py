"""A websocket that is read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx

from monitor.http_address import proxy_for_all
from monitor.http_request import USER_AGENT, name_of
from monitor.http_trouble import broken_off, refusal, too_late, unusable_proxy
from monitor.sources.base import SourceError

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

FRAME_LIMIT_BYTES = 1 << 20
_CLOSE_TIMEOUT = 1.0

Heard = Callable[[int, Mapping[str, str]], float | None]
"""Takes the status and the headers of an answer; gives the seconds for which it asked for silence."""


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


@asynccontextmanager
async def open_stream(url: httpx.URL, limit_bytes: int, seconds: float, heard: Heard) -> AsyncIterator[Stream]:
    """Open a websocket; it is closed on leaving. Redirects are not followed.

    Raises:
        SourceError: the connection could not be opened.
    """
    connection = await _connect(url, limit_bytes, seconds, heard)
    try:
        yield Stream(connection, name_of(url))
    finally:
        await connection.close()


async def _connect(url: httpx.URL, limit_bytes: int, seconds: float, heard: Heard) -> ClientConnection:
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus, WebSocketException

    class DirectConnect(connect):
        def process_redirect(self, exc: Exception) -> Exception | str:
            return exc

    host = name_of(url)
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
        response = error.response
        headers = {name.lower(): value for name, value in response.headers.raw_items()}
        trouble = refusal(host, response.status_code, heard(response.status_code, headers))
        trouble.body = bytes(response.body or b"")
        raise trouble from error
    except TimeoutError as error:
        raise too_late(host) from error
    except ImportError as error:
        raise unusable_proxy() from error
    except (WebSocketException, OSError, EOFError, ValueError) as error:
        raise broken_off(host, error) from error
