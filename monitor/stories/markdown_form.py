"""Our own Markdown: a block of `key: value` lines between two lines of `---`, then paragraphs, then notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import cast

from monitor import instants
from monitor.nouns.kinds import Significance
from monitor.nouns.stories import Footnote, Story, StoryCard
from monitor.stories import markup
from monitor.stories.errors import StoryError
from monitor.stories.parts import slug_of
from monitor.text.clean import clean_line, safe_url

KEYS = ("title", "dek", "slug", "beat", "category", "significance", "published", "url", "origin", "disclosure")

_NOTE = re.compile(r"\[\^(?P<number>\d{1,3})\]:\s*(?P<text>.*)")
_NOTE_MARK = re.compile(r"\[\^(\d{1,3})\](?!:)")
_HEADING = re.compile(r"\A#\s+(?P<title>.+)\n")


def matches(text: str) -> bool:
    """Whether a text is of this form."""
    return text.lstrip().startswith("---\n") or _HEADING.match(text.lstrip()) is not None


def read(text: str) -> Story:
    """Read a Markdown file; without a block at its start, its first heading is the title.

    Raises:
        StoryError: the block has no end, names no title, or has a value that cannot be meant.
    """
    fields, body = _divide(text.lstrip())
    notes = tuple(
        Footnote(int(found["number"]), clean_line(found["text"]), _address(found["text"]))
        for found in map(_NOTE.fullmatch, body.splitlines())
        if found
    )
    words = "\n".join(line for line in body.splitlines() if not _NOTE.fullmatch(line)).strip()
    title = clean_line(fields.get("title", ""))
    if not title or not words:
        raise StoryError("the file needs a title and a text")
    card = StoryCard(
        slug=fields.get("slug") or slug_of(title) or "untitled",
        title=title,
        dek=clean_line(fields.get("dek", "")),
        beat=fields.get("beat") or None,
        category=fields.get("category") or None,
        significance=cast(Significance | None, _one_of(fields, "significance", ("low", "medium", "high"))),
        published_at=_value(fields, "published", instants.parse),
        url=safe_url(fields.get("url")),
        origin="drafted" if fields.get("origin") == "drafted" else "imported",
    )
    lacks = tuple(name for name in ("dek", "beat", "published") if not fields.get(name))
    marked = _NOTE_MARK.sub(r"[\1]", words)
    return Story(card, marked, disclosure=clean_line(fields.get("disclosure", "")), footnotes=notes, lacks=lacks)


def write(story: Story) -> str:
    """A story as a Markdown file, which `read` understands."""
    card = story.card
    fields = {
        "title": card.title,
        "dek": card.dek,
        "slug": card.slug,
        "beat": card.beat,
        "category": card.category,
        "significance": card.significance,
        "published": None if card.published_at is None else instants.render(card.published_at),
        "url": card.url,
        "origin": "drafted" if card.origin == "drafted" else None,
        "disclosure": story.disclosure,
    }
    head = "".join(f"{key}: {value}\n" for key, value in fields.items() if value)
    body = "".join(
        f"[^{piece.number}]" if isinstance(piece, markup.Footnote) else piece.source
        for piece in markup.parse(story.body)
    )
    notes = "".join(f"[^{note.number}]: {_with_address(note)}\n" for note in story.footnotes)
    return f"---\n{head}---\n{body}\n" + (f"\n{notes}" if notes else "")


def _with_address(note: Footnote) -> str:
    return note.text if note.url is None or note.url in note.text else f"{note.text} {note.url}".strip()


def _divide(text: str) -> tuple[dict[str, str], str]:
    heading = _HEADING.match(text)
    if heading is not None:
        return {"title": heading["title"]}, text[heading.end() :]
    parts = text.split("\n---\n", 1)
    if len(parts) < 2:
        raise StoryError("the block of `key: value` lines has no end; a line of --- parts it from the text")
    head, body = parts
    pairs = (line.partition(":") for line in head.splitlines()[1:] if line.strip())
    fields = {key.strip().casefold(): value.strip() for key, _, value in pairs}
    unknown = sorted(fields.keys() - set(KEYS))
    if unknown:
        raise StoryError(f"unknown keys: {', '.join(unknown)[:100]}; there are {', '.join(KEYS)}")
    return fields, body


def _value(fields: Mapping[str, str], key: str, read_value: Callable[[str], int]) -> int | None:
    if not fields.get(key):
        return None
    try:
        return read_value(fields[key])
    except ValueError as error:
        raise StoryError(f"{key} is no time: {fields[key][:40]}") from error


def _one_of(fields: Mapping[str, str], key: str, known: tuple[str, ...]) -> str | None:
    value = fields.get(key, "").casefold()
    if value and value not in known:
        raise StoryError(f"{key} must be one of {', '.join(known)}, not {value[:40]}")
    return value or None


def _address(text: str) -> str | None:
    found = re.search(r"https?://\S+", text)
    return safe_url(found[0].rstrip(".,;)>")) if found else None
