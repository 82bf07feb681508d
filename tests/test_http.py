from __future__ import annotations

import asyncio
import gzip
import itertools
import socket
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import pytest

from monitor import instants
from monitor.http import Answer, Client
from monitor.sources.base import SourceError

NOW = instants.parse("2026-11-21T10:00:00Z")


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client(clock=lambda: NOW, spacing=0.0, tries=1) as opened:
        yield opened


async def failure(client: Client, url: str, **how) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await client.get(url, **how)
    return caught.value


async def test_an_answer_has_status_headers_body_and_address(client, web):
    url = web.answer("/feed", "hello", ETag='"1"')
    answer = await client.get(url)
    assert answer == Answer(200, answer.headers, b"hello", url)
    assert answer.headers["etag"] == '"1"'
    assert web.requests[0].headers["user-agent"].startswith("discourse-monitor/")


async def test_headers_and_parameters_are_sent(client, web):
    url = web.answer("/search", "x")
    await client.get(f"{url}?a=1", headers={"If-None-Match": '"1"'}, params={"q": "two words", "n": 5})
    assert web.requests[0].query == {"a": "1", "q": "two words", "n": "5"}
    assert web.requests[0].headers["if-none-match"] == '"1"'


async def test_not_modified_is_an_answer(client, web):
    answer = await client.get(web.answer("/feed", "", "304 Not Modified"))
    assert (answer.status, answer.body) == (304, b"")


async def test_gzip_is_unpacked_also_in_several_members(client, web):
    body = gzip.compress(b"one ", mtime=0) + gzip.compress(b"two" * 200_000)
    answer = await client.get(web.answer("/gzip", body, Content_Encoding="gzip"))
    assert answer.body == b"one " + b"two" * 200_000


async def test_a_cookie_is_not_kept(client, web):
    url = web.answer("/cookie", "x", Set_Cookie="id=1")
    await client.get(url)
    await client.get(url)
    assert "cookie" not in web.requests[1].headers


async def test_a_login_in_an_address_does_not_come_back(client, web):
    web.answer("/private", "x")
    answer = await client.get(f"http://me:secret@{web.host}/private")
    assert answer.url == web.url("/private")
    assert web.requests[0].headers["authorization"].startswith("Basic ")


# Size and compression


async def test_a_body_larger_than_the_limit_is_refused(client, web):
    url = web.answer("/large", b"x" * 1001)
    assert (await client.get(url, limit_bytes=1001)).body == b"x" * 1001
    error = await failure(client, url, limit_bytes=1000)
    assert web.host in str(error)


async def test_an_endless_body_is_cut_short(client, web):
    sent = 0

    @web.route("/endless")
    async def _(request, reply):
        nonlocal sent
        await reply.head(Content_Length=10 << 30)
        while True:
            await reply.raw(bytes(1 << 16))
            sent += 1 << 16

    await failure(client, web.url("/endless"), limit_bytes=1_000_000)
    assert sent < 100_000_000


async def test_a_gzip_bomb_costs_no_more_than_the_limit(client, web):
    squeezed = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(squeezed.compress(bytes(1 << 20)) for _ in range(200)) + squeezed.flush()
    url = web.answer("/bomb", bomb, Content_Encoding="gzip")
    tracemalloc.start()
    try:
        await failure(client, url, limit_bytes=2_000_000)
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(b"word " * 5000, mtime=0)[:-20], "gzip"),
        (gzip.compress(b"word " * 5000, mtime=0)[:30], "gzip"),
        (b"<rss/>", "gzip"),
        (gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), "gzip, gzip"),
        (b"x", "br"),
    ],
)
async def test_a_damaged_or_unasked_compression_is_an_error(client, web, body, encoding):
    error = await failure(client, web.answer("/body", body, Content_Encoding=encoding))
    assert str(error).endswith(".")
    assert not error.permanent


# Time


async def test_a_host_that_never_answers_is_given_up(client, web):
    @web.route("/hang")
    async def _(request, reply):
        await asyncio.Event().wait()

    error = await failure(client, web.url("/hang"), timeout=0.1)
    assert str(error) == f"{web.host} did not answer in time."


async def test_a_body_that_trickles_is_given_up_in_total(client, web):
    @web.route("/slow")
    async def _(request, reply):
        await reply.head(Content_Length=10_000)
        while True:
            await reply.raw(b"x")
            await asyncio.sleep(0.01)

    started = time.monotonic()
    await failure(client, web.url("/slow"), timeout=0.2)
    assert time.monotonic() - started < 30


async def test_waiting_for_the_turn_does_not_count_as_answering(web):
    url = web.answer("/feed", "x")
    async with Client(spacing=0.3) as client:
        await asyncio.gather(*(client.get(url, timeout=0.25) for _ in range(3)))
    assert len(web.requests) == 3


async def test_requests_to_one_host_keep_their_distance_whoever_asks(web):
    times: list[float] = []

    @web.route("/feed")
    async def _(request, reply):
        times.append(time.monotonic())
        await reply.send("x")

    async with Client(spacing=0.2) as client:
        await asyncio.gather(
            *(client.get(web.url("/feed")) for _ in range(3)), client.get(web.url("/feed"), spacing=0.5)
        )
    distances = [after - before for before, after in itertools.pairwise(times)]
    assert len(times) == 4
    assert min(distances) > 0.1
    assert max(distances) > 0.4


# Broken transport


async def _reset(request, reply):
    await reply.head(Content_Length=100)
    await reply.raw(b"half")
    reply.reset()


async def _reset_early(request, reply):
    reply.reset()


async def _short(request, reply):
    await reply.head(Content_Length=100)
    await reply.raw(b"half")


async def _bad_chunk(request, reply):
    await reply.head(Transfer_Encoding="chunked")
    await reply.raw(b"5\r\nhello\r\nZZZ\r\n")


async def _no_http(request, reply):
    await reply.raw(bytes(range(200)))


async def _bad_status(request, reply):
    await reply.raw(b"HTTP/1.1 abc OK\r\n\r\n")


async def _huge_header(request, reply):
    await reply.head(X_Big="a" * (1 << 20))


async def _cut_chunks(request, reply):
    await reply.head(Transfer_Encoding="chunked")
    await reply.raw(b"5\r\nhello\r\n")


async def _many_headers(request, reply):
    await reply.head(**{f"X_{number}": "v" for number in range(20_000)})


@pytest.mark.parametrize(
    "fault",
    [
        _reset,
        _reset_early,
        _short,
        _bad_chunk,
        _cut_chunks,
        _no_http,
        _bad_status,
        _huge_header,
        _many_headers,
    ],
)
async def test_a_broken_connection_is_one_clear_error(client, web, fault):
    web.route("/broken")(fault)
    error = await failure(client, web.url("/broken?key=secret"))
    assert web.host in str(error)
    assert "secret" not in str(error)
    assert error.__cause__ is not None


async def test_nobody_listening(client):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = await failure(client, f"http://127.0.0.1:{port}/")
    assert str(error) == f"127.0.0.1:{port} refused the connection."


async def test_a_name_that_is_not_there(client):
    error = await failure(client, "http://nowhere.invalid/?key=secret")
    assert "nowhere.invalid" in str(error)
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "ftp://example.com/", "no address", "http://", "http://[::1", "https://\x00/"]
)
async def test_only_web_addresses_are_asked(client, url):
    assert (await failure(client, url)).permanent


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "nonsense://127.0.0.1:1"])
@pytest.mark.parametrize("variable", ["ALL_PROXY", "HTTP_PROXY"])
async def test_a_proxy_that_cannot_be_used_is_said_and_not_passed_by(monkeypatch, web, variable, proxy):
    monkeypatch.setenv(variable, proxy)
    web.answer("/feed", "x")
    async with Client(spacing=0.0) as client:
        assert "proxy" in str(await failure(client, web.url("/feed")))
        with pytest.raises(SourceError, match="proxy"):
            async with client.stream(f"ws://{web.host}/feed"):
                pass
    assert web.requests == []


async def test_a_proxy_is_asked_in_place_of_the_host(monkeypatch, web):
    monkeypatch.setenv("HTTP_PROXY", web.url(""))
    web.answer("/feed", "from the proxy")
    async with Client(spacing=0.0) as client:
        assert (await client.get("http://example.com/feed")).body == b"from the proxy"
    assert web.requests[0].headers["host"] == "example.com"


async def test_a_stream_goes_through_the_proxy_for_all(monkeypatch, web):
    monkeypatch.setenv("ALL_PROXY", web.url(""))
    async with Client(spacing=0.0) as client:
        with pytest.raises(SourceError):
            async with client.stream("ws://example.com/subscribe"):
                pass
    assert web.requests[0].headers["host"] == "example.com"


# Statuses


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        ("400 Bad Request", False),
        ("401 Unauthorized", True),
        ("402 Payment Required", True),
        ("403 Forbidden", True),
        ("404 Not Found", False),
        ("410 Gone", True),
        ("429 Too Many Requests", False),
        ("500 Internal Server Error", False),
        ("529 Overloaded", False),
    ],
)
async def test_a_status_that_is_no_success(client, web, status, permanent):
    error = await failure(client, web.answer("/status", "no", status))
    assert error.permanent is permanent
    assert error.retry_after is None
    assert status[:3] in str(error)


async def test_a_status_can_be_wanted(client, web):
    answer = await client.get(web.answer("/status", '{"error": "ExpiredToken"}', "400 Bad Request"), also={400})
    assert (answer.status, answer.body) == (400, b'{"error": "ExpiredToken"}')


async def test_a_host_that_asks_to_wait_is_left_alone_by_all(client, web):
    error = await failure(client, web.answer("/busy", "no", "429 Too Many Requests", Retry_After="60"))
    assert error.retry_after == 60.0
    second = await failure(client, web.url("/other"))
    assert 59.0 < (second.retry_after or 0.0) <= 60.0
    assert len(web.requests) == 1
