"""What one call asks again by itself, and for how long it waits: for a moment, never for minutes."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.http import Client
from monitor.http_pace import SHORT_WAIT
from monitor.http_patience import BASE, CEILING, TRIES, Patience
from monitor.http_trouble import Trouble
from monitor.sources.base import SourceError


class Least(random.Random):
    """Draws the least that may come."""

    def uniform(self, a: float, b: float) -> float:
        return a


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client(spacing=0.0, randomness=Least()) as opened:
        yield opened


@pytest.mark.parametrize("status", ["408 A", "425 B", "500 C", "502 D", "503 E", "504 F", "529 G"])
async def test_what_may_pass_is_asked_again(client, web, status):
    answer = await client.get(web.answers("/flaky", status, status, "200 OK"))
    assert answer.body == b"done"
    assert len(web.requests) == TRIES == 3


@pytest.mark.parametrize("status", ["400 A", "401 B", "402 C", "403 D", "404 E", "409 F", "410 G", "422 H", "501 I"])
async def test_what_cannot_pass_is_not(client, web, status):
    with pytest.raises(SourceError):
        await client.get(web.answers("/no", status, "200 OK"))
    assert len(web.requests) == 1


async def test_the_tries_come_to_an_end(client, web):
    with pytest.raises(SourceError, match="500"):
        await client.get(web.answer("/broken", "", "500 Oops"))
    assert len(web.requests) == TRIES


async def test_what_would_wait_long_for_its_turn_is_not_asked_again(client, web):
    with pytest.raises(SourceError, match="500"):
        await client.get(web.answers("/rare", "500 Oops", "200 OK"), spacing=SHORT_WAIT + 1)
    assert len(web.requests) == 1


async def test_a_status_that_the_caller_wants_is_not_tried_again(client, web):
    answer = await client.get(web.answers("/limit", "429 A", "200 OK", Retry_After="0"), also={429})
    assert answer.status == 429


async def test_a_short_wait_is_waited_out_by_all_and_a_long_one_is_said(client, web):
    url = web.answers("/busy", "429 Slow Down", "200 OK", Retry_After="1")
    started = time.monotonic()
    answer = await client.get(url)
    assert answer.body == b"done"
    assert time.monotonic() - started >= 1
    with pytest.raises(SourceError) as caught:
        await client.get(web.answers("/busier", "429 Slow Down", "200 OK", Retry_After=SHORT_WAIT + 1))
    assert caught.value.retry_after == SHORT_WAIT + 1
    assert [request.path for request in web.requests] == ["/busy", "/busy", "/busier"]


async def test_a_refusal_for_being_fast_that_names_no_wait_is_left_to_the_schedule(client, web):
    with pytest.raises(SourceError) as caught:
        await client.get(web.answers("/fast", "429 A", "200 OK"))
    assert (caught.value.retry_after, len(web.requests)) == (None, 1)


async def test_a_torn_connection_is_made_again(client, web):
    @web.route("/torn")
    async def _(request, reply):
        if len(web.requests) < 3:
            await reply.head(Content_Length=100)
            await reply.raw(b"half")
            return reply.reset()
        return await reply.send("whole")

    assert (await client.get(web.url("/torn"))).body == b"whole"


async def test_a_host_that_is_back_in_a_moment_is_reached(web):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    class StartsMeanwhile(random.Random):
        def uniform(self, a: float, b: float) -> float:
            began.append(asyncio.create_task(asyncio.start_server(web.serve, "127.0.0.1", port)))
            return 0.1

    began: list[asyncio.Task[asyncio.Server]] = []
    web.answer("/", "up")
    async with Client(spacing=0.0, randomness=StartsMeanwhile()) as client:
        assert (await client.get(f"http://127.0.0.1:{port}/")).body == b"up"
    (await began[0]).close()


async def test_the_tries_share_the_time_of_the_call(client, web):
    @web.route("/hang")
    async def _(request, reply):
        await asyncio.Event().wait()

    with pytest.raises(SourceError, match="in time"):
        await client.get(web.url("/hang"), timeout=0.3)
    assert len(web.requests) <= 1


# Sending


async def test_json_and_forms_are_sent(client, web):
    url = web.answer("/do", "done")
    await client.post(url, json={"a": [1, "é"]}, headers={"Authorization": "Bearer key"})
    await client.post(url, data={"grant_type": "client credentials", "a": "ä&b"})
    as_json, as_form = web.requests
    assert (as_json.method, as_json.headers["content-type"]) == ("POST", "application/json")
    assert as_json.body == b'{"a":[1,"\\u00e9"]}'
    assert as_json.headers["authorization"] == "Bearer key"
    assert as_form.headers["content-type"] == "application/x-www-form-urlencoded"
    assert as_form.body == b"grant_type=client+credentials&a=%C3%A4%26b"


@pytest.mark.parametrize(("status", "requests"), [("500 A", 1), ("502 B", 1), ("504 C", 1), ("503 D", 2), ("429 E", 2)])
async def test_what_is_sent_is_sent_again_only_where_nothing_can_have_happened(client, web, status, requests):
    try:
        await client.post(web.answers("/do", status, "200 OK", Retry_After="0"), json={})
    except SourceError:
        assert requests == 1
    assert len(web.requests) == requests


async def test_what_may_happen_twice_is_sent_again(client, web):
    await client.post(web.answers("/do", "500 A", "200 OK"), json={}, repeatable=True)
    assert len(web.requests) == 2


async def test_what_costs_each_time_is_not_asked_again_after_it_may_have_been_served(client, web):
    @web.route("/paid")
    async def _(request, reply):
        await reply.head(Content_Length=10)
        reply.reset()

    with pytest.raises(SourceError) as caught:
        await client.get(web.url("/paid"), repeatable=False)
    assert caught.value.sent
    assert len(web.requests) == 1


async def test_what_never_left_says_so(client, web):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}/", "http://nowhere.invalid/", "ftp://example.com/"):
        with pytest.raises(SourceError) as caught:
            await client.get(url)
        assert not caught.value.sent
    with pytest.raises(SourceError) as caught:
        await client.get(web.url("/"), headers={"X-Key": "line\nbreak"})
    assert not caught.value.sent


async def test_what_is_sent_is_not_redirected(client, web):
    web.answer("/new", "here")
    with pytest.raises(SourceError, match="redirects"):
        await client.post(web.answer("/old", "", "307 Elsewhere", Location="/new"), data={"secret": "word"})
    assert [request.path for request in web.requests] == ["/old"]


# The waits


def passing(retry_after: float | None = None) -> Trouble:
    return Trouble("no", retry_after=retry_after, again="if-repeatable")


def test_the_jitter_is_full():
    first = [Patience(random.Random(seed), 30.0).wait(passing(), repeatable=True) for seed in range(400)]
    assert all(wait is not None and 0 <= wait <= BASE for wait in first)
    assert min(first) < BASE / 20
    assert max(first) > BASE * 0.95


@given(st.integers(), st.floats(0, SHORT_WAIT), st.floats(0, 60), st.integers(1, 20))
def test_count_and_time_are_bounded(seed, retry_after, seconds, tries):
    patience = Patience(random.Random(seed), seconds, tries)
    waits = []
    while (wait := patience.wait(passing(retry_after), repeatable=True)) is not None:
        assert retry_after <= wait <= retry_after + CEILING
        assert wait < patience.left
        patience.left -= wait
        waits.append(wait)
    assert len(waits) < tries
    assert sum(waits) <= seconds
