"""Reading frames of Jetstream, the public stream of Bluesky in JSON, in both of its wire formats.

Version 1 (`/subscribe`): https://github.com/bluesky-social/jetstream-legacy. Version 2 (the XRPC subscription
`network.bsky.jetstream.subscribeEvents`): https://github.com/bluesky-social/jetstream. Which one it is a frame tells.
Account events come whatever is subscribed to, and a deleted account takes its posts with it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from monitor.records import Deletion, Post
from monitor.sources.base import SourceError
from monitor.sources.bluesky_records import COLLECTION, did_of, key_of, native_id_of, post_of
from monitor.sources.reading import mapping_of, number_of, read_json, text_of
from monitor.text.clean import clean_line

EARLIEST_US = 1_500_000_000_000_000
LATEST_US = 4_102_444_800_000_000
"""Between these a time in microseconds is one that an event can have."""

_GONE = {"deleted", "takendown"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Event(NamedTuple):
    """What one frame says; most say nothing to us but the time."""

    time_us: int | None
    """When the network saw it, in microseconds since the epoch; None for what the host says of itself."""
    post: Post | None = None
    deletion: Deletion | None = None
    outdated: bool = False
    """Whether the host says that it no longer has all that was asked for."""
    end: str = ""
    """Why the host ends the stream, which nothing follows."""


def parse_frame(frame: bytes | str, now: int) -> Event:
    """Read one frame of the stream.

    A new or edited post, also a reply, is a post; a deleted one, or an account deleted or taken down, is a deletion.

    Raises:
        SourceError: it is no frame of either wire format.
    """
    data = mapping_of(read_json(frame, "Jetstream"))
    kind = data.get("$type")
    if kind is None:
        return _event(data.get("kind"), data, mapping_of(data.get("commit")), number_of(data.get("time_us")), now)
    if kind == "error":
        return Event(None, end=clean_line(text_of(data.get("error")))[:100] or "an error")
    payload = mapping_of(data.get("payload"))
    what = text_of(payload.get("$type")).rpartition("#")[2]
    if what == "info":
        return Event(None, outdated=payload.get("name") == "OutdatedCursor")
    return _event(what, payload, payload, _microseconds(payload.get("time")), now)


def _event(kind: object, data: dict[str, Any], commit: dict[str, Any], time_us: int | None, now: int) -> Event:
    if time_us is None or not EARLIEST_US <= time_us < LATEST_US:
        raise SourceError("Jetstream sent an event without a usable time.")
    if kind == "commit":
        return _commit(data, commit, time_us, now)
    if kind == "account":
        # Version 2 wraps the event of the network, and is not documented to repeat its fields outside.
        account = mapping_of(data.get("account")) or data
        status = account.get("status")
        if account.get("active") is False and isinstance(status, str) and status in _GONE:
            return Event(time_us, deletion=Deletion("bluesky", author=_author({**account, **data})))
    return Event(time_us)


def _commit(data: dict[str, Any], commit: dict[str, Any], time_us: int, now: int) -> Event:
    if commit.get("collection") != COLLECTION:
        return Event(time_us)
    did, key = _author(data), key_of(commit.get("rkey"))
    if key is None:
        raise SourceError("Jetstream sent a post without a usable key.")
    operation = commit.get("operation")
    if operation == "delete":
        return Event(time_us, deletion=Deletion("bluesky", native_id=native_id_of(did, key)))
    if operation not in ("create", "update"):
        return Event(time_us)
    record = commit.get("record")
    if not isinstance(record, dict):
        raise SourceError("Jetstream sent a post without its record.")
    return Event(time_us, post=post_of(record, did, key, time_us // 1000, now))


def _author(data: dict[str, Any]) -> str:
    did = did_of(data.get("did"))
    if did is None:
        raise SourceError("Jetstream sent an event without a usable author.")
    return did


def _microseconds(value: object) -> int | None:
    """Microseconds since the epoch of an RFC 3339 time."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment - _EPOCH) // _MICROSECOND
    except (ValueError, TypeError, OverflowError):
        return None
