"""Asking the AppView about known posts. The answers are made by hand in the documented shapes."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import instants
from monitor.instants import HOUR
from monitor.records import Engagement
from monitor.sources.base import KnownPost, Refreshed, SourceError
from monitor.sources.bluesky_records import parts_of, written_at
from monitor.sources.bluesky_views import parse_posts, parse_profiles, refresh
from tests.sources.conftest import ANY_JSON, NOW

ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


def key_at(instant: int) -> str:
    """The key of a record that is made at an instant."""
    value = instant * 1000 << 10
    return "".join(ALPHABET[value >> 5 * place & 31] for place in range(12, -1, -1))


def uri(author: str = "ada", at: int = NOW - HOUR) -> str:
    return f"at://did:plc:{author}/app.bsky.feed.post/{key_at(at)}"


def view(of: str, **fields: object) -> dict[str, Any]:
    did = of.split("/")[2]
    author = {"did": did, "handle": did.rpartition(":")[2] + ".example", "displayName": "A name"}
    counts = {"likeCount": 5, "repostCount": 4, "replyCount": 3, "quoteCount": 2, "bookmarkCount": 1}
    return (
        {"uri": of, "cid": "bafy", "author": author, "record": {}, "indexedAt": "2026-11-21T09:00:00Z"}
        | counts
        | fields
    )


def posts(*views: object) -> bytes:
    return json.dumps({"posts": views}).encode()


def profiles(*authors: str) -> str:
    found = [{"did": f"did:plc:{author}", "handle": f"{author}.example"} for author in authors]
    return json.dumps({"profiles": found})


def test_posts():
    views = parse_posts(posts(view(uri())))
    assert views.engagements == {uri(): Engagement(likes=5, reposts=4, replies=3, quotes=2)}
    assert views.handles == {"did:plc:ada": "ada.example"}


def test_absent_counts_are_unknown_and_no_handle_is_none():
    broken = {"did": "did:plc:ada", "handle": "handle.invalid"}
    views = parse_posts(posts({"uri": uri(), "author": broken, "likeCount": "5"}, {"uri": "x"}, 5, None))
    assert (views.engagements, views.handles) == ({uri(): Engagement()}, {})


@pytest.mark.parametrize(
    "body", [b"", b"<html>Request forbidden by administrative rules", b"[]", b"{}", b"[" * 100_000]
)
def test_what_is_no_answer_is_one_error(body):
    for parse in (parse_posts, parse_profiles):
        with pytest.raises(SourceError):
            parse(body)


def total(body: bytes) -> None:
    for parse in (parse_posts, parse_profiles):
        with contextlib.suppress(SourceError):
            parse(body)


@given(st.binary(), ANY_JSON, st.dictionaries(st.sampled_from(sorted(view(uri()))), ANY_JSON))
def test_any_bytes_give_an_answer_or_one_error(body, data, fields):
    total(body)
    total(json.dumps(data).encode())
    total(json.dumps({"posts": data, "profiles": data}).encode())
    total(json.dumps({"posts": [view(uri(), **fields)], "profiles": [fields]}).encode())


def test_the_time_in_a_key():
    recorded = written_at("3mmoojp4cd223")
    assert recorded is not None
    assert abs(recorded - instants.parse("2026-05-25T14:23:28.757Z")) < 1000
    assert written_at(key_at(NOW)) == NOW
    assert written_at("self") is None
    assert written_at("0" * 13) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "at://",
        "at://did:plc:a/app.bsky.feed.like/k",
        "at://did:plc:a/app.bsky.feed.post/k/x",
        "at://a/b/c",
        None,
        5,
    ],
)
def test_what_is_no_address_of_a_post(address):
    assert parts_of(address) is None


def known(*uris: str) -> list[KnownPost]:
    return [KnownPost(each, each.split("/")[2], None) for each in uris]


async def test_posts_are_asked_about_in_one_call(client, web):
    web.answer("/xrpc/app.bsky.feed.getPosts", posts(view(uri()), view(uri("ben")), view(uri("unasked"))))
    found = await refresh(client, web.url(""), known(uri(), uri("ben")), NOW)
    assert set(found.engagements) == {uri(), uri("ben")}
    assert found.names["did:plc:ada"] == "ada.example"
    assert found.gone == ()
    assert len(web.requests) == 1


async def test_an_absent_post_is_gone_only_if_its_author_is_there_and_it_is_not_new(client, web):
    old = NOW - 7 * HOUR
    web.answer("/xrpc/app.bsky.feed.getPosts", posts(view(uri("ada", old))))
    web.answer("/xrpc/app.bsky.actor.getProfiles", profiles("ben", "new"))
    asked = known(uri("ada", old), uri("ben", old), uri("deactivated", old), uri("new", NOW - HOUR))
    found = await refresh(client, web.url(""), asked, NOW)
    assert found.gone == (uri("ben", old),)
    assert found.names == {"did:plc:ada": "ada.example", "did:plc:ben": "ben.example", "did:plc:new": "new.example"}


async def test_a_post_whose_age_is_not_known_is_not_taken_for_gone(client, web):
    web.answer("/xrpc/app.bsky.feed.getPosts", posts())
    asked = known("at://did:plc:ada/app.bsky.feed.post/my-own-key")
    assert await refresh(client, web.url(""), asked, NOW) == Refreshed()
    assert len(web.requests) == 1


async def test_nothing_is_asked_about_what_is_no_post(client, web):
    assert await refresh(client, web.url(""), known("at://a/b/c"), NOW) == Refreshed()
    assert web.requests == []


async def test_a_failure_tells_nothing_of_any_post(client, web):
    old = NOW - 7 * HOUR
    web.answer("/xrpc/app.bsky.feed.getPosts", posts())
    web.answer("/xrpc/app.bsky.actor.getProfiles", "<html>", "403 Forbidden")
    with pytest.raises(SourceError, match="403"):
        await refresh(client, web.url(""), known(uri("ben", old)), NOW)
