from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import websockets
from websockets.asyncio.server import ServerConnection, serve

from monitor.http import Client
from monitor.sources.base import SourceError


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client(spacing=0.0) as opened:
        yield opened


def _address(server: websockets.Server) -> str:
    return f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/subscribe"


async def test_frames_of_a_stream_come_as_bytes_until_the_host_ends_it(client):
    paths: list[str] = []

    async def talk(connection: ServerConnection) -> None:
        assert connection.request is not None
        paths.append(connection.request.path)
        for word in ("one", "two", b"\xff three"):
            await connection.send(word)

    async with serve(talk, "127.0.0.1", 0) as server, client.stream(_address(server), params={"cursor": 5}) as stream:
        frames: list[bytes] = []
        while not stream.ended:
            frames += await stream.receive(5.0, 2)
    assert frames == [b"one", b"two", b"\xff three"]
    assert paths == ["/subscribe?cursor=5"]


async def test_receiving_returns_when_nothing_comes(client):
    async def wait(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async with serve(wait, "127.0.0.1", 0) as server, client.stream(_address(server)) as stream:
        assert await stream.receive(0.05, 10) == []
        assert not stream.ended


async def test_a_stream_that_breaks_gives_what_came_before(client):
    async def break_off(connection: ServerConnection) -> None:
        await connection.send("last")
        await connection.close(1011, "out of order")

    async with serve(break_off, "127.0.0.1", 0) as server, client.stream(_address(server)) as stream:
        frames: list[bytes] = []

        async def read() -> None:
            while True:
                frames.extend(await stream.receive(5.0, 10))

        with pytest.raises(SourceError, match="broke off"):
            await read()
    assert frames == [b"last"]


async def test_a_frame_that_is_too_large_ends_the_stream(client):
    async def shout(connection: ServerConnection) -> None:
        await connection.send("x" * 2000)
        await connection.wait_closed()

    async with serve(shout, "127.0.0.1", 0) as server, client.stream(_address(server), limit_bytes=1000) as stream:
        with pytest.raises(SourceError):
            await stream.receive(5.0, 1)


async def test_a_stream_that_cannot_be_opened(client, web):
    web.answer("/refused", "bad cursor", "400 Bad Request")
    web.answer("/moved", "", "302 Found", Location="/refused")
    web.answer("/busy", "", "503 Service Unavailable", Retry_After="7")
    for path, words in (("/refused", "400"), ("/moved", "302"), ("/busy", "503")):
        with pytest.raises(SourceError, match=words) as caught:
            async with client.stream(f"ws://{web.host}{path}?key=secret"):
                pass
        assert "secret" not in str(caught.value)
    assert caught.value.retry_after == 7.0


async def test_a_stream_that_is_never_opened_is_given_up(client, web):
    @web.route("/hang")
    async def _(request, reply):
        await asyncio.Event().wait()

    with pytest.raises(SourceError, match="did not answer in time"):
        async with client.stream(f"ws://{web.host}/hang", timeout=0.1):
            pass


async def test_a_stream_needs_a_websocket_address(client):
    with pytest.raises(SourceError, match="ws://"):
        async with client.stream("http://127.0.0.1/"):
            pass
