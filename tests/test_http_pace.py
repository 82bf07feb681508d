"""One limiter for each host and credential, whoever asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from monitor import instants
from monitor.http import Client
from monitor.http_pace import SHORT_WAIT, Account, Pace
from monitor.sources.base import SourceError, SourceSettings, Unlimited

NOW = instants.parse("2026-11-21T10:00:00Z")
FORMS = {
    "seconds since the epoch": ("x-rate-limit-remaining", "x-rate-limit-reset", lambda wait: str(NOW // 1000 + wait)),
    "seconds to go": ("x-ratelimit-remaining", "x-ratelimit-reset", str),
    "ISO 8601": ("X-RateLimit-Remaining", "X-RateLimit-Reset", lambda wait: instants.render(NOW + wait * 1000)),
    "words": ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests", lambda wait: f"{wait}s"),
}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client(clock=lambda: NOW, spacing=0.0) as opened:
        yield opened


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("left", ["0", "0.4"])
async def test_a_host_that_has_no_request_left_is_not_asked_before_its_reset(client, web, form, left):
    remaining, reset, written = form
    url = web.answer("/search", "x", **{remaining: left, reset: written(300)})
    await client.get(url)
    for path in ("/search", "/other"):
        with pytest.raises(SourceError) as caught:
            await client.get(web.url(path))
        assert 290 < (caught.value.retry_after or 0) <= 300
        assert not caught.value.sent
    assert len(web.requests) == 1


async def test_a_reset_that_is_near_is_waited_for(client, web):
    url = web.answers("/search", "200 OK", "200 OK", x_ratelimit_remaining="0.0", x_ratelimit_reset="1")
    started = time.monotonic()
    await client.get(url)
    await client.get(url)
    assert time.monotonic() - started >= 1


async def test_another_credential_has_limits_of_its_own(client, web):
    url = web.answer("/search", "x", x_rate_limit_remaining="0", x_rate_limit_reset=NOW // 1000 + 300)
    await client.get(url, credential="app")
    await client.get(url, credential="user")
    with pytest.raises(SourceError):
        await client.get(url, credential="app")


async def test_what_one_source_hears_holds_for_all(client, web):
    url = web.answer("/busy", "", "503 Busy", Retry_After="600")
    for view in (client.for_source(SourceSettings(True, {"a": 1}), Unlimited()), client):
        with pytest.raises(SourceError):
            await view.get(url)
    assert len(web.requests) == 1


async def test_requests_under_way_count_before_their_answers_are_there(client, web):
    """A host that says 2 are left, while 2 others are under way, may have none for a fourth."""
    both, release = asyncio.Barrier(3), asyncio.Event()

    @web.route("/slow")
    async def _(request, reply):
        await both.wait()
        await release.wait()
        await reply.send("x")

    under_way = [asyncio.create_task(client.get(web.url("/slow"))) for _ in range(2)]
    await both.wait()
    await client.get(web.answer("/search", "x", x_ratelimit_remaining="2", x_ratelimit_reset="300"))
    with pytest.raises(SourceError):
        await client.get(web.url("/search"))
    release.set()
    await asyncio.gather(*under_way)


async def test_a_limit_that_is_far_costs_nothing(client, web):
    url = web.answer("/search", "x", x_ratelimit_remaining="997.0", x_ratelimit_reset="300")
    for _ in range(5):
        await client.get(url)
    assert len(web.requests) == 5


async def test_who_waits_for_the_turn_is_not_let_through_once_the_host_asked_for_silence():
    pace, account = Pace(), Account("host")
    async with pace.turn(account, 0.2):
        pass

    async def wait() -> None:
        async with pace.turn(account, 0.2):
            pass

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    pace.heard(account, 429, {"retry-after": str(SHORT_WAIT + 60)}, NOW)
    with pytest.raises(SourceError):
        await waiting


async def test_after_a_silence_requests_keep_their_distance_again():
    pace, account = Pace(), Account("host")
    began: list[float] = []

    async def ask() -> None:
        async with pace.turn(account, 0.1):
            began.append(time.monotonic())

    async with pace.turn(account, 0.1):
        pace.heard(account, 429, {"retry-after": "1"}, NOW)
    started = time.monotonic()
    await asyncio.gather(*(ask() for _ in range(4)))
    assert began[0] - started > 0.95
    assert began[-1] - began[0] > 0.25


async def test_a_host_of_its_own_is_not_held_up():
    pace = Pace()
    async with pace.turn(Account("one"), 60.0), pace.turn(Account("two"), 60.0):
        pass
    async with asyncio.timeout(30), pace.turn(Account("three"), 60.0):
        pass


async def test_many_tasks_together_never_ask_more_than_a_host_allows(web):
    allowed, length = 4, 1.0
    answered: list[float] = []
    refused: list[float] = []

    @web.route("/search")
    async def _(request, reply):
        now = time.time()
        within = sum(moment // length == now // length for moment in answered)
        if within >= allowed:
            refused.append(now)
            return await reply.send("", "429 Too Many Requests")
        answered.append(now)
        limits = {"X_RateLimit_Remaining": allowed - within - 1, "X_RateLimit_Reset": length - now % length}
        return await reply.send("x", **limits)

    async with Client(spacing=0.1) as client:
        await asyncio.gather(*(client.get(web.url("/search")) for _ in range(3 * allowed)))
    assert (len(answered), refused) == (3 * allowed, [])
