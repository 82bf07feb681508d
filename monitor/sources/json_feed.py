"""JSON Feed 1 and 1.1, https://www.jsonfeed.org/version/1.1/, which feedparser does not read."""

from __future__ import annotations

from typing import Any

from monitor.sources.base import SourceError
from monitor.sources.feed_entry import Entry
from monitor.sources.reading import (
    LONGEST_HTML,
    language_of,
    list_of,
    mapping_of,
    read_json,
    text_of,
    text_or_none,
    time_of,
)
from monitor.text.clean import clean, clean_line, html_to_text

_VERSION = "https://jsonfeed.org/version/"


def is_json_feed(body: bytes) -> bool:
    """Whether a body looks like JSON rather than XML, by its first character."""
    return body[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_json_feed(body: bytes, host: str) -> tuple[str, str | None, list[Entry]]:
    """The title, the home page and the items of a JSON Feed.

    Raises:
        SourceError: it is none.
    """
    data = mapping_of(read_json(body, host))
    version = text_of(data.get("version")).replace("http://", "https://").replace("https://www.", "https://")
    if not version.startswith(_VERSION) or not isinstance(data.get("items"), list):
        raise SourceError(f"{host} sent JSON that is no feed.")
    lang = language_of(data.get("language"))
    feed_byline = _byline(data)
    entries = [_entry(mapping_of(item), lang, feed_byline) for item in data["items"]]
    return clean_line(text_of(data.get("title"))), text_or_none(data.get("home_page_url")), entries


def _entry(item: dict[str, Any], lang: str | None, feed_byline: str | None) -> Entry:
    identifier = item.get("id")
    if isinstance(identifier, int) and not isinstance(identifier, bool):
        identifier = str(identifier)
    link = text_or_none(item.get("url")) or text_or_none(item.get("external_url"))
    return Entry(
        identifier=text_or_none(identifier),
        link=link or text_or_none(identifier),
        title=clean_line(text_of(item.get("title"))),
        text=_text(item),
        published=time_of(item.get("date_published")) or time_of(item.get("date_modified")),
        byline=_byline(item) or feed_byline,
        lang=language_of(item.get("language")) or lang,
    )


def _text(item: dict[str, Any]) -> str:
    plain = text_of(item.get("content_text"))
    if plain:
        return clean(plain[:LONGEST_HTML])
    markup = text_of(item.get("content_html"))
    return html_to_text(markup[:LONGEST_HTML]) if markup else clean(text_of(item.get("summary"))[:LONGEST_HTML])


def _byline(fields: dict[str, Any]) -> str | None:
    """The names in `authors`, or in the `author` of version 1."""
    authors = [*list_of(fields.get("authors"))] or [fields.get("author")]
    names = [clean_line(text_of(mapping_of(author).get("name"))) for author in authors]
    return ", ".join(name for name in names if name)[:200] or None
