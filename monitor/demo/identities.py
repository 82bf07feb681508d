"""Identifiers and addresses of the sample's invented posts, made so that none can be anybody's."""

from __future__ import annotations

import re

_BASE32 = "234567abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(r"[a-z0-9]+")


def native_id(source: str, number: int, at: int, author: str, title: str | None) -> str:
    """The identifier of a post within its source.

    Args:
        number: counts the sample's posts.
        author: handle, channel or, for news, the domain of the publication.
    """
    match source:
        case "x":
            return str(1_900_000_000_000_000_000 + number * 7919)
        case "bluesky":
            return f"at://{author}/app.bsky.feed.post/{record_key(at, number)}"
        case "news":
            return page_address(author, title or "", at)
        case "youtube":
            return f"smpl{number:07d}"
    return str(900_000_000 + number)


def address(source: str, identifier: str, author: str) -> str:
    """The web address that goes with an identifier."""
    match source:
        case "x":
            return f"https://x.example/{author}/status/{identifier}"
        case "bluesky":
            return f"https://bsky.app/profile/{author}/post/{identifier.rpartition('/')[2]}"
        case "news":
            return identifier
        case "youtube":
            return f"https://youtube.example/watch?v={identifier}"
    return f"https://news.ycombinator.com/item?id={identifier}"


def page_address(domain: str, title: str, at: int) -> str:
    """Where an article of a publication would be."""
    words = "-".join(_WORD.findall(title.lower())[:7])
    return f"https://{domain}/{words}-{at // 1000 % 1_000_000:06d}"


def record_key(at: int, number: int) -> str:
    """A record key as Bluesky makes them: thirteen characters that sort by time."""
    value = (at * 1000 + number % 1000) << 10 | number % 1024
    return "".join(_BASE32[value >> shift & 31] for shift in range(60, -1, -5))


def did_of(handle: str) -> str:
    """The identity of an invented Bluesky account: a web identity in a domain that nobody can own."""
    return f"did:web:{handle.replace('_', '-').strip('-')}.example"
