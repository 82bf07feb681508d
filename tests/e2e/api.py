"""What the APIs on the loopback have in common: numbered items, answers at paths, and faults on request."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
from collections.abc import Callable
from typing import NamedTuple

from tests.web_server import Reply, Request, WebServer

BOMB = gzip.compress(bytes(64_000_000), 9)
"""A small answer that becomes a large one."""

WORDS = "a zebrafish was seen near the lab again, number"


class Item(NamedTuple):
    """Something that was published."""

    number: int
    at: int

    @property
    def text(self) -> str:
        return f"{WORDS} {self.number}"


class Api:
    """One API: a server of its own, so that it is a host of its own."""

    slug = ""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.clock = clock
        self.items: list[Item] = []
        self.faulty: random.Random | None = None
        """Draws a fault for each request, where there are to be any."""
        self.refused = 0
        self.down = False
        """Whether nothing is answered but that it is not there."""
        self.private = ""
        """An address within, to which faulty answers lead."""
        self.server = WebServer()
        self._listening: asyncio.Server | None = None
        self.routes()

    def routes(self) -> None:
        raise NotImplementedError

    def native_id(self, item: Item) -> str:
        raise NotImplementedError

    def publish(self, number: int) -> None:
        self.items.append(Item(number, self.clock()))

    async def start(self) -> None:
        self._listening = await asyncio.start_server(self.server.serve, "127.0.0.1", 0)
        self.server.port = self._listening.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._listening is not None:
            self._listening.close()
            await self.server.stop()

    def url(self, path: str) -> str:
        return self.server.url(path)

    def answer(
        self, path: str, make: Callable[[dict[str, str], Request], object], kind: str = "application/json"
    ) -> None:
        """Answer at a path with what `make` gives for a query: text, or anything that becomes JSON."""

        @self.server.route(path)
        async def _(request: Request, reply: Reply) -> None:
            body = make(request.query, request)
            text = body if isinstance(body, str) else json.dumps(body)
            if self.down:
                self.refused += 1
                await reply.send("down for repairs", "503 Service Unavailable")
            elif self.faulty is None or not await self._break(reply, text):
                await reply.send(text, Content_Type=kind)

    async def _break(self, reply: Reply, text: str) -> bool:
        """Answer wrongly, three times out of four."""
        assert self.faulty is not None
        fault = self.faulty.randrange(15)
        if fault > 10:
            return False
        self.refused += 1
        if fault == 0:
            await reply.send("broken", "500 Internal Server Error")
        elif fault == 1:
            await reply.send("later", "503 Service Unavailable", Retry_After=self.faulty.randint(1, 90))
        elif fault == 2:
            await reply.send("too much", "429 Too Many Requests")
        elif fault == 3:
            reply.reset()
        elif fault == 4:
            packed = gzip.compress(text.encode())
            await reply.send(packed[: len(packed) // 2], Content_Encoding="gzip")
        elif fault == 5:
            await reply.send("<html><body>please come back</body></html>", Content_Type="text/html")
        elif fault == 6:
            await reply.send(text[: len(text) // 2], Content_Type="application/json")
        elif fault == 7:
            await asyncio.sleep(60)
        elif fault == 8:
            await reply.send("", "302 Found", Location=self.private)
        elif fault == 9:
            await reply.send(BOMB, Content_Encoding="gzip")
        else:
            await reply.head("200 OK", Content_Length=len(text) + 100)
            await reply.raw(text.encode())
            reply.reset()
        return True


def newest_first(items: list[Item], most: int) -> list[Item]:
    return sorted(items, key=lambda item: item.number, reverse=True)[:most]
