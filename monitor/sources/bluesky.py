"""Bluesky: new posts from Jetstream, the public stream of the network in JSON. No key is needed.

Wire format: version 1 of `/subscribe`, https://github.com/bluesky-social/jetstream-legacy. Account events come whatever
the subscription says, and a deleted account takes its posts with it.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor import instants
from monitor.records import Beat, Deletion, Post, Span
from monitor.sources.base import Batch, Part, SourceError, SourceOption, SourceSettings
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
from monitor.text.clean import clean_line, replace_byte_ranges, safe_url

if TYPE_CHECKING:
    from monitor.http import Client, Stream

ENDPOINTS = (
    "wss://jetstream1.us-east.bsky.network/subscribe",
    "wss://jetstream2.us-east.bsky.network/subscribe",
    "wss://jetstream1.us-west.bsky.network/subscribe",
    "wss://jetstream2.us-west.bsky.network/subscribe",
)
COLLECTION = "app.bsky.feed.post"

REWIND_US = 5_000_000
"""How far before the last event a stream is taken up again: hosts do not send events in quite the same order."""
CLAMPED_US = 60_000_000
"""A stream that begins so much later than asked for has lost what lies between: an old cursor is moved silently."""
LARGEST_FRAME = 1_000_000
"""Bytes. The host leaves out what is larger, on which the connection would break again and again."""
GATHER_SECONDS = 1.0
GATHER_FRAMES = 200
IDLE_SECONDS = 10.0
"""After so long a batch is given even if it holds nothing, so that the cursor moves on."""
SILENT_SECONDS = 60.0
"""The network is never silent for so long; a host that is has lost its own source."""
FUTURE = instants.HOUR
"""How far ahead of our clock an event may be and still be believed."""

_EARLIEST_US = 1_500_000_000_000_000
_LATEST_US = 4_102_444_800_000_000
_DID = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,500}")
_RECORD_KEY = re.compile(r"[A-Za-z0-9._~:-]{1,512}")
_GONE = {"deleted", "takendown"}


class Event(NamedTuple):
    """What one frame says; most say nothing to us but the time."""

    time_us: int
    """When the network saw it, in microseconds since the epoch."""
    post: Post | None = None
    deletion: Deletion | None = None


def parse_frame(frame: bytes | str, now: int) -> Event:
    """Read one frame of the stream.

    A new or edited post, also a reply, is a post; a deleted one, or an account deleted or taken down, is a deletion.

    Raises:
        SourceError: it is no frame of this wire format.
    """
    data = mapping_of(read_json(frame, "Jetstream"))
    time_us = number_of(data.get("time_us"))
    if time_us is None or not _EARLIEST_US <= time_us < _LATEST_US:
        raise SourceError("Jetstream sent an event without a usable time.")
    kind = data.get("kind")
    if kind == "commit":
        return _commit(data, time_us, now)
    if kind == "account":
        account = mapping_of(data.get("account"))
        status = account.get("status")
        if account.get("active") is False and isinstance(status, str) and status in _GONE:
            return Event(time_us, deletion=Deletion("bluesky", author=_identifier(data)))
    return Event(time_us)


def _commit(data: dict[str, Any], time_us: int, now: int) -> Event:
    commit = mapping_of(data.get("commit"))
    if commit.get("collection") != COLLECTION:
        return Event(time_us)
    did, key = _identifier(data), commit.get("rkey")
    if not isinstance(key, str) or not _RECORD_KEY.fullmatch(key):
        raise SourceError("Jetstream sent a post without a usable key.")
    native_id = f"at://{did}/{COLLECTION}/{key}"
    operation = commit.get("operation")
    if operation == "delete":
        return Event(time_us, deletion=Deletion("bluesky", native_id=native_id))
    if operation not in ("create", "update"):
        return Event(time_us)
    record = commit.get("record")
    if not isinstance(record, dict):
        raise SourceError("Jetstream sent a post without its record.")
    published = time_of(record.get("createdAt"))
    languages = list_of(record.get("langs"))
    post = Post(
        source="bluesky",
        native_id=native_id,
        text=read_text(record)[:LONGEST_TEXT],
        published_at=time_us // 1000 if published is None else published,
        collected_at=now,
        url=f"https://bsky.app/profile/{did}/post/{key}",
        author=did,
        lang=language_of(languages[0]) if languages else None,
    )
    return Event(time_us, post=post)


def _identifier(data: dict[str, Any]) -> str:
    did = data.get("did")
    if not isinstance(did, str) or not _DID.fullmatch(did):
        raise SourceError("Jetstream sent an event without a usable author.")
    return did


def read_text(record: dict[str, Any]) -> str:
    """The text of a post record with its links in full, followed by the card of the page that it embeds."""
    text = text_of(record.get("text"))
    facets = record.get("facets")
    if facets:
        text = replace_byte_ranges(text, list(_link_ranges(text, list_of(facets))))
    embed = record.get("embed")
    if embed:
        text = _with_card(text, mapping_of(embed))
    return text


def _link_ranges(text: str, facets: list[Any]) -> Iterable[tuple[int, int, str]]:
    """Where links stand, in UTF-8 bytes, and what is to stand there: an address, also after words that were linked."""
    data = text.encode("utf-8", "surrogatepass")
    for facet in map(mapping_of, facets):
        index = mapping_of(facet.get("index"))
        start, end = number_of(index.get("byteStart")), number_of(index.get("byteEnd"))
        address = next((uri for feature in list_of(facet.get("features")) if (uri := _link(feature))), None)
        if address is None or start is None or end is None:
            continue
        shown = data[start:end].decode("utf-8", "replace")
        is_address = "." in shown and not any(character.isspace() for character in shown)
        if shown != address:
            yield start, end, address if is_address else f"{shown} {address}"


def _link(feature: object) -> str | None:
    fields = mapping_of(feature)
    if fields.get("$type") != "app.bsky.richtext.facet#link":
        return None
    return safe_url(text_or_none(fields.get("uri")))


def _with_card(text: str, embed: dict[str, Any]) -> str:
    """The text with the title, description and address of an embedded page, as far as they are not in it already."""
    external = mapping_of(embed.get("external")) or mapping_of(mapping_of(embed.get("media")).get("external"))
    if not external:
        return text
    lines = [clean_line(text_of(external.get("title"))), clean_line(text_of(external.get("description")))]
    lines.append(safe_url(text_or_none(external.get("uri"))) or "")
    for line in lines:
        if line and line not in text:
            text = f"{text}\n{line}" if text else line
    return text


class Bluesky:
    """The stream of new Bluesky posts, from one of several hosts."""

    slug = "bluesky"
    name = "Bluesky"
    options = (
        SourceOption(
            "endpoint", list, [], "Jetstream hosts as wss:// addresses, tried in turn; empty for the public ones"
        ),
    )

    def __init__(self) -> None:
        self._turn = 0

    def parts(self, settings: SourceSettings, beats: Sequence[Beat]) -> Sequence[Part]:
        if not settings.enabled:
            return ()
        named = [address for address in list_of(settings.options.get("endpoint")) if text_or_none(address)]
        return (Part(self.slug, "posts", 5.0, streaming=True, addresses=tuple(named) or ENDPOINTS),)

    async def fetch(self, client: Client, part: Part, cursor: str | None, now: int) -> AsyncIterator[Batch]:
        """Read the stream from just before the last event on, or from now on, until the host ends it.

        The cursor is the time of the last event in microseconds. `now` is the time of the start; what comes is stamped
        by the client's clock.

        Raises:
            SourceError: no host can be reached, the connection broke off, or nothing came for a minute.
        """
        addresses = part.addresses or ENDPOINTS
        last = _read_cursor(cursor)
        for attempt in range(len(addresses)):
            address = addresses[self._turn % len(addresses)]
            params: dict[str, str | int] = {"wantedCollections": COLLECTION, "maxMessageSizeBytes": LARGEST_FRAME}
            if last is not None:
                params["cursor"] = last - REWIND_US
            connected = False
            try:
                async with client.stream(address, params=params) as stream:
                    connected = True
                    async with aclosing(_batches(client, stream, last)) as batches:
                        async for batch in batches:
                            yield batch
                return
            except SourceError:
                self._turn += 1
                if connected or attempt == len(addresses) - 1:
                    raise


async def _batches(client: Client, stream: Stream, last: int | None) -> AsyncGenerator[Batch]:
    """What a stream brings, gathered for about a second, until the host ends it."""
    progress = Progress(last)
    given = heard = client.now()
    while not stream.ended:
        frames = await stream.receive(GATHER_SECONDS, GATHER_FRAMES)
        now = client.now()
        progress.take(frames, now)
        heard = now if frames else min(heard, now)
        given = min(given, now)
        if progress.holds_something or now - given >= IDLE_SECONDS * instants.SECOND:
            given = now
            yield progress.batch(now)
        if now - heard >= SILENT_SECONDS * instants.SECOND:
            raise SourceError(f"{stream.host} has sent nothing for {SILENT_SECONDS:.0f} seconds.")
    yield progress.batch(client.now())


class Progress:
    """What was read of a stream since the last batch, and how far it has come."""

    def __init__(self, last: int | None) -> None:
        """Go on after the event of the time `last`, in microseconds; None begins with the first event."""
        self._newest = last
        self._covered_to = None if last is None else last // 1000
        self._begun = False
        self._missed: Span | None = None
        self._posts: list[Post] = []
        self._deletions: list[Deletion] = []
        self._read = 0
        self._damaged = 0

    @property
    def holds_something(self) -> bool:
        return bool(self._posts or self._deletions or self._missed)

    def take(self, frames: Iterable[bytes | str], now: int) -> None:
        """Read frames; one that is damaged is counted and passed over."""
        for frame in frames:
            self._read += 1
            try:
                event = parse_frame(frame, now)
            except SourceError:
                self._damaged += 1
                continue
            self._reach(event.time_us, now)
            if event.post is not None:
                self._posts.append(event.post)
            if event.deletion is not None:
                self._deletions.append(event.deletion)

    def batch(self, now: int) -> Batch:
        """What was gathered, complete up to the newest event; a new gathering begins."""
        batch = Batch(
            posts=tuple(self._posts),
            cursor=None if self._newest is None else str(self._newest),
            covered=self._cover(now),
            deletions=tuple(self._deletions),
            read=self._read,
            missed=self._missed,
            damaged=self._damaged,
        )
        self._posts, self._deletions, self._missed = [], [], None
        self._read = self._damaged = 0
        return batch

    def _reach(self, time_us: int, now: int) -> None:
        """Move on to the time of an event, unless it lies where no event can be yet."""
        if time_us // 1000 > now + FUTURE:
            return
        if not self._begun:
            self._begun = True
            self._begin(time_us)
        self._newest = max(self._newest or 0, time_us)

    def _begin(self, first: int) -> None:
        """Compare the first event with what was asked for."""
        if self._newest is None:
            self._covered_to = first // 1000
        elif first - self._newest > CLAMPED_US:
            self._missed = (self._newest // 1000, first // 1000)
            self._covered_to = first // 1000

    def _cover(self, now: int) -> Span | None:
        """The span from the last batch to the newest event; None where that is nothing."""
        if self._newest is None or self._covered_to is None:
            return None
        start, end = self._covered_to, min(self._newest // 1000, now)
        if end <= start:
            return None
        self._covered_to = end
        return start, end


def _read_cursor(cursor: str | None) -> int | None:
    """The time in a cursor; one that is none, or too small to be in microseconds, is like no cursor."""
    if cursor is None or not (cursor.isascii() and cursor.isdigit()) or len(cursor) > 18:
        return None
    time_us = int(cursor)
    return time_us if _EARLIEST_US <= time_us < _LATEST_US else None
