from __future__ import annotations

import contextlib
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import instants
from monitor.http import Client
from monitor.instants import DAY, HOUR, MINUTE, SECOND
from monitor.records import Engagement, Post
from monitor.sources import hackernews
from monitor.sources.base import Batch, SourceError, SourceSettings
from monitor.sources.hackernews import LAG, HackerNews, parse
from tests.sources.conftest import ANY_JSON, NOW


def story(number: int = 1, at: int = NOW - MINUTE, **fields: object) -> dict[str, Any]:
    hit = {
        "objectID": str(number),
        "created_at": instants.render(at - at % SECOND),
        "created_at_i": at // SECOND,
        "author": "ada",
        "title": "Show HN: &amp; things",
        "url": "https://example.com/",
        "points": 12,
        "num_comments": 3,
        "story_text": None,
        "_tags": ["story"],
    }
    return hit | fields


def comment(number: int = 2, at: int = NOW - MINUTE, **fields: object) -> dict[str, Any]:
    text = "It&#x27;s fine.<p>Really, <i>fine</i>."
    about = {"title": None, "url": None, "points": None, "num_comments": None, "story_title": "Show HN", "story_id": 1}
    return story(number, at, comment_text=text) | about | fields


def body(*hits: object) -> bytes:
    return json.dumps({"hits": hits, "nbHits": len(hits), "page": 0}).encode()


# One answer


def test_a_story():
    (post,) = parse(body(story(story_text="<p>Some words.")), NOW).posts
    assert post == Post(
        source="hackernews",
        native_id="1",
        text="Some words.",
        published_at=NOW - MINUTE,
        collected_at=NOW,
        title="Show HN: &amp; things",
        url="https://news.ycombinator.com/item?id=1",
        author="ada",
        lang="en",
        engagement=Engagement(likes=12, replies=3),
    )


def test_a_comment_speaks_for_itself():
    (post,) = parse(body(comment()), NOW).posts
    assert (post.title, post.text) == (None, "It's fine.\nReally, fine.")
    assert post.url == "https://news.ycombinator.com/item?id=2"
    assert post.engagement == Engagement()


def test_what_was_deleted_is_no_post_but_was_read():
    page = parse(body(comment(comment_text=None), story(3, title="", story_text=""), comment(4)), NOW)
    assert [post.native_id for post in page.posts] == ["4"]
    assert set(page.times) == {"2", "3", "4"}


def test_a_hit_without_number_or_time_is_counted():
    hits = [story(objectID=5), story(objectID="5; drop"), story(created_at_i=None, created_at=None), "hit", None]
    page = parse(body(*hits, story()), NOW)
    assert (len(page.posts), page.damaged, page.hits) == (1, 5, 6)


def test_the_written_time_will_do():
    (post,) = parse(body(story(created_at_i="x")), NOW).posts
    assert post.published_at == NOW - MINUTE


@pytest.mark.parametrize(
    "answer", [b"", b"<html>", b"[]", b"null", b'{"hits": 5}', b'{"message": "no"}', b"[" * 100_000]
)
def test_what_is_no_search_result_is_one_error(answer):
    with pytest.raises(SourceError):
        parse(answer, NOW)


def total(answer: bytes) -> None:
    with contextlib.suppress(SourceError):
        assert all(post.title or post.text for post in parse(answer, NOW).posts)


@given(st.binary())
def test_any_bytes_give_a_page_or_one_error(answer):
    total(answer)
    total(b'{"hits": [' + answer + b"]}")


@given(ANY_JSON, st.lists(st.dictionaries(st.sampled_from(sorted(comment())), ANY_JSON)))
def test_wrong_types_anywhere_give_a_page_or_one_error(data, changes):
    total(json.dumps(data).encode())
    total(json.dumps({"hits": data}).encode())
    total(body(*(story() | change for change in changes)))


def test_an_answer_cut_anywhere_is_one_error():
    answer = body(story(), comment())
    for end in range(len(answer)):
        with pytest.raises(SourceError):
            parse(answer[:end], NOW)


# Reading on


class Index:
    """A search by date over some items, as Algolia gives it: newest first, and never more than a page."""

    def __init__(self, web: Any, items: list[dict[str, Any]], page: int = 1000) -> None:
        self.items = items
        self.page = page
        self.asked: list[dict[str, str]] = []
        self.url = web.url("/search")
        web.route("/search")(self.answer)

    async def answer(self, request: Any, reply: Any) -> None:
        self.asked.append(request.query)
        limits = re.fullmatch(r"created_at_i>(\d+),created_at_i<(\d+)", request.query["numericFilters"])
        assert limits is not None
        after, before = map(int, limits.groups())
        found = [hit for hit in self.items if after < hit["created_at_i"] < before]
        found.sort(key=lambda hit: -hit["created_at_i"])
        await reply.send(body(*found[: self.page]))


async def poll(client: Client, index: Index, cursor: str | None = None, now: int = NOW) -> list[Batch]:
    (part,) = HackerNews().parts(SourceSettings(True, {"endpoint": index.url}), ())
    return [batch async for batch in HackerNews().fetch(client, part, cursor, now)]


def numbers(batches: list[Batch]) -> list[int]:
    return [int(post.native_id) for batch in batches for post in batch.posts]


async def test_the_first_poll_reads_the_last_day_oldest_hour_first(client, web):
    index = Index(web, [story(hour, NOW - hour * HOUR - MINUTE) for hour in range(30)])
    batches = await poll(client, index)
    assert numbers(batches) == list(reversed(range(24)))
    assert len(batches) == len(index.asked) == 24
    assert batches[0].covered == (NOW - DAY, NOW - DAY + HOUR)
    assert batches[-1].covered == (NOW - HOUR, NOW - LAG)
    assert index.asked[0]["tags"] == "(story,comment)"
    assert index.asked[0]["typoTolerance"] == "false"
    assert index.asked[0]["hitsPerPage"] == "1000"


async def test_each_poll_gives_what_is_new_and_what_the_index_was_late_with(client, web):
    index = Index(web, [story(1, NOW - 10 * MINUTE), story(2, NOW - MINUTE)])
    first = await poll(client, index)
    index.items += [story(3, NOW + 30 * SECOND), story(4, NOW - 90 * SECOND)]
    later = NOW + MINUTE
    second = await poll(client, index, first[-1].cursor, later)
    third = await poll(client, index, second[-1].cursor, later + 10 * MINUTE)
    assert numbers(first) == [1, 2]
    assert numbers(second) == [4, 3]
    assert numbers(third) == []
    assert [batch.read for batch in (*second, *third)] == [2, 0]
    assert (second[0].covered, third[0].covered) == ((NOW - LAG, later - LAG), (later - LAG, later + 10 * MINUTE - LAG))


async def test_an_hour_with_more_than_a_page_is_walked_back(client, web, monkeypatch):
    monkeypatch.setattr(hackernews, "PAGE", 10)
    items = [story(number, NOW - 50 * MINUTE + number // 4 * SECOND) for number in range(65)]
    index = Index(web, items, page=10)
    batches = await poll(client, index, json.dumps({"done": NOW - 55 * MINUTE}))
    assert sorted(numbers(batches)) == list(range(65))
    assert batches[0].read == 65
    assert len(numbers(batches)) == 65


async def test_more_in_one_second_than_a_page_holds_does_not_stop_the_walk(client, web, monkeypatch):
    monkeypatch.setattr(hackernews, "PAGE", 10)
    items = [story(number, NOW - 50 * MINUTE) for number in range(15)] + [story(99, NOW - 51 * MINUTE)]
    index = Index(web, items, page=10)
    found = numbers(await poll(client, index, json.dumps({"done": NOW - 55 * MINUTE})))
    assert len(found) == 11
    assert 99 in found


async def test_an_index_that_ignores_the_time_is_given_up(client, web, monkeypatch):
    monkeypatch.setattr(hackernews, "PAGE", 2)
    asked = 0

    @web.route("/search")
    async def _(request, reply):
        nonlocal asked
        asked += 1
        await reply.send(body(story(1, NOW), story(2, NOW)))

    (part,) = HackerNews().parts(SourceSettings(True, {"endpoint": web.url("/search")}), ())
    batches = HackerNews().fetch(client, part, json.dumps({"done": NOW - 55 * MINUTE}), NOW)
    with pytest.raises(SourceError, match="more than"):
        await anext(batches)
    assert asked == hackernews.MOST_PAGES


async def test_a_long_pause_is_missed_in_part(client, web):
    index = Index(web, [])
    batches = await poll(client, index, json.dumps({"done": NOW - 10 * DAY}))
    assert batches[0].missed == (NOW - 10 * DAY, NOW - 7 * DAY)
    assert batches[0].covered == (NOW - 7 * DAY, NOW - 7 * DAY + HOUR)
    assert not any(batch.missed for batch in batches[1:])


@pytest.mark.parametrize("cursor", ["", "null", "{", '{"done": "x", "given": 5}', '{"done": 5}', "[" * 100_000])
async def test_a_cursor_that_is_not_ours_is_like_none(client, web, cursor):
    index = Index(web, [])
    await poll(client, index, cursor)
    assert len(index.asked) == 24


@pytest.mark.parametrize(
    "cursor", [json.dumps({"done": NOW + HOUR}), json.dumps({"done": NOW - LAG}), json.dumps({"done": NOW})]
)
async def test_a_clock_that_went_back_asks_nothing_impossible(client, web, cursor):
    for batch in await poll(client, Index(web, [story()]), cursor):
        assert batch.covered is None


async def test_a_page_instead_of_an_answer_is_an_error(client, web):
    (part,) = HackerNews().parts(SourceSettings(True, {"endpoint": web.answer("/search", "<html>")}), ())
    with pytest.raises(SourceError, match="no JSON"):
        await anext(HackerNews().fetch(client, part, None, NOW))


def test_nothing_is_read_when_switched_off():
    assert HackerNews().parts(SourceSettings(False, {}), ()) == ()
