"""Drafts in the shapes in which the sources send posts: see docs of each in `monitor/sources/`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from email.utils import formatdate
from typing import Any
from xml.sax.saxutils import escape

from generator.people import Publication
from generator.voices import Draft
from monitor.demo.identities import did_of, page_address, record_key
from monitor.instants import SECOND, render, to_datetime

_XML = '<?xml version="1.0" encoding="utf-8"?>\n'


def jetstream_frame(draft: Draft, number: int) -> dict[str, Any]:
    """A new post in the stream."""
    at = draft.slot.at
    record: dict[str, Any] = {
        "$type": "app.bsky.feed.post",
        "createdAt": to_datetime(at).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "langs": [draft.lang],
        "text": draft.text,
    }
    if draft.card:
        card = draft.card
        external = {"uri": card.address, "title": card.title, "description": card.description}
        record["embed"] = {"$type": "app.bsky.embed.external", "external": external}
    return _commit(did_of(draft.author), at, "create", record_key(at, number), record)


def jetstream_deletion(frame: Mapping[str, Any], at: int) -> dict[str, Any]:
    """The deletion of a post that an earlier frame brought."""
    return _commit(frame["did"], at, "delete", frame["commit"]["rkey"], None)


def jetstream_account(handle: str, at: int, number: int) -> dict[str, Any]:
    """An account that is gone."""
    did = did_of(handle)
    account = {"active": False, "did": did, "seq": 9_000_000_000 + number, "status": "deleted", "time": render(at)}
    return {"did": did, "time_us": at * 1000, "kind": "account", "account": account}


def _commit(did: str, at: int, operation: str, key: str, record: dict[str, Any] | None) -> dict[str, Any]:
    commit = {"rev": key, "operation": operation, "collection": "app.bsky.feed.post", "rkey": key}
    if record is not None:
        commit |= {"record": record, "cid": f"bafyreisample{key}"}  # type: ignore[dict-item]
    return {"did": did, "time_us": at * 1000 + 140_000, "kind": "commit", "commit": commit}


def import_row(draft: Draft, native_id: str, url: str | None, engagement: Mapping[str, int]) -> dict[str, Any]:
    """A row for `monitor import`."""
    row: dict[str, Any] = {
        "source": draft.slot.source,
        "native_id": native_id,
        "published_at": render(draft.slot.at),
        "title": draft.title,
        "text": draft.text,
        "url": url,
        "author": draft.author,
        "author_name": draft.author_name,
        "lang": draft.lang,
    }
    return {key: value for key, value in (row | dict(engagement)).items() if value is not None}


def search_hit(draft: Draft, number: str, points: int) -> dict[str, Any]:
    """A story or comment in an answer of the search of Hacker News."""
    seconds = draft.slot.at // SECOND
    hit: dict[str, Any] = {
        "objectID": number,
        "author": draft.author,
        "created_at": render(seconds * SECOND),
        "created_at_i": seconds,
        "_tags": ["story" if draft.title else "comment", f"author_{draft.author}"],
    }
    if draft.title:
        return hit | {"title": draft.title, "points": points, "num_comments": points // 3}
    paragraphs = (escape(part, {"'": "&#x27;", '"': "&quot;"}) for part in draft.text.split("\n\n"))
    return hit | {"comment_text": "<p>".join(paragraphs), "story_id": int(number) - 7}


def search_page(hits: Sequence[Mapping[str, Any]]) -> str:
    """An answer of the search, newest first."""
    newest_first = sorted(hits, key=lambda hit: -int(hit["created_at_i"]))
    head = {"nbHits": len(hits), "page": 0, "nbPages": 1, "hitsPerPage": 1000, "exhaustiveNbHits": True, "query": ""}
    return json.dumps({"hits": newest_first} | head, ensure_ascii=False, indent=0) + "\n"


def feed(publication: Publication, drafts: Iterable[Draft], as_of: int) -> str:
    """The feed of a publication, newest first."""
    items = sorted(drafts, key=lambda draft: -draft.slot.at)
    home = f"https://{publication.stem}.example/"
    match publication.form:
        case "rss":
            return _rss(publication, home, items, as_of)
        case "rdf":
            return _rdf(publication, home, items)
        case "atom":
            return _atom(publication, home, items, as_of)
        case "search":
            return _search_feed(items)
    return _json_feed(publication, home, items)


def _address(draft: Draft) -> str:
    return page_address(f"{draft.publication}.example", draft.title or "", draft.slot.at)


def _rss(publication: Publication, home: str, items: Sequence[Draft], as_of: int) -> str:
    entries = "".join(
        f"<item><title>{escape(draft.title or '')}</title><link>{_address(draft)}</link>"
        f'<guid isPermaLink="true">{_address(draft)}</guid><dc:creator>{escape(draft.author)}</dc:creator>'
        f"<pubDate>{formatdate(draft.slot.at // SECOND, usegmt=True)}</pubDate>"
        f"<description>{escape(f'<p>{escape(draft.text)}</p>')}</description></item>\n"
        for draft in items
    )
    return (
        f'{_XML}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>\n'
        f"<title>{escape(publication.name)}</title><link>{home}</link><language>en</language>"
        "<description>Synthetic sample</description><ttl>15</ttl>"
        f"<lastBuildDate>{formatdate(as_of // SECOND, usegmt=True)}</lastBuildDate>\n{entries}</channel></rss>\n"
    )


def _rdf(publication: Publication, home: str, items: Sequence[Draft]) -> str:
    entries = "".join(
        f'<item rdf:about="{_address(draft)}"><title>{escape(draft.title or "")}</title><link>{_address(draft)}</link>'
        f"<description>{escape(draft.text)}</description><dc:creator>{escape(draft.author)}</dc:creator>"
        f"<dc:date>{render(draft.slot.at // SECOND * SECOND)}</dc:date></item>\n"
        for draft in items
    )
    return (
        f'{_XML}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">\n<channel rdf:about="{home}"><title>{escape(publication.name)}'
        f"</title><link>{home}</link><description>Synthetic sample</description><dc:language>en</dc:language>"
        "</channel>\n"
        f"{entries}</rdf:RDF>\n"
    )


def _atom(publication: Publication, home: str, items: Sequence[Draft], as_of: int) -> str:
    entries = "".join(
        f'<entry><title>{escape(draft.title or "")}</title><link href="{_address(draft)}"/><id>{_address(draft)}</id>'
        f"<published>{render(draft.slot.at // SECOND * SECOND)}</published>"
        f"<updated>{render(draft.slot.at // SECOND * SECOND)}</updated>"
        f"<author><name>{escape(draft.author)}</name></author>"
        f'<summary type="html">{escape(escape(draft.text))}</summary></entry>\n'
        for draft in items
    )
    return (
        f'{_XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>{escape(publication.name)}</title>'
        f'<link href="{home}"/><id>{home}</id><updated>{render(as_of)}</updated>\n{entries}</feed>\n'
    )


def _json_feed(publication: Publication, home: str, items: Sequence[Draft]) -> str:
    entries = [
        {
            "id": _address(draft),
            "url": _address(draft),
            "title": draft.title,
            "content_text": draft.text,
            "date_published": render(draft.slot.at // SECOND * SECOND),
            "authors": [{"name": draft.author}],
        }
        for draft in items
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": publication.name, "home_page_url": home}
    return json.dumps(head | {"language": "en", "items": entries}, ensure_ascii=False, indent=0) + "\n"


def _search_feed(items: Sequence[Draft]) -> str:
    """Headlines of many publications, in the way of a news search."""
    entries = "".join(_found(draft, number) for number, draft in enumerate(items))
    return (
        f'{_XML}<rss version="2.0"><channel><title>Search</title><link>https://news-search.example/</link>'
        f"<language>en-US</language><description>Synthetic sample</description>\n{entries}</channel></rss>\n"
    )


def _found(draft: Draft, number: int) -> str:
    link = f'<a href="{_address(draft)}">{escape(draft.title or "")}</a>'
    return (
        f"<item><title>{escape(f'{draft.title} - {draft.author}')}</title>"
        f"<link>https://news-search.example/articles/{number:05d}?oc=5</link>"
        f'<guid isPermaLink="false">{number:05d}</guid>'
        f"<pubDate>{formatdate(draft.slot.at // SECOND, usegmt=True)}</pubDate>"
        f"<description>{escape(link)}</description>"
        f'<source url="https://{draft.publication}.example">{escape(draft.author)}</source></item>\n'
    )
