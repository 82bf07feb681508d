"""Asking Hacker News about single items, for their scores and for whether they are still there. No key is needed.

API: https://github.com/HackerNews/API. One request an item; the scores of the search are older.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.records import Engagement
from monitor.sources.base import KnownPost, Refreshed, SourceError
from monitor.sources.reading import list_of, mapping_of, number_of, read_json

if TYPE_CHECKING:
    from monitor.http import Client

ITEMS = "https://hacker-news.firebaseio.com/v0"
LIMIT_BYTES = 1_000_000

_NUMBER = re.compile(r"[0-9]{1,18}")


def parse_item(body: bytes, number: str) -> Engagement | None:
    """Read an item: how it is received, or None where it is gone.

    Gone is what its author or a moderator deleted, and what the site no longer has, for which it answers `null`. What
    is merely dead, by flags or by a filter, is not: people can still look at it and bring it back, and its author did
    not take it back. Of a comment the direct replies are counted, as no more is told.

    Raises:
        SourceError: it is no item, or another one.
    """
    data = read_json(body, "Hacker News")
    if data is None:
        return None
    item = mapping_of(data)
    if str(number_of(item.get("id"))) != number:
        raise SourceError("Hacker News sent something else than the item that was asked for.")
    if item.get("deleted") is True:
        return None
    replies = number_of(item.get("descendants"))
    if replies is None:
        replies = len(list_of(item.get("kids")))
    return Engagement(likes=number_of(item.get("score")), replies=replies)


async def refresh(client: Client, endpoint: str, posts: Sequence[KnownPost]) -> Refreshed:
    """Ask about items one after the other, as fast as the client lets one host be asked.

    An answer that cannot be used costs its item only; a request that fails ends the call with what came before.

    Raises:
        SourceError: nothing came that could be used.
    """
    engagements: dict[str, Engagement] = {}
    gone: list[str] = []
    failure: SourceError | None = None
    for post in posts:
        if not _NUMBER.fullmatch(post.native_id):
            continue
        try:
            answer = await client.get(f"{endpoint}/item/{post.native_id}.json", limit_bytes=LIMIT_BYTES)
        except SourceError as error:
            failure = error
            break
        try:
            found = parse_item(answer.body, post.native_id)
        except SourceError as error:
            failure = error
            continue
        if found is None:
            gone.append(post.native_id)
        else:
            engagements[post.native_id] = found
    if failure is not None and not engagements and not gone:
        raise failure
    return Refreshed(engagements, gone=tuple(gone))
