"""X: the recent search, or the filtered stream. A paid source: it needs a key and a ceiling, and reads nothing before.

API: version 2, https://docs.x.com/x-api, as of August 2026: $0.005 for a post, $0.010 for a user.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from monitor import instants
from monitor.records import Beat
from monitor.sources.base import (
    Batch,
    Ceiling,
    KnownPost,
    NoKey,
    Part,
    Refreshed,
    Refreshing,
    SourceError,
    SourceKey,
    SourceOption,
    SourceSettings,
)
from monitor.sources.reading import list_of, number_of, text_of, text_or_none
from monitor.sources.x_asking import DOLLARS_A_POST, DOLLARS_A_USER, KEY, UNIT, ask, reserve
from monitor.sources.x_posts import FIELDS, parse
from monitor.sources.x_queries import LONGEST_QUERY, LONGEST_RULE, queries_of
from monitor.sources.x_sampling import Volume, affordable_a_day
from monitor.sources.x_search import Bounds, read_search
from monitor.sources.x_stream import read_stream

if TYPE_CHECKING:
    from monitor.http import Client

__all__ = ["X", "parse"]

ENDPOINT = "https://api.x.com/2"
STREAM = "stream"
PAGE = 100


class X:
    """Posts of X that the beats' words find, as one part for each query, or the stream as a single part."""

    slug = "x"
    name = "X"
    keys = (SourceKey(KEY, "X_BEARER_TOKEN", "bearer token of an application, from console.x.com"),)
    ceilings = (
        Ceiling("dollars_per_month", UNIT, "month", None, "dollars that may be spent in a calendar month (UTC)"),
        Ceiling("dollars_per_day", UNIT, "day", None, "dollars that may be spent in a day (UTC)"),
    )
    options = (
        SourceOption("beats", list, [], "slugs of the beats to search for; empty for all"),
        SourceOption("languages", list, ["en"], "languages to search in, as X names them; empty for all"),
        SourceOption("operators", str, "-is:retweet", "added to each query, such as `min_likes:5 -is:retweet`"),
        SourceOption("query_length", int, LONGEST_QUERY, "characters of a query; 4096 with an enterprise contract"),
        SourceOption("poll_minutes", int, 5, "minutes between two polls of a query"),
        SourceOption("posts_per_poll", int, 500, "posts that one poll of a query takes at most ($0.005 each)"),
        SourceOption("first_hours", int, 1, "hours that the first poll looks back"),
        SourceOption("backlog_hours", int, 168, "hours that a poll goes back after a pause; X keeps 168"),
        SourceOption("authors", bool, False, "also buy the names of authors ($0.010 each, twice the price of a post)"),
        SourceOption("refresh", bool, False, "also buy shown posts again, to see likes and deletions ($0.005 each)"),
        SourceOption("stream", bool, False, "follow the filtered stream instead of searching"),
        SourceOption("endpoint", str, ENDPOINT, "address of the API"),
    )
    refreshing = Refreshing(at_once=PAGE, ages=(3600.0, 6 * 3600.0, 24 * 3600.0))

    def __init__(self) -> None:
        self._volume = Volume()
        self._parts = 1

    def parts(self, settings: SourceSettings, beats: Sequence[Beat]) -> Sequence[Part]:
        """A part for each query; with `stream` a single one.

        Raises:
            NoKey: there is no bearer token.
            SourceError: no ceiling is set, or an option cannot be used.
        """
        if not settings.enabled:
            return ()
        if KEY not in settings.secrets:
            raise NoKey("X needs a bearer token in X_BEARER_TOKEN, and a ceiling in [sources.x]; see docs/sources.md.")
        options = self._options(settings)
        if not any(_positive(options.get(ceiling.option)) for ceiling in self.ceilings):
            raise SourceError(
                "X costs money and does nothing until dollars_per_month or dollars_per_day is set in [sources.x].",
                permanent=True,
            )
        queries = self._queries(options, beats)
        self._parts = max(1, len(queries))
        endpoint = (text_or_none(options["endpoint"]) or ENDPOINT).rstrip("/")
        if options["stream"]:
            addresses = tuple(_with_query(f"{endpoint}/tweets/search/stream", query) for query in queries)
            return (Part(self.slug, STREAM, 15.0, streaming=True, addresses=addresses),) if queries else ()
        interval = max(1, number_of(options["poll_minutes"]) or 5) * 60.0
        return tuple(
            Part(
                self.slug,
                f"search {number}",
                interval,
                addresses=(_with_query(f"{endpoint}/tweets/search/recent", query),),
            )
            for number, query in enumerate(queries, 1)
        )

    async def fetch(self, client: Client, part: Part, cursor: str | None, now: int) -> AsyncIterator[Batch]:
        """Read the search of a part on, or follow the stream.

        Raises:
            OverBudget: a ceiling is reached.
            SourceError: an answer could not be used.
        """
        if not part.addresses:
            raise SourceError(f"The part {part.name} of X has no address.", permanent=True)
        options = self._options(client.settings)
        authors = bool(options["authors"])
        batches: AsyncGenerator[Batch]
        if part.streaming:
            rules = [query for address in part.addresses if (query := _query_of(address))]
            url = urlunsplit(urlsplit(part.addresses[0])._replace(query=""))
            batches = read_stream(client, url, rules, cursor, authors=authors)
        else:
            batches = read_search(client, part.addresses[0], cursor, now, self._bounds(options), self._volume)
        async with aclosing(batches) as reading:
            async for batch in reading:
                yield batch

    async def refresh(self, client: Client, posts: Sequence[KnownPost], now: int) -> Refreshed:
        """Buy posts again, if the option says so: their engagement, and which are gone.

        Raises:
            OverBudget: a ceiling is reached.
            SourceError: the answer could not be used.
        """
        options = self._options(client.settings)
        numbers = [post.native_id for post in posts if post.native_id.isascii() and post.native_id.isdigit()][:PAGE]
        if not options["refresh"] or not numbers:
            return Refreshed()
        endpoint = (text_or_none(options["endpoint"]) or ENDPOINT).rstrip("/")
        await reserve(client, (len(numbers),))
        params: dict[str, str | int] = {"ids": ",".join(numbers), "tweet.fields": FIELDS}
        page = await ask(client, f"{endpoint}/tweets", params, len(numbers), now)
        asked = set(numbers)
        return Refreshed(
            engagements={post.native_id: post.engagement for post in page.posts if post.native_id in asked},
            gone=tuple(number for number in page.gone if number in asked)
            + tuple(gone.native_id for gone in page.deletions if gone.native_id in asked),
        )

    def _options(self, settings: SourceSettings) -> dict[str, Any]:
        return {option.name: option.default for option in self.options} | dict(settings.options)

    def _bounds(self, options: dict[str, Any]) -> Bounds:
        authors = bool(options["authors"])
        price = DOLLARS_A_POST + (DOLLARS_A_USER if authors else 0.0)
        return Bounds(
            first_look_back=max(1, number_of(options["first_hours"]) or 1) * instants.HOUR,
            backlog=max(1, number_of(options["backlog_hours"]) or 168) * instants.HOUR,
            pages=max(1, -(-(number_of(options["posts_per_poll"]) or PAGE) // PAGE)),
            authors=authors,
            affordable=affordable_a_day(options, price),
            queries=self._parts,
        )

    def _queries(self, options: dict[str, Any], beats: Sequence[Beat]) -> tuple[str, ...]:
        chosen = {text_of(slug) for slug in list_of(options["beats"])}
        languages = [f"lang:{tag}" for tag in map(text_of, list_of(options["languages"])) if tag.isalpha()]
        said = f"({' OR '.join(languages)})" if len(languages) > 1 else "".join(languages)
        restriction = " ".join(f"{said} {text_of(options['operators'])}".split())
        longest = LONGEST_RULE if options["stream"] else number_of(options["query_length"]) or LONGEST_QUERY
        if len(restriction) > longest // 2:
            raise SourceError("`operators` and `languages` in [sources.x] leave no room for words.", permanent=True)
        return queries_of([beat for beat in beats if not chosen or beat.slug in chosen], longest, restriction)


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _with_query(address: str, query: str) -> str:
    return f"{address}?{urlencode({'query': query})}"


def _query_of(address: str) -> str:
    return dict(parse_qsl(urlsplit(address).query)).get("query", "")
