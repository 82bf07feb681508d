"""One frame of Jetstream in either version. Those of version 2 are made by hand in the documented shapes."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import instants
from monitor.records import Deletion
from monitor.sources.base import SourceError
from monitor.sources.bluesky_frames import Event, parse_frame
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


# Version 2


def second(data: dict[str, Any]) -> dict[str, Any]:
    """An event of version 1 as version 2 has it."""
    time = f"{instants.render(data['time_us'] // 1_000_000 * 1000)[:19]}.{data['time_us'] % 1_000_000:06}Z"
    kind = data["kind"]
    payload = {"$type": f"network.bsky.jetstream.subscribeEvents#{kind}", "seq": 12, "did": data["did"], "time": time}
    payload |= data["commit"] if kind == "commit" else {kind: data[kind]}
    return {"$type": "message", "payload": payload}


@pytest.mark.parametrize(
    "data",
    [
        commit(),
        commit({"text": "yes", "createdAt": None, "langs": ["de"]}),
        commit(operation="delete"),
        commit(operation="update"),
        commit(collection="app.bsky.feed.like"),
        account(),
        account("deactivated"),
        {"did": DID, "time_us": NOW_US + 5, "kind": "identity", "identity": {"did": DID, "seq": 1}},
        {"did": DID, "time_us": NOW_US + 999_999, "kind": "sync", "sync": {"did": DID, "seq": 1}},
    ],
)
def test_both_versions_say_the_same(data):
    assert parse(second(data)) == parse(data)


def test_a_deleted_account_is_found_wherever_version_2_has_its_fields():
    inside, outside = second(account()), second(account())
    del inside["payload"]["did"]
    outside["payload"] |= outside["payload"].pop("account")
    for frame in (inside, outside):
        frame["payload"]["time"] = "2026-11-21T09:59:00.000001Z"
        assert parse(frame).deletion == Deletion("bluesky", author=DID)


def test_what_a_host_says_of_itself():
    said = {"$type": "network.bsky.jetstream.subscribeEvents#info", "name": "OutdatedCursor", "message": "old"}
    assert parse({"$type": "message", "payload": said}) == Event(None, outdated=True)
    assert parse({"$type": "message", "payload": said | {"name": "Hello"}}) == Event(None)
    error = {"$type": "error", "error": "ConsumerTooSlow", "message": "read faster"}
    assert parse(error) == Event(None, end="ConsumerTooSlow")
    assert parse({"$type": "error"}) == Event(None, end="an error")


@pytest.mark.parametrize(
    "time", [None, 5, "", "soon", "2026-11-21T09:59:00.000001", "0001-01-01T00:00:00Z", "9" * 5000]
)
def test_an_event_of_version_2_without_a_usable_time_is_one_error(time):
    data = second(commit())
    data["payload"]["time"] = time
    with pytest.raises(SourceError):
        parse(data)


@given(
    ANY_JSON,
    st.dictionaries(st.sampled_from(["$type", "seq", "did", "time", "record", "rkey", "operation"]), ANY_JSON),
    st.sampled_from(["message", "error", "", None]),
)
def test_wrong_types_anywhere_in_version_2_give_an_event_or_one_error(data, fields, kind):
    total(json.dumps({"$type": kind, "payload": data}))
    frame = second(commit())
    total(json.dumps(frame | {"payload": frame["payload"] | fields}))
