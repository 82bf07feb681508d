"""Reading the feed of a YouTube channel or playlist: its 15 newest videos, without a key."""

from __future__ import annotations

import calendar
import io
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from monitor import instants
from monitor.records import Engagement, Post
from monitor.sources.base import Batch, Part, SourceError
from monitor.sources.feed_state import FeedState, compare, digest, read_cursor, read_state, unchanged, write_state
from monitor.sources.feeds import Feed
from monitor.sources.reading import LONGEST_TEXT, host_of, list_of, mapping_of, sane, text_of
from monitor.sources.xml_declarations import without_declarations
from monitor.sources.youtube_items import CHANNEL, VIDEO, count_of
from monitor.text.clean import clean, clean_line

if TYPE_CHECKING:
    from monitor.http import Client

HOST = "www.youtube.com"
ADDRESS = f"https://{HOST}/feeds/videos.xml"
MOST_ENTRIES = 100
LIMIT_BYTES = 2_000_000

_PLAYLIST = re.compile(r"(PL|UU|UULF|UUSH|UULV|OLAK5uy_|FL)[A-Za-z0-9_-]{10,60}")
_LONGEST_TITLE = 2_000
_FLAKY = (403, 404, 410, 500, 502, 503)
"""YouTube answers these in waves for channels that are well, so none of them says that a channel is gone."""


def query_of(channel: str) -> dict[str, str] | None:
    """What to ask the feeds for, from the identifier or an address of a channel or playlist; None where it is none."""
    try:
        parts = urlsplit(channel.strip())
    except ValueError:
        return None
    asked = parse_qs(parts.query)
    words = [
        *asked.get("channel_id", []),
        *asked.get("playlist_id", []),
        *asked.get("list", []),
        *parts.path.split("/"),
    ]
    for word in words:
        if CHANNEL.fullmatch(word):
            return {"channel_id": word}
        if _PLAYLIST.fullmatch(word):
            return {"playlist_id": word}
    return None


async def read_channel(client: Client, part: Part, cursor: str | None, now: int) -> Batch:
    """Ask for a feed once and compare it with what it held before.

    Raises:
        SourceError: it could not be read; never a permanent one.
    """
    address = part.addresses[0]
    state = read_state(read_cursor(cursor), address)
    answer = await client.get(address, limit_bytes=LIMIT_BYTES, also=_FLAKY)
    if answer.status in _FLAKY:
        raise SourceError(
            f"{host_of(answer.url)} answered {answer.status} for {part.name}, which it often does and which passes."
        )
    body = digest(answer.body)
    if body == state.body:
        return Batch((), json.dumps(write_state(state._replace(polled=now))), unchanged(state, now))
    posts, damaged = parse_feed(answer.body, answer.headers.get("content-type", ""), now, host_of(answer.url))
    found, seen = compare(Feed(part.name, posts, frozenset(post.native_id for post in posts)), state, now)
    state = FeedState(state.address, now, body=body, seen=seen)
    return Batch(
        found.posts,
        json.dumps(write_state(state), separators=(",", ":")),
        found.covered,
        read=len(found.posts) + damaged,
        missed=found.missed,
        damaged=damaged,
    )


def parse_feed(body: bytes, content_type: str, now: int, host: str = HOST) -> tuple[tuple[Post, ...], int]:
    """Read a feed: the videos in its order, and how many entries could not be made out.

    Raises:
        SourceError: it is no feed.
    """
    import feedparser

    try:
        body, content_type = without_declarations(body, content_type)
        result = feedparser.parse(io.BytesIO(body), response_headers={"content-type": content_type})
        entries = [dict(entry.items()) for entry in list_of(dict.get(result, "entries"))[:MOST_ENTRIES]]
    except Exception as error:
        raise SourceError(f"{host} sent a feed that cannot be read.") from error
    if not dict.get(result, "version"):
        raise SourceError(f"{host} sent something that is no feed, such as a web page.")
    posts: dict[str, Post] = {}
    damaged = 0
    for entry in entries:
        post = _post(entry, now)
        if post is None:
            damaged += 1
        else:
            posts[post.native_id] = post
    return tuple(posts.values()), damaged


def _post(entry: Mapping[str, Any], now: int) -> Post | None:
    video = text_of(entry.get("yt_videoid")) or text_of(entry.get("id")).removeprefix("yt:video:")
    title = clean_line(text_of(entry.get("title"))[:_LONGEST_TITLE])
    published = _time(entry.get("published_parsed"))
    if not VIDEO.fullmatch(video) or not title or published is None:
        return None
    channel = text_of(entry.get("yt_channelid"))
    return Post(
        source="youtube",
        native_id=video,
        text=clean(text_of(entry.get("summary"))[:LONGEST_TEXT]).strip(),
        published_at=published,
        collected_at=now,
        title=title,
        url=f"https://www.youtube.com/watch?v={video}",
        author=channel if CHANNEL.fullmatch(channel) else None,
        author_name=clean_line(text_of(entry.get("author"))[:_LONGEST_TITLE]) or None,
        engagement=Engagement(
            likes=count_of(mapping_of(entry.get("media_starrating")).get("count")),
            views=count_of(mapping_of(entry.get("media_statistics")).get("views")),
        ),
    )


def _time(parsed: object) -> int | None:
    try:
        return sane(calendar.timegm(parsed) * instants.SECOND) if parsed else None  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        return None
