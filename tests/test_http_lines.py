from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from monitor.http import Client
from monitor.sources.base import SourceError


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client(spacing=0.0) as opened:
        yield opened


async def everything(stream) -> list[bytes]:
    lines: list[bytes] = []
    while not stream.ended:
        lines += await stream.receive(5.0, 3)
    return lines


async def test_lines_come_whole_whatever_pieces_they_were_sent_in(client, web):
    @web.route("/lines")
    async def _(request, reply):
        await reply.head()
        for piece in (b'{"a"', b":1}\r\n\r\n", b'{"b":2}\n{"c"', b":3}\n\n", b"last"):
            await reply.raw(piece)
            await asyncio.sleep(0.01)

    headers, params = {"Authorization": "Bearer key"}, {"fields": "all"}
    async with client.lines(web.url("/lines"), headers=headers, params=params) as stream:
        assert (stream.status, stream.host) == (200, web.host)
        assert await everything(stream) == [b'{"a":1}', b"", b'{"b":2}', b'{"c":3}', b"", b"last"]
    assert web.requests[0].headers["authorization"] == "Bearer key"
    assert web.requests[0].headers["accept-encoding"] == "identity"
    assert web.requests[0].query == {"fields": "all"}


async def test_receiving_returns_when_nothing_comes_and_goes_on_where_it_was(client, web):
    more = asyncio.Event()

    @web.route("/lines")
    async def _(request, reply):
        await reply.head()
        await reply.raw(b"one\ntw")
        await more.wait()
        await reply.raw(b"o\n")

    async with client.lines(web.url("/lines")) as stream:
        assert await stream.receive(0.2, 10) == [b"one"]
        assert await stream.receive(0.05, 10) == []
        more.set()
        assert await stream.receive(5.0, 1) == [b"two"]
        assert await stream.receive(5.0, 1) == []
        assert stream.ended


async def test_a_break_is_an_error_after_what_came_before(client, web):
    @web.route("/lines")
    async def _(request, reply):
        await reply.head(Content_Length=1000)
        await reply.raw(b"one\n")

    async with client.lines(web.url("/lines")) as stream:
        assert await stream.receive(5.0, 10) == [b"one"]
        with pytest.raises(SourceError, match="broke off"):
            await stream.receive(5.0, 10)


async def test_a_line_that_does_not_end_is_an_error(client, web):
    @web.route("/lines")
    async def _(request, reply):
        await reply.head()
        await reply.raw(b"short\n")
        while True:
            await reply.raw(b"x" * 10_000)

    async with client.lines(web.url("/lines"), limit_bytes=50_000) as stream:
        lines = await stream.receive(5.0, 1)
        assert lines == [b"short"]
        with pytest.raises(SourceError, match="more than"):
            await stream.receive(5.0, 10)


async def test_leaving_closes_the_connection(client, web):
    left = asyncio.Event()

    @web.route("/lines")
    async def _(request, reply):
        await reply.head()
        try:
            while True:
                await reply.raw(b"\n")
                await asyncio.sleep(0.01)
        except (ConnectionError, asyncio.CancelledError):
            left.set()
            raise

    async with client.lines(web.url("/lines")) as stream:
        await stream.receive(5.0, 1)
    async with asyncio.timeout(5):
        await left.wait()


async def test_what_cannot_be_opened(client, web):
    @web.route("/hang")
    async def _(request, reply):
        await asyncio.Event().wait()

    web.answer("/refused", "", "401 Unauthorized")
    web.answer("/packed", "x", Content_Encoding="gzip")
    for path, words in (("/hang", "in time"), ("/refused", "401"), ("/packed", "compression")):
        with pytest.raises(SourceError, match=words) as caught:
            async with client.lines(f"{web.url(path)}?key=secret", timeout=0.3):
                pass
        assert "secret" not in str(caught.value)


async def test_the_reason_of_a_refusal_can_be_read(client, web):
    url = web.answer("/refused", '{"title": "CreditsDepleted"}', "402 Payment Required")
    async with client.lines(url, also={402}) as stream:
        assert stream.status == 402
        assert await everything(stream) == [b'{"title": "CreditsDepleted"}']
