from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from monitor.http import Client
from monitor.instants import HOUR, MINUTE, SECOND
from monitor.records import Beat, Deletion, Rule
from monitor.sources import x_stream
from monitor.sources.base import Batch, NoKey, OverBudget, Secret, SourceError, SourceSettings
from monitor.sources.x import X
from monitor.sources.x_stream import BLOCKS, LATE, LATENCY, TAG
from tests.sources.conftest import NOW
from tests.sources.metering import TestMeter
from tests.sources.x_server import number_at

MODELS = Beat("models", "Models", "Technical", Rule(any=("open weights",)))
VALUE = '("open weights") lang:en -is:retweet'


def line(number: int) -> bytes:
    post = {"id": number_at(NOW - MINUTE, number), "text": f"Post {number}", "author_id": "7"}
    return json.dumps({"data": post, "matching_rules": [{"id": "1", "tag": f"{TAG} 1"}]}).encode() + b"\r\n"


class StreamServer:
    """Rules and a stream that sends what a test puts in; None ends it, an exception breaks it off."""

    def __init__(self, web: Any) -> None:
        self.rules: list[dict[str, str]] = []
        self.changes: list[dict[str, Any]] = []
        self.sending: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        self.opened = asyncio.Event()
        self.web = web
        web.route("/2/tweets/search/stream/rules")(self.answer_rules)
        web.route("/2/tweets/search/stream")(self.stream)

    async def answer_rules(self, request: Any, reply: Any) -> None:
        if request.method == "POST":
            change = json.loads(request.body)
            self.changes.append(change)
            gone = change.get("delete", {}).get("ids", [])
            self.rules = [rule for rule in self.rules if rule["id"] not in gone]
            for rule in change.get("add", []):
                self.rules.append(rule | {"id": str(len(self.changes) * 100 + len(self.rules))})
            await reply.send("{}", "201 Created")
        else:
            data = {"data": self.rules} if self.rules else {}
            await reply.send(json.dumps(data | {"meta": {"sent": "now"}}))

    async def stream(self, request: Any, reply: Any) -> None:
        await reply.head(Content_Type="application/json")
        self.opened.set()
        while True:
            match await self.sending.get():
                case None:
                    return
                case Exception():
                    reply.reset()
                    return
                case bytes() as data:
                    await reply.raw(data)

    def put(self, *what: bytes | Exception | None) -> None:
        for one in what:
            self.sending.put_nowait(one)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def client(clock):
    async with Client(clock=clock, spacing=0.0) as opened:
        yield opened


@pytest.fixture
def server(web):
    return StreamServer(web)


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    monkeypatch.setattr(x_stream, "GATHER_SECONDS", 0.05)


def reading(client: Client, web: Any, meter: TestMeter, cursor: str | None = None, **options: Any) -> Any:
    options = {"dollars_per_day": 10.0, "endpoint": web.url("/2"), "stream": True} | options
    settings = SourceSettings(True, options, {"bearer_token": Secret("hush")})
    (part,) = X().parts(settings, [MODELS])
    assert part.streaming
    return X().fetch(client.for_source(settings, meter), part, cursor, NOW)


async def collect(found: list[Batch], batches: Any) -> None:
    async for batch in batches:
        found.append(batch)


async def everything(batches: Any) -> list[Batch]:
    return [batch async for batch in batches]


def texts(*batches: Batch) -> list[str]:
    return [post.text for batch in batches for post in batch.posts]


# Rules


async def test_missing_rules_are_added_and_those_of_others_left_alone(client, web, server):
    server.rules = [
        {"id": "1", "value": "cats", "tag": "somebody else"},
        {"id": "2", "value": "(llama) lang:en", "tag": f"{TAG} 1"},
    ]
    server.put(None)
    await everything(reading(client, web, TestMeter()))
    assert server.changes == [
        {"delete": {"ids": ["2"]}},
        {"add": [{"value": VALUE, "tag": f"{TAG} 1"}]},
    ]
    assert [rule["value"] for rule in server.rules] == ["cats", VALUE]
    server.put(None)
    await everything(reading(client, web, TestMeter()))
    assert len(server.changes) == 2


async def test_a_rule_that_x_does_not_take_is_told(client, web, server):
    @web.route("/2/tweets/search/stream/rules")
    async def _(request, reply):
        errors = [{"value": VALUE, "title": "UnprocessableEntity", "details": ["no"], "detail": "Rule is too long"}]
        await reply.send(json.dumps({"errors": errors} if request.method == "POST" else {}))

    with pytest.raises(SourceError, match="UnprocessableEntity: Rule is too long"):
        await everything(reading(client, web, TestMeter()))


async def test_a_key_that_is_refused_is_told_before_anything_is_spent(client, web, server):
    web.answer("/2/tweets/search/stream/rules", '{"title": "Unauthorized"}', "401 Unauthorized")
    meter = TestMeter()
    with pytest.raises(NoKey):
        await everything(reading(client, web, meter))
    assert meter.spent == {}


# What comes


async def test_posts_are_given_as_they_come(client, web, server):
    server.put(line(1), b"\r\n", line(2), None)
    meter = TestMeter()
    batches = await everything(reading(client, web, meter))
    assert texts(*batches) == ["Post 1", "Post 2"]
    assert sum(batch.read for batch in batches) == 2
    assert meter.spent["dollars"] == pytest.approx(0.01)
    headers = web.requests[-1].headers
    assert headers["authorization"] == "Bearer hush"
    assert "expansions" not in web.requests[-1].query


async def test_notices_of_deletion_cost_nothing(client, web, server):
    server.put(b'{"data": {"delete": {"tweet": {"id": "12"}}}}\n', b"{broken\n", None)
    meter = TestMeter()
    batches = await everything(reading(client, web, meter))
    assert batches[0].deletions == (Deletion("x", native_id="12"),)
    assert (sum(batch.damaged for batch in batches), meter.spent["dollars"]) == (1, pytest.approx(0.005))


async def test_coverage_is_behind_and_goes_on(client, clock, web, server):
    batches = reading(client, web, TestMeter())
    server.put(line(1))
    first = await anext(batches)
    assert first.covered is None
    clock.now += 20 * SECOND
    server.put(line(2))
    second = await anext(batches)
    assert second.covered == (NOW, clock.now - LATENCY)
    clock.now += 20 * SECOND
    server.put(b"\r\n")
    third = await anext(batches)
    assert (third.covered, third.posts) == ((second.covered[1], clock.now - LATENCY), ())
    await batches.aclose()
    later = reading(client, web, TestMeter(), third.cursor)
    clock.now += MINUTE
    server.put(line(3))
    assert (await anext(later)).missed == (third.covered[1], clock.now)
    await later.aclose()


async def test_silence_ends_it(client, clock, web, server):
    batches = reading(client, web, TestMeter())
    server.put(line(1))
    await anext(batches)
    clock.now += 24 * SECOND
    await anext(batches)
    clock.now += 2 * SECOND
    with pytest.raises(SourceError, match="sent nothing for 25 seconds"):
        await everything(batches)


async def test_a_heartbeat_is_no_silence(client, clock, web, server):
    batches = reading(client, web, TestMeter())
    server.put(line(1))
    await anext(batches)
    for _ in range(4):
        server.put(b"\r\n")
        clock.now += 20 * SECOND
        assert (await anext(batches)).posts == ()
    await batches.aclose()


async def test_a_connection_that_breaks_is_an_error_after_what_came(client, web, server):
    meter = TestMeter()
    batches = reading(client, web, meter)
    server.put(line(1))
    assert texts(await anext(batches)) == ["Post 1"]
    server.put(ConnectionError())
    with pytest.raises(SourceError):
        await everything(batches)
    assert meter.spent["dollars"] == pytest.approx(0.005)


async def test_an_error_in_band_ends_it_after_what_came(client, web, server):
    server.put(line(1), b'{"errors": [{"title": "operational-disconnect", "detail": "Bye"}]}\n')
    batches = reading(client, web, TestMeter())
    assert texts(await anext(batches)) == ["Post 1"]
    with pytest.raises(SourceError, match="operational-disconnect: Bye"):
        await everything(batches)


async def test_the_month_may_be_used_up_in_band(client, web, server):
    server.put(b'{"title": "UsageCapExceeded", "type": "https://api.x.com/2/problems/usage-capped"}\n')
    with pytest.raises(OverBudget):
        await everything(reading(client, web, TestMeter()))


# Refusals on connecting


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (
            "429 Too Many Requests",
            {"title": "ConnectionException", "connection_issue": "TooManyConnections", "detail": "This stream is at…"},
            SourceError,
            "Another process",
        ),
        ("429 Too Many Requests", {"title": "UsageCapExceeded"}, OverBudget, "UsageCapExceeded"),
        ("402 Payment Required", {"title": "CreditsDepleted"}, OverBudget, "credits"),
        ("409 Conflict", {"title": "RuleConfigurationIssue", "detail": "no rules"}, SourceError, "no rules"),
        ("503 Service Unavailable", None, SourceError, "503"),
    ],
)
async def test_a_refusal_is_understood_and_costs_nothing(client, web, server, status, body, kind, words):
    web.answer("/2/tweets/search/stream", json.dumps(body) if body else "<html>\n</html>", status)
    meter = TestMeter()
    with pytest.raises(kind, match=words):
        await everything(reading(client, web, meter))
    assert meter.spent["dollars"] == 0


# Money


async def test_each_post_is_paid_for_in_advance_and_the_last_money_ends_it(client, web, server):
    server.put(*(line(number) for number in range(200)))
    meter = TestMeter(dollars=0.5)
    found: list[Batch] = []
    with pytest.raises(OverBudget):
        await collect(found, reading(client, web, meter))
    read = sum(batch.read for batch in found)
    assert 100 - BLOCKS[0] // 2 <= read <= 100
    assert meter.spent["dollars"] == pytest.approx(0.5)


async def test_what_may_be_on_its_way_when_the_money_ends_stays_counted(client, web, server):
    server.put(b"".join(line(number) for number in range(25)))
    meter = TestMeter(dollars=0.2)
    with pytest.raises(OverBudget):
        await everything(reading(client, web, meter))
    assert meter.spent["dollars"] == pytest.approx(0.2)


async def test_no_money_means_no_connection(client, web, server):
    with pytest.raises(OverBudget):
        await everything(reading(client, web, TestMeter(dollars=0.01)))
    assert not server.opened.is_set()


async def test_names_of_authors_are_paid_for_too(client, web, server):
    post = json.loads(line(1)) | {"includes": {"users": [{"id": "7", "username": "ada"}]}}
    server.put(json.dumps(post).encode() + b"\n", None)
    meter = TestMeter()
    batches = await everything(reading(client, web, meter, authors=True))
    assert batches[0].posts[0].author_name == "@ada"
    assert meter.spent["dollars"] == pytest.approx(0.015)
    assert meter.most["dollars"] == pytest.approx(BLOCKS[0] * 0.015)


async def test_a_share_is_read_by_turns(client, clock, web, server):
    meter = TestMeter(0.25)
    batches = reading(client, web, meter)
    server.put(line(1))
    first = await anext(batches)
    assert (first.fraction, first.next_poll) == (0.25, None)
    clock.now += 150 * SECOND
    server.put(b"\n")
    (last,) = await everything(batches)
    assert (last.next_poll, last.fraction, last.covered) == (450.0, 0.25, (NOW, clock.now - LATENCY))
    meter.share = 1.0
    clock.now += 450 * SECOND
    server.sending = asyncio.Queue()
    server.put(line(2), None)
    batches = await everything(reading(client, web, meter, last.cursor))
    assert not any(batch.missed for batch in batches)
    assert (batches[0].covered, batches[0].fraction) == ((last.covered[1], clock.now), 0.25)
    assert batches[1].fraction == 1.0


async def test_a_rest_that_took_too_long_is_missed_in_part(client, clock, web, server):
    meter = TestMeter(0.25)
    batches = reading(client, web, meter)
    server.put(line(1))
    await anext(batches)
    clock.now += 150 * SECOND
    server.put(b"\n")
    (last,) = await everything(batches)
    due = clock.now + 450 * SECOND
    clock.now += 2 * HOUR
    server.sending = asyncio.Queue()
    server.put(line(2), None)
    first, second, *_ = await everything(reading(client, web, meter, last.cursor))
    assert (first.covered, first.fraction) == ((last.covered[1], due + LATE), 0.25)
    assert second.missed == (due + LATE, clock.now)


@pytest.mark.parametrize("cursor", ["", "null", "5", "{", '{"to": "x"}', '{"to": 5}', "[" * 100_000])
async def test_a_cursor_that_is_not_ours_is_like_none(client, web, server, cursor):
    server.put(line(1), None)
    batches = await everything(reading(client, web, TestMeter(), cursor))
    assert texts(*batches) == ["Post 1"]
    assert not any(batch.missed for batch in batches)
