"""A web server on the loopback whose answers each test writes itself, byte by byte where it must."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest


class Request(NamedTuple):
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    method: str = "GET"
    body: bytes = b""


class Reply:
    """What a route writes to."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: str = "200 OK", **headers: object) -> None:
        lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
        await self.raw("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"))

    async def send(self, body: bytes | str, status: str = "200 OK", **headers: object) -> None:
        data = body.encode() if isinstance(body, str) else body
        await self.head(status, **{"Content_Length": len(data), **headers})
        await self.raw(data)

    def reset(self) -> None:
        """End the connection as if the machine had lost it."""
        opened = self.writer.get_extra_info("socket")
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Route = Callable[[Request, Reply], Awaitable[None]]


class WebServer:
    """Routes by path; every request is kept."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.port = 0
        self._routes: dict[str, Route] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def route(self, path: str) -> Callable[[Route], Route]:
        def add(handler: Route) -> Route:
            self._routes[path] = handler
            return handler

        return add

    def answer(self, path: str, body: bytes | str, status: str = "200 OK", **headers: object) -> str:
        """Give the same answer at a path always; returns its URL."""

        @self.route(path)
        async def _(request: Request, reply: Reply) -> None:
            await reply.send(body, status, **headers)

        return self.url(path)

    def answers(self, path: str, *statuses: str, body: str = "done", **headers: object) -> str:
        """Give these answers one after the other, the last one always; the others with these headers."""

        @self.route(path)
        async def _(request: Request, reply: Reply) -> None:
            turn = sum(one.path == path for one in self.requests)
            last = turn >= len(statuses)
            await reply.send(body, statuses[min(turn, len(statuses)) - 1], **({} if last else headers))

        return self.url(path)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.strip().split("\r\n")
            method, address, _ = first.split(" ")
            target = urlsplit(address)
            pairs = (line.partition(":") for line in lines)
            headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            request = Request(target.path, dict(parse_qsl(target.query)), headers, method, body)
            self.requests.append(request)
            route = self._routes.get(target.path)
            reply = Reply(writer)
            await (route(request, reply) if route else reply.send("nothing here", "404 Not Found"))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def stop(self) -> None:
        """End the routes that are still writing."""
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)


@pytest.fixture
async def web() -> AsyncIterator[WebServer]:
    """A web server for one test."""
    server = WebServer()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await server.stop()
        await listening.wait_closed()
