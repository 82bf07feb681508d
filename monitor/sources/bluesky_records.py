"""Reading records of Bluesky: a post as its author wrote it, whichever way it comes.

Lexicon: https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky/feed/post.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from monitor.records import Engagement, Post
from monitor.sources.reading import (
    LONGEST_TEXT,
    language_of,
    list_of,
    mapping_of,
    number_of,
    text_of,
    text_or_none,
    time_of,
)
from monitor.text.clean import clean_line, replace_byte_ranges, safe_url

COLLECTION = "app.bsky.feed.post"

_DID = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,500}")
_RECORD_KEY = re.compile(r"[A-Za-z0-9._~:-]{1,512}")
_HANDLE = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+", re.IGNORECASE)
_NO_HANDLE = "handle.invalid"
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"


def did_of(value: object) -> str | None:
    """A DID, the lasting identifier of an account, else None."""
    return value if isinstance(value, str) and _DID.fullmatch(value) else None


def key_of(value: object) -> str | None:
    """The key of a record within its collection, else None."""
    return value if isinstance(value, str) and _RECORD_KEY.fullmatch(value) else None


def handle_of(value: object) -> str | None:
    """The name that an account goes by at present, else None."""
    return value if isinstance(value, str) and _HANDLE.fullmatch(value) and value != _NO_HANDLE else None


def native_id_of(did: str, key: str) -> str:
    return f"at://{did}/{COLLECTION}/{key}"


def parts_of(uri: object) -> tuple[str, str] | None:
    """Author and key of the post that an address names; None where it names no post."""
    if not isinstance(uri, str) or not uri.startswith("at://") or uri.count("/") != 4:
        return None
    did, collection, key = uri[5:].split("/")
    return (did, key) if collection == COLLECTION and did_of(did) and key_of(key) else None


def written_at(key: str) -> int | None:
    """When the record of a key was made, as far as the key tells: most are times in base 32 (TID)."""
    if len(key) != 13 or any(character not in _SORTABLE for character in key):
        return None
    value = 0
    for character in key:
        value = value * 32 + _SORTABLE.index(character)
    return (value >> 10) // 1000


def post_of(record: dict[str, Any], did: str, key: str, seen_at: int, now: int) -> Post:
    """A record as a post; the time at which the network saw it counts where it claims none that can be meant."""
    published = time_of(record.get("createdAt"))
    languages = list_of(record.get("langs"))
    return Post(
        source="bluesky",
        native_id=native_id_of(did, key),
        text=read_text(record)[:LONGEST_TEXT],
        published_at=seen_at if published is None else published,
        collected_at=now,
        url=f"https://bsky.app/profile/{did}/post/{key}",
        author=did,
        lang=language_of(languages[0]) if languages else None,
    )


def engagement_of(view: dict[str, Any]) -> Engagement:
    """What others did with a post, by its view; what is absent is not known."""
    return Engagement(
        likes=number_of(view.get("likeCount")),
        reposts=number_of(view.get("repostCount")),
        replies=number_of(view.get("replyCount")),
        quotes=number_of(view.get("quoteCount")),
    )


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
