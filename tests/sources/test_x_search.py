from __future__ import annotations

import json
import random
from typing import Any

import pytest

from monitor.http import Client
from monitor.instants import DAY, HOUR, MINUTE, SECOND, parse
from monitor.records import Beat, Rule
from monitor.sources.base import Batch, KnownPost, NoKey, OverBudget, Refreshed, Secret, SourceError, SourceSettings
from monitor.sources.x import X
from monitor.sources.x_search import KEPT, LAG
from tests.sources.conftest import NOW
from tests.sources.metering import TestMeter
from tests.sources.x_server import RecentSearch

MODELS = Beat("models", "Models", "Technical", Rule(any=("open weights", "#llm")))
COURTS = Beat("courts", "Courts", "Governance", Rule(any=("lawsuit",)))
SECRETS = {"bearer_token": Secret("hush")}
NOTHING = TestMeter()


def settings_of(endpoint: str = "http://127.0.0.1:1/2", **options: Any) -> SourceSettings:
    return SourceSettings(True, {"dollars_per_day": 100_000.0, "endpoint": endpoint} | options, SECRETS)


class Reader:
    """Polls the first part, remembering the cursor as the store would."""

    def __init__(self, client: Client, search: RecentSearch, meter: TestMeter, **options: Any) -> None:
        self.settings = settings_of(search.endpoint, **options)
        self.client = client.for_source(self.settings, meter)
        self.search = search
        self.meter = meter
        self.cursor: str | None = None
        self.batches: list[Batch] = []
        self.source = X()

    async def poll(self, now: int = NOW) -> list[Batch]:
        self.search.now = now
        (part,) = self.source.parts(self.settings, [MODELS])
        found: list[Batch] = []
        async for batch in self.source.fetch(self.client, part, self.cursor, now):
            found.append(batch)
            self.batches.append(batch)
            self.cursor = batch.cursor or self.cursor
        return found

    @property
    def numbers(self) -> list[str]:
        return [post.native_id for batch in self.batches for post in batch.posts]


@pytest.fixture
def search(web):
    return RecentSearch(web)


# What is read, and when nothing is


def test_nothing_is_asked_before_key_and_ceiling_are_there():
    with pytest.raises(NoKey, match="X_BEARER_TOKEN"):
        X().parts(SourceSettings(True, {"dollars_per_day": 1.0}), [MODELS])
    for options in ({}, {"dollars_per_month": 0}, {"dollars_per_day": None}):
        with pytest.raises(SourceError, match="dollars_per_month or dollars_per_day") as caught:
            X().parts(SourceSettings(True, options, SECRETS), [MODELS])
        assert caught.value.permanent
    assert X().parts(SourceSettings(False, {}), [MODELS]) == ()
    assert X().parts(settings_of(), [Beat("general", "General", "General", Rule())]) == ()


def test_each_query_is_a_part_with_a_lasting_name():
    long = Beat("long", "Long", "C", Rule(any=tuple(f"word{number}" for number in range(80))))
    parts = X().parts(settings_of(), [MODELS, long])
    assert [part.name for part in parts] == ["search 1", "search 2"]
    assert all(part.interval == 300.0 for part in parts)


async def test_a_query_says_what_the_options_say(client, search):
    reader = Reader(client, search, NOTHING, languages=["en", "de"], operators="-is:retweet min_likes:5")
    await reader.poll()
    assert search.asked[0]["query"] == '("open weights" OR #llm) (lang:en OR lang:de) -is:retweet min_likes:5'
    assert "expansions" not in search.asked[0]


def test_only_the_chosen_beats_are_searched_for():
    (part,) = X().parts(settings_of(beats=["courts"]), [MODELS, COURTS])
    assert "lawsuit" in part.addresses[0]
    assert "weights" not in part.addresses[0]


def test_a_restriction_without_room_for_words_is_told():
    with pytest.raises(SourceError, match="no room"):
        X().parts(settings_of(operators="-x " * 200), [MODELS])


async def test_the_key_is_sent_and_not_shown(client, web, search):
    await Reader(client, search, NOTHING).poll()
    assert web.requests[0].headers["authorization"] == "Bearer hush"


# Reading on


async def test_the_first_poll_looks_an_hour_back(client, search):
    kept = search.add(NOW - 30 * MINUTE)
    search.add(NOW - 2 * HOUR)
    search.add(NOW - 5 * SECOND)
    reader = Reader(client, search, TestMeter())
    (batch,) = await reader.poll()
    assert reader.numbers == [kept]
    assert (batch.covered, batch.read, batch.fraction) == ((NOW - LAG - HOUR, NOW - LAG), 1, 1.0)
    assert search.asked[0]["max_results"] == "100"


async def test_each_poll_asks_for_what_is_newer_than_the_newest(client, search):
    first = search.add(NOW - 30 * MINUTE)
    reader = Reader(client, search, TestMeter())
    await reader.poll()
    late = search.add(NOW - 20 * MINUTE)
    second = search.add(NOW)
    (batch,) = await reader.poll(NOW + 5 * MINUTE)
    assert search.asked[1]["since_id"] == first
    assert reader.numbers == [first, late, second]
    assert batch.covered == (NOW - LAG, NOW + 5 * MINUTE - LAG)
    (batch,) = await reader.poll(NOW + 10 * MINUTE)
    assert (search.asked[2]["since_id"], batch.posts) == (second, ())


async def test_pages_are_followed_while_the_number_stays(client, search):
    added = [search.add(NOW - 30 * MINUTE + number * SECOND) for number in range(250)]
    reader = Reader(client, search, TestMeter())
    batches = await reader.poll()
    assert sorted(reader.numbers) == added
    assert len(reader.numbers) == 250
    assert [query.get("next_token") for query in search.asked] == [None, "t100", "t200"]
    assert len({query.get("end_time") for query in search.asked}) == 1
    assert [batch.covered[1] for batch in batches[1:]] == [batch.covered[0] for batch in batches[:-1]]
    await reader.poll(NOW + 5 * MINUTE)
    assert search.asked[-1]["since_id"] == added[-1]


async def test_a_poll_takes_no_more_than_its_pages_and_the_next_goes_on(client, search):
    added = [search.add(NOW - 50 * MINUTE + number * SECOND) for number in range(450)]
    reader = Reader(client, search, TestMeter(), posts_per_poll=200)
    await reader.poll()
    assert len(search.asked) == 2
    fresh = search.add(NOW + MINUTE)
    await reader.poll(NOW + 5 * MINUTE)
    assert search.asked[2]["until_id"] == added[250]
    assert "end_time" not in search.asked[2]
    await reader.poll(NOW + 10 * MINUTE)
    await reader.poll(NOW + 15 * MINUTE)
    assert sorted(reader.numbers) == [*added, fresh]


async def test_names_of_authors_are_bought_where_the_option_says_so(client, search):
    search.add(NOW - 30 * MINUTE)
    reader = Reader(client, search, TestMeter(dollars=2.0), authors=True)
    (batch,) = await reader.poll()
    assert batch.posts[0].author_name == "@ada"
    assert search.asked[0]["expansions"] == "author_id"
    assert reader.meter.spent["dollars"] == pytest.approx(0.015)
    assert reader.meter.most["dollars"] == pytest.approx(1.5)


async def test_a_pause_is_read_hour_by_hour(client, search):
    reader = Reader(client, search, TestMeter())
    await reader.poll()
    added = [search.add(NOW + hour * HOUR) for hour in range(4)]
    batches = await reader.poll(NOW + 4 * HOUR)
    assert reader.numbers == added
    assert [batch.covered[1] - batch.covered[0] for batch in batches] == [HOUR] * 4


async def test_what_lies_further_back_than_x_keeps_is_missed(client, search):
    reader = Reader(client, search, TestMeter())
    search.add(NOW - MINUTE)
    await reader.poll()
    later = NOW + 8 * DAY
    batches = await reader.poll(later)
    assert batches[0].missed == (NOW - LAG, later - KEPT)
    assert batches[0].covered[0] == later - KEPT
    assert not any(batch.missed for batch in batches[1:])
    assert "since_id" not in search.asked[1]


async def test_a_shorter_backlog_may_be_asked_for(client, search):
    reader = Reader(client, search, TestMeter(), backlog_hours=2)
    await reader.poll()
    (first, *_) = await reader.poll(NOW + DAY)
    assert first.missed == (NOW - LAG, NOW + 22 * HOUR)


async def test_a_window_that_was_left_open_for_too_long_is_missed_in_part(client, search):
    for number in range(250):
        search.add(NOW - 30 * MINUTE + number * SECOND)
    reader = Reader(client, search, TestMeter(), posts_per_poll=100, backlog_hours=1)
    await reader.poll()
    (batch,) = await reader.poll(NOW + 28 * MINUTE)
    assert batch.missed == (NOW - LAG - HOUR, NOW - 32 * MINUTE)
    assert search.asked[-1]["start_time"] == "2026-11-21T09:28:00Z"
    (batch,) = await reader.poll(NOW + 3 * HOUR)
    assert batch.missed is not None
    assert batch.missed[1] == NOW + 2 * HOUR


@pytest.mark.parametrize(
    "cursor",
    ["", "null", "{", '{"done": "x", "since": 5, "window": []}', '{"window": {"start": 5, "end": 1}}', "[" * 100_000],
)
async def test_a_cursor_that_is_not_ours_is_like_none(client, search, cursor):
    reader = Reader(client, search, TestMeter())
    reader.cursor = cursor
    (batch,) = await reader.poll()
    assert batch.covered == (NOW - LAG - HOUR, NOW - LAG)


async def test_a_clock_that_went_back_asks_nothing(client, search):
    reader = Reader(client, search, TestMeter())
    await reader.poll(NOW)
    assert await reader.poll(NOW - HOUR) == []
    assert len(search.asked) == 1


# Money


async def test_what_did_not_come_is_given_back(client, search):
    for number in range(3):
        search.add(NOW - 30 * MINUTE, number)
    reader = Reader(client, search, TestMeter(dollars=1.0))
    await reader.poll()
    assert reader.meter.spent["dollars"] == pytest.approx(0.015)
    assert reader.meter.most["dollars"] == pytest.approx(0.5)


async def test_the_last_of_the_money_buys_smaller_pages_and_never_more(client, search):
    added = [search.add(NOW - 30 * MINUTE + number * SECOND) for number in range(400)]
    reader = Reader(client, search, TestMeter(dollars=1.3))
    with pytest.raises(OverBudget):
        await reader.poll()
    assert [query["max_results"] for query in search.asked] == ["100", "100", "50", "10"]
    assert search.charged == pytest.approx(1.3)
    reader.meter.ceilings["dollars"] = 10.0
    await reader.poll(NOW + DAY)
    assert sorted(reader.numbers) == added


async def test_a_sampled_poll_reads_that_share_of_each_window(client, search):
    for number in range(3600):
        search.add(NOW - LAG - HOUR + number * SECOND)
    reader = Reader(client, search, TestMeter(0.05))
    (batch, *rest) = await reader.poll()
    assert 170 <= batch.read + sum(one.read for one in rest) <= 190
    assert parse(search.asked[0]["end_time"]) - parse(search.asked[0]["start_time"]) == 3 * MINUTE
    assert (rest[-1].covered[0], batch.covered[1]) == (NOW - LAG - HOUR, NOW - LAG)
    assert {one.fraction for one in reader.batches} == {0.05}
    (batch,) = await reader.poll(NOW + 5 * MINUTE)
    assert "since_id" not in search.asked[-1]
    asked = [parse(search.asked[-1][name]) for name in ("start_time", "end_time")]
    assert NOW - LAG <= asked[0] < asked[1] <= NOW + 5 * MINUTE - LAG
    assert asked[1] - asked[0] == 15 * SECOND


async def test_a_sampled_window_is_collected_whole_at_its_fraction_page_by_page(client, search):
    for number in range(3600):
        search.add(NOW - LAG - HOUR + number * SECOND)
    reader = Reader(client, search, TestMeter(0.05), posts_per_poll=100)
    (first,) = await reader.poll()
    assert first.covered[1] == NOW - LAG
    assert first.read == 100
    assert (first.covered[1] - first.covered[0]) * first.fraction == pytest.approx(100 * SECOND, abs=SECOND)
    (second,) = await reader.poll(NOW + 1)
    assert second.covered == (NOW - LAG - HOUR, first.covered[0])


async def test_what_is_left_of_a_sampled_window_is_missed_when_it_is_too_old(client, search):
    for number in range(3600):
        search.add(NOW - LAG - HOUR + number * SECOND)
    reader = Reader(client, search, TestMeter(0.05), posts_per_poll=100)
    await reader.poll()
    late = NOW + 8 * DAY
    batches = await reader.poll(late)
    assert batches[0].missed[0] == NOW - LAG - HOUR
    assert batches[0].missed[1] == batches[0].covered[0] == late - KEPT


async def test_samples_lie_in_different_places(client, search):
    reader = Reader(client, search, TestMeter(0.1))
    places: set[int] = set()
    for step in range(20):
        now = NOW + step * 5 * MINUTE
        await reader.poll(now)
        places.add((parse(search.asked[-1]["start_time"]) - (now - LAG - 5 * MINUTE)) // (30 * SECOND))
    assert len(places) > 7


async def test_a_months_ceiling_is_spread_over_its_days(client, search):
    search.add(NOW - 30 * MINUTE)
    reader = Reader(client, search, TestMeter(), dollars_per_day=None, dollars_per_month=300.0)
    (batch,) = await reader.poll()
    assert batch.fraction == pytest.approx(1 / 360)


async def test_after_a_sample_what_was_let_go_is_not_bought(client, search):
    reader = Reader(client, search, TestMeter(0.05))
    for number in range(3600):
        search.add(NOW - LAG - HOUR + number * SECOND)
    await reader.poll()
    reader.meter.share = 1.0
    before = len(reader.numbers)
    await reader.poll(NOW + 5 * MINUTE)
    assert len(reader.numbers) == before
    assert search.asked[-1]["start_time"] == "2026-11-21T09:59:30Z"


async def test_restarts_faults_and_empty_purses_lose_and_double_nothing(web, search):
    randomness = random.Random(5)
    broken: list[str] = []
    answer = search.answer

    @web.route("/2/tweets/search/recent")
    async def _(request, reply):
        kind = randomness.random()
        if kind < 0.2:
            await reply.send("{}", "503 Service Unavailable")
        elif kind < 0.3:
            broken.append(request.path)
            await reply.head(Content_Length=1000)
            await reply.raw(b'{"data": [')
            search.charged += int(request.query["max_results"]) * 0.005
        else:
            await answer(request, reply)

    meter = TestMeter(dollars=2.0)
    async with Client(clock=lambda: NOW, spacing=0.0) as opened:
        reader = Reader(opened, search, meter, posts_per_poll=300)
        now = NOW
        for _ in range(120):
            for _ in range(randomness.choice([0, 0, 3, 130])):
                search.add(now + randomness.randrange(5 * MINUTE), randomness.randrange(1 << 12))
            now += 5 * MINUTE
            try:
                await reader.poll(now)
            except OverBudget:
                meter.ceilings["dollars"] += 2.0
            except SourceError:
                pass
            assert search.charged <= meter.spent["dollars"] + 1e-6 <= meter.ceilings["dollars"] + 2e-6
        for _ in range(30):
            meter.ceilings["dollars"] += 2.0
            try:
                await reader.poll(now := now + MINUTE)
            except SourceError:
                continue
    assert len(broken) > 5
    assert sorted(reader.numbers) == sorted(search.posts)


async def test_a_broken_answer_stays_counted_and_is_not_asked_for_again(client, web):
    asked = 0

    @web.route("/2/tweets/search/recent")
    async def _(request, reply):
        nonlocal asked
        asked += 1
        await reply.head(Content_Length=1000)
        await reply.raw(b'{"data": [')

    meter = TestMeter()
    settings = settings_of(web.url("/2"))
    (part,) = X().parts(settings, [MODELS])
    with pytest.raises(SourceError):
        await anext(X().fetch(client.for_source(settings, meter), part, None, NOW))
    assert (asked, meter.spent["dollars"]) == (1, 0.5)


async def test_what_never_went_out_costs_nothing(client):
    settings, meter = settings_of(), TestMeter()
    (part,) = X().parts(settings, [MODELS])
    with pytest.raises(SourceError):
        await anext(X().fetch(client.for_source(settings, meter), part, None, NOW))
    assert meter.spent["dollars"] == 0


# Refusals


async def refused(client: Client, web: Any, status: str, body: object, **headers: object) -> SourceError:
    web.answer("/2/tweets/search/recent", json.dumps(body) if body is not None else "<html>", status, **headers)
    settings, meter = settings_of(web.url("/2")), TestMeter()
    (part,) = X().parts(settings, [MODELS])
    with pytest.raises(SourceError) as caught:
        await anext(X().fetch(client.for_source(settings, meter), part, None, NOW))
    assert meter.spent["dollars"] == 0
    assert len(web.requests) == 1
    return caught.value


@pytest.mark.parametrize("host", ["api.x.com", "api.twitter.com"])
async def test_the_month_is_used_up(client, web, host):
    body = {
        "title": "UsageCapExceeded",
        "period": "Monthly",
        "scope": "Product",
        "detail": "Usage cap exceeded: Monthly product cap",
        "type": f"https://{host}/2/problems/usage-capped",
    }
    headers = {"x-rate-limit-remaining": 448, "x-rate-limit-reset": (NOW + MINUTE) // SECOND}
    error = await refused(client, web, "429 Too Many Requests", body, **headers)
    assert isinstance(error, OverBudget)
    assert error.retry_after == (parse("2026-12-01") - NOW) / SECOND


async def test_the_window_is_used_up(client, web):
    body = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
    headers = {"x-rate-limit-remaining": 0, "x-rate-limit-reset": (NOW + 5 * MINUTE) // SECOND}
    error = await refused(client, web, "429 Too Many Requests", body, **headers)
    assert not isinstance(error, OverBudget)
    assert error.retry_after == pytest.approx(300, abs=2)


async def test_no_credits_are_left(client, web):
    body = {"title": "CreditsDepleted", "detail": "No credits", "type": "https://api.x.com/2/problems/credits"}
    error = await refused(client, web, "402 Payment Required", body)
    assert isinstance(error, OverBudget)
    assert (error.retry_after, "console.x.com" in str(error)) == (14 * 3600, True)


@pytest.mark.parametrize("body", [{"title": "Unauthorized", "type": "about:blank", "detail": "Unauthorized"}, None])
async def test_the_key_is_not_accepted(client, web, body):
    error = await refused(client, web, "401 Unauthorized", body, Content_Type="application/problem+json")
    assert isinstance(error, NoKey)
    assert "X_BEARER_TOKEN" in str(error)


async def test_the_application_may_not_read(client, web):
    body = {
        "title": "Client Forbidden",
        "detail": "This application is not\x1b[31m attached to a project.",
        "type": "https://api.twitter.com/2/problems/client-forbidden",
    }
    error = await refused(client, web, "403 Forbidden", body)
    assert isinstance(error, NoKey)
    assert "Client Forbidden: This application is not attached to a project." in str(error)


@pytest.mark.parametrize("body", [{"errors": [{"message": "Invalid query"}], "title": "Invalid Request"}])
async def test_a_query_that_x_does_not_take(client, web, body):
    error = await refused(client, web, "400 Bad Request", body)
    assert "Invalid Request: Invalid query" in str(error)


async def test_x_is_down(client, web):
    error = await refused(client, web, "503 Service Unavailable", None)
    assert str(error) == f"{web.host} answered 503."


# Asking again


async def test_posts_are_bought_again_only_where_the_option_says_so(client, web):
    known = [KnownPost(str(number), None, None) for number in (11, 12, 13)] + [KnownPost("no number", None, None)]
    data = [{"id": "11", "text": "words", "public_metrics": {"like_count": 9}, "created_at": "2026-11-20T00:00:00Z"}]
    errors = [{"value": "12", "type": "https://api.x.com/2/problems/resource-not-found"}]
    web.answer("/2/tweets", json.dumps({"data": data, "errors": errors}))
    meter = TestMeter(dollars=1.0)
    settings = settings_of(web.url("/2"))
    assert await X().refresh(client.for_source(settings, meter), known, NOW) == Refreshed()
    assert web.requests == []
    settings = settings_of(web.url("/2"), refresh=True)
    refreshed = await X().refresh(client.for_source(settings, meter), known, NOW)
    assert web.requests[0].query["ids"] == "11,12,13"
    assert refreshed.engagements["11"].likes == 9
    assert refreshed.gone == ("12",)
    assert meter.spent["dollars"] == pytest.approx(0.005)
