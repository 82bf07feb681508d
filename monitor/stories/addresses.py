"""Which posts an address may be of, told from the address alone.

A deleted post keeps its name in the store but no address, so that only this way can be said what became of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qs, urlsplit

Name = tuple[str, str]
"""Slug of a source and the native id of a post of it."""

_BLUESKY = re.compile(r"/profile/(did:[a-z0-9]+:[\w.:%-]{1,200})/post/([\w.~:-]{1,100})/?")
_STATUS = re.compile(r"/[^/]{1,50}/status(?:es)?/([0-9]{1,25})(?:/.*)?")
_REDDIT = re.compile(r"(?:/r/[^/]{1,50})?/comments/([a-z0-9]{1,15})(?:/[^/]{0,200}(?:/([a-z0-9]{1,15}))?)?/?")
_ARXIV = re.compile(r"/(?:abs|pdf|html)/([\w.-]+?/?[\w.-]+?)(?:v[0-9]+)?(?:\.pdf)?/?")
_TOOT = re.compile(r"/@([\w.-]{1,100})/([0-9]{1,25})/?")


def names_at(url: str) -> tuple[Name, ...]:
    """The posts that may stand at an address, the likeliest first; none where it is no web address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ()
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ()
    host = parts.hostname.removeprefix("www.").removeprefix("old.").removeprefix("m.")
    own = _OF_HOSTS[host](parts) if host in _OF_HOSTS else None
    if own is not None:
        return (own,)
    toot = _TOOT.fullmatch(parts.path)
    written = f"{parts.scheme}://{parts.netloc}/users/{toot[1]}/statuses/{toot[2]}" if toot else url
    return ("news", url), ("mastodon", written)


def _bluesky(parts: SplitResult) -> Name | None:
    found = _BLUESKY.fullmatch(parts.path)
    return ("bluesky", f"at://{found[1]}/app.bsky.feed.post/{found[2]}") if found else None


def _hackernews(parts: SplitResult) -> Name | None:
    number = parse_qs(parts.query).get("id", [""])[0]
    return ("hackernews", number) if parts.path == "/item" and number.isascii() and number.isdigit() else None


def _x(parts: SplitResult) -> Name | None:
    found = _STATUS.fullmatch(parts.path)
    return ("x", found[1]) if found else None


def _reddit(parts: SplitResult) -> Name | None:
    found = _REDDIT.fullmatch(parts.path)
    if found is None:
        return None
    return ("reddit", f"t1_{found[2]}" if found[2] else f"t3_{found[1]}")


def _youtube(parts: SplitResult) -> Name | None:
    query = parse_qs(parts.query)
    named = query.get("lc", [""])[0] or query.get("v", [""])[0]
    return ("youtube", named) if parts.path == "/watch" and named else None


def _short_youtube(parts: SplitResult) -> Name | None:
    return ("youtube", parts.path.strip("/")) if parts.path.strip("/") else None


def _arxiv(parts: SplitResult) -> Name | None:
    found = _ARXIV.fullmatch(parts.path)
    return ("arxiv", found[1]) if found else None


_OF_HOSTS: dict[str, Callable[[SplitResult], Name | None]] = {
    "bsky.app": _bluesky,
    "news.ycombinator.com": _hackernews,
    "x.com": _x,
    "twitter.com": _x,
    "reddit.com": _reddit,
    "youtube.com": _youtube,
    "youtu.be": _short_youtube,
    "arxiv.org": _arxiv,
}
