"""A story as JSON, as `monitor stories show --json` writes it."""

from __future__ import annotations

import json
from typing import Any, cast

from monitor import instants
from monitor.nouns.kinds import Significance
from monitor.nouns.stories import Footnote, Panel, Quote, Story, StoryCard
from monitor.stories import markup
from monitor.stories.errors import StoryError
from monitor.stories.parts import slug_of
from monitor.text.clean import clean, clean_line, safe_url


def matches(text: str) -> bool:
    """Whether a text is of this form."""
    return text.lstrip().startswith("{")


def card_tree(card: StoryCard, panel: Panel | None = None) -> dict[str, Any]:
    """A story as it stands in a list."""
    published = None if card.published_at is None else instants.render(card.published_at)
    shown = None
    if panel is not None:
        shown = {"volume": panel.volume, "records": panel.records, "sources": dict(panel.sources)}
    return {**card._asdict(), "published_at": published, "panel": shown}


def story_tree(story: Story) -> dict[str, Any]:
    """A story with everything that is known of it; spans are offsets in its plain `body`."""
    plain = markup.plain(story.body)
    return {
        **card_tree(story.card, story.panel),
        "body": plain.text,
        "links": [
            {"kind": link.kind, "slug": link.slug, "label": link.label, "span": [link.start, link.end]}
            for link in plain.links
        ],
        "footnotes": [note._asdict() for note in story.footnotes],
        "quotes": [quote._asdict() for quote in story.quotes],
        "disclosure": story.disclosure,
        "related": [card_tree(card) for card in story.related],
        "lacks": list(story.lacks),
        "other_slugs": list(story.other_slugs),
        "manifest": story.manifest,
    }


def read(text: str) -> Story:
    """Read a story; links are put back where their spans say, and left out where those do not fit the words.

    Raises:
        StoryError: it is no JSON object with a title and a body, or a time is none.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StoryError("the file begins like JSON and is none") from error
    if not isinstance(data, dict):
        raise StoryError("the JSON is no object with a title and a body")
    title, body = clean_line(_text(data.get("title"))), clean(_text(data.get("body")))
    if not title or not body.strip():
        raise StoryError("the JSON has no title or no body")
    return Story(
        _card(data, title, "drafted" if data.get("origin") == "drafted" else "imported"),
        _with_links(body, _list(data.get("links"))).strip(),
        panel=_panel(data.get("panel")),
        disclosure=clean_line(_text(data.get("disclosure"))),
        footnotes=tuple(
            Footnote(each["number"], clean_line(_text(each.get("text"))), safe_url(_text(each.get("url"))))
            for each in _objects(data.get("footnotes"))
            if isinstance(each.get("number"), int)
        ),
        quotes=tuple(
            Quote(words, _line(each.get("source")), _line(each.get("author")), safe_url(_text(each.get("url"))))
            for each in _objects(data.get("quotes"))
            if (words := clean_line(_text(each.get("text"))))
        ),
        related=tuple(
            _card(each, words, "stub")
            for each in _objects(data.get("related"))
            if (words := clean_line(_text(each.get("title"))))
        ),
    )


def _card(data: dict[str, Any], title: str, origin: str) -> StoryCard:
    level = _text(data.get("significance")).casefold()
    return StoryCard(
        slug=slug_of(_text(data.get("slug"))) or slug_of(title) or "untitled",
        title=title,
        dek=clean_line(_text(data.get("dek"))),
        beat=slug_of(_text(data.get("beat"))) or None,
        category=_line(data.get("category")),
        significance=cast(Significance, level) if level in ("low", "medium", "high") else None,
        published_at=_time(data.get("published_at")),
        url=safe_url(_text(data.get("url"))),
        origin=cast(Any, origin),
    )


def _with_links(body: str, links: list[Any]) -> str:
    """The body with its links as marks, from the last to the first, so that earlier spans stay true."""
    fitting: list[tuple[int, int, str]] = []
    for link in links:
        if not isinstance(link, dict) or link.get("kind") not in ("beat", "entity", "story"):
            continue
        span, label, slug = _list(link.get("span")), _text(link.get("label")), slug_of(_text(link.get("slug")))
        if len(span) == 2 and all(isinstance(end, int) and end >= 0 for end in span) and label and slug:
            start, end = span
            if body[start:end] == label and not set(label) & set("{}|"):
                fitting.append((start, end, markup.link(link["kind"], slug, label)))
    last = len(body)
    for start, end, mark in sorted(fitting, reverse=True):
        if end <= last:
            body = body[:start] + mark + body[end:]
            last = start
    return body


def _panel(value: object) -> Panel | None:
    if not isinstance(value, dict):
        return None
    sources = value.get("sources")
    pairs = sources.items() if isinstance(sources, dict) else ()
    counted = tuple((slug_of(slug), posts) for slug, posts in pairs if _count(posts) is not None)
    return Panel(_count(value.get("volume")), _count(value.get("records")), counted)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def _time(value: object) -> int | None:
    if value in (None, ""):
        return None
    try:
        return instants.parse(_text(value))
    except ValueError as error:
        raise StoryError(f"published_at is no time: {str(value)[:40]}") from error


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _line(value: object) -> str | None:
    return clean_line(_text(value)) or None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in _list(value) if isinstance(each, dict)]
