"""Mastodon: single pages. The bodies are made by hand in the documented shapes."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import instants
from monitor.instants import MINUTE
from monitor.records import Engagement, Post
from monitor.sources.base import SourceError
from monitor.sources.mastodon import home_of, parse
from monitor.sources.mastodon_statuses import parse_instance, parse_status
from tests.sources.conftest import ANY_JSON, NOW

HOME = "https://one.example/users/ada/statuses/1"


def status(number: str = "1", at: int = NOW - MINUTE, **fields: object) -> dict[str, Any]:
    account = {
        "id": "7",
        "username": "ada",
        "acct": "ada",
        "display_name": "Ada :verified:",
        "url": "https://one.example/@ada",
        "note": "<p>About engines</p>",
        "discoverable": True,
        "bot": False,
    } | dict(fields.pop("account", {}))  # type: ignore[call-overload]
    return {
        "id": number,
        "uri": f"https://one.example/users/ada/statuses/{number}",
        "url": f"https://one.example/@ada/{number}",
        "created_at": instants.render(at),
        "edited_at": None,
        "account": account,
        "content": '<p>On <a href="https://one.example/tags/ai">#<span>ai</span></a> &amp; more</p><p>Yes</p>',
        "spoiler_text": "",
        "language": "en",
        "visibility": "public",
        "replies_count": 1,
        "reblogs_count": 2,
        "favourites_count": 3,
        "quotes_count": 4,
        "reblog": None,
        "card": None,
    } | fields


def body(*statuses: object) -> bytes:
    return json.dumps(statuses).encode()


def posts_of(*statuses: object, domain: str = "one.example", **how: bool) -> list[Post]:
    return list(parse(body(*statuses), domain, NOW, **how).posts.values())


# One page


def test_a_status():
    assert posts_of(status()) == [
        Post(
            source="mastodon",
            native_id=HOME,
            text="On #ai & more\nYes",
            published_at=NOW - MINUTE,
            collected_at=NOW,
            url="https://one.example/@ada/1",
            author="ada@one.example",
            author_name="Ada :verified:",
            lang="en",
            engagement=Engagement(likes=3, reposts=2, replies=1, quotes=4),
        )
    ]


def test_two_instances_give_one_post():
    there = status("99", uri=HOME, url="https://one.example/@ada/1", account={"id": "5", "acct": "ada@one.example"})
    assert posts_of(there, domain="two.example") == posts_of(status())


def test_a_content_warning_is_part_of_the_text():
    (post,) = posts_of(status(spoiler_text="AI, again"))
    assert post.text == "AI, again\nOn #ai & more\nYes"


def test_an_edited_status_is_the_same_post_with_another_text_and_another_version():
    before, after = status(), status(content="<p>Other</p>", edited_at="2026-11-21T09:59:30.000Z")
    pages = [parse(body(one), "one.example", NOW) for one in (before, after)]
    assert pages[0].posts["1"].native_id == pages[1].posts["1"].native_id
    assert pages[0].posts["1"].text != pages[1].posts["1"].text
    assert pages[0].versions != pages[1].versions


@pytest.mark.parametrize(
    "fields",
    [
        {"reblog": {"id": "2"}},
        {"visibility": "private"},
        {"visibility": "direct"},
        {"account": {"noindex": True}},
        {"account": {"discoverable": False}},
        {"account": {"note": "<p>Human <a href='x'>#<span>NoBot</span></a></p>"}},
        {"account": {"note": "please #nobots"}},
        {"account": {"note": "#noindex"}},
        {"content": "<p> </p>"},
    ],
)
def test_what_is_no_post_or_asks_not_to_be_found_is_only_counted(fields):
    page = parse(body(status(**fields)), "one.example", NOW)
    assert (dict(page.posts), set(page.versions), page.damaged) == ({}, {"1"}, 0)


@pytest.mark.parametrize("account", [{"discoverable": None}, {"noindex": False}, {"note": "I like #nobotany"}])
def test_who_did_not_ask_is_read(account):
    assert len(posts_of(status(account=account))) == 1


def test_searchable_accounts_only_where_that_is_wanted():
    said = status(account={"indexable": False})
    assert len(posts_of(said)) == 1
    assert posts_of(said, only_indexable=True) == []
    assert len(posts_of(status(account={"indexable": True}), only_indexable=True)) == 1


def test_without_a_permalink_the_identity_is_the_address():
    (post,) = posts_of(status(url=None))
    assert post.url == HOME


def test_what_has_no_identity_or_time_is_damaged():
    bad = [status(uri=None), status(uri="javascript:1"), status(created_at="soon"), status(id=5), {}, None, 5]
    page = parse(body(*bad, status("2")), "one.example", NOW)
    assert (len(page.posts), page.damaged) == (1, 7)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"{}", b'{"error": "no"}', b"null", b"[" * 100_000])
def test_what_is_no_timeline_is_one_error(answer):
    with pytest.raises(SourceError):
        parse(answer, "one.example", NOW)
    with pytest.raises(SourceError):
        parse_status(answer, "one.example")


def total(answer: bytes) -> None:
    with contextlib.suppress(SourceError):
        assert all(post.text and post.native_id for post in parse(answer, "one.example", NOW).posts.values())
    with contextlib.suppress(SourceError):
        assert parse_status(answer, "one.example").native_id
    assert parse_instance(answer, "one.example").domain


@given(st.binary())
def test_any_bytes_give_a_page_or_one_error(answer):
    total(answer)
    total(b"[" + answer + b"]")


FIELDS = sorted(status())
ACCOUNT = sorted(status()["account"])


@given(
    ANY_JSON,
    st.dictionaries(st.sampled_from([name for name in FIELDS if name != "account"]), ANY_JSON),
    st.dictionaries(st.sampled_from([*ACCOUNT, "noindex", "indexable"]), ANY_JSON),
)
def test_wrong_types_anywhere_give_a_page_or_one_error(data, fields, account):
    total(json.dumps(data).encode())
    total(json.dumps(status(**fields, account=account)).encode())
    total(json.dumps([status(**fields, account=account), status() | {"account": data}]).encode())
    total(json.dumps({"domain": data, "configuration": {"timelines_access": {"hashtag_feeds": data}}}).encode())


def test_an_answer_cut_anywhere_is_one_error():
    answer = body(status())
    for end in range(len(answer)):
        with pytest.raises(SourceError):
            parse(answer[:end], "one.example", NOW)


@pytest.mark.parametrize(
    ("uri", "home"),
    [
        ("https://one.example/users/ada/statuses/12", ("one.example", "12")),
        ("https://one.example/ap/users/115/statuses/12", ("one.example", "12")),
        ("https://one.example/users/ada/statuses/12/activity", ("one.example", None)),
        ("https://pleroma.example/objects/9b1deb4d", ("pleroma.example", None)),
        ("https://[broken/users/a/statuses/1", ("", None)),
    ],
)
def test_the_home_of_a_status(uri, home):
    assert home_of(uri) == home
