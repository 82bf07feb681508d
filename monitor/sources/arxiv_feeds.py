"""Reading what arXiv sends: the feed of a day's announcement (RSS) and the answers of its API (Atom).

API: https://info.arxiv.org/help/api/user-manual.html. Feeds: https://info.arxiv.org/help/rss.html. Both give the same
post of the same paper. Read by expat rather than by feedparser, which takes seconds for the 1,500 papers of a day.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers import expat

from monitor.records import Post
from monitor.sources.arxiv_calendar import announcement_of, midnight_of
from monitor.sources.base import SourceError
from monitor.sources.reading import LONGEST_TEXT, time_of
from monitor.text.clean import clean_line

FEED_HOST = "rss.arxiv.org"
API_HOST = "export.arxiv.org"

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_OPEN_SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"

_IDENTIFIER = re.compile(
    r"(?:(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf)/|oai:arxiv\.org:|arxiv:)?"
    r"([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7})(?:v[0-9]{1,3})?",
    re.IGNORECASE,
)
_ERROR = re.compile(r"https?://(?:export\.)?arxiv\.org/api/errors")
_PREAMBLE = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*([a-z-]+)\s+Abstract:\s*")
_AFFILIATION = re.compile(r"\s*\([^()]*\)")
_LONGEST_AUTHORS = 500
_DEEPEST = 50


class Announcement(NamedTuple):
    """A day's feed."""

    day: int | None
    """The midnight in New York that it carries; None where it carries no date."""
    posts: tuple[Post, ...]
    """New papers, and papers that are new to one of the categories."""
    read: int
    """Items looked at, also new versions of papers, which are no posts for us."""
    damaged: int = 0


class Results(NamedTuple):
    """A page of an answer of the API."""

    posts: tuple[Post, ...]
    total: int
    """How many papers the whole answer has."""
    read: int
    damaged: int = 0


def parse_announcement(body: bytes, now: int, host: str = FEED_HOST) -> Announcement:
    """Read a feed of rss.arxiv.org. A paper that stands in several categories is one post.

    Raises:
        SourceError: it is no such feed.
    """
    root = _read_xml(body, host)
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        raise SourceError(f"{host} sent something that is no feed.")
    day = _day_of(channel)
    posts: dict[str, Post] = {}
    read = damaged = 0
    for item in channel.iterfind("item"):
        read += 1
        identifier = identifier_of(_text(item, "guid")) or identifier_of(_text(item, "link"))
        said = _PREAMBLE.match(_text(item, "description"))
        kind = _text(item, f"{_ARXIV}announce_type") or (said[1] if said else "")
        if identifier is None or not kind:
            damaged += 1
        elif kind in ("new", "cross"):
            published = time_of(_text(item, "pubDate")) or day
            abstract = _text(item, "description")[said.end() if said else 0 :]
            authors = _without_affiliations(_text(item, f"{_DUBLIN_CORE}creator"))
            post = _post(identifier, _text(item, "title"), abstract, authors, published, now)
            if post is None:
                damaged += 1
            elif kind == "new" or identifier not in posts:
                posts[identifier] = post
    return Announcement(day, tuple(posts.values()), read, damaged)


def parse_results(body: bytes, now: int, host: str = API_HOST) -> Results:
    """Read an answer of the API. A paper counts from its announcement on, which follows from its submission.

    Raises:
        SourceError: it is no such answer, or says what was wrong with the question.
    """
    root = _read_xml(body, host)
    if root.tag != f"{_ATOM}feed":
        raise SourceError(f"{host} sent something that is no answer of its API.")
    entries = list(root.iterfind(f"{_ATOM}entry"))
    for entry in entries:
        if _ERROR.match(_text(entry, f"{_ATOM}id")):
            raise SourceError(f"{host} refuses the question: {clean_line(_text(entry, f'{_ATOM}summary'))[:200]}.")
    total = _text(root, f"{_OPEN_SEARCH}totalResults").strip()
    if not (total.isascii() and total.isdigit() and len(total) < 10):
        raise SourceError(f"{host} sent an answer that does not say how many papers it has.")
    posts: dict[str, Post] = {}
    damaged = 0
    for entry in entries:
        identifier = identifier_of(_text(entry, f"{_ATOM}id"))
        submitted = time_of(_text(entry, f"{_ATOM}published").strip())
        post = None
        if identifier is not None and submitted is not None:
            names = [_text(author, f"{_ATOM}name") for author in entry.iterfind(f"{_ATOM}author")]
            title, abstract = _text(entry, f"{_ATOM}title"), _text(entry, f"{_ATOM}summary")
            published = announcement_of(submitted)
            post = _post(identifier, title, abstract, ", ".join(names), published, now)
        if post is None:
            damaged += 1
        else:
            posts[post.native_id] = post
    return Results(tuple(posts.values()), int(total), len(entries), damaged)


def identifier_of(text: str) -> str | None:
    """The identifier of a paper without scheme and version, such as `2401.01234` or `astro-ph/0601001`."""
    found = _IDENTIFIER.fullmatch(text.strip())
    return found[1] if found else None


def _post(identifier: str, title: str, abstract: str, authors: str, published: int | None, now: int) -> Post | None:
    title, text = clean_line(title), clean_line(abstract)
    if not title and not text:
        return None
    return Post(
        source="arxiv",
        native_id=identifier,
        text=text[:LONGEST_TEXT],
        published_at=now if published is None else published,
        collected_at=now,
        title=title or None,
        url=f"https://arxiv.org/abs/{identifier}",
        author=_shortened(clean_line(authors)) or None,
        lang="en",
    )


def _shortened(authors: str) -> str:
    """As many of the authors as have room; some papers have thousands."""
    if len(authors) <= _LONGEST_AUTHORS:
        return authors
    return authors[:_LONGEST_AUTHORS].rpartition(", ")[0] + " et al."


def _without_affiliations(authors: str) -> str:
    """The names alone, as the API gives them."""
    while (shorter := _AFFILIATION.sub("", authors)) != authors:
        authors = shorter
    return authors


def _day_of(channel: Element) -> int | None:
    dates = [_text(item, "pubDate") for item in channel.iterfind("item")]
    times = [time for date in dates if (time := time_of(date)) is not None]
    newest = max(times, default=None) or time_of(_text(channel, "pubDate")) or time_of(_text(channel, "lastBuildDate"))
    return None if newest is None else midnight_of(newest)


def _text(parent: Element, tag: str) -> str:
    found = parent.find(tag)
    return "" if found is None else "".join(found.itertext())


def _read_xml(body: bytes, host: str) -> Element:
    """The root of an XML document without a document type, so that nothing in it can be an entity of its own."""
    builder = TreeBuilder()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise SourceError(f"{host} sent XML that is nested too deep.")
        builder.start(_tag(tag), attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_tag(tag))

    def refuse(*_: object) -> None:
        raise SourceError(f"{host} sent XML with a document type, which is not read.")

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = builder.data, refuse
    try:
        parser.Parse(body, True)
        return builder.close()
    except (expat.ExpatError, ParseError, ValueError, LookupError, AssertionError) as error:
        raise SourceError(f"{host} sent something that is no XML, such as a web page.") from error


def _tag(name: str) -> str:
    return "{" + name if "}" in name else name
