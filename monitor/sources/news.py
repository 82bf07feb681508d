"""News: feeds of publications, a Google News search for each beat, and where it is wanted GDELT and the Guardian.

No key is needed, but for the Guardian.
"""

from __future__ import annotations

import asyncio
import json
import re
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from monitor import paths
from monitor.records import Beat
from monitor.sources import gdelt, google_news, guardian
from monitor.sources.base import Batch, Ceiling, Part, SourceError, SourceKey, SourceOption, SourceSettings
from monitor.sources.feed_state import (
    FeedState,
    compare,
    conditions,
    digest,
    read_cursor,
    read_state,
    unchanged,
    write_state,
)
from monitor.sources.feeds import Feed, parse
from monitor.sources.reading import list_of, mapping_of, number_of, text_of, text_or_none
from monitor.sources.web_addresses import canonical_url

if TYPE_CHECKING:
    from monitor.http import Answer, Client

__all__ = ["GOOGLE_NEWS", "Feed", "News", "parse", "shipped_feeds"]

GOOGLE_NEWS = "google-news"
"""Name of the part that searches for one beat after the other."""
SEARCH_INTERVAL = 1800.0
"""Seconds between two searches of Google News for one beat."""
GDELT = "gdelt"
GDELT_INTERVAL = 7200.0
"""Seconds between two searches of GDELT for one beat."""
GDELT_SPACING = 120.0
"""Seconds between two searches of GDELT, as it refuses many that come oftener."""
GUARDIAN = "guardian"
GUARDIAN_INTERVAL = 900.0
"""Seconds between two rounds of searches of the Guardian, if its calls suffice."""
LONGEST_REST = 6 * 3600.0
"""Seconds between two polls at most, whatever a feed asks for."""
LIMIT_BYTES = 4_000_000
"""Of a feed; a larger one keeps the parser busy for a minute if somebody means it to."""

_FEED_TYPES = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8"
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=(\d{1,9})(?:$|[,\s])")


def shipped_feeds() -> tuple[str, ...]:
    """The addresses of the feeds that come with the program."""
    with (paths.shipped("sample_data") / "feeds.toml").open("rb") as file:
        data = tomllib.load(file)
    return tuple(text_of(mapping_of(feed).get("url")) for feed in list_of(data.get("feeds")))


class News:
    """News feeds, each a part, and one part for the searches of each service, which counts them together."""

    slug = "news"
    name = "News"
    options = (
        SourceOption("feeds", list, [], "addresses of further feeds: RSS, Atom or JSON Feed"),
        SourceOption("use_shipped_feeds", bool, True, "also read the shipped list of technology and policy feeds"),
        SourceOption("google_news", bool, True, "also search Google News for each beat"),
        SourceOption("poll_minutes", int, 15, "minutes between two polls of a feed"),
        SourceOption("gdelt", bool, False, "also search GDELT for each beat; it often refuses"),
        SourceOption("gdelt_endpoint", str, gdelt.ENDPOINT, "address of GDELT's DOC search"),
        SourceOption("guardian_endpoint", str, guardian.ENDPOINT, "address of the Guardian's search"),
    )
    keys = (
        SourceKey(guardian.KEY, "GUARDIAN_API_KEY", "key of the Guardian's open platform; its articles come with it"),
    )
    ceilings = (
        Ceiling(
            "guardian_calls_per_day", guardian.UNIT, "day", guardian.CALLS_PER_DAY, "searches of the Guardian a day"
        ),
    )

    def parts(self, settings: SourceSettings, beats: Sequence[Beat]) -> Sequence[Part]:
        """A part for each feed and one for all searches.

        Raises:
            SourceError: an address in `feeds` is none.
        """
        if not settings.enabled:
            return ()
        options = {option.name: option.default for option in self.options} | dict(settings.options)
        feeds = shipped_feeds() if options["use_shipped_feeds"] else ()
        interval = max(1, number_of(options["poll_minutes"]) or 15) * 60.0
        parts: dict[str, Part] = {}
        own = [text_of(address).strip() for address in list_of(options["feeds"])]
        for number, address in enumerate((*feeds, *own), start=1 - len(feeds)):
            name = _name_of(address)
            if name is None:
                message = f"Entry {number} of `feeds` is no http or https address, or one with a user name in it."
                raise SourceError(message, permanent=True)
            parts.setdefault(name, Part(self.slug, name, interval, addresses=(address,)))
        return (*parts.values(), *self._searches(settings, options, beats))

    def _searches(
        self, settings: SourceSettings, options: Mapping[str, object], beats: Sequence[Beat]
    ) -> Iterator[Part]:
        searches = _google_searches(beats) if options["google_news"] else ()
        if searches:
            interval = max(google_news.SPACING, SEARCH_INTERVAL / len(searches))
            yield Part(self.slug, GOOGLE_NEWS, interval, addresses=searches)
        searches = gdelt.searches_of(beats) if options["gdelt"] else ()
        if searches:
            interval = max(GDELT_SPACING, GDELT_INTERVAL / len(searches))
            yield Part(self.slug, GDELT, interval, addresses=searches)
        searches = guardian.searches_of(beats) if guardian.KEY in settings.secrets else ()
        if searches:
            calls = number_of(options.get("guardian_calls_per_day")) or guardian.CALLS_PER_DAY
            interval = max(GUARDIAN_INTERVAL / len(searches), 86_400 / calls)
            yield Part(self.slug, GUARDIAN, interval, addresses=searches)

    async def fetch(self, client: Client, part: Part, cursor: str | None, now: int) -> AsyncIterator[Batch]:
        """Read a feed once; of the searches, read the one whose turn it is.

        Raises:
            SourceError: the feed could not be read, or is none.
        """
        if not part.addresses:
            raise SourceError(f"The part {part.name} of the news has no address.", permanent=True)
        if part.name in (GDELT, GUARDIAN):
            service = gdelt if part.name == GDELT else guardian
            endpoint = text_or_none(client.settings.options.get(f"{part.name}_endpoint")) or service.ENDPOINT
            async for batch in service.fetch(client, part, endpoint, cursor, now):
                yield batch
            return
        remembered = read_cursor(cursor)
        if part.name != GOOGLE_NEWS:
            batch, state = await _poll(client, part, part.addresses[0], remembered, now)
            yield batch._replace(cursor=_cursor(write_state(state)))
            return
        turn = (number_of(remembered.get("turn")) or 0) % len(part.addresses)
        address = part.addresses[turn]
        searches = mapping_of(remembered.get("searches"))
        batch, state = await _poll(client, part, address, searches.get(digest(address)), now)
        current = {digest(each) for each in part.addresses}
        searches = {key: value for key, value in searches.items() if key in current} | {
            digest(address): write_state(state)
        }
        yield batch._replace(cursor=_cursor({"turn": turn + 1, "searches": searches}), next_poll=None)


async def _poll(client: Client, part: Part, address: str, remembered: object, now: int) -> tuple[Batch, FeedState]:
    """Ask for a feed, if it changed since the last poll, and compare it with what was there then."""
    state = read_state(remembered, address)
    from_google = address.startswith(google_news.SITE)
    aggregated = from_google or part.name == GOOGLE_NEWS
    headers = {"Accept": _FEED_TYPES} | conditions(state)
    spacing = google_news.SPACING if from_google else None
    answer = await client.get(address, headers=headers, limit_bytes=LIMIT_BYTES, spacing=spacing)
    body = digest(answer.body)
    if answer.status == 304 or body == state.body:
        batch = Batch((), None, unchanged(state, now), next_poll=_rest(answer, state.ttl, part.interval))
        return batch, state._replace(polled=now)
    content_type = answer.headers.get("content-type", "")
    feed = await asyncio.to_thread(parse, answer.body, content_type, answer.url, now, aggregated=aggregated)
    found, seen = compare(feed, state, now)
    ttl = int(feed.ttl or 0)
    batch = Batch(
        found.posts,
        None,
        found.covered,
        read=len(found.posts) + feed.damaged,
        missed=found.missed,
        next_poll=_rest(answer, ttl, part.interval),
        damaged=feed.damaged,
    )
    etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    return batch, FeedState(state.address, now, etag, modified, body, seen, ttl)


def _rest(answer: Answer, ttl: float, interval: float) -> float | None:
    """Seconds until the feed wants to be asked again, where that is more than the interval."""
    found = _MAX_AGE.search(answer.headers.get("cache-control", "").lower())
    wanted = min(max(ttl, float(found[1]) if found else 0.0), LONGEST_REST)
    return wanted if wanted > interval else None


def _google_searches(beats: Sequence[Beat]) -> tuple[str, ...]:
    return tuple(address for beat in beats if (address := google_news.address_of(beat)) is not None)


def _name_of(address: str) -> str | None:
    """A name that is stable, readable and tells no key: host and path, with a digest in place of the query."""
    canonical = canonical_url(address)
    if canonical is None:
        return None
    parts = urlsplit(canonical)
    name = f"{parts.netloc}{parts.path}"
    return f"{name}?{digest(parts.query, 8)}" if parts.query else name


def _cursor(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))
