"""What is remembered of a feed between two polls: enough to ask only for what is new, and to tell what is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from monitor import instants
from monitor.records import Post, Span
from monitor.sources.feeds import Feed
from monitor.sources.reading import mapping_of, number_of, text_of

FIRST_LOOK_BACK = instants.DAY
"""How much of what a feed still holds at the first poll counts as covered."""


class FeedState(NamedTuple):
    """A feed as of its last poll."""

    address: str = ""
    """Digest of the address that was asked, since it may hold a key; another address makes the rest void."""
    polled: int | None = None
    etag: str = ""
    modified: str = ""
    body: str = ""
    """Digest of the body, for servers that never answer 304."""
    seen: Mapping[str, str] = {}
    """Digest of a native id to digest of what the item said, for the items of the last body."""
    ttl: int = 0
    """Seconds for which the last body asked not to be fetched again."""


class Findings(NamedTuple):
    """What a poll brought that was not known."""

    posts: tuple[Post, ...]
    covered: Span | None
    missed: Span | None


def digest(text: str | bytes, digits: int = 16) -> str:
    """Hexadecimal digits that stand for a text."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return hashlib.sha256(data).hexdigest()[:digits]


def read_state(value: object, address: str) -> FeedState:
    """The state in a cursor's JSON; whatever is not as it was written, or is of another address, counts as nothing."""
    fields = mapping_of(value)
    if fields.get("address") != digest(address):
        return FeedState(digest(address))
    seen = {key: said for key, said in mapping_of(fields.get("seen")).items() if isinstance(said, str)}
    return FeedState(
        digest(address),
        number_of(fields.get("polled")),
        text_of(fields.get("etag")),
        text_of(fields.get("modified")),
        text_of(fields.get("body")),
        seen,
        number_of(fields.get("ttl")) or 0,
    )


def write_state(state: FeedState) -> dict[str, Any]:
    """The state as JSON, without what is empty."""
    return {name: value for name, value in state._asdict().items() if value}


def read_cursor(cursor: str | None) -> dict[str, Any]:
    """The JSON object in a cursor; empty where there is none."""
    try:
        return mapping_of(json.loads(cursor or "{}"))
    except (ValueError, RecursionError):
        return {}


def conditions(state: FeedState) -> dict[str, str]:
    """The headers that make a request conditional on a change."""
    headers = {"If-None-Match": state.etag, "If-Modified-Since": state.modified}
    return {name: value for name, value in headers.items() if value and value.isascii() and value.isprintable()}


def compare(feed: Feed, state: FeedState, now: int) -> tuple[Findings, Mapping[str, str]]:
    """What is new in a feed since its last poll, the span that this completes, and what is to be remembered as seen.

    A feed holds its newest items only. If none of them was there at the last poll, and the oldest is younger than that,
    then what came between has been missed.
    """
    said = {digest(post.native_id, 8): digest(f"{post.title}\n{post.text}", 8) for post in feed.posts}
    fresh = tuple(
        post for post, (key, words) in zip(feed.posts, said.items(), strict=True) if state.seen.get(key) != words
    )
    times = [post.published_at for post in feed.posts if post.native_id in feed.dated]
    oldest = min(times, default=now)
    if state.polled is None:
        start = max(oldest, now - FIRST_LOOK_BACK)
        return Findings(fresh, _span(start, now), None), said
    overlaps = not state.seen or not feed.posts or any(key in state.seen for key in said)
    start = state.polled if overlaps else max(state.polled, oldest)
    return Findings(fresh, _span(start, now), _span(state.polled, min(start, now))), said


def unchanged(state: FeedState, now: int) -> Span | None:
    """The span that is complete when a feed has not changed since its last poll."""
    return None if state.polled is None else _span(state.polled, now)


def _span(start: int, end: int) -> Span | None:
    return (start, end) if start < end else None
