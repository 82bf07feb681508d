from __future__ import annotations

import json
from typing import Any

import pytest

from monitor import instants
from monitor.http import Client
from monitor.instants import DAY, HOUR, MINUTE, SECOND
from monitor.records import Beat, Rule
from monitor.sources import youtube_search
from monitor.sources.base import (
    Batch,
    KnownPost,
    NoKey,
    OverBudget,
    Part,
    Refreshed,
    Secret,
    SourceError,
    SourceSettings,
)
from monitor.sources.youtube import YouTube
from monitor.sources.youtube_search import LAG, OVERLAP, queries_of
from tests.sources.conftest import NOW
from tests.sources.metering import TestMeter
from tests.sources.test_youtube_items import CHANNEL, body, comment, entry, feed, found, thread, video

MODELS = Beat("models", "Models", "Technical", Rule(any=("open weights", "llama", "/gpt/", "#llm")))
COURTS = Beat("courts", "Courts", "Governance", Rule(any=("lawsuit",)))
SECRETS = {"api_key": Secret("hush")}
PACIFIC_MIDNIGHT = instants.parse("2026-11-22T08:00:00Z")


def name(number: int) -> str:
    return f"video{number:06}"


def settings_of(endpoint: str = "http://127.0.0.1:1/v3", key: bool = True, **options: Any) -> SourceSettings:
    return SourceSettings(True, {"endpoint": endpoint} | options, SECRETS if key else {})


class Library:
    """Some videos with comments, as the API shows them; counts the calls of each kind."""

    def __init__(self, web: Any, page: int = 50) -> None:
        self.videos: dict[str, int] = {}
        self.views: dict[str, int] = {}
        self.comments: dict[str, list[tuple[str, int]]] = {}
        self.hidden: set[str] = set()
        self.silent: set[str] = set()
        self.page = page
        self.calls: dict[str, int] = {}
        self.asked: list[dict[str, str]] = []
        self.endpoint = web.url("/v3")
        for kind in ("search", "videos", "videos:batchGetStats", "commentThreads", "comments"):
            web.route(f"/v3/{kind}")(self.answer)

    def add(self, number: int, at: int, views: int = 0) -> str:
        self.videos[name(number)] = at
        self.views[name(number)] = views
        return name(number)

    async def answer(self, request: Any, reply: Any) -> None:
        kind = request.path.rpartition("/")[2]
        self.calls[kind] = self.calls.get(kind, 0) + 1
        query = request.query
        assert query["key"] == "hush"
        match kind:
            case "search":
                self.asked.append(query)
                await reply.send(self.search(query))
            case "commentThreads" if query["videoId"] in self.silent:
                await reply.send(error(403, "commentsDisabled"), "403 Forbidden")
            case "commentThreads":
                made = sorted(self.comments.get(query["videoId"], []), key=lambda pair: -pair[1])
                top = [comment(key, publishedAt=instants.render(at)) for key, at in made]
                threads = [thread(one) for one in top]
                for one in threads:
                    one["snippet"]["videoId"] = query["videoId"]
                await reply.send(body(*threads))
            case _:
                ids = query["id"].split(",")
                assert len(ids) <= 50
                await reply.send(body(*(self.show(one) for one in ids if one in self.videos)))

    def search(self, query: dict[str, str]) -> bytes:
        after = instants.parse(query["publishedAfter"])
        before = instants.parse(query.get("publishedBefore", "2100-01-01"))
        listed = [key for key, at in self.videos.items() if after <= at < before and key not in self.hidden]
        listed.sort(key=lambda key: -self.videos[key])
        begin = int(query.get("pageToken", "0"))
        end = begin + self.page
        more = {"nextPageToken": str(end)} if end < len(listed) else {}
        items = [found(key, publishedAt=instants.render(self.videos[key])) for key in listed[begin:end]]
        return body(*items, **more)

    def show(self, key: str) -> dict[str, Any]:
        shown = video(key, publishedAt=instants.render(self.videos[key]))
        return shown | {"statistics": {"viewCount": str(self.views[key])}}


def error(code: int, reason: str, message: str = "No.", **fields: object) -> str:
    reasons = [{"domain": "youtube", "reason": reason, "message": message}]
    return json.dumps({"error": {"code": code, "message": message, "errors": reasons} | fields})


class Reader:
    """Polls the first search, remembering the cursor as the store would."""

    def __init__(self, client: Client, library: Library, meter: TestMeter, **options: Any) -> None:
        self.settings = settings_of(library.endpoint, **options)
        self.client = client.for_source(self.settings, meter)
        self.meter = meter
        self.cursor: str | None = None
        self.batches: list[Batch] = []

    async def poll(self, now: int = NOW) -> list[Batch]:
        (part,) = YouTube().parts(self.settings, [MODELS])
        came: list[Batch] = []
        async for batch in YouTube().fetch(self.client, part, self.cursor, now):
            came.append(batch)
            self.cursor = batch.cursor or self.cursor
        self.batches += came
        return came

    @property
    def ids(self) -> list[str]:
        return [post.native_id for batch in self.batches for post in batch.posts]


@pytest.fixture
def library(web):
    return Library(web)


# What is read


def test_without_a_key_only_channels_are_read():
    with pytest.raises(NoKey, match="YOUTUBE_API_KEY"):
        YouTube().parts(settings_of(key=False), [MODELS])
    (part,) = YouTube().parts(settings_of(key=False, channels=[CHANNEL]), [MODELS])
    assert part == Part(
        "youtube",
        f"channel {CHANNEL}",
        1800.0,
        addresses=(f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}",),
    )
    assert YouTube().parts(settings_of(key=False, search=False), [MODELS]) == ()
    assert YouTube().parts(SourceSettings(False, {}), [MODELS]) == ()


def test_with_a_key_both_are_read():
    parts = YouTube().parts(settings_of(channels=[CHANNEL, CHANNEL]), [MODELS])
    assert [part.name for part in parts] == [f"channel {CHANNEL}", "search 1"]


def test_what_is_no_channel_is_told():
    with pytest.raises(SourceError, match="Entry 2 of `channels`") as caught:
        YouTube().parts(settings_of(channels=[CHANNEL, "@ada"]), [])
    assert caught.value.permanent


def test_searches_are_as_rare_as_a_days_calls_want_it():
    long = [Beat(f"b{n}", "B", "C", Rule(any=tuple(f"{n} words {m} and {m}" for m in range(30)))) for n in range(20)]
    options = {"terms_per_beat": 30, "searches_per_day": 50}
    parts = YouTube().parts(settings_of(**options), long)
    assert len(parts) > 10
    assert {part.interval for part in parts} == {86_400 * len(parts) / 40}
    (alone,) = YouTube().parts(settings_of(), [MODELS])
    assert alone.interval == 86_400 / 80


def test_queries_hold_the_first_terms_of_each_beat():
    assert queries_of([MODELS, COURTS], 2) == ('"open weights"|llama|lawsuit',)
    assert queries_of([MODELS, MODELS], 9) == ('"open weights"|llama|#llm',)
    assert queries_of([MODELS, COURTS], 9, longest=22) == ('"open weights"|llama', "#llm|lawsuit")
    assert queries_of([Beat("g", "G", "G", Rule(any=("-x", 'a"|b', "…")))], 9) == ('"a b"',)


# Searching on


async def test_the_first_poll_looks_a_day_back_and_asks_for_the_whole(client, library):
    library.add(1, NOW - HOUR, views=12)
    library.add(2, NOW - 30 * HOUR)
    reader = Reader(client, library, TestMeter(), language="de", region="AT")
    (batch,) = await reader.poll()
    (post,) = batch.posts
    assert (post.native_id, post.lang, post.engagement.views) == (name(1), "en-GB", 12)
    assert (batch.covered, batch.read) == ((NOW - DAY, NOW - LAG), 1)
    assert library.asked[0]["q"] == '"open weights"|llama|#llm'
    assert (library.asked[0]["relevanceLanguage"], library.asked[0]["regionCode"]) == ("de", "AT")
    assert reader.meter.spent == {"searches": 1, "units": 1}


async def test_each_poll_gives_what_is_new_and_what_the_search_was_late_with(client, library):
    library.add(1, NOW - HOUR)
    library.add(2, NOW - 20 * MINUTE)
    library.hidden.add(name(2))
    reader = Reader(client, library, TestMeter())
    await reader.poll()
    library.hidden.clear()
    library.add(3, NOW + HOUR)
    (batch,) = await reader.poll(NOW + 2 * HOUR)
    assert library.asked[1]["publishedAfter"] == instants.render(NOW - LAG - OVERLAP)
    assert reader.ids == [name(1), name(2), name(3)]
    assert batch.covered == (NOW - LAG, NOW + 2 * HOUR - LAG)
    (batch,) = await reader.poll(NOW + 3 * HOUR)
    assert (batch.posts, batch.read) == ((), 0)


async def test_starting_again_and_again_does_not_use_up_the_calls(client, library):
    library.add(1, NOW - HOUR)
    reader = Reader(client, library, TestMeter())
    await reader.poll()
    for minutes in range(1, 9):
        assert await reader.poll(NOW + minutes * MINUTE) == []
    assert library.calls["search"] == 1
    await reader.poll(NOW + 10 * MINUTE)
    assert library.calls["search"] == 2


async def test_pages_are_followed(client, library):
    for number in range(120):
        library.add(number, NOW - HOUR - number * SECOND)
    reader = Reader(client, library, TestMeter())
    (batch,) = await reader.poll()
    assert sorted(reader.ids) == sorted(library.videos)
    assert batch.missed is None
    assert reader.meter.spent == {"searches": 3, "units": 3}


async def test_what_lies_beyond_the_pages_is_read_later(client, library, monkeypatch):
    monkeypatch.setattr(youtube_search, "MOST_PAGES", 2)
    for number in range(250):
        library.add(number, NOW - HOUR - number * SECOND)
    reader = Reader(client, library, TestMeter())
    (batch,) = await reader.poll()
    oldest = NOW - HOUR - 99 * SECOND
    assert (batch.covered, batch.missed) == ((oldest, NOW - LAG), None)
    _, owed = await reader.poll(NOW + HOUR)
    assert owed.covered == (NOW - HOUR - 198 * SECOND, oldest)
    _, owed = await reader.poll(NOW + 2 * HOUR)
    assert owed.covered == (NOW - DAY, NOW - HOUR - 198 * SECOND)
    assert set(reader.ids) == set(library.videos)
    assert len(await reader.poll(NOW + 3 * HOUR)) == 1


async def test_of_too_much_that_is_owed_the_oldest_is_missed(client, library, monkeypatch):
    monkeypatch.setattr(youtube_search, "MOST_PAGES", 1)
    monkeypatch.setattr(youtube_search, "MOST_OWED", 2)
    reader = Reader(client, library, TestMeter(0.5))
    missed = []
    for hour in range(4):
        for number in range(60):
            library.add(100 * hour + number, NOW + hour * HOUR - LAG - number * SECOND)
        (batch,) = await reader.poll(NOW + hour * HOUR)
        missed.append(batch.missed)
    assert missed == [None, None, (NOW - DAY, NOW - LAG - 49 * SECOND), (NOW - LAG, NOW + HOUR - LAG - 49 * SECOND)]


async def test_one_page_is_all_while_calls_run_short(client, library):
    for number in range(120):
        library.add(number, NOW - HOUR - number * SECOND)
    (batch,) = await Reader(client, library, TestMeter(0.5)).poll()
    assert library.calls["search"] == 1
    assert (len(batch.posts), batch.missed) == (50, None)
    assert len(await Reader(client, library, TestMeter(0.5)).poll(NOW + HOUR)) == 1


async def test_the_last_call_is_not_lost(client, library):
    for number in range(120):
        library.add(number, NOW - HOUR - number * SECOND)
    reader = Reader(client, library, TestMeter(searches=2, units=0))
    (batch,) = await reader.poll()
    assert len(batch.posts) == 100
    assert batch.posts[0].title == "Models & what they're for"
    with pytest.raises(OverBudget):
        await reader.poll(NOW + 2 * HOUR)
    assert library.calls == {"search": 2}


async def test_a_long_pause_is_missed_in_part(client, library):
    reader = Reader(client, library, TestMeter())
    await reader.poll()
    (batch,) = await reader.poll(NOW + 10 * DAY)
    assert batch.missed == (NOW - LAG, NOW + 3 * DAY)
    assert batch.covered == (NOW + 3 * DAY, NOW + 10 * DAY - LAG)


async def test_a_video_that_is_gone_already_is_left_out(client, library, web):
    library.add(1, NOW - HOUR)
    web.answer("/v3/videos", body())
    (batch,) = await Reader(client, library, TestMeter()).poll()
    assert batch.posts == ()


@pytest.mark.parametrize(
    "cursor", ["", "null", "{", '{"done": "x", "given": 5, "videos": {"video000001": [1]}}', "[" * 100_000]
)
async def test_a_cursor_that_is_not_ours_is_like_none(client, library, cursor):
    reader = Reader(client, library, TestMeter(), comments=2)
    reader.cursor = cursor
    (batch,) = await reader.poll()
    assert batch.covered == (NOW - DAY, NOW - LAG)


async def test_a_clock_that_went_back_covers_nothing(client, library):
    reader = Reader(client, library, TestMeter())
    await reader.poll()
    for batch in await reader.poll(NOW - HOUR):
        assert batch.covered is None


async def test_what_is_remembered_stays_small(client, library, monkeypatch):
    monkeypatch.setattr(youtube_search, "WATCHED", 10)
    reader = Reader(client, library, TestMeter())
    for step in range(30):
        now = NOW + step * HOUR
        for number in range(20):
            library.add(step * 100 + number, now - 30 * MINUTE + number * SECOND, views=number)
        await reader.poll(now)
    assert len(reader.ids) == len(set(reader.ids)) == 600
    assert len(reader.cursor or "") < 3000


# Comments


async def test_comments_on_the_most_seen_videos(client, library):
    for number in range(4):
        library.add(number, NOW - HOUR, views=number)
        library.comments[name(number)] = [(f"Comment-{number}-first", NOW - 30 * MINUTE)]
    reader = Reader(client, library, TestMeter(), comments=2)
    _, comments = await reader.poll()
    assert [post.native_id for post in comments.posts] == ["Comment-3-first", "Comment-2-first"]
    assert comments.posts[0].url == f"https://www.youtube.com/watch?v={name(3)}&lc=Comment-3-first"
    library.views[name(0)] = 1000
    library.comments[name(3)].append(("Comment-3-later", NOW + 6 * HOUR))
    *_, comments = await reader.poll(NOW + 7 * HOUR)
    assert [post.native_id for post in comments.posts] == ["Comment-0-first", "Comment-3-later"]


async def test_comments_are_asked_for_only_every_few_hours(client, library):
    library.add(1, NOW - HOUR, views=5)
    reader = Reader(client, library, TestMeter(), comments=2)
    await reader.poll()
    await reader.poll(NOW + HOUR)
    assert library.calls["commentThreads"] == 1


async def test_a_video_without_comments_makes_room(client, library):
    library.add(1, NOW - HOUR, views=5)
    library.add(2, NOW - HOUR, views=4)
    library.silent.add(name(1))
    library.comments[name(2)] = [("Comment-2-first", NOW - MINUTE)]
    reader = Reader(client, library, TestMeter(), comments=1)
    _, comments = await reader.poll()
    assert comments.posts == ()
    *_, comments = await reader.poll(NOW + HOUR)
    assert [post.native_id for post in comments.posts] == ["Comment-2-first"]


async def test_no_comments_unless_asked_for(client, library):
    library.add(1, NOW - HOUR, views=5)
    (_,) = await Reader(client, library, TestMeter()).poll()
    assert "commentThreads" not in library.calls


# Refusals


async def refused(client: Client, web: Any, code: int, text: str) -> SourceError:
    web.answer("/v3/search", text, f"{code} No")
    meter = TestMeter()
    settings = settings_of(web.url("/v3"))
    (part,) = YouTube().parts(settings, [MODELS])
    with pytest.raises(SourceError) as caught:
        await anext(YouTube().fetch(client.for_source(settings, meter), part, None, NOW))
    assert (len(web.requests), meter.spent) == (1, {"searches": 1})
    assert "hush" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("quotaExceeded", 'You have exceeded your <a href="/youtube/v3/getting-started#quota">quota</a>.'),
        ("rateLimitExceeded", "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day'"),
    ],
)
async def test_a_days_calls_are_used_up(client, web, reason, message):
    caught = await refused(client, web, 403, error(403, reason, message))
    assert isinstance(caught, OverBudget)
    assert caught.retry_after == (PACIFIC_MIDNIGHT - NOW) / SECOND


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (400, error(400, "keyInvalid", "Bad Request")),
        (400, error(400, "badRequest", "API key not valid.", details=[{"reason": "API_KEY_INVALID"}])),
        (403, error(403, "accessNotConfigured", "YouTube Data API v3 has not been used in project 1 before.")),
    ],
)
async def test_the_key_is_refused(client, web, code, text):
    caught = await refused(client, web, code, text)
    assert isinstance(caught, NoKey)
    assert "YOUTUBE_API_KEY" in str(caught)


async def test_too_many_calls_at_once(client, web):
    caught = await refused(client, web, 429, error(429, "rateLimitExceeded", "Too many in a minute"))
    assert (type(caught).__name__, caught.retry_after, caught.permanent) == ("Refused", 60.0, False)


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        (400, error(400, "invalidSearchFilter", "Invalid\x1b[1m combination."), "400: Invalid combination."),
        (503, "<html>", "answered 503."),
    ],
)
async def test_other_refusals(client, web, code, text, said):
    assert said in str(await refused(client, web, code, text))


async def test_what_never_went_out_is_not_counted(client):
    settings, meter = settings_of(), TestMeter()
    (part,) = YouTube().parts(settings, [MODELS])
    with pytest.raises(SourceError):
        await anext(YouTube().fetch(client.for_source(settings, meter), part, None, NOW))
    assert meter.spent == {"searches": 0}


# Channels


def channel(web: Any, *entries: str) -> Part:
    return Part("youtube", "channel", 1800.0, addresses=(web.answer("/feed", feed(*entries), Content_Type="text/xml"),))


async def poll(client: Client, part: Part, cursor: str | None = None, now: int = NOW) -> Batch:
    (batch,) = [batch async for batch in YouTube().fetch(client, part, cursor, now)]
    return batch


async def test_a_channel_gives_what_is_new(client, web):
    first = await poll(client, channel(web, entry(name(1))))
    assert [post.native_id for post in first.posts] == [name(1)]
    assert first.covered == (NOW - HOUR, NOW)
    same = await poll(client, channel(web, entry(name(1))), first.cursor, NOW + HOUR)
    assert (same.posts, same.covered) == ((), (NOW, NOW + HOUR))
    part = channel(web, entry(name(2), at="2026-11-21T11:30:00+00:00"), entry(name(1)))
    second = await poll(client, part, same.cursor, NOW + 2 * HOUR)
    assert [post.native_id for post in second.posts] == [name(2)]
    assert (second.covered, second.missed) == ((NOW + HOUR, NOW + 2 * HOUR), None)


async def test_videos_that_ran_out_of_a_channels_feed_are_missed(client, web):
    first = await poll(client, channel(web, entry(name(1))))
    part = channel(web, entry(name(2), at="2026-11-22T09:00:00+00:00"))
    second = await poll(client, part, first.cursor, NOW + DAY)
    assert second.missed == (NOW, NOW + 23 * HOUR)


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error", "403 Forbidden", "410 Gone"])
async def test_a_channel_that_seems_gone_is_asked_again(client, web, status):
    web.answer("/feed", "<html>Error</html>", status)
    with pytest.raises(SourceError, match="often") as caught:
        await poll(client, Part("youtube", "channel", 1800.0, addresses=(web.url("/feed"),)))
    assert not caught.value.permanent


async def test_a_page_instead_of_a_feed_is_an_error(client, web):
    web.answer("/feed", "<html>Before you continue</html>", Content_Type="text/html")
    with pytest.raises(SourceError, match="no feed"):
        await poll(client, Part("youtube", "channel", 1800.0, addresses=(web.url("/feed"),)))


# Asking again


def known(*ids: str) -> list[KnownPost]:
    return [KnownPost(one, None, None) for one in ids]


async def refresh(
    client: Client, library: Library, posts: list[KnownPost], meter: TestMeter, **given: Any
) -> Refreshed:
    return await YouTube().refresh(client.for_source(settings_of(library.endpoint, **given), meter), posts, NOW)


async def test_figures_are_asked_for_again_and_what_is_gone_is_told(client, library, web):
    library.add(1, NOW - DAY, views=500)
    web.answer("/v3/comments", body(comment("Comment-still-there", likeCount=9)))
    meter = TestMeter()
    posts = known(name(1), name(2), "Comment-still-there", "Comment-gone-by-now", "no id")
    refreshed = await refresh(client, library, posts, meter)
    assert refreshed.engagements[name(1)].views == 500
    assert refreshed.engagements["Comment-still-there"].likes == 9
    assert refreshed.gone == (name(2), "Comment-gone-by-now")
    assert meter.spent == {"units": 3}


async def test_what_only_the_new_call_leaves_out_is_not_gone(client, library, web):
    library.add(1, NOW - DAY, views=500)
    for answer, status in ((body(), "200 OK"), (b"<html>", "404 Not Found")):
        web.answer("/v3/videos:batchGetStats", answer, status)
        refreshed = await refresh(client, library, known(name(1)), TestMeter())
        assert (refreshed.gone, refreshed.engagements[name(1)].views) == ((), 500)


async def test_without_a_key_or_a_call_nothing_is_gone(client, library):
    assert await refresh(client, library, known(name(1)), TestMeter(), key=False) == Refreshed()
    with pytest.raises(OverBudget):
        await refresh(client, library, known(name(1)), TestMeter(units=0))
    assert library.calls == {}


async def test_an_answer_that_cannot_be_read_says_nothing_of_anything(client, library, web):
    web.answer("/v3/videos", "<html>")
    with pytest.raises(SourceError):
        await refresh(client, library, known(name(1)), TestMeter())
