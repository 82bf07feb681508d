"""Following Jetstream: where to begin, how far it came, and what it no longer gives.

The place in the stream is a time in microseconds in both versions, as that means the same to every host; the numbers
that version 2 also takes do not.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from monitor import instants
from monitor.records import Deletion, Post, Span
from monitor.sources.base import Batch, SourceError
from monitor.sources.bluesky_frames import EARLIEST_US, LATEST_US, parse_frame
from monitor.sources.bluesky_records import COLLECTION
from monitor.sources.reading import mapping_of, read_json

if TYPE_CHECKING:
    from monitor.http import Client, Stream

VERSION_2 = "/xrpc/network.bsky.jetstream.subscribeEvents"

REWIND_US = 5_000_000
"""How far before the last event a stream is taken up again: hosts do not send events in quite the same order."""
CLAMPED_US = 60_000_000
"""A stream that begins so much later than asked for has lost what lies between: an old cursor is moved silently."""
KEPT = 35 * instants.HOUR
"""How far back a host is asked to begin that refuses an older cursor; they keep 36 hours."""
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

_OTHER_VERSION = {400, 404, 405, 410, 426, 501}


def speaks_version_2(address: str) -> bool:
    """Whether an address is one of version 2."""
    return urlsplit(address).path.endswith(VERSION_2)


def version_2_of(address: str) -> str:
    """The address of version 2 on the host of an address."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc, VERSION_2, "", ""))


def _subscription(address: str, cursor: int | None) -> tuple[str, dict[str, str | int]]:
    """Where to ask for posts and for what becomes of accounts, from a time in microseconds on."""
    if speaks_version_2(address):
        address += "?kinds=commit&kinds=account"
    params: dict[str, str | int] = {
        "collections" if speaks_version_2(address) else "wantedCollections": COLLECTION,
        "maxMessageSizeBytes": LARGEST_FRAME,
    }
    if cursor is not None:
        params["cursor"] = cursor
    return address, params


class Refusal(NamedTuple):
    """What a host meant when it did not give a stream."""

    too_old: bool = False
    """It no longer has what was asked for, and would begin later."""
    other_version: bool = False
    """It does not know what it was asked, as a host of the other version would not."""


def refusal_in(error: SourceError) -> Refusal:
    """What is behind an error of `follow`; nothing where the host did not refuse."""
    from monitor.http_trouble import Trouble

    if not isinstance(error, Trouble) or error.status is None:
        return Refusal()
    try:
        reason = mapping_of(read_json(error.body, "Jetstream")).get("error")
    except SourceError:
        reason = None
    too_old = error.status == 400 and reason == "CursorTooOld"
    return Refusal(too_old, error.status in _OTHER_VERSION and not too_old)


async def follow(client: Client, address: str, last: int | None) -> AsyncGenerator[Batch]:
    """What the host of an address sends from just before the time `last` on, until it ends the stream.

    Where it no longer has that, what it still has; what lies between is missed.

    Raises:
        SourceError: the host cannot be reached, the connection broke off, or nothing came for a minute; see
            `refusal_in`.
    """
    cursors: list[int | None] = [None]
    if last is not None:
        cursors = [last - REWIND_US, (client.now() - KEPT) * 1000, None]
    for number, cursor in enumerate(cursors, start=1):
        try:
            wanted, params = _subscription(address, cursor)
            async with (
                client.stream(wanted, params=params) as stream,
                aclosing(_batches(client, stream, last)) as batches,
            ):
                async for batch in batches:
                    yield batch
            return
        except SourceError as error:
            if number == len(cursors) or not refusal_in(error).too_old:
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
        if progress.end:
            raise SourceError(f"{stream.host} has ended the stream: {progress.end}.")
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
        self._outdated = False
        self.end = ""
        """Why the host ended the stream, where it said so."""
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
            self.end = self.end or event.end
            self._outdated = self._outdated or event.outdated
            if event.time_us is not None:
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
        elif first - self._newest > CLAMPED_US or (self._outdated and first > self._newest):
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


def read_cursor(cursor: str | None) -> int | None:
    """The time in a cursor; one that is none, or too small to be in microseconds, is like no cursor."""
    if cursor is None or not (cursor.isascii() and cursor.isdigit()) or len(cursor) > 18:
        return None
    time_us = int(cursor)
    return time_us if EARLIEST_US <= time_us < LATEST_US else None
