"""Following Jetstream, with servers on the loopback in place of the hosts."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from monitor import instants
from monitor.http import Client
from monitor.records import Deletion
from monitor.sources import bluesky_stream
from monitor.sources.base import Batch, Part, SourceError
from monitor.sources.bluesky import Bluesky
from monitor.sources.bluesky_stream import Progress
from tests.sources.conftest import NOW
from tests.sources.test_bluesky_frames import DID, KEY, NATIVE_ID, NOW_US, account, commit, second

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

    monkeypatch.setattr(bluesky_stream, "GATHER_SECONDS", 0.01)
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


# Two versions


class Host:
    """A host that speaks some versions, and says what it was asked."""

    def __init__(self, *events: object, first: int = 101, second: int = 101, reason: str = "") -> None:
        self.events = events
        self.statuses = {"/subscribe": first, bluesky_stream.VERSION_2: second}
        self.reason = reason
        self.asked: list[tuple[str, list[tuple[str, str]]]] = []
        self.oldest_us = 0

    async def refuse(self, connection: ServerConnection, request: Request) -> Response | None:
        parts = urlsplit(request.path)
        self.asked.append((parts.path, parse_qsl(parts.query)))
        status = self.statuses[parts.path]
        asked_for = int(dict(parse_qsl(parts.query)).get("cursor", "0"))
        if status == 101 and parts.path == bluesky_stream.VERSION_2 and 0 < asked_for < self.oldest_us:
            return self.answer(connection, 400, json.dumps({"error": "CursorTooOld", "message": "too old"}))
        return None if status == 101 else self.answer(connection, status, self.reason)

    @staticmethod
    def answer(connection: ServerConnection, status: int, body: str) -> Response:
        return connection.respond(status, body)  # type: ignore[arg-type]

    async def talk(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        version_2 = bluesky_stream.VERSION_2 in connection.request.path
        for event in self.events:
            data = second(event) if version_2 and isinstance(event, dict) and "kind" in event else event
            await connection.send(json.dumps(data))

    def serve(self) -> Any:
        return serve(self.talk, "127.0.0.1", 0, process_request=self.refuse)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


def keys_of(batches: list[Batch]) -> list[str]:
    return [post.native_id.rpartition("/")[2] for batch in batches for post in batch.posts]


@pytest.mark.parametrize("status", [400, 404, 410, 501])
async def test_a_host_without_version_1_is_asked_for_version_2_and_that_is_remembered(client, status):
    host = Host(at(5, "a"), account(), at(4, "b"), first=status)
    source = Bluesky()
    async with host.serve() as server:
        part = Part("bluesky", "posts", 5.0, streaming=True, addresses=(address_of(server),))
        for _ in range(2):
            batches = [batch async for batch in source.fetch(client, part, None, NOW)]
            assert keys_of(batches) == ["a", "b"]
            assert batches[-1].cursor == str(NOW_US)
            assert [deletion for batch in batches for deletion in batch.deletions] == [Deletion("bluesky", author=DID)]
    assert host.paths == ["/subscribe", bluesky_stream.VERSION_2, bluesky_stream.VERSION_2]
    assert host.asked[1][1] == [
        ("kinds", "commit"),
        ("kinds", "account"),
        ("collections", "app.bsky.feed.post"),
        ("maxMessageSizeBytes", "1000000"),
    ]


async def test_an_address_of_version_2_is_asked_as_such_and_for_the_same_place(client):
    host = Host(at(50))
    async with host.serve() as server:
        address = address_of(server).replace("/subscribe", bluesky_stream.VERSION_2)
        batches = await read(client, (address,), str(NOW_US - 60_000_000))
    assert host.paths == [bluesky_stream.VERSION_2]
    assert host.asked[0][1][-1] == ("cursor", str(NOW_US - 65_000_000))
    assert [batch.covered for batch in batches if batch.covered] == [(NOW - 60_000, NOW - 50_000)]


async def test_a_host_that_has_neither_version_is_left_for_the_next(client):
    neither, whole = Host(first=404, second=404), Host(at(1, "a"))
    async with neither.serve() as one, whole.serve() as two:
        batches = await read(client, (address_of(one), address_of(two)))
    assert keys_of(batches) == ["a"]
    assert (len(neither.asked), len(whole.asked)) == (2, 1)


async def test_a_host_that_is_merely_busy_is_not_asked_for_another_version(client):
    host = Host(first=503)
    async with host.serve() as server:
        with pytest.raises(SourceError, match="503"):
            await read(client, (address_of(server),))
    assert host.paths == ["/subscribe"]


async def test_a_cursor_that_is_too_old_begins_where_the_host_still_can_and_the_rest_is_missed(client):
    hour = instants.HOUR
    host = Host(at(35 * 3600, "a"), at(1, "b"), first=404)
    host.oldest_us = NOW_US - 36 * hour * 1000
    async with host.serve() as server:
        batches = await read(client, (address_of(server),), str(NOW_US - 50 * hour * 1000))
    assert keys_of(batches) == ["a", "b"]
    assert [batch.missed for batch in batches if batch.missed] == [(NOW - 50 * hour, NOW - 35 * hour)]
    assert [dict(query)["cursor"] for _, query in host.asked[1:]] == [
        str(NOW_US - 50 * hour * 1000 - 5_000_000),
        str(NOW_US - 35 * hour * 1000),
    ]


async def test_a_host_that_keeps_less_is_followed_from_now_on(client):
    host = Host(at(1, "a"), first=404)
    host.oldest_us = NOW_US - 1
    async with host.serve() as server:
        batches = await read(client, (address_of(server),), str(NOW_US - 3_600_000_000))
    assert [batch.missed for batch in batches if batch.missed] == [(NOW - instants.HOUR, NOW - 1000)]
    assert [dict(query).get("cursor") is None for _, query in host.asked] == [False, False, False, True]


def test_a_host_that_says_that_the_cursor_was_outdated_is_believed():
    outdated = {"$type": "message", "payload": {"$type": "x#info", "name": "OutdatedCursor"}}
    progress = Progress(NOW_US - 30_000_000)
    progress.take(frames(outdated, second(at(20)), second(at(10))), NOW)
    batch = progress.batch(NOW)
    assert (batch.missed, batch.covered) == ((NOW - 30_000, NOW - 20_000), (NOW - 20_000, NOW - 10_000))
    assert (batch.read, batch.damaged) == (3, 0)


async def test_what_came_before_an_error_of_the_host_is_given(client):
    host = Host(at(2, "a"), {"$type": "error", "error": "ConsumerTooSlow", "message": "x"}, first=404)
    received: list[Batch] = []
    async with host.serve() as server:
        part = Part("bluesky", "posts", 5.0, streaming=True, addresses=(address_of(server),))

        async def follow() -> None:
            async for batch in Bluesky().fetch(client, part, None, NOW):
                received.append(batch)

        with pytest.raises(SourceError, match="ended the stream: ConsumerTooSlow"):
            await follow()
    assert keys_of(received) == ["a"]
