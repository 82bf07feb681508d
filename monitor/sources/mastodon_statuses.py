"""Reading statuses of Mastodon: pages of a timeline, and one status asked for again.

API: https://docs.joinmastodon.org/entities/Status/. A status is known in the whole federation by its `uri`; its `id`,
and the counts of what others did with it, are those of the instance that was asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from monitor.records import Engagement, Post
from monitor.sources.base import SourceError
from monitor.sources.reading import (
    LONGEST_HTML,
    LONGEST_TEXT,
    language_of,
    mapping_of,
    number_of,
    read_json,
    text_of,
    text_or_none,
    time_of,
)
from monitor.text.clean import clean_line, html_to_text, safe_url

_ID = re.compile(r"[A-Za-z0-9]{1,64}")
_ADDRESS = re.compile(r"https?://[^\s\"<>]{3,1000}")
_WANTS_NO_READERS = re.compile(r"#no(?:bots?|index|search|archive)(?!\w)", re.IGNORECASE)


class Page(NamedTuple):
    """A page of a timeline."""

    posts: Mapping[str, Post]
    """By their id on this instance."""
    versions: Mapping[str, str]
    """When each status was edited last, or nothing, by its id; also of those that are no posts for us."""
    damaged: int = 0
    """Statuses without an identity or a time."""


class Told(NamedTuple):
    """What an instance says of a status that was asked for again."""

    native_id: str
    engagement: Engagement
    author: str | None
    name: str | None


def parse(body: bytes, domain: str, now: int, *, only_indexable: bool = False) -> Page:
    """Read a page of a timeline that came from the instance of a domain.

    The text is the content warning, if there is one, and the content. Boosts are no posts. Statuses of accounts that
    ask not to be found are passed over: by `noindex`, by `discoverable` being false, or by #nobot, #noindex, #nosearch
    or #noarchive in the words about themselves.

    Args:
        body: As it was sent.
        domain: Is added to the names of accounts of the instance itself.
        now: When it was read.
        only_indexable: Whether to pass over accounts that did not agree to be found by searches (`indexable`) as well.

    Raises:
        SourceError: it is no timeline.
    """
    data = read_json(body, domain)
    if not isinstance(data, list):
        raise SourceError(f"{domain} sent JSON that is no timeline.")
    posts: dict[str, Post] = {}
    versions: dict[str, str] = {}
    damaged = 0
    for status in map(mapping_of, data):
        number, uri = status.get("id"), status.get("uri")
        published = time_of(status.get("created_at"))
        if not isinstance(number, str) or not _ID.fullmatch(number):
            damaged += 1
            continue
        versions[number] = text_of(status.get("edited_at"))
        if published is None or not isinstance(uri, str) or not _ADDRESS.fullmatch(uri):
            damaged += 1
        elif _may_be_read(status, only_indexable=only_indexable):
            post = _post(status, uri, domain, published, now)
            if post.text:
                posts[number] = post
    return Page(posts, versions, damaged)


def parse_status(body: bytes, domain: str) -> Told:
    """Read one status.

    Raises:
        SourceError: it is none.
    """
    status = mapping_of(read_json(body, domain))
    uri = text_or_none(status.get("uri"))
    if uri is None:
        raise SourceError(f"{domain} sent JSON that is no status.")
    account = mapping_of(status.get("account"))
    return Told(uri, _engagement(status), _author(account, domain), _name(account))


def _may_be_read(status: Mapping[str, Any], *, only_indexable: bool) -> bool:
    if status.get("reblog") is not None or status.get("visibility", "public") not in ("public", "unlisted"):
        return False
    account = mapping_of(status.get("account"))
    if account.get("noindex") is True or account.get("discoverable") is False:
        return False
    if only_indexable and account.get("indexable") is False:
        return False
    about = text_of(account.get("note"))[:LONGEST_TEXT]
    return "#" not in about or not _WANTS_NO_READERS.search(html_to_text(about))


def _post(status: Mapping[str, Any], uri: str, domain: str, published: int, now: int) -> Post:
    account = mapping_of(status.get("account"))
    warning = clean_line(text_of(status.get("spoiler_text")))
    content = html_to_text(text_of(status.get("content"))[:LONGEST_HTML])
    return Post(
        source="mastodon",
        native_id=uri,
        text="\n".join(filter(None, (warning, content)))[:LONGEST_TEXT],
        published_at=published,
        collected_at=now,
        url=safe_url(text_or_none(status.get("url")) or uri),
        author=_author(account, domain),
        author_name=_name(account),
        lang=language_of(status.get("language")),
        engagement=_engagement(status),
    )


def _author(account: Mapping[str, Any], domain: str) -> str | None:
    """The name of an account with its domain, which the instance itself leaves out for its own."""
    name = clean_line(text_of(account.get("acct")) or text_of(account.get("username")))
    return (name if "@" in name else f"{name}@{domain}") if name else None


def _name(account: Mapping[str, Any]) -> str | None:
    return clean_line(text_of(account.get("display_name"))) or clean_line(text_of(account.get("username"))) or None


def _engagement(status: Mapping[str, Any]) -> Engagement:
    return Engagement(
        likes=number_of(status.get("favourites_count")),
        reposts=number_of(status.get("reblogs_count")),
        replies=number_of(status.get("replies_count")),
        quotes=number_of(status.get("quotes_count")),
    )


class Instance(NamedTuple):
    """What an instance says of itself."""

    domain: str
    closed: str = ""
    """Why its timelines of hashtags give nothing: `disabled`, `authenticated`, or empty where they do give."""


def parse_instance(body: bytes, domain: str) -> Instance:
    """Read what an instance says of itself; anything else than that is an instance of which nothing is known.

    An instance whose timelines are switched off answers with an empty one, and so does one that shows them to its own
    people only, which look like a hashtag that nobody uses.
    """
    try:
        data = mapping_of(read_json(body, domain))
    except SourceError:
        return Instance(domain)
    named = clean_line(text_of(data.get("domain"))).lower()
    access = mapping_of(mapping_of(data.get("configuration")).get("timelines_access"))
    feeds = mapping_of(access.get("hashtag_feeds"))
    allowed = {text_of(feeds.get("local")), text_of(feeds.get("remote"))}
    closed = "authenticated" if "authenticated" in allowed else "disabled"
    shown = allowed - {"disabled", "authenticated"}
    return Instance(named or domain, closed if feeds and not shown else "")
