"""What is read of Bluesky under which settings."""

from __future__ import annotations

import json

import pytest

from monitor.records import Beat, Rule
from monitor.sources import bluesky
from monitor.sources.base import KnownPost, Refreshable, Refreshed, Secret, SourceSettings
from monitor.sources.bluesky import Bluesky
from tests.sources.conftest import NOW

BEATS = (
    Beat("a", "A", "A", Rule(any=("open weights", "#tag", "/x/", "llama"))),
    Beat("b", "B", "B", Rule(any=("#only",))),
    Beat("general", "General", "General", Rule(any=("x",))),
)
PASSWORD = {"app_password": Secret("abcd")}


def test_parts():
    (part,) = Bluesky().parts(SourceSettings(True, {}), ())
    assert part.streaming
    assert part.addresses == bluesky.ENDPOINTS
    (own,) = Bluesky().parts(SourceSettings(True, {"endpoint": ["ws://localhost:6008/subscribe"]}), ())
    assert own.addresses == ("ws://localhost:6008/subscribe",)
    assert Bluesky().parts(SourceSettings(False, {}), ()) == ()


def test_searches_need_a_password_an_account_and_something_to_search_for():
    options = {"identifier": "ada.example"}
    stream, backfill = Bluesky().parts(SourceSettings(True, options, PASSWORD), BEATS)
    assert stream.streaming
    assert (backfill.name, backfill.streaming) == ("backfill:a", False)
    assert backfill.addresses == ("https://bsky.social", '"open weights"', '"llama"')
    for settings in (
        SourceSettings(True, options),
        SourceSettings(True, {}, PASSWORD),
        SourceSettings(True, options | {"backfill_hours": 0}, PASSWORD),
    ):
        assert len(Bluesky().parts(settings, BEATS)) == 1


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({"endpoint": ["ws://localhost:6008/subscribe"]}, False),
        ({"endpoint": ["ws://localhost:6008/subscribe"], "app_view": True}, True),
        ({"endpoint": [], "app_view": True}, True),
    ],
)
async def test_the_public_app_view_is_not_asked_where_somebody_reads_from_a_host_of_their_own(
    client, web, options, asked
):
    web.answer("/xrpc/app.bsky.feed.getPosts", json.dumps({"posts": []}))
    client.settings = SourceSettings(True, options | ({"app_view": web.url("/")} if "app_view" in options else {}))
    source = Bluesky()
    assert isinstance(source, Refreshable)
    post = KnownPost("at://did:plc:a/app.bsky.feed.post/k", None, None)
    assert await source.refresh(client, [post], NOW) == Refreshed()
    assert len(web.requests) == asked
