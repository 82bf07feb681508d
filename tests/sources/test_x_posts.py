"""The bodies here are made by hand, in the shapes that X documents and in both spellings of its fields."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.instants import HOUR
from monitor.records import Deletion, Engagement, Post
from monitor.sources.base import SourceError
from monitor.sources.x_posts import InBand, Page, instant_of, parse, parse_line
from tests.sources.conftest import ANY_JSON, NOW
from tests.sources.x_server import number_at

NUMBER = number_at(NOW - HOUR)
METRICS = {
    "like_count": 5,
    "retweet_count": 4,
    "reply_count": 3,
    "quote_count": 2,
    "bookmark_count": 1,
    "impression_count": 900,
}


def item(number: str = NUMBER, **fields: object) -> dict[str, Any]:
    return {
        "id": number,
        "text": "An open model &amp; its weights",
        "created_at": "2026-11-21T09:00:00.000Z",
        "author_id": "2244994945",
        "lang": "en",
        "public_metrics": METRICS,
        "edit_history_tweet_ids": [number],
    } | fields


def body(*items: object, **fields: object) -> bytes:
    return json.dumps({"data": items, "meta": {"result_count": len(items)}} | fields).encode()


def one(**fields: object) -> Post:
    (post,) = parse(body(item(**fields)), NOW).posts
    return post


def test_a_post():
    assert one() == Post(
        source="x",
        native_id=NUMBER,
        text="An open model & its weights",
        published_at=NOW - HOUR,
        collected_at=NOW,
        url=f"https://x.com/i/status/{NUMBER}",
        author="2244994945",
        lang="en",
        engagement=Engagement(likes=5, reposts=4, replies=3, quotes=2, views=900),
    )


def test_the_new_spellings_say_the_same():
    counts = {("repost_count" if name == "retweet_count" else name): count for name, count in METRICS.items()}
    older = number_at(NOW - 2 * HOUR)
    old = one(note_tweet={"text": "Long words"}, edit_history_tweet_ids=[older, NUMBER])
    new = one(
        note_post={"text": "Long words"},
        edit_history_tweet_ids=None,
        edit_history_post_ids=[older, NUMBER],
        public_metrics=counts,
    )
    assert new == old
    assert (new.native_id, new.url, new.text) == (older, f"https://x.com/i/status/{NUMBER}", "Long words")
    for kind, name in (("retweeted", "referenced_tweets"), ("reposted", "referenced_posts")):
        page = parse(body(item(**{name: [{"type": kind, "id": "1"}]})), NOW)
        assert (page.posts, page.read, page.damaged) == ((), 1, 0)
    for name in ("tweets", "posts"):
        page = parse(body(item(), includes={name: [item("77")], "users": [{"id": "1"}]}), NOW)
        assert (page.paid_posts, page.paid_users) == (2, 1)


def test_links_are_written_out_and_pictures_left_out():
    urls = [
        {"url": "https://t.co/abc", "expanded_url": "https://example.com/a&b"},
        {"url": "https://t.co/pic", "expanded_url": "https://x.com/ada/status/1/photo/1", "media_key": "3_1"},
        {"url": "https://t.co/bad", "expanded_url": "javascript:alert(1)"},
        {"url": "see", "expanded_url": "https://example.com/"},
        None,
    ]
    text = "see https://t.co/abc https://t.co/abcd https://t.co/bad https://t.co/pic"
    post = one(text=text, entities={"urls": urls})
    assert post.text == "see https://example.com/a&b https://t.co/abcd https://t.co/bad"


def test_a_link_that_holds_short_links_cannot_grow():
    urls = [
        {"url": f"https://t.co/{one}", "expanded_url": f"https://e/{f'https://t.co/{two}/' * 200}"}
        for one, two in ("ab", "bc", "cd", "de")
    ]
    post = one(text="https://t.co/a", entities={"urls": urls})
    assert post.text == urls[0]["expanded_url"]


def test_a_long_text_is_taken_whole_with_its_own_links():
    note = {
        "text": "Many words https://t.co/abc",
        "entities": {"urls": [{"url": "https://t.co/abc", "expanded_url": "https://example.com/"}]},
    }
    assert one(note_tweet=note, text="Many…").text == "Many words https://example.com/"
    assert len(one(note_tweet={"text": "w" * 100_000}).text) == 20_000


@pytest.mark.parametrize(
    ("said", "lang"), [("de", "de"), ("in", "id"), ("und", None), ("zxx", None), ("qme", None), (5, None), (None, None)]
)
def test_languages(said, lang):
    assert one(lang=said).lang == lang


def test_names_of_authors_where_they_were_bought():
    users = [{"id": "2244994945", "username": "ada", "name": "Ada"}]
    (post,) = parse(body(item(), includes={"users": users}), NOW).posts
    assert (post.author, post.author_name) == ("2244994945", "@ada")


def test_the_number_tells_the_time_where_nothing_else_does():
    assert one(created_at=None).published_at == NOW - HOUR
    assert instant_of("20") is None
    assert parse(body(item("20", created_at=None)), NOW).damaged == 1


def test_what_is_withheld_everywhere_is_a_deletion():
    page = parse(body(item(withheld={"copyright": True, "country_codes": ["XX"]})), NOW)
    assert (page.posts, page.deletions) == ((), (Deletion("x", native_id=NUMBER),))
    assert parse(body(item(withheld={"copyright": False, "country_codes": ["DE"]})), NOW).posts


def test_the_answer_says_where_to_go_on():
    older, newer = number_at(NOW - 2 * HOUR), number_at(NOW - HOUR)
    meta = {"newest_id": newer, "oldest_id": older, "next_token": "b26v89c19zqg8o3f", "result_count": 1}
    page = parse(body(item(older), meta=meta), NOW)
    assert (page.newest, page.oldest, page.next_token) == (newer, older, "b26v89c19zqg8o3f")
    assert parse(body(item(older), item(newer)), NOW)[2:4] == (newer, older)


def test_nothing_found_is_an_answer():
    assert parse(b'{"meta": {"result_count": 0}}', NOW) == Page(())


def test_what_was_asked_for_and_is_gone():
    errors = [
        {"resource_id": "12", "type": "https://api.twitter.com/2/problems/resource-not-found", "title": "Not Found"},
        {"value": "13", "type": "https://api.x.com/2/problems/not-authorized-for-resource", "title": "Authorization"},
        {"value": "14", "type": "https://api.x.com/2/problems/client-forbidden", "title": "Forbidden"},
    ]
    page = parse(json.dumps({"errors": errors}).encode(), NOW)
    assert page.gone == ("12", "13")


@pytest.mark.parametrize(
    "answer",
    [b"", b"<html>", b"[]", b"null", b'{"data": 5}', b'{"errors": [{"title": "Forbidden"}]}', b"[" * 100_000],
)
def test_what_is_no_answer_is_one_error(answer):
    with pytest.raises(SourceError):
        parse(answer, NOW)


# Lines of the stream


def test_a_line_is_a_post():
    line = json.dumps({"data": item(), "matching_rules": [{"id": "1", "tag": "discourse-monitor 1"}]})
    page = parse_line(line.encode(), NOW)
    assert ([post.native_id for post in page.posts], page.paid_posts) == ([NUMBER], 1)


@pytest.mark.parametrize(
    "notice",
    [
        {"delete": {"status": {"id": 12, "id_str": "12", "user_id": 3}}},
        {"data": {"delete": {"tweet": {"id": "12", "author_id": "3"}, "event_at": "2026-11-21T09:00:00.000Z"}}},
        {"data": {"delete": {"post": {"id": "12", "author_id": "3"}}}},
        {"withheld": {"tweet": {"id": "12"}, "withheld_in_countries": ["XX"]}},
    ],
)
def test_a_notice_is_a_deletion(notice):
    page = parse_line(json.dumps(notice).encode(), NOW)
    assert (page.deletions, page.paid_posts) == ((Deletion("x", native_id="12"),), 0)


def test_what_is_withheld_in_one_country_is_none():
    notice = {"withheld": {"tweet": {"id": "12"}, "withheld_in_countries": ["DE"]}}
    assert parse_line(json.dumps(notice).encode(), NOW).deletions == ()


def test_an_error_in_band_is_told_apart():
    line = b'{"errors": [{"title": "operational-disconnect", "detail": "This stream has been disconnected."}]}'
    with pytest.raises(InBand, match=r"operational-disconnect: This stream has been disconnected\."):
        parse_line(line, NOW)
    with pytest.raises(SourceError, match="no post"):
        parse_line(b"{}", NOW)


# Anything


def total(answer: bytes) -> None:
    for read in (parse, parse_line):
        with contextlib.suppress(SourceError):
            assert all(post.text for post in read(answer, NOW).posts)


@given(st.binary())
def test_any_bytes_give_a_page_or_one_error(answer):
    total(answer)
    total(b'{"data": [' + answer + b"]}")


@given(ANY_JSON, st.dictionaries(st.sampled_from([*item(), "note_tweet", "entities", "withheld"]), ANY_JSON))
def test_wrong_types_anywhere_give_a_page_or_one_error(data, change):
    total(json.dumps(data).encode())
    for name in ("data", "meta", "errors", "includes", "delete"):
        total(json.dumps({"data": [item()], name: data}).encode())
    total(body(item(), item() | change))
    total(json.dumps({"data": item() | change}).encode())


def test_an_answer_cut_anywhere_is_one_error():
    answer = body(item())
    for end in range(len(answer)):
        with pytest.raises(SourceError):
            parse(answer[:end], NOW)
