"""Searching Bluesky for what was said before a beat's rule was new, with an app password.

API: https://docs.bsky.app/docs/api/app-bsky-feed-search-posts. Searches are meant for people, and are refused without a
session; whatever can be had from the stream is taken from there. A search for several phrases at once is documented
nowhere, so each phrase is searched for by itself, a page of 100 at a time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from monitor import instants
from monitor.records import GENERAL, Beat, Post
from monitor.sources.base import Batch, Part, SourceError
from monitor.sources.bluesky_records import engagement_of, handle_of, parts_of, post_of
from monitor.sources.bluesky_session import Session
from monitor.sources.google_news import plain_terms
from monitor.sources.reading import mapping_of, number_of, read_json, sane, text_or_none, time_of

if TYPE_CHECKING:
    from monitor.http import Client

INTERVAL = 900.0
FINISHED = 24 * 3600.0
"""Seconds until a search that is finished looks again whether the rule changed."""
PAGE = 100
MOST_TERMS = 12
"""Phrases of a beat that are searched for."""
MOST_PAGES = 10
"""Pages of one phrase; the newest come first."""
MOST_REQUESTS = 20
"""Pages of one poll; the next one goes on."""
PREFIX = "backfill:"


class Page(NamedTuple):
    """One answer of a search, newest first."""

    posts: tuple[Post, ...]
    cursor: str | None
    """Where to go on; None at the end."""
    read: int
    damaged: int = 0


class Place(NamedTuple):
    """How far a back-fill came."""

    rule: str
    """Digest of the phrases that are searched for."""
    until: int
    """When it began: what came later the stream brought."""
    term: int = 0
    page: int = 0
    cursor: str | None = None
    finished: bool = False


def backfill_parts(service: str, beats: Sequence[Beat]) -> tuple[Part, ...]:
    """A part for each beat that has something to search for; its addresses are the service, then the phrases."""
    parts = []
    for beat in beats:
        phrases = tuple(f'"{term}"' for term in islice(plain_terms(beat.rule.any), MOST_TERMS))
        if phrases and beat.slug != GENERAL:
            parts.append(Part("bluesky", PREFIX + beat.slug, INTERVAL, addresses=(service, *phrases)))
    return tuple(parts)


def parse_page(body: bytes, now: int) -> Page:
    """Read an answer of searchPosts. Posts have the same identity as in the stream.

    Raises:
        SourceError: it is no such answer.
    """
    data = mapping_of(read_json(body, "Bluesky"))
    if not isinstance(data.get("posts"), list):
        raise SourceError("Bluesky sent JSON that is no answer of a search.")
    posts: dict[str, Post] = {}
    damaged = 0
    for view in map(mapping_of, data["posts"]):
        parts, record, seen = parts_of(view.get("uri")), view.get("record"), time_of(view.get("indexedAt"))
        if parts is None or not isinstance(record, dict):
            damaged += 1
            continue
        post = post_of(record, *parts, now if seen is None else seen, now)
        handle = handle_of(mapping_of(view.get("author")).get("handle"))
        posts[post.native_id] = post._replace(author_name=handle, engagement=engagement_of(view))
    return Page(tuple(posts.values()), text_or_none(data.get("cursor")), len(data["posts"]), damaged)


async def search(
    client: Client, session: Session, part: Part, cursor: str | None, hours: int, now: int
) -> AsyncGenerator[Batch]:
    """Search for the phrases of a part one after the other, from the beginning of the back-fill on backward.

    Nothing is covered by it: it finds what the network's search finds, for a few of the words of one beat.

    Raises:
        NoKey: the app password is refused.
        SourceError: an answer could not be used.
    """
    phrases = part.addresses[1:]
    place = _read_place(cursor, phrases, now)
    for _ in range(MOST_REQUESTS):
        if place.finished:
            break
        params: dict[str, str | int] = {
            "q": phrases[place.term],
            "sort": "latest",
            "since": instants.render(place.until - hours * instants.HOUR),
            "until": instants.render(place.until),
            "limit": PAGE,
        }
        if place.cursor is not None:
            params["cursor"] = place.cursor
        page = parse_page(await session.ask(client, "app.bsky.feed.searchPosts", params), now)
        place = _next(place, page, len(phrases))
        yield Batch(page.posts, _write_place(place), None, read=page.read, damaged=page.damaged)
    if place.finished:
        yield Batch((), _write_place(place), None, next_poll=FINISHED)


def _next(place: Place, page: Page, phrases: int) -> Place:
    if page.cursor is not None and page.read and page.cursor != place.cursor and place.page + 1 < MOST_PAGES:
        return place._replace(page=place.page + 1, cursor=page.cursor)
    term = place.term + 1
    return place._replace(term=term, page=0, cursor=None, finished=term >= phrases)


def _digest(phrases: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(phrases).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _write_place(place: Place) -> str:
    return json.dumps(place._asdict(), separators=(",", ":"))


def _read_place(cursor: str | None, phrases: Sequence[str], now: int) -> Place:
    """The place in a cursor; the beginning where it is that of another rule, or not ours."""
    try:
        data = mapping_of(json.loads(cursor or "{}"))
    except (ValueError, RecursionError):
        data = {}
    until = sane(number_of(data.get("until")))
    start = Place(_digest(phrases), now, finished=not phrases)
    if data.get("rule") != start.rule or until is None:
        return start
    term, page = number_of(data.get("term")) or 0, number_of(data.get("page")) or 0
    finished = data.get("finished") is True or term >= len(phrases)
    return Place(start.rule, until, term, page, text_or_none(data.get("cursor")), finished)
