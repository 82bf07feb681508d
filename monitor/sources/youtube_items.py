"""Reading what the YouTube Data API answers: searches, videos, comments, statistics."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from monitor.records import Engagement, Post
from monitor.sources.base import SourceError
from monitor.sources.reading import (
    LONGEST_TEXT,
    language_of,
    list_of,
    mapping_of,
    number_of,
    read_json,
    text_of,
    text_or_none,
    time_of,
)
from monitor.text.clean import clean, clean_line

HOST = "www.googleapis.com"
VIDEO = re.compile(r"[A-Za-z0-9_-]{11}")
COMMENT = re.compile(r"[A-Za-z0-9_-]{12,100}(\.[A-Za-z0-9_-]{1,100})?")
CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}")

_LONGEST_TITLE = 2_000
_NO_LANGUAGES = {"zxx", "und", "mul"}


class Page(NamedTuple):
    """One answer of the API."""

    posts: tuple[Post, ...]
    next_token: str | None = None
    read: int = 0
    damaged: int = 0
    """Items without an identifier, a time or words."""


def parse_search(body: bytes, now: int, host: str = HOST) -> Page:
    """Read an answer of `search.list`: videos without figures or language, and with descriptions that are cut off.

    Its titles are escaped as HTML, which those of `videos.list` are not.

    Raises:
        SourceError: it is no such answer.
    """
    data, items = _items(body, host)
    found = []
    for item in items:
        snippet = mapping_of(item.get("snippet"))
        words = {name: html.unescape(text_of(snippet.get(name))) for name in ("title", "description", "channelTitle")}
        found.append(_video(mapping_of(item.get("id")).get("videoId"), {**snippet, **words}, {}, now))
    return _page(data, found)


def parse_videos(body: bytes, now: int, host: str = HOST) -> Page:
    """Read an answer of `videos.list`: whole videos. What is deleted or private is not among them.

    Raises:
        SourceError: it is no such answer.
    """
    data, items = _items(body, host)
    return _page(
        data,
        [
            _video(item.get("id"), mapping_of(item.get("snippet")), mapping_of(item.get("statistics")), now)
            for item in items
        ],
    )


def parse_statistics(body: bytes, host: str = HOST) -> dict[str, Engagement]:
    """Read the figures in an answer of `videos.list` or `videos.batchGetStats`, by the identifier of the video.

    Raises:
        SourceError: it is no such answer.
    """
    _, items = _items(body, host)
    return {item["id"]: _engagement(mapping_of(item.get("statistics"))) for item in items if _is(VIDEO, item.get("id"))}


def parse_threads(body: bytes, now: int, host: str = HOST) -> Page:
    """Read an answer of `commentThreads.list`: the comments on a video, with those replies that come along.

    Raises:
        SourceError: it is no such answer.
    """
    data, items = _items(body, host)
    found: list[Post | None] = []
    for thread in items:
        snippet = mapping_of(thread.get("snippet"))
        top = mapping_of(snippet.get("topLevelComment"))
        video = snippet.get("videoId") or mapping_of(top.get("snippet")).get("videoId")
        found.append(_comment(top, video, number_of(snippet.get("totalReplyCount")), now))
        for reply in map(mapping_of, list_of(mapping_of(thread.get("replies")).get("comments"))):
            found.append(_comment(reply, video, None, now))
    return _page(data, found)


def parse_comments(body: bytes, host: str = HOST) -> dict[str, Engagement]:
    """Read an answer of `comments.list`: the likes of comments by their identifier.

    Raises:
        SourceError: it is no such answer.
    """
    _, items = _items(body, host)
    return {
        item["id"]: Engagement(likes=number_of(mapping_of(item.get("snippet")).get("likeCount")))
        for item in items
        if _is(COMMENT, item.get("id"))
    }


def _items(body: bytes, host: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    data = mapping_of(read_json(body, host))
    items = data.get("items")
    if not isinstance(items, list) and not text_of(data.get("kind")).endswith("ListResponse"):
        raise SourceError(f"{host} sent JSON that is no list of YouTube's.")
    return data, [mapping_of(item) for item in list_of(items)]


def _page(data: Mapping[str, Any], found: Iterable[Post | None]) -> Page:
    posts: dict[str, Post] = {}
    read = damaged = 0
    for post in found:
        read += 1
        if post is None:
            damaged += 1
        else:
            posts[post.native_id] = post
    return Page(tuple(posts.values()), text_or_none(data.get("nextPageToken")), read, damaged)


def _video(video: object, snippet: Mapping[str, Any], statistics: Mapping[str, Any], now: int) -> Post | None:
    title = clean_line(text_of(snippet.get("title"))[:_LONGEST_TITLE])
    text = clean(text_of(snippet.get("description"))[:LONGEST_TEXT]).strip()
    published = time_of(snippet.get("publishedAt")) or time_of(snippet.get("publishTime"))
    if not isinstance(video, str) or not VIDEO.fullmatch(video) or published is None or not (title or text):
        return None
    channel = snippet.get("channelId")
    return Post(
        source="youtube",
        native_id=video,
        text=text,
        published_at=published,
        collected_at=now,
        title=title or None,
        url=f"https://www.youtube.com/watch?v={video}",
        author=text_of(channel) if _is(CHANNEL, channel) else None,
        author_name=clean_line(text_of(snippet.get("channelTitle"))[:_LONGEST_TITLE]) or None,
        lang=_language(snippet.get("defaultAudioLanguage")) or _language(snippet.get("defaultLanguage")),
        engagement=_engagement(statistics),
    )


def _comment(comment: Mapping[str, Any], video: object, replies: int | None, now: int) -> Post | None:
    identifier, snippet = comment.get("id"), mapping_of(comment.get("snippet"))
    text = clean((text_of(snippet.get("textOriginal")) or text_of(snippet.get("textDisplay")))[:LONGEST_TEXT]).strip()
    published = time_of(snippet.get("publishedAt"))
    if not _is(COMMENT, identifier) or not _is(VIDEO, video) or published is None or not text:
        return None
    channel = mapping_of(snippet.get("authorChannelId")).get("value")
    return Post(
        source="youtube",
        native_id=text_of(identifier),
        text=text,
        published_at=published,
        collected_at=now,
        url=f"https://www.youtube.com/watch?v={video}&lc={identifier}",
        author=text_of(channel) if _is(CHANNEL, channel) else None,
        author_name=clean_line(text_of(snippet.get("authorDisplayName"))[:_LONGEST_TITLE]) or None,
        engagement=Engagement(likes=number_of(snippet.get("likeCount")), replies=replies),
    )


def _engagement(statistics: Mapping[str, Any]) -> Engagement:
    """Figures, which come as strings; those that are hidden or switched off are missing."""
    return Engagement(
        likes=count_of(statistics.get("likeCount")),
        replies=count_of(statistics.get("commentCount")),
        views=count_of(statistics.get("viewCount")),
    )


def count_of(value: object) -> int | None:
    """A count that may come as a string of digits, else None."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    return number_of(value)


def _language(value: object) -> str | None:
    tag = language_of(value)
    return None if tag in _NO_LANGUAGES else tag


def _is(form: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None
