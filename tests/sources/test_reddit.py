from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from monitor.http import Client
from monitor.instants import DAY, HOUR, MINUTE, SECOND
from monitor.sources import reddit
from monitor.sources.base import Batch, KnownPost, NoKey, Part, Refreshed, Secret, SourceError, SourceSettings
from monitor.sources.reddit import SUBREDDITS, Reddit
from monitor.sources.reddit_access import USER_AGENT
from monitor.sources.reddit_listing import LAG
from tests.sources.conftest import NOW
from tests.sources.metering import TestMeter
from tests.sources.test_reddit_items import child, entry, feed, listing

SECRETS = {"client_id": Secret("id"), "client_secret": Secret("hush")}
WHO = "linux:monitor-test:1.0 (by /u/ada)"


def name(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    number += 36**5
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = digits[digit] + text
    return f"t3_{text}"


class Site:
    """Subreddits with some posts, as feeds and as an API whose tokens a test can end."""

    def __init__(self, web: Any, page: int = 100) -> None:
        self.posts: dict[int, int] = {}
        self.changed: dict[int, dict[str, Any]] = {}
        self.page = page
        self.tokens: list[str] = []
        self.web = web
        self.logins: list[str] = []
        self.url = web.url("")
        for path in ("/r/LocalLLaMA+OpenAI/new", "/api/info"):
            web.route(path)(self.api)
        web.route("/r/LocalLLaMA+OpenAI/new/.rss")(self.feed)
        web.route("/token")(self.token)

    def newest(self) -> list[int]:
        return sorted(self.posts, reverse=True)

    async def feed(self, request: Any, reply: Any) -> None:
        assert request.query["limit"] == "100"
        entries = [entry(name(number), f"Post {number}", at=self.posts[number]) for number in self.newest()]
        await reply.send(feed(*entries[: self.page]), Content_Type="application/atom+xml; charset=UTF-8")

    async def token(self, request: Any, reply: Any) -> None:
        assert (request.method, request.body) == ("POST", b"grant_type=client_credentials")
        self.logins.append(request.headers["authorization"])
        self.tokens = [f"token{len(self.logins)}"]
        answer = {"access_token": self.tokens[0], "token_type": "bearer", "expires_in": 86400, "scope": "*"}
        await reply.send(json.dumps(answer))

    async def api(self, request: Any, reply: Any) -> None:
        query = request.query
        assert query["raw_json"] == "1"
        if request.headers.get("authorization") not in [f"bearer {token}" for token in self.tokens]:
            await reply.send('{"message": "Unauthorized", "error": 401}', "401 Unauthorized")
            return
        numbers = self.newest()
        if "id" in query:
            wanted = query["id"].split(",")
            numbers = [number for number in numbers if name(number) in wanted]
        if "after" in query:
            numbers = [number for number in numbers if name(number) < query["after"]]
        shown = [child(name(number), self.posts[number], **self.changed.get(number, {})) for number in numbers]
        after = name(numbers[self.page - 1]) if len(numbers) > self.page else None
        await reply.send(listing(*shown[: self.page], after=after), x_ratelimit_remaining="997.0")


class Reader:
    """Polls the only part, remembering the cursor as the store would."""

    def __init__(self, client: Client, site: Site, *, key: bool = False, **options: Any) -> None:
        options = {
            "subreddits": ["LocalLLaMA", "r/OpenAI"],
            "feeds": site.url,
            "endpoint": site.url,
            "tokens": f"{site.url}/token",
        } | options
        self.settings = SourceSettings(True, options, SECRETS if key else {})
        self.client = client.for_source(self.settings, TestMeter())
        self.source = Reddit()
        self.cursor: str | None = None
        self.batches: list[Batch] = []

    async def poll(self, now: int = NOW) -> Batch:
        (part,) = self.source.parts(self.settings, [])
        (batch,) = [batch async for batch in self.source.fetch(self.client, part, self.cursor, now)]
        self.cursor = batch.cursor or self.cursor
        self.batches.append(batch)
        return batch

    @property
    def ids(self) -> list[str]:
        return [post.native_id for batch in self.batches for post in batch.posts]


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(reddit, "SPACING", 0.0)


@pytest.fixture
def site(web):
    return Site(web)


# What is read


def test_the_shipped_subreddits_are_joined():
    (part,) = Reddit().parts(SourceSettings(True, {}), [])
    assert part.name == "new 1"
    assert part.addresses == (f"https://www.reddit.com/r/{'+'.join(SUBREDDITS)}/new/.rss",)
    assert len(part.addresses[0]) < 1000
    assert len({name.casefold() for name in SUBREDDITS}) == len(SUBREDDITS)


def test_with_credentials_the_api_is_read_under_the_same_name():
    (part,) = Reddit().parts(SourceSettings(True, {"poll_minutes": 1}, SECRETS), [])
    assert part == Part("reddit", "new 1", 60.0, addresses=(f"https://oauth.reddit.com/r/{'+'.join(SUBREDDITS)}/new",))


def test_many_subreddits_are_read_in_groups_a_minute_apart(monkeypatch):
    monkeypatch.setattr(reddit, "SPACING", 60.0)
    options = {"subreddits": [f"sub{number}" for number in range(120)] + ["SUB1"], "poll_minutes": 1}
    parts = Reddit().parts(SourceSettings(True, options), [])
    assert [part.name for part in parts] == ["new 1", "new 2", "new 3"]
    assert {part.interval for part in parts} == {180.0}
    assert sum(part.addresses[0].count("+") + 1 for part in parts) == 120


def test_settings_that_cannot_be_used_are_told():
    with pytest.raises(NoKey, match="both"):
        Reddit().parts(SourceSettings(True, {}, {"client_id": Secret("id")}), [])
    for wrong in ("two words", "a+b", "../user", ""):
        with pytest.raises(SourceError, match="Entry 1 of `subreddits`") as caught:
            Reddit().parts(SourceSettings(True, {"subreddits": [wrong]}), [])
        assert caught.value.permanent
    assert Reddit().parts(SourceSettings(True, {"subreddits": []}), []) == ()
    assert Reddit().parts(SourceSettings(False, {}), []) == ()


# Feeds


async def test_the_first_feed_covers_what_it_holds_up_to_a_day(client, site, web):
    site.posts = {1: NOW - HOUR, 2: NOW - MINUTE}
    batch = await Reader(client, site).poll()
    assert [post.title for post in batch.posts] == ["Post 1", "Post 2"]
    assert (batch.covered, batch.missed, batch.read) == ((NOW - HOUR, NOW - LAG), None, 2)
    assert web.requests[0].headers["user-agent"] == USER_AGENT
    site.posts[0] = NOW - 9 * DAY
    assert (await Reader(client, site).poll()).covered == (NOW - DAY, NOW - LAG)


async def test_a_feed_gives_what_is_new(client, site):
    site.posts = {1: NOW - HOUR, 2: NOW - MINUTE}
    reader = Reader(client, site)
    await reader.poll()
    site.posts |= {3: NOW - 90_000, 4: NOW + MINUTE}
    batch = await reader.poll(NOW + 5 * MINUTE)
    assert reader.ids == [name(1), name(2), name(3), name(4)]
    assert (batch.covered, batch.missed) == ((NOW - LAG, NOW + 5 * MINUTE - LAG), None)
    assert (await reader.poll(NOW + 10 * MINUTE)).read == 0


async def test_what_ran_out_of_a_feed_is_missed(client, site):
    site.posts = {1: NOW - HOUR}
    reader = Reader(client, site)
    await reader.poll()
    later = NOW + 5 * HOUR
    site.page = 2
    site.posts |= {2: NOW + HOUR, 3: later - HOUR, 4: later - MINUTE}
    batch = await reader.poll(later)
    assert (batch.missed, batch.covered) == ((NOW - LAG, later - HOUR), (later - HOUR, later - LAG))


async def test_a_feed_that_reaches_back_to_what_is_known_has_missed_nothing(client, site):
    site.posts = {1: NOW - MINUTE}
    reader = Reader(client, site)
    await reader.poll()
    site.posts[2] = NOW + MINUTE
    batch = await reader.poll(NOW + 5 * MINUTE)
    assert (batch.covered, batch.missed) == ((NOW - LAG, NOW + 5 * MINUTE - LAG), None)


async def test_a_feed_that_is_shorter_than_asked_for_is_not_taken_for_whole(client, site):
    site.page = 25
    site.posts = {number: NOW - DAY + number * MINUTE for number in range(60)}
    assert (await Reader(client, site).poll()).covered == (NOW - DAY + 35 * MINUTE, NOW - LAG)


async def test_a_post_whose_words_changed_is_given_again(client, site):
    site.posts = {1: NOW - HOUR}
    reader = Reader(client, site, key=True)
    await reader.poll()
    site.changed[1] = {"selftext_html": "<p>Other words</p>"}
    assert [post.text for post in (await reader.poll(NOW + MINUTE)).posts] == ["Other words"]
    site.changed[1] = {"selftext": "[deleted]", "selftext_html": None}
    batch = await reader.poll(NOW + 2 * MINUTE)
    assert [one.native_id for one in batch.deletions] == [name(1)]
    assert batch.posts == ()
    assert (await reader.poll(NOW + 3 * MINUTE)).deletions == ()


@pytest.mark.parametrize(
    ("status", "kind"), [("403 Blocked", "text/html"), ("403 Forbidden", "application/json"), ("200 OK", "text/html")]
)
async def test_a_block_page_is_told(client, site, web, status, kind):
    web.answer("/r/LocalLLaMA+OpenAI/new/.rss", "<html>whoa there, pardner!</html>", status, Content_Type=kind)
    with pytest.raises(SourceError, match="block page") as caught:
        await Reader(client, site).poll()
    assert not caught.value.permanent
    assert caught.value.retry_after == 1800.0


async def test_too_many_questions_wait_as_long_as_reddit_says(client, site, web):
    web.answer(
        "/r/LocalLLaMA+OpenAI/new/.rss", "", "429 Too Many Requests", x_ratelimit_remaining="0.0", x_ratelimit_reset=37
    )
    with pytest.raises(SourceError) as caught:
        await Reader(client, site).poll()
    assert caught.value.retry_after == pytest.approx(37, abs=1)


async def test_feeds_are_asked_for_a_minute_apart(client, site, monkeypatch):
    spacings: list[float | None] = []
    get = Client.get

    async def noted(self: Client, *args: Any, spacing: float | None = None, **given: Any) -> Any:
        spacings.append(spacing)
        return await get(self, *args, **given)

    monkeypatch.setattr(reddit, "SPACING", 60.0)
    monkeypatch.setattr(Client, "get", noted)
    site.posts = {1: NOW - HOUR}
    await Reader(client, site).poll()
    assert spacings == [60.0]


async def test_another_start_within_the_minute_asks_for_no_feed(client, site, web, monkeypatch):
    site.posts = {1: NOW - HOUR}
    reader = Reader(client, site)
    await reader.poll()
    monkeypatch.setattr(reddit, "SPACING", 60.0)
    (part,) = reader.source.parts(reader.settings, [])
    assert [one async for one in Reddit().fetch(reader.client, part, reader.cursor, NOW + 59 * SECOND)] == []
    assert len(web.requests) == 1


async def test_a_listing_that_is_suddenly_empty_is_not_believed(client, site):
    site.posts = {1: NOW - HOUR}
    reader = Reader(client, site)
    await reader.poll()
    site.posts = {}
    with pytest.raises(SourceError, match="empty"):
        await reader.poll(NOW + HOUR)


@pytest.mark.parametrize("key", [False, True])
@pytest.mark.parametrize("cursor", ["", "null", "[]", "{", '{"done": "x", "known": {"a": 1}}', "[" * 100_000])
async def test_a_cursor_that_is_not_ours_is_like_none(client, site, cursor, key):
    site.posts = {1: NOW - HOUR}
    reader = Reader(client, site, key=key)
    reader.cursor = cursor
    assert len((await reader.poll()).posts) == 1


async def test_a_clock_that_went_back_covers_nothing(client, site):
    site.posts = {1: NOW - HOUR}
    reader = Reader(client, site)
    await reader.poll()
    batch = await reader.poll(NOW - 30 * MINUTE)
    assert (batch.covered, batch.missed, batch.posts) == (None, None, ())


# The API


async def test_a_token_is_asked_for_once(client, site, web):
    site.posts = {1: NOW - HOUR}
    reader = Reader(client, site, key=True, user_agent=WHO)
    batch = await reader.poll()
    await reader.poll(NOW + MINUTE)
    assert site.logins == ["Basic " + base64.b64encode(b"id:hush").decode()]
    assert {request.headers["user-agent"] for request in web.requests} == {WHO}
    assert batch.posts[0].engagement.likes == 5
    assert batch.covered == (NOW - DAY, NOW - LAG)


async def test_other_credentials_get_a_token_of_their_own(client, site):
    site.posts = {1: NOW - HOUR}
    reader = Reader(client, site, key=True)
    await reader.poll()
    secrets = {"client_id": Secret("other"), "client_secret": Secret("hush")}
    reader.client = client.for_source(reader.settings._replace(secrets=secrets), TestMeter())
    await reader.poll(NOW + MINUTE)
    assert site.logins[1] == "Basic " + base64.b64encode(b"other:hush").decode()


async def test_a_token_that_ended_is_renewed(client, site):
    site.posts = {1: NOW - HOUR}
    reader = Reader(client, site, key=True)
    await reader.poll()
    site.tokens = []
    assert (await reader.poll(NOW + MINUTE)).covered is not None
    assert len(site.logins) == 2


async def test_a_token_is_renewed_before_it_ends(site):
    site.posts = {1: NOW - HOUR}
    now = [NOW]
    async with Client(clock=lambda: now[0], spacing=0.0) as client:
        reader = Reader(client, site, key=True)
        await reader.poll()
        now[0] += DAY - 2 * MINUTE
        await reader.poll(now[0])
        assert len(site.logins) == 1
        now[0] += 90_000
        await reader.poll(now[0])
        assert len(site.logins) == 2


async def test_pages_are_followed_down_to_what_is_known(client, site):
    site.page = 10
    site.posts = {number: NOW - 2 * HOUR + number * MINUTE for number in range(35)}
    reader = Reader(client, site, key=True)
    await reader.poll()
    assert reader.ids == [name(number) for number in range(35)]
    site.posts |= {number: NOW + (number - 35) * MINUTE for number in range(35, 60)}
    batch = await reader.poll(NOW + HOUR)
    assert [post.native_id for post in batch.posts] == [name(number) for number in range(35, 60)]
    assert (batch.covered, batch.missed) == ((NOW - LAG, NOW + HOUR - LAG), None)


async def test_a_listing_that_is_not_deep_enough_has_missed_something(client, site, monkeypatch):
    monkeypatch.setattr(reddit, "MOST_PAGES", 2)
    site.page = 10
    site.posts = {1: NOW - HOUR}
    reader = Reader(client, site, key=True)
    await reader.poll()
    site.posts |= {number: NOW + number * MINUTE for number in range(2, 40)}
    batch = await reader.poll(NOW + HOUR)
    assert batch.missed == (NOW - LAG, NOW + 20 * MINUTE)


async def test_a_change_of_the_way_loses_and_doubles_nothing(client, site):
    site.posts = {1: NOW - HOUR}
    by_feed = Reader(client, site)
    await by_feed.poll()
    site.posts[2] = NOW + MINUTE
    by_api = Reader(client, site, key=True)
    by_api.cursor = by_feed.cursor
    site.changed[1] = {"title": "Post 1"}
    batch = await by_api.poll(NOW + 5 * MINUTE)
    assert [post.native_id for post in batch.posts] == [name(2)]
    assert batch.covered == (NOW - LAG, NOW + 5 * MINUTE - LAG)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"message": "Unauthorized", "error": 401}', "401 Unauthorized"),
        ('{"error": "invalid_grant"}', "200 OK"),
        ('{"error": "unsupported_grant_type"}', "400 Bad Request"),
    ],
)
async def test_credentials_that_are_refused(client, site, web, body, status):
    web.answer("/token", body, status)
    with pytest.raises(NoKey, match="REDDIT_CLIENT_ID") as caught:
        await Reader(client, site, key=True).poll()
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("token", ["", "a\nb", 5])
async def test_a_token_that_is_none(client, site, web, token):
    web.answer("/token", json.dumps({"access_token": token}))
    with pytest.raises(SourceError, match="no token"):
        await Reader(client, site, key=True).poll()


async def test_a_token_that_is_refused_at_once_is_asked_for_twice_only(client, site, web):
    web.answer("/r/LocalLLaMA+OpenAI/new", '{"message": "Unauthorized", "error": 401}', "401 Unauthorized")
    with pytest.raises(NoKey):
        await Reader(client, site, key=True).poll()
    assert len(site.logins) == 2


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ('{"reason": "private", "message": "Forbidden", "error": 403}', "403 Forbidden", "(private); is one of"),
        ('{"message": "Not Found", "error": 404}', "404 Not Found", "404 (Not Found); is one of"),
        ("<html>Blocked</html>", "403 Blocked", "user_agent"),
    ],
)
async def test_refusals_of_the_api(client, site, web, body, status, said):
    web.answer("/r/LocalLLaMA+OpenAI/new", body, status)
    with pytest.raises(SourceError) as caught:
        await Reader(client, site, key=True).poll()
    assert said in str(caught.value)
    assert not caught.value.permanent


# Asking again


async def test_figures_and_deletions_are_asked_for_again(client, site):
    site.posts = {1: NOW - DAY, 2: NOW - DAY, 3: NOW - DAY}
    site.changed = {1: {"score": 77}, 2: {"selftext": "[removed]", "removed_by_category": "moderator"}}
    reader = Reader(client, site, key=True)
    known = [KnownPost(one, None, None) for one in (name(1), name(2), name(9), "none")]
    refreshed = await reader.source.refresh(reader.client, known, NOW)
    assert refreshed.engagements[name(1)].likes == 77
    assert refreshed.gone == (name(2),)
    assert set(refreshed.engagements) == {name(1)}


async def test_without_credentials_nothing_is_known_of_any(client, site, web):
    reader = Reader(client, site)
    assert await reader.source.refresh(reader.client, [KnownPost(name(1), None, None)], NOW) == Refreshed()
    assert web.requests == []
