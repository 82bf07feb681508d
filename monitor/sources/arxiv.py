"""arXiv: the papers of each day's announcement in some categories. No key is needed.

The feed of a day is one request for all categories; it is empty at weekends. What it no longer holds, such as the days
before the first reading, is asked of the API, which wants three seconds between two requests and refuses many hosts for
hours, so that it is asked for nothing else.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from monitor import instants
from monitor.records import Beat, Span
from monitor.sources.arxiv_calendar import announcements_in, next_announcement, submissions_of
from monitor.sources.arxiv_feeds import Announcement, Results, parse_announcement, parse_results
from monitor.sources.base import Batch, Part, SourceError, SourceOption, SourceSettings
from monitor.sources.reading import host_of, list_of, mapping_of, number_of, sane, text_of, text_or_none

if TYPE_CHECKING:
    from monitor.http import Client

__all__ = ["Announcement", "Arxiv", "Results", "parse_announcement", "parse_results"]

FEEDS = "https://rss.arxiv.org/rss/"
API = "https://export.arxiv.org/api/query"
CATEGORIES = ("cs.AI", "cs.CL", "cs.LG", "cs.CV", "cs.CY", "cs.HC", "cs.MA", "cs.RO", "stat.ML")
INTERVAL = 3 * 3600.0
REST = instants.HOUR
"""The feed is not asked for again so soon, also where the API failed and the part is tried again."""
SPACING = 3.0
"""Seconds between two requests, by the terms of use of the API."""
TIMEOUT = 90.0
LIMIT_BYTES = 20_000_000
BACKFILL_DAYS = 7
LONGEST_BACKFILL = 30 * instants.DAY
PAGE = 500
MOST_PAGES = 10
"""Pages of the API in one poll; the next one goes on."""
MOST_RESULTS = 30_000
"""Papers of one answer that the API gives in all its pages."""

_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z-]{2,20})?")


class Owed(NamedTuple):
    """A span whose announcements were not read, and how many of its papers the API gave so far."""

    start: int
    end: int
    given: int = 0


class State(NamedTuple):
    """What is remembered between polls."""

    feed: str = ""
    """Digest of the feed's address, for which the other fields hold."""
    polled: int | None = None
    until: int | None = None
    """To where all announcements are known, or owed."""
    etag: str = ""
    modified: str = ""
    body: str = ""
    """Digest of the feed that was read last."""
    day: int | None = None
    owed: tuple[Owed, ...] = ()
    fresh: tuple[str, ...] = ()
    """Papers of the last feed, as long as something is owed: what the feed says of them is the truth."""


class Arxiv:
    """The announcements of all categories, as one part."""

    slug = "arxiv"
    name = "arXiv"
    options = (
        SourceOption("categories", list, list(CATEGORIES), "categories of papers, such as cs.AI or stat.ML"),
        SourceOption(
            "backfill_days", int, BACKFILL_DAYS, "days before the first reading to ask the API for; 0 for none"
        ),
        SourceOption("endpoint", str, FEEDS, "address of the feeds, to which the categories are added"),
        SourceOption("api_endpoint", str, API, "address of the API"),
    )

    def parts(self, settings: SourceSettings, beats: Sequence[Beat]) -> Sequence[Part]:
        """One part.

        Raises:
            SourceError: something in `categories` is no category.
        """
        if not settings.enabled:
            return ()
        options = {option.name: option.default for option in self.options} | dict(settings.options)
        categories = list(dict.fromkeys(text_of(name).strip() for name in list_of(options["categories"])))
        for name in categories:
            if not _CATEGORY.fullmatch(name):
                raise SourceError(
                    f"{name[:40]!r} in `categories` is no category of arXiv, such as cs.AI.", permanent=True
                )
        if not categories:
            return ()
        feed = (text_or_none(options["endpoint"]) or FEEDS).rstrip("/") + "/" + "+".join(categories)
        api = text_or_none(options["api_endpoint"]) or API
        return (Part(self.slug, "announcements", INTERVAL, addresses=(feed, api)),)

    async def fetch(self, client: Client, part: Part, cursor: str | None, now: int) -> AsyncIterator[Batch]:
        """Read the feed of the day, then a few pages of what is owed.

        Raises:
            SourceError: an answer could not be used.
        """
        if len(part.addresses) != 2:
            raise SourceError("The part of arXiv needs two addresses.", permanent=True)
        feed, api = part.addresses
        state = _read_cursor(cursor, feed)
        if state.polled is None or not 0 <= now - state.polled < REST:
            backfill = number_of(client.settings.options.get("backfill_days", BACKFILL_DAYS)) or 0
            batch, state = await _read_feed(client, feed, state, now, backfill * instants.DAY)
            yield batch._replace(cursor=_write_cursor(state))
        categories = feed.rpartition("/")[2].split("+")
        for _ in range(MOST_PAGES):
            if not state.owed:
                return
            batch, state = await _read_owed(client, api, categories, state, now)
            yield batch._replace(cursor=_write_cursor(state))


async def _read_feed(client: Client, address: str, state: State, now: int, backfill: int) -> tuple[Batch, State]:
    """The feed if it changed, and how far that makes the announcements known."""
    headers = {"Accept": "application/rss+xml, application/xml;q=0.9"}
    headers |= {"If-None-Match": state.etag} if state.etag else {}
    headers |= {"If-Modified-Since": state.modified} if state.modified else {}
    answer = await client.get(address, headers=headers, spacing=SPACING, timeout=TIMEOUT, limit_bytes=LIMIT_BYTES)
    body = hashlib.sha256(answer.body).hexdigest()[:16]
    state = state._replace(polled=now)
    if answer.status == 304 or body == state.body:
        batch, state = _advance(Batch((), None, None), state.day, state, now, backfill)
        return batch, state
    feed = await asyncio.to_thread(parse_announcement, answer.body, now, host_of(answer.url))
    batch, state = _advance(
        Batch(feed.posts, None, None, read=feed.read, damaged=feed.damaged), feed.day, state, now, backfill
    )
    state = state._replace(
        body=body,
        day=feed.day,
        etag=answer.headers.get("etag", ""),
        modified=answer.headers.get("last-modified", ""),
        fresh=tuple(post.native_id for post in feed.posts) if state.owed else (),
    )
    return batch, state


def _advance(batch: Batch, day: int | None, state: State, now: int, backfill: int) -> tuple[Batch, State]:
    """The batch with what it completes, and the state with what it leaves owed.

    The feed of a day makes everything known until the next announcement. Before it lie announcements whose feeds were
    replaced before they were read, or none, as at weekends.
    """
    if day is None:
        return batch, state
    end = min(now, next_announcement(day))
    start = day if state.until is None else min(state.until, end)
    owed, missed = state.owed, None
    if state.until is None:
        owed = (Owed(day - min(backfill, LONGEST_BACKFILL), day),) if backfill else ()
    elif announcements_in((state.until, day)):
        start = day
        floor = max(state.until, day - LONGEST_BACKFILL) if backfill else day
        missed = (state.until, floor) if floor > state.until else None
        owed = (*owed, Owed(floor, day)) if floor < day else owed
    covered = (start, end) if end > start else None
    until = end if state.until is None else max(end, state.until)
    return batch._replace(covered=covered, missed=missed), state._replace(until=until, owed=owed)


async def _read_owed(
    client: Client, api: str, categories: Sequence[str], state: State, now: int
) -> tuple[Batch, State]:
    """A page of the first span that is owed; the papers of the last feed are left out, as it knows better."""
    owed, *others = state.owed
    span = (owed.start, owed.end)
    announcements = announcements_in(span)
    paid = state._replace(owed=tuple(others), fresh=state.fresh if others else ())
    if not announcements:
        return Batch((), None, span), paid
    if owed.given >= MOST_RESULTS:
        return Batch((), None, None, missed=span), paid
    submitted = (submissions_of(announcements[0])[0], submissions_of(announcements[-1])[1])
    results = await _ask(client, api, categories, submitted, owed.given, now)
    fresh = set(state.fresh)
    posts = tuple(post for post in results.posts if post.native_id not in fresh)
    given = owed.given + results.read
    batch = Batch(posts, None, None, read=results.read, damaged=results.damaged)
    if given >= results.total:
        return batch._replace(covered=span), paid
    return batch, state._replace(owed=(owed._replace(given=given), *others))


async def _ask(client: Client, api: str, categories: Sequence[str], submitted: Span, start: int, now: int) -> Results:
    """A page of the papers that were submitted within a span, the earliest first.

    A page in the middle that is empty is a known fault of the API, and asked for once more.
    """
    wanted = " OR ".join(f"cat:{category}" for category in categories)
    last = submitted[1] - instants.MINUTE
    params: dict[str, str | int] = {
        "search_query": f"({wanted}) AND submittedDate:[{_minute(submitted[0])} TO {_minute(last)}]",
        "start": start,
        "max_results": PAGE,
        "sortBy": "submittedDate",
        "sortOrder": "ascending",
    }
    for _ in range(2):
        answer = await client.get(
            api, params=params, spacing=SPACING, timeout=TIMEOUT, limit_bytes=LIMIT_BYTES, also=(400,)
        )
        results = await asyncio.to_thread(parse_results, answer.body, now, host_of(answer.url))
        if results.read or start >= results.total:
            return results
    raise SourceError(f"{host_of(api)} left a page of its answer empty, twice.")


def _minute(instant: int) -> str:
    return datetime.fromtimestamp(instant / instants.SECOND, UTC).strftime("%Y%m%d%H%M")


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _write_cursor(state: State) -> str:
    return json.dumps(state._asdict(), separators=(",", ":"))


def _read_cursor(cursor: str | None, feed: str) -> State:
    """The state in a cursor. Of another feed, such as of other categories, only the time and what is owed are left."""
    try:
        data = mapping_of(json.loads(cursor or "{}"))
    except (ValueError, RecursionError):
        data = {}
    owed = []
    for entry in map(list_of, list_of(data.get("owed"))):
        numbers = [number_of(value) for value in entry]
        if len(numbers) == 3 and sane(numbers[0]) and sane(numbers[1]) and numbers[2] is not None:
            owed.append(Owed._make(number or 0 for number in numbers))
    digest = _digest(feed)
    state = State(digest, until=sane(number_of(data.get("until"))), owed=tuple(owed))
    if data.get("feed") != digest:
        return state
    return state._replace(
        polled=sane(number_of(data.get("polled"))),
        etag=text_of(data.get("etag")),
        modified=text_of(data.get("modified")),
        body=text_of(data.get("body")),
        day=sane(number_of(data.get("day"))),
        fresh=tuple(name for name in list_of(data.get("fresh")) if isinstance(name, str)),
    )
