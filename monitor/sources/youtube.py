"""YouTube: the feeds of channels without a key; with one a search for the beats, and comments.

API: version 3, https://developers.google.com/youtube/v3/docs, as of September 2026.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from monitor import instants
from monitor.records import Beat, Engagement
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
from monitor.sources.reading import host_of, list_of, number_of, text_of, text_or_none
from monitor.sources.youtube_asking import KEY, SEARCHES, UNITS, ZONE, Refused, ask
from monitor.sources.youtube_feed import ADDRESS, query_of, read_channel
from monitor.sources.youtube_items import COMMENT, VIDEO, parse_comments, parse_statistics
from monitor.sources.youtube_search import PAGE, Wishes, queries_of, read_search

if TYPE_CHECKING:
    from monitor.http import Client

ENDPOINT = "https://www.googleapis.com/youtube/v3"
SEARCH = "/search"
RESERVE = 0.2
"""The share of a day's searches that is left for second pages."""
DAY_SECONDS = 86_400.0
SHORTEST_INTERVAL = 900.0


class YouTube:
    """Each channel is a part, and each query of the search."""

    slug = "youtube"
    name = "YouTube"
    keys = (SourceKey(KEY, "YOUTUBE_API_KEY", "API key of a Google Cloud project with YouTube Data API v3"),)
    ceilings = (
        Ceiling("searches_per_day", SEARCHES, "day", 100.0, "calls of the search in a day of California", ZONE),
        Ceiling("units_per_day", UNITS, "day", 10_000.0, "all other calls in a day of California", ZONE),
    )
    options = (
        SourceOption("channels", list, [], "channels or playlists, by identifier (UC…, PL…) or address"),
        SourceOption("poll_minutes", int, 30, "minutes between two polls of a channel"),
        SourceOption("search", bool, True, "search for the beats, where there is a key"),
        SourceOption("beats", list, [], "slugs of the beats to search for; empty for all"),
        SourceOption("terms_per_beat", int, 8, "how many terms of each beat are searched for, the first ones"),
        SourceOption("language", str, "en", "language that the search prefers; empty for none"),
        SourceOption("region", str, "", "country whose viewers the search stands for, such as US; empty for none"),
        SourceOption("comments", int, 0, "follow the comments on so many of the most seen videos of each query"),
        SourceOption("endpoint", str, ENDPOINT, "address of the API"),
        SourceOption("feeds", str, ADDRESS, "address of the feeds of channels"),
    )
    refreshing = Refreshing(at_once=PAGE, ages=(3600.0, 6 * 3600.0, 24 * 3600.0), keep_days=30)

    def parts(self, settings: SourceSettings, beats: Sequence[Beat]) -> Sequence[Part]:
        """A part for each channel, and with a key one for each query.

        Raises:
            NoKey: there is neither a key nor a channel.
            SourceError: a channel cannot be made out.
        """
        if not settings.enabled:
            return ()
        options = self._options(settings)
        parts = self._channels(options)
        if options["search"] and KEY in settings.secrets:
            parts += self._searches(options, beats)
        if not parts and options["search"] and KEY not in settings.secrets:
            raise NoKey("YouTube needs an API key in YOUTUBE_API_KEY, or `channels` in [sources.youtube].")
        return tuple({part.name: part for part in parts}.values())

    async def fetch(self, client: Client, part: Part, cursor: str | None, now: int) -> AsyncIterator[Batch]:
        """Read a channel's feed once, or search on.

        Raises:
            OverBudget: the day's calls are used up.
            SourceError: an answer could not be used.
        """
        if not part.addresses:
            raise SourceError(f"The part {part.name} of YouTube has no address.", permanent=True)
        address = urlsplit(part.addresses[0])
        query = dict(parse_qsl(address.query)).get("q")
        if query is None:
            yield await read_channel(client, part, cursor, now)
            return
        options = self._options(client.settings)
        wishes = Wishes(
            language=text_of(options["language"]),
            region=text_of(options["region"]),
            comments=number_of(options["comments"]) or 0,
            rest=int(part.interval * instants.SECOND / 2),
        )
        endpoint = address._replace(query="", path=address.path.removesuffix(SEARCH)).geturl()
        batches: AsyncGenerator[Batch] = read_search(client, endpoint, query, cursor, now, wishes)
        async with aclosing(batches) as reading:
            async for batch in reading:
                yield batch

    async def refresh(self, client: Client, posts: Sequence[KnownPost], now: int) -> Refreshed:
        """Figures of videos and comments, and which are gone. Without a key nothing is known of any.

        Raises:
            OverBudget: the day's calls are used up.
            SourceError: an answer could not be used.
        """
        if KEY not in client.settings.secrets:
            return Refreshed()
        endpoint = self._endpoint(self._options(client.settings))
        ids = [post.native_id for post in posts[:PAGE]]
        videos = [one for one in ids if VIDEO.fullmatch(one)]
        comments = [one for one in ids if COMMENT.fullmatch(one)]
        found: dict[str, Engagement] = {}
        if videos:
            found |= await _figures(client, endpoint, videos, now)
        if comments:
            params: dict[str, str | int] = {"part": "snippet", "id": ",".join(comments), "maxResults": PAGE}
            found |= parse_comments(await ask(client, f"{endpoint}/comments", params, now), host_of(endpoint))
        asked = videos + comments
        return Refreshed(
            engagements={key: figures for key, figures in found.items() if key in asked},
            gone=tuple(one for one in asked if one not in found),
        )

    def _options(self, settings: SourceSettings) -> dict[str, Any]:
        return {option.name: option.default for option in self.options} | dict(settings.options)

    def _endpoint(self, options: dict[str, Any]) -> str:
        return (text_or_none(options["endpoint"]) or ENDPOINT).rstrip("/")

    def _channels(self, options: dict[str, Any]) -> list[Part]:
        interval = max(1, number_of(options["poll_minutes"]) or 30) * 60.0
        parts = []
        for number, channel in enumerate(map(text_of, list_of(options["channels"])), start=1):
            query = query_of(channel)
            if query is None:
                sentence = (
                    f"Entry {number} of `channels` in [sources.youtube] is no channel: give its identifier (UC…)."
                )
                raise SourceError(sentence, permanent=True)
            (identifier,) = query.values()
            address = f"{text_or_none(options['feeds']) or ADDRESS}?{urlencode(query)}"
            parts.append(Part(self.slug, f"channel {identifier}", interval, addresses=(address,)))
        return parts

    def _searches(self, options: dict[str, Any], beats: Sequence[Beat]) -> list[Part]:
        chosen = {text_of(slug) for slug in list_of(options["beats"])}
        wanted = [beat for beat in beats if not chosen or beat.slug in chosen]
        queries = queries_of(wanted, number_of(options["terms_per_beat"]) or 1)
        calls = options.get("searches_per_day")
        calls = float(calls) if isinstance(calls, int | float) and calls > 0 else 100.0
        interval = max(SHORTEST_INTERVAL, DAY_SECONDS * len(queries) / (calls * (1 - RESERVE)))
        endpoint = self._endpoint(options)
        return [
            Part(self.slug, f"search {number}", interval, addresses=(f"{endpoint}{SEARCH}?{urlencode({'q': query})}",))
            for number, query in enumerate(queries, 1)
        ]


async def _figures(client: Client, endpoint: str, videos: Sequence[str], now: int) -> dict[str, Engagement]:
    """Figures of those videos that are there.

    Only `videos.list` is documented to leave out what is gone, so it has the last word on what the newer call,
    which is for figures, leaves out.
    """
    params: dict[str, str | int] = {"part": "id,statistics", "id": ",".join(videos)}
    found: dict[str, Engagement] = {}
    try:
        found = parse_statistics(await ask(client, f"{endpoint}/videos:batchGetStats", params, now), host_of(endpoint))
    except Refused as error:
        if error.retry_after is not None:
            raise
    absent = [video for video in videos if video not in found]
    if absent:
        params |= {"id": ",".join(absent), "maxResults": PAGE}
        found |= parse_statistics(await ask(client, f"{endpoint}/videos", params, now), host_of(endpoint))
    return found
