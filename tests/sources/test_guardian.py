"""Answers are hand-made in the documented shape of the content API."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.instants import DAY, HOUR, MINUTE, parse, render
from monitor.records import Beat, Rule
from monitor.sources import guardian
from monitor.sources.base import Batch, OverBudget, Part, Secret, SourceError, SourceSettings
from monitor.sources.news import GUARDIAN, News
from tests.sources.conftest import ANY_JSON, NOW

SECRET = Secret("s3cret-key")


def result(number: int, at: int = NOW - HOUR, **fields: object) -> dict[str, object]:
    return {
        "id": f"technology/{number}",
        "type": "article",
        "webPublicationDate": render(at),
        "webTitle": f"Article {number} about open weights",
        "webUrl": f"https://www.theguardian.com/technology/{number}",
        "fields": {"trailText": "<p>What it <b>means</b></p>", "byline": "Ada L"},
    } | fields


def body(*results: object, pages: int = 1) -> bytes:
    return json.dumps({"response": {"status": "ok", "pages": pages, "results": results}}).encode()


class Calls:
    """A meter with so many calls."""

    def __init__(self, left: int) -> None:
        self.left = left

    async def spend(self, unit: str, amount: float) -> None:
        if self.left < amount:
            raise OverBudget("The day's calls are used up.", retry_after=3600.0)
        self.left -= int(amount)

    async def refund(self, unit: str, amount: float) -> None:
        self.left += int(amount)

    def fraction(self) -> float:
        return 1.0


def test_an_article_is_a_post_with_title_and_standfirst():
    (post,) = guardian.parse(body(result(1)), NOW).posts
    assert (post.native_id, post.text) == ("https://www.theguardian.com/technology/1", "What it means")
    assert (post.title, post.author, post.author_name) == ("Article 1 about open weights", "theguardian.com", "Ada L")
    assert post.aliases[0] == "url:theguardian.com/technology/1"


def test_a_refusal_is_said():
    with pytest.raises(SourceError, match="refused the search: The requested page is beyond"):
        guardian.parse(b'{"response":{"status":"error","message":"The requested page is beyond"}}', NOW)


@given(st.binary() | ANY_JSON.map(lambda data: json.dumps(data).encode()) | st.lists(ANY_JSON).map(lambda x: body(*x)))
def test_anything_gives_a_page_or_one_error(data):
    with contextlib.suppress(SourceError):
        guardian.parse(data, NOW)


def test_searches_hold_all_words_and_stay_short():
    beats = [Beat(str(n), str(n), "c", Rule(any=tuple(f"phrase {n} {m}" for m in range(20)))) for n in range(10)]
    searches = guardian.searches_of(beats)
    assert all(len(search) <= guardian.LONGEST_SEARCH for search in searches)
    assert sum(search.count(" OR ") + 1 for search in searches) == 200


def test_without_a_key_it_is_not_read_and_the_news_go_on():
    settings = SourceSettings(True, {"google_news": False})
    beat = Beat("courts", "Courts", "Governance", Rule(any=("lawsuit",)))
    assert all(part.name != GUARDIAN for part in News().parts(settings, [beat]))
    keyed = settings._replace(secrets={guardian.KEY: SECRET})
    assert News().parts(keyed, [beat])[-1].name == GUARDIAN


async def read(client, web, cursor: str | None = None, now: int = NOW, calls: Calls | None = None) -> Batch:
    part = Part("news", GUARDIAN, 900.0, addresses=('"open weights"',))
    settings = SourceSettings(True, {"guardian_endpoint": web.url("/search")}, {guardian.KEY: SECRET})
    news = News().fetch(client.for_source(settings, calls or Calls(100)), part, cursor, now)
    (batch,) = [batch async for batch in news]
    return batch


async def test_pages_are_read_back_to_the_last_time(client, web):
    pages = {
        "1": body(result(1, NOW + HOUR), result(2, NOW + 1), pages=3),
        "2": body(result(2, NOW + 1), result(3, NOW - DAY), pages=3),
    }

    @web.route("/search")
    async def _(request, reply):
        await reply.send(pages[request.query["page"]] if "from-date" in request.query else b"{}")

    web.answer("/search", body())
    first = await read(client, web)
    assert first.covered == (NOW - DAY, NOW)

    @web.route("/search")
    async def _(request, reply):
        await reply.send(pages[request.query["page"]])

    batch = await read(client, web, first.cursor, NOW + 2 * HOUR)
    assert [post.title for post in batch.posts] == [f"Article {number} about open weights" for number in (1, 2, 3)]
    assert batch.covered == (NOW - 10 * MINUTE, NOW + 2 * HOUR)
    assert parse("2026-11-21T10:00:00Z") == NOW


async def test_calls_are_counted_before_they_are_made(client, web):
    web.answer("/search", body(result(1), pages=9))
    with pytest.raises(OverBudget):
        await read(client, web, calls=Calls(2))
    assert len(web.requests) == 2


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
async def test_a_refused_key_waits_for_a_person_and_is_not_shown(client, web, status):
    web.answer("/search", '{"message":"Unauthorized s3cret-key"}', status)
    with pytest.raises(SourceError, match="refused the key") as caught:
        await read(client, web)
    assert caught.value.permanent
    assert "s3cret" not in str(caught.value)
