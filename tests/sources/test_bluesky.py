from __future__ import annotations

import contextlib
import itertools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection, serve

from monitor import instants
from monitor.http import Client
from monitor.records import Deletion
from monitor.sources import bluesky
from monitor.sources.base import Batch, Part, SourceError, SourceSettings
from monitor.sources.bluesky import Bluesky, Event, Progress, parse_frame
from tests.sources.conftest import ANY_JSON, NOW

NOW_US = NOW * 1000
DID = "did:plc:q235v55g5unth4zjjdpacfdr"
KEY = "3mmoojp4cd223"
NATIVE_ID = f"at://{DID}/app.bsky.feed.post/{KEY}"


def commit(record: object = None, /, **changes: object) -> dict[str, Any]:
    fields = {"rev": "3mm", "operation": "create", "collection": "app.bsky.feed.post", "rkey": KEY, "cid": "bafy"}
    fields["record"] = {"text": "hello", "createdAt": "2026-11-21T09:59:00.5Z"} if record is None else record
    return {"did": DID, "time_us": NOW_US - 1_000_000, "kind": "commit", "commit": fields | changes}


def account(status: object = "deleted", active: object = False) -> dict[str, Any]:
    fields = {"active": active, "did": DID, "seq": 1, "time": "2026-11-21T09:59:00Z", "status": status}
    return {"did": DID, "time_us": NOW_US, "kind": "account", "account": fields}


def parse(data: object) -> Event:
    return parse_frame(json.dumps(data), NOW)


def text_of(record: dict[str, Any]) -> str:
    post = parse(commit({"text": "", "createdAt": "2026-11-21T09:59:00Z"} | record)).post
    assert post is not None
    return post.text


# One frame


def test_a_post():
    post = parse(commit({"text": "hello", "createdAt": "2026-11-21T09:59:00.500Z", "langs": ["en-GB", "de"]})).post
    assert post is not None
    assert post.source == "bluesky"
    assert post.native_id == NATIVE_ID
    assert post.url == f"https://bsky.app/profile/{DID}/post/{KEY}"
    assert (post.author, post.author_name, post.title) == (DID, None, None)
    assert (post.text, post.lang) == ("hello", "en-GB")
    assert post.published_at == instants.parse("2026-11-21T09:59:00.500Z")
    assert post.collected_at == NOW


def test_a_reply_and_an_edited_post_are_posts():
    reference = {"uri": NATIVE_ID, "cid": "bafy"}
    reply = {"text": "yes", "createdAt": "2026-11-21T09:59:00Z", "reply": {"root": reference, "parent": reference}}
    assert parse(commit(reply)).post is not None
    assert parse(commit(operation="update")).post is not None


@pytest.mark.parametrize(
    "claimed", [None, "", "yesterday", 5, [], "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:00", "1" * 5000, "\ud800"]
)
def test_a_time_that_is_missing_or_nonsense_gives_way_to_that_of_the_network(claimed):
    post = parse(commit({"text": "hello", "createdAt": claimed})).post
    assert post is not None
    assert post.published_at == NOW - 1000


def test_a_time_in_the_future_is_kept_as_claimed():
    post = parse(commit({"text": "hello", "createdAt": "2031-01-01T00:00:00+01:00"})).post
    assert post is not None
    assert post.published_at == instants.parse("2030-12-31T23:00:00Z")


@pytest.mark.parametrize("langs", [None, "en", [], [5], ["en us"], ["\ud800"], {}, [None]])
def test_a_language_that_is_none_is_unknown(langs):
    post = parse(commit({"text": "hello", "createdAt": "2026-11-21T09:59:00Z", "langs": langs})).post
    assert post is not None
    assert post.lang is None


def test_a_deleted_post():
    data = commit(operation="delete")
    del data["commit"]["record"], data["commit"]["cid"]
    assert parse(data).deletion == Deletion("bluesky", native_id=NATIVE_ID)


@pytest.mark.parametrize("status", ["deleted", "takendown"])
def test_a_deleted_account_takes_its_posts_along(status):
    assert parse(account(status)).deletion == Deletion("bluesky", author=DID)


@pytest.mark.parametrize(
    "data",
    [
        account("deactivated"),
        account("deleted", active=True),
        account("deleted", active=None),
        account(["deleted"]),
        commit(collection="app.bsky.feed.like"),
        commit(operation="archive"),
        {"did": DID, "time_us": NOW_US, "kind": "identity", "identity": {"did": DID, "seq": 1}},
        {"did": DID, "time_us": NOW_US, "kind": "news", "cursor": 12},
        {"time_us": NOW_US},
    ],
)
def test_what_says_nothing_to_us_still_says_the_time(data):
    assert parse(data) == Event(data["time_us"])


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b"{",
        b'{"time_us": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        json.dumps(commit(rkey="../../x")),
        json.dumps(commit(rkey=5)),
        json.dumps(commit() | {"did": "did:plc:x/../y"}),
        json.dumps(commit() | {"time_us": NOW}),
        json.dumps(commit() | {"time_us": float(NOW_US)}),
        json.dumps(commit() | {"time_us": True}),
        json.dumps(commit("text")),
    ],
)
def test_what_is_no_frame_is_one_error(frame):
    with pytest.raises(SourceError):
        parse_frame(frame, NOW)


# Text


def link(start: object, end: object, uri: object, kind: str = "app.bsky.richtext.facet#link") -> dict[str, Any]:
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [{"$type": kind, "uri": uri}]}


def test_a_shortened_link_is_given_in_full_counted_in_bytes():
    text = "Größe 🦋 example.com/a-lo... done"
    start = len("Größe 🦋 ".encode())
    facet = link(start, start + len("example.com/a-lo..."), "https://example.com/a-long-path")
    assert text_of({"text": text, "facets": [facet]}) == "Größe 🦋 https://example.com/a-long-path done"


def test_linked_words_keep_standing_before_the_address():
    assert text_of({"text": "read this", "facets": [link(5, 9, "https://example.com/")]}) == (
        "read this https://example.com/"
    )


@pytest.mark.parametrize(
    "facet",
    [
        link(0, 500, "https://example.com/"),
        link(4, 0, "https://example.com/"),
        link(-1, 2, "https://example.com/"),
        link(True, 2, "https://example.com/"),
        link("0", 2, "https://example.com/"),
        link(0, 1, "https://example.com/"),
        link(0, 2, "javascript:alert(1)"),
        link(0, 2, 5),
        link(0, 2, "https://example.com/", "app.bsky.richtext.facet#tag"),
        {"index": None, "features": None},
        "facet",
        None,
    ],
)
def test_a_facet_that_makes_no_sense_changes_nothing(facet):
    assert text_of({"text": "über", "facets": [facet]}) == "über"


def test_an_embedded_page_stands_below_the_text_but_not_twice():
    card = {"uri": "https://example.com/x", "title": "A title", "description": "What it\nis about", "thumb": {}}
    record = {"text": "See: A title", "embed": {"$type": "app.bsky.embed.external", "external": card}}
    assert text_of(record) == "See: A title\nWhat it is about\nhttps://example.com/x"
    assert text_of(record | {"text": ""}) == "A title\nWhat it is about\nhttps://example.com/x"


def test_a_page_embedded_beside_a_quoted_post():
    card = {"uri": "https://example.com/x", "title": "", "description": ""}
    embed = {"$type": "app.bsky.embed.recordWithMedia", "record": {}, "media": {"external": card}}
    assert text_of({"text": "this", "embed": embed}) == "this\nhttps://example.com/x"


@pytest.mark.parametrize("embed", ["x", [], {"external": "x"}, {"media": "x"}, {"external": {"uri": 5, "title": []}}])
def test_an_embed_that_makes_no_sense_changes_nothing(embed):
    assert text_of({"text": "this", "embed": embed}) == "this"


# Any bytes at all


def total(frame: bytes | str) -> None:
    with contextlib.suppress(SourceError):
        assert isinstance(parse_frame(frame, NOW), Event)


@given(st.binary())
def test_any_bytes_give_an_event_or_one_error(frame):
    total(frame)


@given(ANY_JSON)
def test_any_json_gives_an_event_or_one_error(data):
    total(json.dumps(data))


KEYS = ["did", "time_us", "kind", "commit", "account"]
FIELDS = ["operation", "collection", "rkey", "record"]
RECORD = ["text", "createdAt", "langs", "facets", "embed", "reply"]


@given(
    st.dictionaries(st.sampled_from(KEYS), ANY_JSON, max_size=1),
    st.dictionaries(st.sampled_from(FIELDS), ANY_JSON, max_size=1),
    st.dictionaries(st.sampled_from(RECORD), ANY_JSON),
)
def test_wrong_types_anywhere_give_an_event_or_one_error(frame, fields, record):
    data = commit({"text": "hello", "createdAt": "2026-11-21T09:59:00Z"} | record, **fields)
    total(json.dumps(data | frame))


@given(st.text(), st.lists(st.tuples(st.integers(-2, 40), st.integers(-2, 40))))
def test_any_facets_give_a_text(text, ranges):
    facets = [link(start, end, "https://example.com/") for start, end in ranges]
    total(json.dumps(commit({"text": text, "createdAt": "2026-11-21T09:59:00Z", "facets": facets})))


@pytest.fixture
def recorded() -> list[bytes]:
    folder = os.environ.get("MONITOR_RECORDED_DIR")
    if not folder:
        pytest.skip("MONITOR_RECORDED_DIR is not set")
    return Path(folder, "jetstream", "golden_v1.jsonl").read_bytes().splitlines()


def test_recorded_frames(recorded):
    events = [parse_frame(frame, NOW) for frame in recorded]
    assert len(events) == 10
    posts = [event.post for event in events if event.post is not None]
    assert [(post.text, post.lang) for post in posts] == [("Try RSV for a good time !!", "en")]
    assert posts[0].published_at == instants.parse("2026-05-25T14:23:28.757Z")
    assert not any(event.deletion for event in events)


def test_recorded_frames_cut_anywhere(recorded):
    for frame in recorded:
        for end in range(len(frame)):
            with pytest.raises(SourceError):
                parse_frame(frame[:end], NOW)


# The stream


def at(seconds: float, key: str = KEY) -> dict[str, Any]:
    """A post that many seconds before now."""
    return commit(rkey=key) | {"time_us": NOW_US - int(seconds * 1_000_000)}


def frames(*events: object) -> list[bytes]:
    return [json.dumps(event).encode() for event in events]


def test_coverage_begins_with_the_first_event_and_follows_the_newest():
    progress = Progress(None)
    progress.take(frames(at(9), at(7), at(8)), NOW)
    batch = progress.batch(NOW)
    assert batch.covered == (NOW - 9000, NOW - 7000)
    assert batch.cursor == str(NOW_US - 7_000_000)
    assert (batch.read, len(batch.posts), batch.missed) == (3, 3, None)
    progress.take(frames(at(2)), NOW)
    assert progress.batch(NOW).covered == (NOW - 7000, NOW - 2000)
    empty = progress.batch(NOW)
    assert (empty.covered, empty.read, empty.posts) == (None, 0, ())


def test_coverage_goes_on_where_it_ended():
    progress = Progress(NOW_US - 60_000_000)
    progress.take(frames(at(64), at(61), at(50)), NOW)
    batch = progress.batch(NOW)
    assert (batch.covered, batch.missed) == ((NOW - 60_000, NOW - 50_000), None)


def test_a_cursor_that_the_host_moved_is_a_missed_span():
    progress = Progress(NOW_US - 40 * 3600 * 1_000_000)
    progress.take(frames(at(36 * 3600), at(36 * 3600 - 5)), NOW)
    batch = progress.batch(NOW)
    assert batch.missed == (NOW - 40 * instants.HOUR, NOW - 36 * instants.HOUR)
    assert batch.covered == (NOW - 36 * instants.HOUR, NOW - 36 * instants.HOUR + 5000)


def test_an_event_from_the_far_future_does_not_move_the_cursor():
    progress = Progress(NOW_US - 10_000_000)
    progress.take(frames(at(-7200)), NOW)
    batch = progress.batch(NOW)
    assert len(batch.posts) == 1
    assert (batch.cursor, batch.covered) == (str(NOW_US - 10_000_000), None)


def test_a_damaged_frame_is_counted_and_passed_over():
    progress = Progress(None)
    progress.take([b"\xff", *frames(at(3)), b"[" * 100_000, *frames(at(1))], NOW)
    batch = progress.batch(NOW)
    assert (batch.read, batch.damaged, len(batch.posts)) == (4, 2, 2)


async def read(client: Client, addresses: tuple[str, ...], cursor: str | None = None) -> list[Batch]:
    part = Part("bluesky", "posts", 5.0, streaming=True, addresses=addresses)
    return [batch async for batch in Bluesky().fetch(client, part, cursor, NOW)]


def address_of(server: Any) -> str:
    return f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/subscribe"


def talking(paths: list[str], *events: object) -> Callable[[ServerConnection], Any]:
    async def talk(connection: ServerConnection) -> None:
        assert connection.request is not None
        paths.append(connection.request.path)
        for event in events:
            await connection.send(event if isinstance(event, bytes | str) else json.dumps(event))

    return talk


async def test_a_stream_is_read_to_its_end(client):
    paths: list[str] = []
    events = (at(5, "a"), b"\xff\x00 binary", "no json", account(), at(4, "b"), commit(operation="delete"))
    async with serve(talking(paths, *events), "127.0.0.1", 0) as server:
        batches = await read(client, (address_of(server),))
    posts = [post for batch in batches for post in batch.posts]
    deletions = [deletion for batch in batches for deletion in batch.deletions]
    assert [post.native_id[-1] for post in posts] == ["a", "b"]
    assert deletions == [Deletion("bluesky", author=DID), Deletion("bluesky", native_id=NATIVE_ID)]
    assert (sum(batch.read for batch in batches), sum(batch.damaged for batch in batches)) == (6, 2)
    assert paths == ["/subscribe?wantedCollections=app.bsky.feed.post&maxMessageSizeBytes=1000000"]


async def test_a_stream_is_taken_up_a_little_before_the_cursor(client):
    paths: list[str] = []
    async with serve(talking(paths, at(61)), "127.0.0.1", 0) as server:
        await read(client, (address_of(server),), str(NOW_US))
        await read(client, (address_of(server),), "nonsense")
        await read(client, (address_of(server),), str(NOW))
    assert paths[0].endswith(f"&cursor={NOW_US - 5_000_000}")
    assert "cursor" not in paths[1]
    assert "cursor" not in paths[2]


async def test_a_batch_is_given_after_two_hundred_frames(client):
    events = [at(300 - number, str(number)) for number in range(450)]
    async with serve(talking([], *events), "127.0.0.1", 0) as server:
        batches = await read(client, (address_of(server),))
    assert max(batch.read for batch in batches) == 200
    assert sum(len(batch.posts) for batch in batches) == 450
    spans = [batch.covered for batch in batches if batch.covered]
    assert all(before[1] == after[0] for before, after in itertools.pairwise(spans))


async def test_another_host_is_tried_where_one_cannot_be_reached(client, web):
    web.answer("/subscribe", "no", "503 Service Unavailable")
    async with serve(talking([], at(1)), "127.0.0.1", 0) as server:
        batches = await read(client, (f"ws://{web.host}/subscribe", address_of(server)))
    assert sum(len(batch.posts) for batch in batches) == 1


async def test_an_error_when_no_host_can_be_reached(client, web):
    web.answer("/a", "no", "503 Service Unavailable")
    web.answer("/b", "no", "502 Bad Gateway")
    with pytest.raises(SourceError, match="502"):
        await read(client, (f"ws://{web.host}/a", f"ws://{web.host}/b"))


async def test_after_a_broken_stream_the_next_host_is_asked(client):
    paths: list[str] = []

    async def break_off(connection: ServerConnection) -> None:
        await connection.send(json.dumps(at(2)))
        await connection.close(1011)

    source = Bluesky()
    async with (
        serve(break_off, "127.0.0.1", 0) as broken,
        serve(talking(paths, at(1)), "127.0.0.1", 0) as whole,
    ):
        part = Part("bluesky", "posts", 5.0, streaming=True, addresses=(address_of(broken), address_of(whole)))
        received: list[Batch] = []

        async def follow() -> None:
            async for batch in source.fetch(client, part, None, NOW):
                received.append(batch)

        with pytest.raises(SourceError, match="broke off"):
            await follow()
        assert sum(len(batch.posts) for batch in received) == 1
        await follow()
    assert paths


async def test_a_quiet_stream_gives_empty_batches_and_a_silent_one_is_left(monkeypatch):
    moment = NOW

    def clock() -> int:
        nonlocal moment
        moment += 4000
        return moment

    async def say_hello(connection: ServerConnection) -> None:
        await connection.send(json.dumps({"did": DID, "time_us": NOW_US, "kind": "identity"}))
        await connection.wait_closed()

    monkeypatch.setattr(bluesky, "GATHER_SECONDS", 0.01)
    received: list[Batch] = []
    async with serve(say_hello, "127.0.0.1", 0) as server, Client(clock=clock) as client:
        part = Part("bluesky", "posts", 5.0, streaming=True, addresses=(address_of(server),))

        async def follow() -> None:
            async for batch in Bluesky().fetch(client, part, None, NOW):
                received.append(batch)

        with pytest.raises(SourceError, match="sent nothing for 60 seconds"):
            await follow()
    assert len(received) > 3
    assert received[0].cursor == str(NOW_US)
    assert received[0].read == 1
    assert not any(batch.posts for batch in received)


async def test_leaving_in_the_middle_closes_the_connection(client):
    closed: list[int | None] = []

    async def talk(connection: ServerConnection) -> None:
        for number in range(200):
            await connection.send(json.dumps(at(100, str(number))))
        await connection.wait_closed()
        closed.append(connection.close_code)

    async with serve(talk, "127.0.0.1", 0) as server:
        part = Part("bluesky", "posts", 5.0, streaming=True, addresses=(address_of(server),))
        batches = Bluesky().fetch(client, part, None, NOW)
        assert len((await anext(batches)).posts) == 200
        await batches.aclose()
    assert closed == [1000]


def test_parts():
    (part,) = Bluesky().parts(SourceSettings(True, {}), ())
    assert part.streaming
    assert part.addresses == bluesky.ENDPOINTS
    (own,) = Bluesky().parts(SourceSettings(True, {"endpoint": ["ws://localhost:6008/subscribe"]}), ())
    assert own.addresses == ("ws://localhost:6008/subscribe",)
    assert Bluesky().parts(SourceSettings(False, {}), ()) == ()
