"""Answers are hand-made in the documented shape of the DOC 2.0 API."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.instants import DAY, HOUR, MINUTE, parse
from monitor.records import Beat, Rule
from monitor.sources import gdelt
from monitor.sources.base import Batch, Part, SourceError, SourceSettings
from monitor.sources.news import GDELT, News
from tests.sources.conftest import ANY_JSON, NOW

MODELS = Beat("open-models", "Open Models", "Technical", Rule(any=("open weights", "#opensource", "ai", "llama")))
COURTS = Beat("courts", "Courts", "Governance", Rule(any=("lawsuit",)))
GENERAL = Beat("general", "General", "General", Rule())


def article(number: int, seen: str = "20261121T091500Z", **fields: object) -> dict[str, object]:
    return {
        "url": f"https://www.example.com/{number}?utm_source=x",
        "url_mobile": "",
        "title": f"Article {number} , about a lawsuit",
        "seendate": seen,
        "socialimage": "",
        "domain": "example.com",
        "language": "English",
        "sourcecountry": "United States",
    } | fields


def body(*articles: object) -> bytes:
    return json.dumps({"articles": articles}).encode()


def test_an_article_is_a_post_with_a_title_and_no_text():
    (post,) = gdelt.parse(body(article(1, title="Tom &amp; Ada , at work")), NOW).posts
    assert (post.native_id, post.title, post.text) == ("https://www.example.com/1", "Tom & Ada, at work", "")
    assert (post.published_at, post.author, post.lang) == (parse("2026-11-21T09:15:00Z"), "example.com", "en")
    assert post.aliases[0] == "url:example.com/1"


def test_no_article_is_an_empty_object():
    assert gdelt.parse(b"{}", NOW).posts == ()


@pytest.mark.parametrize("said", [b"Your query was too short or too long.", b"  The specified phrase is too short.\n"])
def test_a_mistake_in_the_search_comes_as_a_sentence_with_status_200(said):
    with pytest.raises(SourceError, match=r"GDELT refused the search: (Your|The)"):
        gdelt.parse(said, NOW)


def test_a_web_page_is_no_list():
    with pytest.raises(SourceError, match=r"^GDELT sent something that is no list\.$"):
        gdelt.parse(b"<html><title>503</title></html>", NOW)


def test_escapes_that_are_none_and_raw_controls_are_read():
    damaged = body(article(1)).replace(b"Article 1 ", rb"It\'s a\path" + b"\x01\xff")
    (post,) = gdelt.parse(damaged, NOW).posts
    assert post.title is not None
    assert post.title.startswith("It\\'s a\\path")


def test_articles_that_say_nothing_are_counted():
    found = gdelt.parse(body(article(1, url="javascript:x"), article(2, seendate="soon"), article(3, title=""), 4), NOW)
    assert (found.posts, found.read, found.damaged) == ((), 4, 4)


@given(st.binary() | ANY_JSON.map(lambda data: json.dumps(data).encode()) | st.lists(ANY_JSON).map(lambda x: body(*x)))
def test_anything_gives_articles_or_one_error(data):
    with contextlib.suppress(SourceError):
        gdelt.parse(data, NOW)


def test_searches_leave_out_what_gdelt_refuses():
    assert gdelt.searches_of([MODELS, COURTS, GENERAL]) == (
        '("open weights" OR "llama") sourcelang:english',
        '"lawsuit" sourcelang:english',
    )


def test_gdelt_is_read_only_where_it_is_wanted():
    beats = [MODELS, COURTS, GENERAL]
    only = {"use_shipped_feeds": False, "google_news": False}
    assert News().parts(SourceSettings(True, only), beats) == ()
    (part,) = News().parts(SourceSettings(True, only | {"gdelt": True}), beats)
    assert (part.name, len(part.addresses)) == (GDELT, 2)


async def read(client, web, cursor: str | None = None, now: int = NOW) -> Batch:
    part = Part("news", GDELT, 900.0, addresses=("first", "second"))
    client = client.for_source(SourceSettings(True, {"gdelt_endpoint": web.url("/doc")}), client.meter)
    (batch,) = [batch async for batch in News().fetch(client, part, cursor, now)]
    return batch


async def test_searches_are_asked_in_turn_each_since_its_own_last_time(client, web, monkeypatch):
    monkeypatch.setattr(gdelt, "SPACING", 0.0)
    web.answer("/doc", body(article(1)))
    first = await read(client, web)
    second = await read(client, web, first.cursor, NOW + HOUR)
    third = await read(client, web, second.cursor, NOW + 2 * HOUR)
    asked = [(request.query["query"], request.query["startdatetime"]) for request in web.requests]
    assert asked == [("first", "20261120094500"), ("second", "20261120104500"), ("first", "20261121094500")]
    assert first.covered == (NOW - DAY, NOW - 15 * MINUTE)
    assert third.covered == (NOW, NOW + 2 * HOUR - 15 * MINUTE)


async def test_a_full_answer_is_complete_only_from_its_oldest_article_on(client, web, monkeypatch):
    monkeypatch.setattr(gdelt, "SPACING", 0.0)
    web.answer("/doc", "{}")
    one = await read(client, web)
    two = await read(client, web, one.cursor, NOW + HOUR)
    web.answer("/doc", body(*[article(number, "20261121T113000Z") for number in range(gdelt.MOST_ARTICLES)]))
    batch = await read(client, web, two.cursor, NOW + 2 * HOUR)
    oldest = parse("2026-11-21T11:30:00Z")
    assert batch.missed == (NOW, oldest)
    assert batch.covered == (oldest, NOW + 2 * HOUR - 15 * MINUTE)
