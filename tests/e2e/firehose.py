"""The stream of Bluesky at its busiest: a hundred events a second by the clock, of which few are about the field.

Every event follows from its number, so that a day of them takes no memory, and any can be offered again.
"""

from __future__ import annotations

import asyncio
import json
import random
import struct
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from websockets.http11 import Request
from websockets.server import ServerProtocol

from monitor.instants import render
from tests.bench.jetstream_frames import record

RATE = 100
"""Events a second."""
GAP_US = 1_000_000 // RATE
ABOUT = 33
"""One event in so many is about the field, as about three in a hundred posts of the network are."""
DELETION = 50
"""One event in so many takes back a post, that of `TAKEN_BACK` events before."""
TAKEN_BACK = 4999
AUTHORS = 999_983
_KINDS = 64
_AT_ONCE = 500


class Firehose:
    """One host of the stream, which hangs up in good order every so often."""

    def __init__(self, clock: Callable[[], int], hang_up_every: float) -> None:
        """
        Args:
            clock: The present instant.
            hang_up_every: Seconds after which a connection is ended.
        """
        self._clock = clock
        self._first_us = clock() * 1000
        self._hang_up_every = hang_up_every
        self._until: int | None = None
        self._daily = _templates(0.0)
        self._about = _templates(1.0)
        self.port = 0
        self.begun_with: int | None = None
        """The first event that was sent to anybody."""
        self.sent_posts = 0
        """Posts that were sent, again and again where they were asked for."""
        self.sent = 0
        """Events that were sent."""
        self.connections = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        self._server.close()

    @property
    def endpoint(self) -> str:
        return f"ws://127.0.0.1:{self.port}/subscribe"

    @property
    def offered(self) -> range:
        """The numbers of the events since the first that was sent."""
        return range(self.begun_with or 0, self._next())

    def end(self) -> None:
        """Publish nothing more."""
        self._until = self._next()

    def is_kept(self, number: int) -> bool:
        """Whether an event is a post about the field."""
        return number % DELETION != DELETION - 1 and number % ABOUT == 0

    def native_id(self, number: int) -> str:
        return f"at://{_author(number)}/app.bsky.feed.post/{number}"

    def moment(self, number: int) -> int:
        """When an event was published."""
        return (self._first_us + number * GAP_US) // 1000

    def _next(self) -> int:
        """The number of the first event that is still to come."""
        due = (self._clock() * 1000 - self._first_us) // GAP_US
        return due if self._until is None else min(due, self._until)

    def frame(self, number: int) -> bytes:
        time_us = self._first_us + number * GAP_US
        if number % DELETION == DELETION - 1:
            gone = number - TAKEN_BACK
            return b'{"did":"%s","time_us":%d,"kind":"commit","commit":{"operation":"delete",%s"rkey":"%d"}}' % (
                *(_author(gone).encode(), time_us, b'"collection":"app.bsky.feed.post",', gone),
            )
        templates = self._about if number % ABOUT == 0 else self._daily
        values = (_author(number).encode(), time_us, number, render(time_us // 1000).encode(), number)
        return templates[(number + number // ABOUT) % _KINDS] % values

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        protocol = ServerProtocol()
        sending: asyncio.Task[None] | None = None
        try:
            while data := await reader.read(1 << 16):
                protocol.receive_data(data)
                for event in protocol.events_received():
                    if isinstance(event, Request):
                        protocol.send_response(protocol.accept(event))
                        _flush(protocol, writer)
                        sending = asyncio.create_task(self._send(event, protocol, writer))
                _flush(protocol, writer)
        except ConnectionError:
            pass
        finally:
            if sending is not None:
                sending.cancel()
            writer.close()

    async def _send(self, request: Request, protocol: ServerProtocol, writer: asyncio.StreamWriter) -> None:
        """Send what is due from the cursor on, each second, and hang up in the end."""
        self.connections += 1
        cursor = parse_qs(urlsplit(request.path).query).get("cursor")
        place = self._next()
        if cursor is not None:
            place = max(0, -(-(int(cursor[0]) - self._first_us) // GAP_US))
        if self.begun_with is None:
            self.begun_with = place
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self._hang_up_every
        while True:
            due = self._next()
            while place < due:
                numbers = range(place, min(place + _AT_ONCE, due))
                writer.write(b"".join(map(_framed, map(self.frame, numbers))))
                await writer.drain()
                self.sent += len(numbers)
                self.sent_posts += sum(number % DELETION != DELETION - 1 for number in numbers)
                place = numbers.stop
            if loop.time() >= ends_at:
                protocol.send_close(1001)
                _flush(protocol, writer)
                return
            await asyncio.sleep(1)


def _author(number: int) -> str:
    return f"did:plc:{number * 7919 % AUTHORS:024d}"


def _flush(protocol: ServerProtocol, writer: asyncio.StreamWriter) -> None:
    for data in protocol.data_to_send():
        if data:
            writer.write(data)


def _framed(payload: bytes) -> bytes:
    """An unmasked text frame (RFC 6455, section 5.2)."""
    if len(payload) < 126:
        return bytes((0x81, len(payload))) + payload
    return b"\x81\x7e" + struct.pack("!H", len(payload)) + payload


def _templates(about: float) -> list[bytes]:
    """Frames with places for author, time in microseconds, key, time, and number of the text."""
    generator = random.Random(11)
    found = []
    for _ in range(_KINDS):
        made = record(0, 0, about, generator)
        made["text"] = f"{made['text']} @number@"
        made["createdAt"] = "@time@"
        packed = json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode().replace(b"%", b"%%")
        packed = packed.replace(b"@time@", b"%s").replace(b"@number@", b"%d")
        head = (
            b'{"did":"%s","time_us":%d,"kind":"commit","commit":{"rev":"3l","operation":"create",'
            b'"collection":"app.bsky.feed.post","cid":"bafyreib2rxk3rh6kzwq","rkey":"%d","record":'
        )
        found.append(head + packed + b"}}")
    return found
