"""Asking the AppView of Bluesky about posts that are known: how they are received, and who wrote them.

API: https://docs.bsky.app/docs/api/app-bsky-feed-get-posts and app-bsky-actor-get-profiles, 25 to a call, no key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from monitor import instants
from monitor.records import Engagement
from monitor.sources.base import KnownPost, Refreshed, SourceError
from monitor.sources.bluesky_records import did_of, engagement_of, handle_of, parts_of, written_at
from monitor.sources.reading import mapping_of, read_json

if TYPE_CHECKING:
    from monitor.http import Client

SETTLED = 6 * instants.HOUR
"""A post that is younger may be absent because the AppView is behind, as it has been for hours."""


class Views(NamedTuple):
    """What the AppView knows of posts."""

    engagements: Mapping[str, Engagement]
    """By native id."""
    handles: Mapping[str, str]
    """By DID."""


def parse_posts(body: bytes) -> Views:
    """Read an answer of getPosts.

    Raises:
        SourceError: it is no such answer.
    """
    data = mapping_of(read_json(body, "Bluesky"))
    if not isinstance(data.get("posts"), list):
        raise SourceError("Bluesky sent JSON that holds no posts.")
    engagements: dict[str, Engagement] = {}
    handles: dict[str, str] = {}
    for view in map(mapping_of, data["posts"]):
        uri = view.get("uri")
        if isinstance(uri, str) and parts_of(uri) is not None:
            engagements[uri] = engagement_of(view)
            handles |= _handle(mapping_of(view.get("author")))
    return Views(engagements, handles)


def parse_profiles(body: bytes) -> tuple[frozenset[str], dict[str, str]]:
    """Read an answer of getProfiles: the accounts that are there, and what they are called.

    Raises:
        SourceError: it is no such answer.
    """
    data = mapping_of(read_json(body, "Bluesky"))
    if not isinstance(data.get("profiles"), list):
        raise SourceError("Bluesky sent JSON that holds no profiles.")
    handles: dict[str, str] = {}
    there: set[str] = set()
    for profile in map(mapping_of, data["profiles"]):
        did = did_of(profile.get("did"))
        if did is not None:
            there.add(did)
            handles |= _handle(profile)
    return frozenset(there), handles


async def refresh(client: Client, app_view: str, posts: Sequence[KnownPost], now: int) -> Refreshed:
    """Ask about posts, 25 at most, and about the authors of those that are absent.

    getPosts leaves out what it does not have and does not say why. An absent post is taken for deleted only if the
    account of its author is there, since the posts of an account that is merely deactivated come back with it, and only
    if it was written more than six hours ago. All else the stream tells.

    Raises:
        SourceError: an answer could not be used.
    """
    known = {post.native_id: parts for post in posts if (parts := parts_of(post.native_id)) is not None}
    if not known:
        return Refreshed()
    answer = await client.get(_address(app_view, "app.bsky.feed.getPosts", "uris", known))
    views = parse_posts(answer.body)
    absent = [uri for uri in known if uri not in views.engagements and _is_settled(known[uri][1], now)]
    handles = dict(views.handles)
    gone: list[str] = []
    if absent:
        authors = dict.fromkeys(known[uri][0] for uri in absent)
        answer = await client.get(_address(app_view, "app.bsky.actor.getProfiles", "actors", authors))
        there, named = parse_profiles(answer.body)
        handles |= named
        gone = [uri for uri in absent if known[uri][0] in there]
    return Refreshed({uri: views.engagements[uri] for uri in known if uri in views.engagements}, handles, tuple(gone))


def _address(app_view: str, method: str, name: str, values: Collection[str]) -> str:
    return f"{app_view}/xrpc/{method}?{urlencode([(name, value) for value in values])}"


def _is_settled(key: str, now: int) -> bool:
    written = written_at(key)
    return written is not None and written < now - SETTLED


def _handle(account: Mapping[str, object]) -> dict[str, str]:
    did, handle = did_of(account.get("did")), handle_of(account.get("handle"))
    return {did: handle} if did and handle else {}
