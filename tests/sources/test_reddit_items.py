"""Feeds, and listings where nothing else is said, are made by hand in the shapes that Reddit is known to send."""

from __future__ import annotations

import base64
import contextlib
import json
import os
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.instants import HOUR, SECOND, render
from monitor.records import Deletion, Engagement, Post
from monitor.sources.base import SourceError
from monitor.sources.reddit_items import is_block_page, parse_feed, parse_listing
from tests.sources.conftest import ANY_JSON, NOW

RECORDED = os.environ.get("MONITOR_RECORDED_DIR")
AT = NOW - HOUR


def entry(
    native_id: str = "t3_1abc",
    title: str = "Open &amp; closed models",
    text: str | None = "<p>First</p> <p>Second &amp; third</p>",
    link: str = "",
    author: str | None = "ada",
    at: int = AT,
) -> str:
    permalink = f"https://www.reddit.com/r/LocalLLaMA/comments/{native_id.removeprefix('t3_')}/open/"
    own = "" if text is None else f'<!-- SC_OFF --><div class="md">{text}</div><!-- SC_ON --> &#32; '
    content = (
        f'{own}submitted by &#32; <a href="https://www.reddit.com/user/ada"> /u/ada </a> <br/> '
        f'<span><a href="{link or permalink}">[link]</a></span> &#32; '
        f'<span><a href="{permalink}">[comments]</a></span>'
    )
    who = f"<author><name>/u/{author}</name><uri>https://www.reddit.com/user/{author}</uri></author>" if author else ""
    return (
        f'<entry>{who}<category term="LocalLLaMA" label="r/LocalLLaMA"/>'
        f'<content type="html">{escape(content)}</content><id>{native_id}</id><link href="{permalink}" />'
        f"<updated>{render(at)[:-1]}+00:00</updated><published>{render(at)[:-1]}+00:00</published>"
        f"<title>{title}</title></entry>"
    )


def feed(*entries: str) -> bytes:
    head = (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:media="http://search.yahoo.com/mrss/"><category term="multi" label="r/multi"/>'
        "<updated>2026-11-21T10:00:00+00:00</updated><id>/r/LocalLLaMA+OpenAI/new/.rss</id><title>newest</title>"
    )
    return (head + "".join(entries) + "</feed>").encode()


def child(native_id: str = "t3_1abc", at: int = AT, **data: object) -> dict[str, Any]:
    shown = {
        "id": native_id.removeprefix("t3_"),
        "name": native_id,
        "title": "Open & closed models",
        "selftext": "First\n\nSecond & third",
        "selftext_html": '<!-- SC_OFF --><div class="md"><p>First</p>\n\n<p>Second &amp; third</p>\n</div>',
        "author": "ada",
        "author_fullname": "t2_1",
        "subreddit": "LocalLLaMA",
        "permalink": f"/r/LocalLLaMA/comments/{native_id.removeprefix('t3_')}/open/",
        "url": f"https://www.reddit.com/r/LocalLLaMA/comments/{native_id.removeprefix('t3_')}/open/",
        "is_self": True,
        "created": (at + 8 * HOUR) / SECOND,
        "created_utc": at / SECOND,
        "edited": False,
        "score": 5,
        "ups": 5,
        "downs": 0,
        "upvote_ratio": 0.9,
        "num_comments": 3,
        "num_crossposts": 1,
        "view_count": None,
        "removed_by_category": None,
    }
    return {"kind": "t3", "data": shown | data}


def listing(*children: object, after: object = None) -> bytes:
    data = {
        "after": after,
        "before": None,
        "dist": len(children),
        "modhash": "",
        "geo_filter": "",
        "children": children,
    }
    return json.dumps({"kind": "Listing", "data": data}).encode()


POST = Post(
    source="reddit",
    native_id="t3_1abc",
    text="First\nSecond & third",
    published_at=AT,
    collected_at=NOW,
    title="Open & closed models",
    url="https://www.reddit.com/r/LocalLLaMA/comments/1abc/open/",
    author="ada",
)


def test_a_post_of_a_feed():
    page = parse_feed(feed(entry()), "application/atom+xml; charset=UTF-8", NOW)
    assert (page.posts, page.ids, page.oldest, page.read, page.damaged) == ((POST,), ("t3_1abc",), AT, 1, 0)


def test_a_post_of_a_listing_is_the_same_with_figures():
    page = parse_listing(listing(child(), after="t3_1abb"), NOW)
    assert page.posts == (POST._replace(engagement=Engagement(likes=5, reposts=1, replies=3)),)
    assert (page.after, page.ids, page.oldest) == ("t3_1abb", ("t3_1abc",), AT)


def test_a_link_is_the_text_of_a_post_that_has_none():
    address = "https://example.com/a?b=1&c=2"
    for page in (
        parse_feed(feed(entry(text=None, link=escape(address))), "", NOW),
        parse_listing(listing(child(selftext="", selftext_html=None, url_overridden_by_dest=address)), NOW),
    ):
        assert page.posts[0].text == address
    for own in ("https://i.redd.it/x.png", "https://www.reddit.com/gallery/1"):
        for page in (
            parse_feed(feed(entry(text=None, link=own)), "", NOW),
            parse_listing(listing(child(selftext="", selftext_html=None, url=own)), NOW),
        ):
            assert page.posts[0].text == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"selftext": "[removed]", "selftext_html": "<p>[removed]</p>", "removed_by_category": "moderator"},
        {"selftext": "[deleted]", "selftext_html": None, "author": "[deleted]", "removed_by_category": "deleted"},
        {"selftext": "", "selftext_html": None, "removed_by_category": "reddit"},
        {"selftext": "[deleted]", "selftext_html": None},
    ],
)
def test_what_was_taken_away_is_a_deletion(fields):
    page = parse_listing(listing(child(**fields)), NOW)
    assert (page.posts, page.deletions) == ((), (Deletion("reddit", native_id="t3_1abc"),))
    assert page.ids == ("t3_1abc",)


def test_a_feed_shows_what_was_taken_away():
    page = parse_feed(feed(entry(text="<p>[removed]</p>")), "", NOW)
    assert (page.posts, page.deletions) == ((), (Deletion("reddit", native_id="t3_1abc"),))


def test_what_waits_for_a_moderator_is_neither_here_nor_gone():
    page = parse_listing(listing(child(removed_by_category="automod_filtered")), NOW)
    assert (page.posts, page.deletions, page.ids, page.read, page.damaged) == ((), (), (), 1, 0)


def test_an_author_who_is_gone_leaves_the_post():
    (post,) = parse_listing(listing(child(author="[deleted]")), NOW).posts
    assert (post.author, post.text) == (None, POST.text)
    (post,) = parse_feed(feed(entry(author=None)), "", NOW).posts
    assert post.author is None


def test_figures_that_are_hidden_are_unknown():
    (post,) = parse_listing(listing(child(hide_score=True, num_comments="3", view_count=9)), NOW).posts
    assert post.engagement == Engagement(reposts=1, views=9)


def test_texts_are_bounded_and_clean():
    words = "\x1b[31mw" * 30_000
    (post,) = parse_listing(listing(child(selftext=words, selftext_html=None, title=words)), NOW).posts
    assert len(post.text) <= 20_000
    assert "\x1b" not in f"{post.text}{post.title}"


def test_a_link_that_leads_elsewhere_is_not_believed():
    (post,) = parse_listing(listing(child(permalink="@evil.example/")), NOW).posts
    assert post.url == "https://www.reddit.com/comments/1abc/"


def test_what_cannot_be_made_out_is_counted_and_comments_are_passed_over():
    comment = {"kind": "t1", "data": {"name": "t1_9", "body": "words"}}
    children = [child("t4_1"), child(created_utc="now"), child(title=""), {"kind": "t3"}, comment, child()]
    page = parse_listing(listing(*children), NOW)
    assert (len(page.posts), page.damaged) == (1, 4)
    page = parse_feed(feed(entry("t1_9"), entry()), "", NOW)
    assert (len(page.posts), page.damaged) == (1, 1)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<!DOCTYPE html><html><title>Blocked</title>", "application/atom+xml"),
        (b"whoa there, pardner!", "text/html; charset=utf-8"),
        (b"\n <HTML>", ""),
    ],
)
def test_the_block_page_is_known(body, content_type):
    assert is_block_page(body, content_type)
    with pytest.raises(SourceError, match="block page"):
        parse_feed(body, content_type, NOW)


@pytest.mark.parametrize(
    "answer", [b"", b"[]", b"null", b'{"kind": "t3"}', b'{"kind": "Listing", "data": {}}', b"words"]
)
def test_what_is_no_answer_is_one_error(answer):
    with pytest.raises(SourceError):
        parse_listing(answer, NOW)
    with pytest.raises(SourceError):
        parse_feed(answer, "", NOW)


def total(answer: bytes) -> None:
    for read in (lambda: parse_listing(answer, NOW), lambda: parse_feed(answer, "", NOW)):
        with contextlib.suppress(SourceError):
            page = read()
            assert all(post.title for post in page.posts)
            assert {post.native_id for post in page.posts} <= set(page.ids)


@given(st.binary())
def test_any_bytes_give_a_page_or_one_error(answer):
    total(answer)
    total(b'{"kind": "Listing", "data": {"children": [' + answer + b"]}}")
    total(feed(entry()).replace(b"ada", answer))


@given(ANY_JSON, st.dictionaries(st.sampled_from(sorted(child()["data"])), ANY_JSON))
def test_wrong_types_anywhere_give_a_page_or_one_error(data, change):
    total(json.dumps(data).encode())
    total(json.dumps({"kind": "Listing", "data": data}).encode())
    total(listing(data, child(**change), {"kind": "t3", "data": data}, after=data))


@given(st.text(), st.text())
def test_any_words_in_a_feed_give_posts_or_one_error(title, text):
    total(feed(entry(title=title, text=text)))
    total(feed(entry(title=escape(title), text=escape(text), link=escape(text))))


def test_an_answer_cut_anywhere_is_one_error():
    answer = listing(child())
    for end in range(len(answer)):
        with pytest.raises(SourceError):
            parse_listing(answer[:end], NOW)


# Recordings


@pytest.mark.skipif(RECORDED is None, reason="MONITOR_RECORDED_DIR names no recordings")
def test_a_recorded_listing():
    path = Path(RECORDED or "") / "reddit" / "TestSubredditListings.test_new.json"
    answers = [one["response"]["body"] for one in json.loads(path.read_text(encoding="utf-8"))["interactions"]]
    body = answers[-1].get("string") or base64.b64decode(answers[-1]["base64_string"]).decode()
    page = parse_listing(body.encode(), NOW)
    assert (page.read, page.damaged, page.after) == (100, 0, "t3_48f6io")
    assert len(page.posts) + len(page.deletions) == 100
    assert len(page.posts) > 90
    assert page.posts[0].url == (
        "https://www.reddit.com/r/AskReddit/comments/48fbm9/serious_parents_of_reddit_whats_the_biggest_lie/"
    )
    assert page.posts[0].published_at == 1456821458000
    assert page.posts[0].engagement == Engagement(replies=1)
