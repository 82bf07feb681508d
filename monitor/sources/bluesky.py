"""Bluesky: new posts from Jetstream, the public stream of the network, which needs no key.

How posts are received, and what their authors are called now, is asked of the public AppView. With an app password the
last hours are searched for the words of a beat whose rule is new.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from monitor.records import Beat
from monitor.sources import bluesky_views
from monitor.sources.base import (
    Batch,
    KnownPost,
    Part,
    Refreshed,
    Refreshing,
    SourceError,
    SourceKey,
    SourceOption,
    SourceSettings,
)
from monitor.sources.bluesky_frames import Event, parse_frame
from monitor.sources.bluesky_search import backfill_parts, search
from monitor.sources.bluesky_session import PASSWORD, Session
from monitor.sources.bluesky_stream import Progress, follow, read_cursor, refusal_in, speaks_version_2, version_2_of
from monitor.sources.reading import list_of, number_of, text_of, text_or_none

if TYPE_CHECKING:
    from monitor.http import Client

__all__ = ["ENDPOINTS", "Bluesky", "Event", "Progress", "parse_frame"]

ENDPOINTS = (
    "wss://jetstream1.us-east.bsky.network/subscribe",
    "wss://jetstream2.us-east.bsky.network/subscribe",
    "wss://jetstream1.us-west.bsky.network/subscribe",
    "wss://jetstream2.us-west.bsky.network/subscribe",
    "wss://jetstream.us-east.bsky.network/xrpc/network.bsky.jetstream.subscribeEvents",
    "wss://jetstream.us-west.bsky.network/xrpc/network.bsky.jetstream.subscribeEvents",
)
APP_VIEW = "https://public.api.bsky.app"
SERVICE = "https://bsky.social"
BACKFILL_HOURS = 24


class Bluesky:
    """The stream of new Bluesky posts, from one of several hosts, and searches for what was before it."""

    slug = "bluesky"
    name = "Bluesky"
    options = (
        SourceOption(
            "endpoint", list, [], "Jetstream hosts as wss:// addresses, tried in turn; empty for the public ones"
        ),
        SourceOption(
            "app_view",
            str,
            "",
            "where to ask how posts are received; empty for the public one, or for none with an `endpoint` of your own",
        ),
        SourceOption("identifier", str, "", "handle or DID of the account whose app password is used for searches"),
        SourceOption("service", str, SERVICE, "where that account signs in"),
        SourceOption("backfill_hours", int, BACKFILL_HOURS, "hours to search for a beat whose rule is new; 0 for none"),
    )
    keys = (SourceKey(PASSWORD, "BLUESKY_APP_PASSWORD", "app password, for searches with the option identifier"),)
    refreshing = Refreshing(at_once=25, ages=(120.0, 3600.0, 4 * 3600.0, 12 * 3600.0, 23 * 3600.0))

    def __init__(self) -> None:
        self._turn = 0
        self._second: set[str] = set()
        self._session: Session | None = None

    def parts(self, settings: SourceSettings, beats: Sequence[Beat]) -> Sequence[Part]:
        """The stream, and a search for each beat where there is an app password.

        Raises:
            SourceError: `app_view` or `service` is no address.
        """
        if not settings.enabled:
            return ()
        options = {option.name: option.default for option in self.options} | dict(settings.options)
        for name in ("app_view", "service"):
            if text_of(options[name]) and not text_of(options[name]).startswith(("https://", "http://")):
                raise SourceError(f"`{name}` in [sources.bluesky] is no http or https address.", permanent=True)
        named = [address for address in list_of(options["endpoint"]) if text_or_none(address)]
        stream = Part(self.slug, "posts", 5.0, streaming=True, addresses=tuple(named) or ENDPOINTS)
        hours = number_of(options["backfill_hours"]) or 0
        if PASSWORD not in settings.secrets or not text_or_none(options["identifier"]) or not hours:
            return (stream,)
        return (stream, *backfill_parts(text_or_none(options["service"]) or SERVICE, beats))

    async def fetch(self, client: Client, part: Part, cursor: str | None, now: int) -> AsyncIterator[Batch]:
        """Read the stream from just before the last event on, or from now on, until the host ends it; or search.

        The cursor of the stream is the time of the last event in microseconds. `now` is the time of the start; what
        comes is stamped by the client's clock. A host that does not know the first version of the stream any more is
        asked for the second.

        Raises:
            SourceError: no host can be reached, the connection broke off, or nothing came for a minute.
        """
        batches = self._follow(client, part, cursor) if part.streaming else self._search(client, part, cursor, now)
        async with aclosing(batches):
            async for batch in batches:
                yield batch

    async def _follow(self, client: Client, part: Part, cursor: str | None) -> AsyncGenerator[Batch]:
        addresses = part.addresses or ENDPOINTS
        last = read_cursor(cursor)
        tried = 0
        while True:
            address = addresses[self._turn % len(addresses)]
            if address in self._second:
                address = version_2_of(address)
            begun = False
            try:
                async with aclosing(follow(client, address, last)) as batches:
                    async for batch in batches:
                        begun = True
                        yield batch
                return
            except SourceError as error:
                if not begun and refusal_in(error).other_version and not speaks_version_2(address):
                    self._second.add(address)
                    continue
                self._second.discard(addresses[self._turn % len(addresses)])
                self._turn += 1
                tried += 1
                if begun or tried == len(addresses):
                    raise

    async def _search(self, client: Client, part: Part, cursor: str | None, now: int) -> AsyncGenerator[Batch]:
        password = client.settings.secrets[PASSWORD]
        identifier = text_or_none(client.settings.options.get("identifier")) or ""
        if self._session is None or not self._session.belongs_to(part.addresses[0], identifier, password):
            self._session = Session(part.addresses[0], identifier, password)
        hours = number_of(client.settings.options.get("backfill_hours", BACKFILL_HOURS)) or BACKFILL_HOURS
        async with aclosing(search(client, self._session, part, cursor, hours, now)) as batches:
            async for batch in batches:
                yield batch

    async def refresh(self, client: Client, posts: Sequence[KnownPost], now: int) -> Refreshed:
        """Ask the AppView how posts are received and what their authors are called; see `bluesky_views.refresh`.

        Raises:
            SourceError: the answer could not be used.
        """
        named = text_or_none(client.settings.options.get("app_view"))
        if named is None and any(text_or_none(address) for address in list_of(client.settings.options.get("endpoint"))):
            return Refreshed()
        return await bluesky_views.refresh(client, (named or APP_VIEW).rstrip("/"), posts, now)
