"""The bodies here are made by hand, in the shapes that YouTube documents."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.instants import HOUR
from monitor.records import Engagement, Post
from monitor.sources.base import SourceError
from monitor.sources.youtube_feed import parse_feed, query_of
from monitor.sources.youtube_items import (
    Page,
    parse_comments,
    parse_search,
    parse_statistics,
    parse_threads,
    parse_videos,
)
from tests.sources.conftest import ANY_JSON, NOW

VIDEO = "dQw4w9WgXcQ"
CHANNEL = "UC" + "a" * 22
COMMENT = "UgxKREWxIgDrw8w2e_Z4AaABAg"
SNIPPET = {
    "publishedAt": "2026-11-21T09:00:00Z",
    "channelId": CHANNEL,
    "channelTitle": "Ada &amp; Co",
    "title": "Models &amp; what they&#39;re for",
    "description": "Some words",
}


def found(video: str = VIDEO, **snippet: object) -> dict[str, Any]:
    return {
        "kind": "youtube#searchResult",
        "id": {"kind": "youtube#video", "videoId": video},
        "snippet": SNIPPET | snippet,
    }


def video(identifier: str = VIDEO, **snippet: object) -> dict[str, Any]:
    return {
        "kind": "youtube#video",
        "id": identifier,
        "snippet": SNIPPET | {"title": "Models & <b>", "defaultAudioLanguage": "en-GB"} | snippet,
        "statistics": {"viewCount": "1234", "likeCount": "56", "favoriteCount": "0", "commentCount": "7"},
    }


def comment(identifier: str = COMMENT, **snippet: object) -> dict[str, Any]:
    words = {
        "authorDisplayName": "@ada",
        "authorChannelId": {"value": CHANNEL},
        "textDisplay": "It&#39;s fine",
        "textOriginal": "It's fine",
        "likeCount": 3,
        "publishedAt": "2026-11-21T09:00:00Z",
        "updatedAt": "2026-11-21T09:00:00Z",
    }
    return {"kind": "youtube#comment", "id": identifier, "snippet": words | snippet}


def thread(top: dict[str, Any] | None = None, *replies: object) -> dict[str, Any]:
    snippet = {"videoId": VIDEO, "topLevelComment": top or comment(), "totalReplyCount": 4, "canReply": True}
    return {"kind": "youtube#commentThread", "id": COMMENT, "snippet": snippet, "replies": {"comments": replies}}


def body(*items: object, **fields: object) -> bytes:
    return json.dumps({"kind": "youtube#someListResponse", "items": items} | fields).encode()


def test_a_video_that_was_found():
    page = parse_search(body(found(), nextPageToken="CAUQAA", pageInfo={"totalResults": 1_000_000}), NOW)
    assert (page.next_token, page.read, page.damaged) == ("CAUQAA", 1, 0)
    assert page.posts == (
        Post(
            source="youtube",
            native_id=VIDEO,
            text="Some words",
            published_at=NOW - HOUR,
            collected_at=NOW,
            title="Models & what they're for",
            url=f"https://www.youtube.com/watch?v={VIDEO}",
            author=CHANNEL,
            author_name="Ada & Co",
        ),
    )


def test_a_whole_video_is_not_escaped():
    (post,) = parse_videos(body(video()), NOW).posts
    assert (post.title, post.author_name, post.lang) == ("Models & <b>", "Ada &amp; Co", "en-GB")
    assert post.engagement == Engagement(likes=56, replies=7, views=1234)


def test_hidden_figures_are_unknown():
    (post,) = parse_videos(body(video() | {"statistics": {"viewCount": "0"}}), NOW).posts
    assert post.engagement == Engagement(views=0)
    assert parse_statistics(body({"id": VIDEO, "statistics": {"viewCount": 5}}, {"id": 7})) == {
        VIDEO: Engagement(views=5)
    }


@pytest.mark.parametrize(
    ("fields", "lang"),
    [
        ({"defaultAudioLanguage": None, "defaultLanguage": "de"}, "de"),
        ({"defaultAudioLanguage": "zxx"}, None),
        ({"defaultAudioLanguage": 5}, None),
    ],
)
def test_languages(fields, lang):
    (post,) = parse_videos(body(video(**fields)), NOW).posts
    assert post.lang == lang


def test_a_comment_and_its_replies():
    reply = comment(f"{COMMENT}.8Fz", textOriginal="No")
    page = parse_threads(body(thread(None, reply)), NOW)
    assert [post.text for post in page.posts] == ["It's fine", "No"]
    assert page.posts[0] == Post(
        source="youtube",
        native_id=COMMENT,
        text="It's fine",
        published_at=NOW - HOUR,
        collected_at=NOW,
        url=f"https://www.youtube.com/watch?v={VIDEO}&lc={COMMENT}",
        author=CHANNEL,
        author_name="@ada",
        engagement=Engagement(likes=3, replies=4),
    )
    assert parse_comments(body(comment())) == {COMMENT: Engagement(likes=3)}


def test_texts_are_bounded_and_clean():
    (post,) = parse_videos(body(video(description="\x1b[31mw" * 50_000, title="t" * 50_000)), NOW).posts
    assert len(post.text) <= 20_000
    assert "\x1b" not in post.text
    assert len(post.title or "") <= 2_000


def test_what_cannot_be_made_out_is_counted():
    items = [found("short"), found(publishedAt="yesterday"), found(title="", description=""), 5, found()]
    page = parse_search(body(*items), NOW)
    assert (len(page.posts), page.read, page.damaged) == (1, 5, 4)


def test_nothing_found_is_an_answer():
    assert parse_search(b'{"kind": "youtube#searchListResponse"}', NOW) == Page(())


PARSERS = (
    lambda data: parse_search(data, NOW),
    lambda data: parse_videos(data, NOW),
    lambda data: parse_threads(data, NOW),
    lambda data: parse_feed(data, "text/xml", NOW),
    parse_statistics,
    parse_comments,
)


@pytest.mark.parametrize("answer", [b"", b"<html><body>404</body></html>", b"[]", b"null", b'{"items": 5}'])
def test_what_is_no_answer_is_one_error(answer):
    for parse in PARSERS:
        with pytest.raises(SourceError):
            parse(answer)


def total(answer: bytes) -> None:
    for parse in PARSERS:
        with contextlib.suppress(SourceError):
            parse(answer)


@given(st.binary())
def test_any_bytes_give_a_page_or_one_error(answer):
    total(answer)
    total(b'{"items": [' + answer + b"]}")


@given(ANY_JSON, st.dictionaries(st.sampled_from([*SNIPPET, "videoId", "authorChannelId", "likeCount"]), ANY_JSON))
def test_wrong_types_anywhere_give_a_page_or_one_error(data, change):
    total(json.dumps({"items": data}).encode())
    total(body(data, found(**change), video(**change), thread(comment(**change), data)))
    total(body({"id": data, "snippet": data, "statistics": data, "replies": data}))


def test_an_answer_cut_anywhere_is_one_error():
    answer = body(found())
    for end in range(len(answer)):
        with pytest.raises(SourceError):
            parse_search(answer[:end], NOW)


# Feeds of channels

FEED = f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns="http://www.w3.org/2005/Atom">
 <id>yt:channel:{CHANNEL[2:]}</id><yt:channelId>{CHANNEL[2:]}</yt:channelId><title>Ada</title>
 <author><name>Ada</name><uri>https://www.youtube.com/channel/{CHANNEL}</uri></author>
 <published>2020-01-01T00:00:00+00:00</published>
 %s
</feed>"""


def entry(video: str = VIDEO, title: str = "Models &amp; more", at: str = "2026-11-21T09:00:00+00:00") -> str:
    return f"""<entry>
  <id>yt:video:{video}</id><yt:videoId>{video}</yt:videoId><yt:channelId>{CHANNEL}</yt:channelId>
  <title>{title}</title><link rel="alternate" href="https://www.youtube.com/shorts/{video}"/>
  <author><name>Ada</name><uri>https://www.youtube.com/channel/{CHANNEL}</uri></author>
  <published>{at}</published><updated>{at}</updated>
  <media:group>
   <media:title>{title}</media:title>
   <media:thumbnail url="https://i4.ytimg.com/vi/{video}/hqdefault.jpg" width="480" height="360"/>
   <media:description>First line
Second line, 1 &lt; 2</media:description>
   <media:community><media:starRating count="31" average="5.00" min="1" max="5"/>
    <media:statistics views="420"/></media:community>
  </media:group></entry>"""


def feed(*entries: str) -> bytes:
    return (FEED % "".join(entries)).encode()


def test_a_video_of_a_channel():
    (post,), damaged = parse_feed(feed(entry()), "text/xml; charset=UTF-8", NOW)
    assert damaged == 0
    assert post == Post(
        source="youtube",
        native_id=VIDEO,
        text="First line\nSecond line, 1 < 2",
        published_at=NOW - HOUR,
        collected_at=NOW,
        title="Models & more",
        url=f"https://www.youtube.com/watch?v={VIDEO}",
        author=CHANNEL,
        author_name="Ada",
        engagement=Engagement(likes=31, views=420),
    )


def test_an_entry_that_is_no_video_is_counted():
    posts, damaged = parse_feed(feed(entry("nonsense"), entry(at="soon"), entry()), "text/xml", NOW)
    assert (len(posts), damaged) == (1, 2)


@given(st.text(), st.text())
def test_any_words_in_a_feed_give_posts_or_one_error(title, at):
    total(feed(entry(title=title, at=at)))


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (CHANNEL, {"channel_id": CHANNEL}),
        (f" https://www.youtube.com/channel/{CHANNEL}/videos ", {"channel_id": CHANNEL}),
        (f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}", {"channel_id": CHANNEL}),
        ("https://www.youtube.com/playlist?list=PLabcdefghijklmnop", {"playlist_id": "PLabcdefghijklmnop"}),
        ("UULF" + "a" * 22, {"playlist_id": "UULF" + "a" * 22}),
        ("@ada", None),
        ("https://www.youtube.com/@ada", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_a_channel_is_made_out(given, asked):
    assert query_of(given) == asked
