"""Asking about single items. The bodies are made by hand in the documented shapes."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records import Engagement
from monitor.sources.base import KnownPost, Refreshable, Refreshed, SourceError, SourceSettings
from monitor.sources.hackernews import HackerNews
from monitor.sources.hackernews_items import parse_item
from tests.sources.conftest import ANY_JSON, NOW


def item(number: int = 8863, **fields: object) -> dict[str, Any]:
    story = {"by": "ada", "descendants": 71, "id": number, "kids": [1, 2], "score": 104, "time": 1175714200}
    return story | {"title": "A thing", "type": "story", "url": "https://example.com/"} | fields


def comment(number: int = 9224, **fields: object) -> dict[str, Any]:
    said = {"by": "ada", "id": number, "kids": [1, 2, 3], "parent": 8863, "text": "Yes", "time": 1175714200}
    return said | {"type": "comment"} | fields


def body(data: object) -> bytes:
    return json.dumps(data).encode()


def test_a_story_and_a_comment():
    assert parse_item(body(item()), "8863") == Engagement(likes=104, replies=71)
    assert parse_item(body(comment()), "9224") == Engagement(replies=3)
    assert parse_item(body(comment(kids=None)), "9224") == Engagement(replies=0)


def test_what_was_deleted_or_is_no_longer_there_is_gone():
    assert parse_item(b"null", "8863") is None
    assert parse_item(body({"id": 8863, "deleted": True, "time": 1, "type": "comment"}), "8863") is None


def test_what_is_dead_is_not_gone():
    assert parse_item(body(item(dead=True)), "8863") == Engagement(likes=104, replies=71)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b"{}", b'"Permission denied"', b"[" * 100_000, b'{"id": 1}'])
def test_what_is_no_such_item_is_one_error_and_nothing_is_gone(answer):
    with pytest.raises(SourceError):
        parse_item(answer, "8863")


@given(st.binary(), ANY_JSON, st.dictionaries(st.sampled_from(sorted(item())), ANY_JSON))
def test_any_bytes_give_an_answer_or_one_error(answer, data, fields):
    for each in (answer, body(data), body(item(**fields))):
        with contextlib.suppress(SourceError):
            parse_item(each, "8863")


def known(*numbers: object) -> list[KnownPost]:
    return [KnownPost(str(number), "ada", None) for number in numbers]


async def test_each_item_is_asked_for(client, web):
    web.answer("/v0/item/1.json", body(item(1)))
    web.answer("/v0/item/2.json", "null")
    client.settings = SourceSettings(True, {"items_endpoint": web.url("/v0/")})
    source = HackerNews()
    assert isinstance(source, Refreshable)
    found = await source.refresh(client, known(1, 2, "x/../3"), NOW)
    assert found == Refreshed({"1": Engagement(likes=104, replies=71)}, gone=("2",))
    assert [request.path for request in web.requests] == ["/v0/item/1.json", "/v0/item/2.json"]


async def test_what_came_before_a_failure_is_given(client, web):
    web.answer("/v0/item/1.json", body(item(1)))
    web.answer("/v0/item/2.json", "no", "403 Forbidden")
    client.settings = SourceSettings(True, {"items_endpoint": web.url("/v0")})
    found = await HackerNews().refresh(client, known(1, 2, 3), NOW)
    assert (set(found.engagements), found.gone) == ({"1"}, ())
    with pytest.raises(SourceError, match="403"):
        await HackerNews().refresh(client, known(2, 1), NOW)


async def test_the_public_items_are_not_asked_for_where_somebody_reads_from_a_host_of_their_own(client):
    client.settings = SourceSettings(True, {"endpoint": "http://127.0.0.1:1/search", "items_endpoint": ""})
    assert await HackerNews().refresh(client, known(1), NOW) == Refreshed()


async def test_an_answer_that_cannot_be_used_costs_its_item_only(client, web):
    web.answer("/v0/item/1.json", "<html>")
    web.answer("/v0/item/2.json", body(item(2)))
    client.settings = SourceSettings(True, {"items_endpoint": web.url("/v0")})
    found = await HackerNews().refresh(client, known(1, 2), NOW)
    assert (set(found.engagements), found.gone) == ({"2"}, ())
    with pytest.raises(SourceError, match="no JSON"):
        await HackerNews().refresh(client, known(1), NOW)
