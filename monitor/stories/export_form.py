"""The plain-text export: a head with rules, fields, the body and a licence line; whole, or flattened to one line."""

from __future__ import annotations

import re

from monitor import instants
from monitor.nouns.stories import Story, StoryCard
from monitor.stories.errors import StoryError
from monitor.stories.parts import slug_of, slug_of_address
from monitor.text.clean import clean_line, safe_url

_HEAD = re.compile(r"AIDRAN STORY\s*[═=]{3,}\s*(?P<fields>.*?)\s*[─-]{8,}\s*", re.DOTALL)
_FIELD = re.compile(r"\s*\b(Title|Dek|Beat|Significance|Published|URL):\s*")
_END = re.compile(r"\s*[─-]{8,}\s*(?P<licence>Source:.*?)\s*(?:[═=]{3,}\s*)?\Z", re.DOTALL)


def matches(text: str) -> bool:
    """Whether a text is of this form."""
    return "AIDRAN STORY" in text[:2_000]


def read(text: str) -> Story:
    """Read an export.

    Raises:
        StoryError: the head has no end, or names no title.
    """
    head = _HEAD.search(text)
    if head is None:
        raise StoryError("the head of the export has no end; a line of ─ parts it from the text")
    fields = _fields(head["fields"])
    rest = text[head.end() :]
    end = _END.search(rest)
    body = rest[: end.start()] if end else rest
    title = fields.get("Title", "")
    if not title:
        raise StoryError("the head of the export names no title")
    lacks = [name for name in ("Beat", "Published", "URL") if not fields.get(name)]
    lacks += [] if end else ["licence line"]
    url = safe_url(fields.get("URL"))
    published_at = None
    if fields.get("Published"):
        try:
            published_at = instants.parse(fields["Published"])
        except ValueError as error:
            raise StoryError(f"Published is no time: {fields['Published'][:40]}") from error
    beat = fields.get("Beat")
    card = StoryCard(
        slug=slug_of_address(url) or slug_of(title) or "untitled",
        title=title,
        dek=fields.get("Dek", ""),
        beat=slug_of(beat) or None if beat else None,
        category=None,
        significance=None,
        published_at=published_at,
        url=url,
        origin="imported",
    )
    return Story(card, body.strip(), disclosure=clean_line(end["licence"]) if end else "", lacks=tuple(lacks))


def _fields(text: str) -> dict[str, str]:
    """The fields of the head, which may stand on one line; a title may hold a colon, but not the name of a field."""
    parts = _FIELD.split(text)
    return {name: clean_line(value) for name, value in zip(parts[1::2], parts[2::2], strict=True)}
