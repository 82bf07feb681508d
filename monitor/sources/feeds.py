"""Reading a news feed of any kind into posts: RSS 0.9x, 1.0 and 2.0 and Atom by feedparser, JSON Feed by ourselves."""

from __future__ import annotations

import calendar
import hashlib
import html
import io
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from monitor import instants
from monitor.records import Post
from monitor.sources.base import SourceError
from monitor.sources.feed_entry import Entry
from monitor.sources.json_feed import is_json_feed, read_json_feed
from monitor.sources.news_names import names_of
from monitor.sources.reading import (
    LONGEST_HTML,
    LONGEST_TEXT,
    language_of,
    list_of,
    mapping_of,
    sane,
    text_of,
    text_or_none,
)
from monitor.sources.web_addresses import canonical_url, publication_of
from monitor.sources.xml_declarations import without_declarations
from monitor.text.clean import clean_line, html_to_text, safe_url

MOST_ENTRIES = 500
"""Entries that are read of one feed; none that is meant for polling has so many."""
_LONGEST_ID = 2_000


class Feed(NamedTuple):
    """A feed with its items as posts, in the feed's order."""

    title: str
    posts: tuple[Post, ...]
    dated: frozenset[str]
    """The native ids of those posts that say themselves when they were published."""
    ttl: float | None = None
    """Seconds for which the feed asks not to be fetched again."""
    damaged: int = 0
    """Items that say nothing."""


def parse(body: bytes, content_type: str, url: str, now: int, *, aggregated: bool = False) -> Feed:
    """Read the body of a feed that came from `url`.

    Args:
        body: As it was sent.
        content_type: The header, for its charset.
        url: Where it came from, for relative links.
        now: When it was read; items without a date count as published then.
        aggregated: Whether the items are from other publications, in the way of Google News: the title ends with the
            publisher, the link is a redirect and the summary repeats the title.

    Raises:
        SourceError: it is no feed.
    """
    host = publication_of(url) or "The feed"
    url = _without_key(url)
    if is_json_feed(body):
        title, home, entries = read_json_feed(body, host)
        ttl = None
    else:
        title, home, entries, ttl = _read_xml_feed(body, content_type, url, host)
    entries = entries[:MOST_ENTRIES]
    links = Counter(canonical_url(entry.link) for entry in entries)
    posts: dict[str, Post] = {}
    dated: set[str] = set()
    damaged = 0
    for entry in entries:
        if aggregated:
            post = _aggregated_post(entry, now)
        else:
            post = _post(entry, title, home or url, now, alone=links[canonical_url(entry.link)] == 1)
        if post is None:
            damaged += 1
        elif post.native_id not in posts:
            posts[post.native_id] = post
            if entry.published is not None:
                dated.add(post.native_id)
    return Feed(title, tuple(posts.values()), frozenset(dated), ttl, damaged)


def _without_key(url: str) -> str:
    """The address of a feed with a digest in place of its query, which may hold a key; posts are named after it."""
    parts = urlsplit(url)
    if not parts.query:
        return url
    digest = hashlib.sha256(parts.query.encode("utf-8", "surrogatepass")).hexdigest()
    return urlunsplit((parts.scheme, parts.netloc, parts.path, digest[:8], ""))


def _post(entry: Entry, feed_title: str, home: str, now: int, *, alone: bool) -> Post | None:
    """An item as a post; `alone` where no other item of the feed has its link."""
    if not (entry.title or entry.text):
        return None
    link = canonical_url(entry.link)
    publication = publication_of(link) or publication_of(home)
    published = now if entry.published is None else entry.published
    return Post(
        source="news",
        native_id=link if link and alone else _identity(entry, link or home),
        text=entry.text[:LONGEST_TEXT],
        published_at=published,
        collected_at=now,
        title=entry.title or None,
        url=safe_url(entry.link),
        author=publication,
        author_name=entry.byline or feed_title or None,
        lang=entry.lang,
        aliases=names_of(link if alone else None, publication, entry.title, published),
    )


def _identity(entry: Entry, within: str) -> str:
    """What tells an item from the others of its feed, where its link does not: its identifier, else what it says."""
    identifier = clean_line(entry.identifier or "")
    if not identifier:
        digest = hashlib.sha256(f"{entry.title}\n{entry.text}".encode("utf-8", "surrogatepass"))
        identifier = digest.hexdigest()[:24]
    return f"{within}#{identifier}"[:_LONGEST_ID]


def _aggregated_post(entry: Entry, now: int) -> Post | None:
    title = entry.title
    publisher = clean_line(entry.publisher or "")
    if publisher:
        title = title.removesuffix(f" - {publisher}")
    home = publication_of(entry.publisher_link) or publisher.casefold()
    if not title or not home:
        return None
    published = now if entry.published is None else entry.published
    return Post(
        source="news",
        native_id=f"{home}/{' '.join(title.casefold().split())}"[:_LONGEST_ID],
        text="",
        published_at=published,
        collected_at=now,
        title=title,
        url=safe_url(entry.link),
        author=home,
        author_name=publisher or None,
        lang=entry.lang,
        aliases=names_of(None, home, title, published),
    )


def _read_xml_feed(
    body: bytes, content_type: str, url: str, host: str
) -> tuple[str, str | None, list[Entry], float | None]:
    import feedparser

    try:
        body, content_type = without_declarations(body, content_type)
        headers = {"content-type": content_type, "content-location": url}
        result = feedparser.parse(io.BytesIO(body), response_headers=headers)
    except Exception as error:
        raise SourceError(f"{host} sent a feed that cannot be read.") from error
    if not dict.get(result, "version"):
        raise SourceError(f"{host} sent something that is no feed, such as a web page.")
    head = mapping_of(dict.get(result, "feed"))
    entries = [_read_entry(entry, head) for entry in list_of(dict.get(result, "entries"))]
    title = html_to_text(text_of(dict.get(head, "title"))[:_LONGEST_ID])
    return clean_line(title), text_or_none(dict.get(head, "link")), entries, _read_ttl(dict.get(head, "ttl"))


def _read_entry(entry: Mapping[str, Any], head: Mapping[str, Any]) -> Entry:
    """An entry of feedparser, read past its own look-up, which maps missing keys to others with a warning."""
    fields: dict[str, Any] = dict(entry.items())
    source = mapping_of(fields.get("source"))
    detail = mapping_of(fields.get("title_detail"))
    return Entry(
        identifier=text_or_none(fields.get("id")),
        link=text_or_none(fields.get("feedburner_origlink")) or text_or_none(fields.get("link")),
        title=_title(text_of(fields.get("title")), text_of(detail.get("type"))),
        text=_body(fields),
        published=_time(fields.get("published_parsed")) or _time(fields.get("updated_parsed")),
        byline=_byline(fields),
        lang=_language(fields, head),
        publisher=text_or_none(source.get("title")),
        publisher_link=text_or_none(source.get("href")),
    )


def _title(title: str, kind: str) -> str:
    title = title[:_LONGEST_ID]
    return clean_line(html_to_text(title) if "html" in kind else html.unescape(title))


def _body(fields: Mapping[str, Any]) -> str:
    """The longest of the contents and the summary, as plain text."""
    found = [text_of(mapping_of(content).get("value")) for content in list_of(fields.get("content"))]
    found.append(text_of(fields.get("summary")))
    return html_to_text(max(found, key=len)[:LONGEST_HTML])


def _byline(fields: Mapping[str, Any]) -> str | None:
    names = [clean_line(text_of(mapping_of(author).get("name"))) for author in list_of(fields.get("authors"))]
    return ", ".join(name for name in names if name)[:200] or None


def _language(fields: Mapping[str, Any], head: Mapping[str, Any]) -> str | None:
    details = (fields.get("content"), fields.get("summary_detail"), fields.get("title_detail"))
    for detail in details:
        first = detail[0] if isinstance(detail, list) and detail else detail
        if tag := language_of(mapping_of(first).get("language")):
            return tag
    return language_of(head.get("language"))


def _time(parsed: object) -> int | None:
    """The instant of a time that feedparser gave in UTC."""
    try:
        return sane(calendar.timegm(parsed) * instants.SECOND) if parsed else None  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        return None


def _read_ttl(value: object) -> float | None:
    """RSS `ttl`, which is in minutes."""
    text = text_of(value).strip()
    return int(text) * 60.0 if text.isascii() and text.isdigit() and len(text) < 7 else None
