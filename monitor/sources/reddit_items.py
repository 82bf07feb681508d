"""Reading what Reddit gives: its feeds, which are Atom, and the listings of its API. Both give the same posts."""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from monitor import instants
from monitor.records import Deletion, Engagement, Post
from monitor.sources.base import SourceError
from monitor.sources.reading import (
    LONGEST_HTML,
    LONGEST_TEXT,
    list_of,
    mapping_of,
    number_of,
    read_json,
    sane,
    text_of,
    text_or_none,
)
from monitor.sources.xml_declarations import without_declarations
from monitor.text.clean import clean_line, html_to_text, safe_url

HOST = "www.reddit.com"
SITE = f"https://{HOST}"
API_HOST = "oauth.reddit.com"
POST = re.compile(r"t3_[0-9a-z]{1,13}")

_LONGEST_TITLE = 2_000
_MOST_ENTRIES = 200
_GONE_WORDS = {"[deleted]", "[removed]"}
_WAITING = "automod_filtered"
_BEFORE_TEXT, _AFTER_TEXT = "<!-- SC_OFF -->", "<!-- SC_ON -->"
_LINK = re.compile(r'<a href="([^"<>]{1,4000})">\[link\]</a>')
_OWN_PAGES = re.compile(r"https?://([a-z]+\.)?(reddit\.com|redd\.it)([/?#]|$)")


class Page(NamedTuple):
    """One answer, newest first."""

    posts: tuple[Post, ...]
    deletions: tuple[Deletion, ...] = ()
    after: str | None = None
    """Where the next page begins; None where there is none."""
    ids: tuple[str, ...] = ()
    """Of everything that was made out, also of what is gone."""
    oldest: int | None = None
    read: int = 0
    damaged: int = 0


def parse_feed(body: bytes, content_type: str, now: int, host: str = HOST) -> Page:
    """Read a feed of new posts.

    Raises:
        SourceError: it is none; told apart is the page by which Reddit keeps away whom it takes for a robot.
    """
    if is_block_page(body, content_type):
        raise blocked()
    import feedparser

    try:
        body, content_type = without_declarations(body, content_type)
        # What is cleaned here is made into text by ourselves, and the marks around a post's own text are comments.
        result = feedparser.parse(
            io.BytesIO(body), response_headers={"content-type": content_type}, sanitize_html=False
        )
        entries = [dict(entry.items()) for entry in list_of(dict.get(result, "entries"))[:_MOST_ENTRIES]]
    except Exception as error:
        raise SourceError(f"{host} sent a feed that cannot be read.") from error
    if not dict.get(result, "version"):
        raise SourceError(f"{host} sent something that is no feed.")
    return _page([_entry(entry, now) for entry in entries], None)


def parse_listing(body: bytes, now: int, host: str = API_HOST) -> Page:
    """Read a listing of the API.

    A post that its author or a moderator took away is a deletion; one that waits for a moderator is left out.

    Raises:
        SourceError: it is no listing.
    """
    data = mapping_of(read_json(body, host))
    listing = mapping_of(data.get("data"))
    if data.get("kind") != "Listing" or not isinstance(listing.get("children"), list):
        raise SourceError(f"{host} sent JSON that is no listing.")
    children = [mapping_of(child) for child in listing["children"]]
    found = [_child(mapping_of(child.get("data")), now) for child in children if child.get("kind") == "t3"]
    after = listing.get("after")
    return _page(found, after if isinstance(after, str) and POST.fullmatch(after) else None)


def is_block_page(body: bytes, content_type: str) -> bool:
    """Whether an answer is a web page for people; its status may be that of a success."""
    start = body[:200].lstrip().lower()
    return content_type.strip().lower().startswith("text/html") or start.startswith((b"<!doctype html", b"<html"))


def blocked() -> SourceError:
    """What is said where Reddit shows its block page."""
    return SourceError(
        "Reddit shows a block page instead of the feed, as it does to many networks, those of data centres first; "
        "read fewer subreddits less often, or set up credentials (docs/sources.md).",
        retry_after=1800.0,
    )


class _Found(NamedTuple):
    native_id: str
    published: int
    post: Post | None
    gone: bool


def _page(found: list[_Found | None], after: str | None) -> Page:
    items = [one for one in found if one is not None]
    return Page(
        posts=tuple({one.native_id: one.post for one in items if one.post is not None}.values()),
        deletions=tuple(Deletion("reddit", native_id=one.native_id) for one in items if one.gone),
        after=after,
        ids=tuple(one.native_id for one in items if one.post is not None or one.gone),
        oldest=min((one.published for one in items), default=None),
        read=len(found),
        damaged=len(found) - len(items),
    )


def _entry(entry: Mapping[str, Any], now: int) -> _Found | None:
    """An entry of a feed, which has no figures. Without an author it is a post whose author is gone."""
    native_id, title = text_of(entry.get("id")), _title(text_of(entry.get("title")))
    published = _time(entry.get("published_parsed")) or _time(entry.get("updated_parsed"))
    if not POST.fullmatch(native_id) or published is None or not title:
        return None
    contents = [text_of(mapping_of(content).get("value")) for content in list_of(entry.get("content"))]
    content = max([*contents, text_of(entry.get("summary"))], key=len)[:LONGEST_HTML]
    own = content.partition(_BEFORE_TEXT)[2].rpartition(_AFTER_TEXT)[0]
    text = html_to_text(own)
    link = _LINK.search(content)
    text = text or _outside(html_to_text(link[1]) if link else "")
    author = clean_line(text_of(entry.get("author"))[:200]).removeprefix("/u/")
    return _found(native_id, published, title, text, author, text_of(entry.get("link")), Engagement(), now)


def _child(data: Mapping[str, Any], now: int) -> _Found | None:
    native_id, title = text_of(data.get("name")), _title(text_of(data.get("title")))
    published = _instant(data.get("created_utc"))
    if not POST.fullmatch(native_id) or published is None or not title:
        return None
    if data.get("removed_by_category") == _WAITING:
        return _Found(native_id, published, None, False)
    text = text_of(data.get("selftext"))
    text = html_to_text((text_or_none(data.get("selftext_html")) or text)[:LONGEST_HTML])
    text = text or _outside(text_of(data.get("url_overridden_by_dest")) or text_of(data.get("url")))
    engagement = engagement_of(data)
    permalink = f"{SITE}{text_of(data.get('permalink'))}"
    author = clean_line(text_of(data.get("author"))[:200])
    found = _found(native_id, published, title, text, author, permalink, engagement, now)
    return found._replace(post=None, gone=True) if is_gone(data) else found


def _found(
    native_id: str, published: int, title: str, text: str, author: str, link: str, engagement: Engagement, now: int
) -> _Found:
    if text in _GONE_WORDS or title in _GONE_WORDS:
        return _Found(native_id, published, None, True)
    post = Post(
        source="reddit",
        native_id=native_id,
        text=text[:LONGEST_TEXT],
        published_at=published,
        collected_at=now,
        title=title,
        url=safe_url(link) if _OWN_PAGES.match(link) else f"{SITE}/comments/{native_id.removeprefix('t3_')}/",
        author=author if author and author not in _GONE_WORDS else None,
        engagement=engagement,
    )
    return _Found(native_id, published, post, False)


def is_gone(data: Mapping[str, Any]) -> bool:
    """Whether the API says of a post that its author, a moderator or Reddit took it away."""
    removed = text_of(data.get("removed_by_category"))
    return text_of(data.get("selftext")).strip() in _GONE_WORDS or (bool(removed) and removed != _WAITING)


def engagement_of(data: Mapping[str, Any]) -> Engagement:
    """The figures of a post; the score is fuzzed by Reddit, and hidden at first in some subreddits."""
    hidden = data.get("hide_score") is True
    return Engagement(
        likes=None if hidden else number_of(data.get("score")),
        reposts=number_of(data.get("num_crossposts")),
        replies=number_of(data.get("num_comments")),
        views=number_of(data.get("view_count")),
    )


def _title(title: str) -> str:
    return clean_line(title[:_LONGEST_TITLE])


def _outside(address: str) -> str:
    """The address that a post links to, as its text; nothing where that is Reddit itself or a picture there."""
    safe = safe_url(address.strip())
    return "" if safe is None or _OWN_PAGES.match(safe) else safe


def _instant(seconds: object) -> int | None:
    """The instant of a number of seconds, which comes with a fraction."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 1e11:
        return None
    return sane(int(seconds * instants.SECOND))


def _time(parsed: object) -> int | None:
    try:
        return sane(calendar.timegm(parsed) * instants.SECOND) if parsed else None  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        return None
