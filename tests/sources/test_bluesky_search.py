"""Back-fill by searches, with a session. The server speaks the documented shapes; all answers are made by hand."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import instants
from monitor.http import Client
from monitor.instants import HOUR, MINUTE
from monitor.records import Beat, Engagement, Rule
from monitor.sources import bluesky_search
from monitor.sources.base import Batch, NoKey, Secret, SourceError, SourceSettings
from monitor.sources.bluesky import Bluesky
from monitor.sources.bluesky_frames import parse_frame
from monitor.sources.bluesky_search import parse_page
from tests.sources.conftest import ANY_JSON, NOW
from tests.sources.test_bluesky_frames import DID, KEY, NATIVE_ID, commit

SEARCH = "/xrpc/app.bsky.feed.searchPosts"
SIGN_IN = "/xrpc/com.atproto.server.createSession"
RENEW = "/xrpc/com.atproto.server.refreshSession"
RECORD = {"text": "open weights", "createdAt": "2026-11-21T09:59:00Z", "langs": ["en"]}


def view(key: str = KEY, **fields: object) -> dict[str, Any]:
    author = {"did": DID, "handle": "ada.example", "displayName": "Ada"}
    uri = f"at://{DID}/app.bsky.feed.post/{key}"
    return {
        "uri": uri,
        "author": author,
        "record": RECORD,
        "indexedAt": "2026-11-21T09:59:30Z",
        "likeCount": 2,
    } | fields


def page(*views: object, cursor: str | None = None) -> str:
    return json.dumps({"posts": views, "hitsTotal": 12} | ({"cursor": cursor} if cursor else {}))


def test_a_found_post_is_that_of_the_stream_with_what_the_search_knows_beside():
    (found,) = parse_page(page(view()).encode(), NOW).posts
    streamed = parse_frame(json.dumps(commit(RECORD)), NOW).post
    assert streamed is not None
    assert found == streamed._replace(author_name="ada.example", engagement=Engagement(likes=2))
    assert found.native_id == NATIVE_ID


def test_a_time_that_is_nonsense_gives_way_to_that_of_the_index():
    (found,) = parse_page(page(view(record=RECORD | {"createdAt": "soon"})).encode(), NOW).posts
    assert found.published_at == instants.parse("2026-11-21T09:59:30Z")


def test_what_is_no_post_is_damaged():
    found = parse_page(page(view(uri="x"), view(record=None), 5, view()).encode(), NOW)
    assert (len(found.posts), found.read, found.damaged, found.cursor) == (1, 4, 3, None)


@pytest.mark.parametrize(
    "body", [b"", b"<html>Request forbidden by administrative rules", b"[]", b"{}", b"[" * 100_000]
)
def test_what_is_no_answer_is_one_error(body):
    with pytest.raises(SourceError):
        parse_page(body, NOW)


def total(body: bytes) -> None:
    with contextlib.suppress(SourceError):
        parse_page(body, NOW)


@given(st.binary(), ANY_JSON, st.dictionaries(st.sampled_from([*sorted(view()), "cursor"]), ANY_JSON))
def test_any_bytes_give_a_page_or_one_error(body, data, fields):
    total(body)
    total(json.dumps(data).encode())
    total(json.dumps({"posts": data, "cursor": data}).encode())
    total(page(view(**fields)).encode())


# A server with sessions


class Server:
    """Signs in, lets tokens run out when told to, and gives pages of two."""

    def __init__(self, web: Any) -> None:
        self.web = web
        self.posts: dict[str, list[str]] = {}
        self.asked: list[dict[str, str]] = []
        self.signed_in = self.renewed = 0
        self.valid: set[str] = set()
        self.renewable = True
        self.home = web.url("")
        self.source = Bluesky()
        self.password = "sesame"
        self.rule = Rule(any=("open weights", "llama"))
        web.route(SIGN_IN)(self.sign_in)
        web.route(RENEW)(self.renew)
        web.route(SEARCH)(self.search)

    def tokens(self) -> str:
        number = self.signed_in + self.renewed
        self.valid = {f"access{number}"}
        service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": self.home}
        given = {"accessJwt": f"access{number}", "refreshJwt": f"refresh{number}", "handle": "ada.example", "did": DID}
        return json.dumps(given | {"didDoc": {"service": [service]}})

    async def sign_in(self, request: Any, reply: Any) -> None:
        self.signed_in += 1
        await reply.send(self.tokens())

    async def renew(self, request: Any, reply: Any) -> None:
        if not self.renewable:
            await reply.send('{"error": "ExpiredToken", "message": "Token has been revoked"}', "400 Bad Request")
            return
        assert request.headers["authorization"] == f"Bearer refresh{self.signed_in + self.renewed}"
        self.renewed += 1
        await reply.send(self.tokens())

    async def search(self, request: Any, reply: Any) -> None:
        if request.headers["authorization"].removeprefix("Bearer ") not in self.valid:
            await reply.send('{"error": "ExpiredToken", "message": "Token has expired"}', "400 Bad Request")
            return
        self.asked.append(request.query)
        keys = self.posts.get(request.query["q"], [])
        start = int(request.query.get("cursor", "0"))
        more = str(start + 2) if start + 2 < len(keys) else None
        await reply.send(page(*map(view, keys[start : start + 2]), cursor=more))

    async def poll(self, client: Client, cursor: str | None = None, now: int = NOW) -> list[Batch]:
        options = {"identifier": "ada.example", "service": self.web.url("/"), "backfill_hours": 6}
        client.settings = SourceSettings(True, options, {"app_password": Secret(self.password)})
        (part,) = self.source.parts(client.settings, (Beat("a", "A", "A", self.rule),))[1:]
        return [batch async for batch in self.source.fetch(client, part, cursor, now)]


def keys(batches: list[Batch]) -> list[str]:
    return [post.native_id.rpartition("/")[2] for batch in batches for post in batch.posts]


@pytest.fixture
def server(web):
    made = Server(web)
    made.posts = {'"open weights"': ["a", "b", "c"], '"llama"': ["d"]}
    return made


async def test_each_phrase_is_searched_to_its_end_and_then_no_more(client, server):
    batches = await server.poll(client)
    assert keys(batches) == ["a", "b", "c", "d"]
    assert not any(batch.covered or batch.missed for batch in batches)
    assert batches[-1].next_poll == bluesky_search.FINISHED
    assert [(query["q"], query.get("cursor")) for query in server.asked] == [
        ('"open weights"', None),
        ('"open weights"', "2"),
        ('"llama"', None),
    ]
    assert (server.asked[0]["since"], server.asked[0]["until"]) == (
        instants.render(NOW - 6 * HOUR),
        instants.render(NOW),
    )
    assert keys(await server.poll(client, batches[-1].cursor, NOW + HOUR)) == []
    assert (len(server.asked), server.signed_in) == (3, 1)


async def test_a_changed_rule_is_searched_for_anew(client, server):
    batches = await server.poll(client)
    server.rule = Rule(any=("llama",))
    assert keys(await server.poll(client, batches[-1].cursor, NOW + HOUR)) == ["d"]
    assert server.asked[-1]["until"] == instants.render(NOW + HOUR)


async def test_a_poll_is_bounded_and_gone_on_with_in_the_same_span(client, server, monkeypatch):
    monkeypatch.setattr(bluesky_search, "MOST_REQUESTS", 2)
    first = await server.poll(client)
    second = await server.poll(client, first[-1].cursor, NOW + MINUTE)
    assert (keys(first), keys(second)) == (["a", "b", "c"], ["d"])
    assert {query["until"] for query in server.asked} == {instants.render(NOW)}


async def test_the_pages_of_a_phrase_are_bounded(client, server, monkeypatch):
    monkeypatch.setattr(bluesky_search, "MOST_PAGES", 1)
    assert keys(await server.poll(client)) == ["a", "b", "d"]


async def test_a_search_that_gives_the_same_cursor_again_is_left(client, server, web):
    web.answer(SEARCH, page(view("a"), cursor="x"))
    batches = await server.poll(client)
    assert len(batches) == 5


async def test_a_token_that_ran_out_is_renewed_once(client, server):
    await server.poll(client)
    server.valid = set()
    server.rule = Rule(any=("llama",))
    assert keys(await server.poll(client)) == ["d"]
    assert (server.signed_in, server.renewed) == (1, 1)


async def test_where_it_cannot_be_renewed_the_account_signs_in_again(client, server):
    await server.poll(client)
    server.valid, server.renewable = set(), False
    server.rule = Rule(any=("llama",))
    assert keys(await server.poll(client)) == ["d"]
    assert (server.signed_in, server.renewed) == (2, 0)


async def test_another_password_is_another_session(client, server):
    await server.poll(client)
    server.password = "open"
    server.rule = Rule(any=("llama",))
    await server.poll(client)
    assert server.signed_in == 2


@pytest.mark.parametrize("error", ["AuthenticationRequired", "AuthFactorTokenRequired"])
async def test_a_refused_password_is_a_missing_key_and_is_not_told(client, server, web, error):
    web.answer(SIGN_IN, json.dumps({"error": error, "message": "Invalid identifier or password"}), "401 Unauthorized")
    with pytest.raises(NoKey, match="BLUESKY_APP_PASSWORD") as caught:
        await server.poll(client)
    assert "sesame" not in str(caught.value)
    assert len(web.requests) == 1


async def test_a_failed_sign_in_is_shared_by_all_beats_and_tried_again_later(client, server, web):
    web.answer(SIGN_IN, json.dumps({"error": "AuthenticationRequired", "message": "Invalid"}), "401 Unauthorized")
    for _ in range(25):
        with pytest.raises(NoKey):
            await server.poll(client)
    assert len(web.requests) == 1
    web.route(SIGN_IN)(server.sign_in)
    async with Client(clock=lambda: NOW + 6 * MINUTE, spacing=0.0) as later:
        assert keys(await server.poll(later)) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("<html>Request forbidden by administrative rules", "403 Forbidden", "403"),
        ('{"error": "BadQueryString", "message": "x"}', "400 Bad Request", "BadQueryString"),
    ],
)
async def test_a_refused_search_says_why_and_waits(client, server, web, body, status, said):
    web.answer(SEARCH, body, status)
    with pytest.raises(SourceError, match=said) as caught:
        await server.poll(client)
    assert caught.value.retry_after == 3600
    assert server.signed_in == 1


@pytest.mark.parametrize("home", ["gopher://plain.example", "https://x.example/path", "ftp://x", "https://[x", ""])
async def test_a_home_that_cannot_be_meant_is_not_asked(client, server, home):
    server.home = home
    assert keys(await server.poll(client)) == ["a", "b", "c", "d"]


async def test_signing_in_without_tokens_is_an_error(client, server, web):
    web.answer(SIGN_IN, '{"did": "did:plc:x"}')
    with pytest.raises(SourceError, match="without giving tokens"):
        await server.poll(client)


@pytest.mark.parametrize("cursor", ["", "null", "{", "[" * 100_000, '{"rule": 5, "until": "x", "term": -1}'])
async def test_a_cursor_that_is_not_ours_is_like_none(client, server, cursor):
    assert keys(await server.poll(client, cursor)) == ["a", "b", "c", "d"]
