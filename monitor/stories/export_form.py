"""The plain-text export: a head with rules, fields, the body and a licence line; whole, or flattened to one line."""

from __future__ import annotations

import re
from typing import cast

from monitor import instants
from monitor.nouns.kinds import Significance
from monitor.nouns.stories import Footnote, Story, StoryCard
from monitor.stories.errors import StoryError
from monitor.stories.parts import slug_of, slug_of_address
from monitor.text.clean import clean_line, safe_url

_HEAD = re.compile(r"AIDRAN STORY\s*[═=]{3,}\s*(?P<fields>.*?)\s*[─-]{8,}\s*", re.DOTALL)
_FIELD = re.compile(r"\s*\b(Title|Dek|Beat|Significance|Published|URL):\s*")
_NOTE = re.compile(r"\[(?P<number>\d{1,3})\] (?P<text>.+)")
_NOTES = re.compile(r"\n\n(?:\[\d{1,3}\] [^\n]+(?:\n|\s*\Z))+\s*\Z")
_RULE, _LINE = "═" * 64, "─" * 64
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
    body, notes = _without_notes(rest[: end.start()] if end else rest)
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
        significance=_level(fields.get("Significance", "")),
        published_at=published_at,
        url=url,
        origin="imported",
    )
    disclosure = clean_line(end["licence"]) if end else ""
    return Story(card, body, disclosure=disclosure, footnotes=notes, lacks=tuple(lacks))


def write(story: Story, beat: str = "") -> str:
    """A story as an export, with its notes between the text and the licence line; `read` understands it.

    Args:
        beat: the name of its beat, instead of the slug.
    """
    card = story.card
    fields = {
        "Title": card.title,
        "Dek": card.dek,
        "Beat": beat or card.beat,
        "Significance": card.significance,
        "Published": None if card.published_at is None else instants.render(card.published_at),
        "URL": card.url,
    }
    head = "".join(f"{name}: {value}\n" for name, value in fields.items() if value)
    notes = "".join(f"[{note.number}] {_with_address(note)}\n" for note in story.footnotes)
    text = f"{story.body}\n\n{notes}" if notes else f"{story.body}\n"
    licence = story.disclosure or "discourse-monitor"
    licence = licence if licence.startswith("Source:") else f"Source: {licence}"
    return f"{_RULE}\nAIDRAN STORY\n{_RULE}\n\n{head}\n{_LINE}\n\n{text}\n{_LINE}\n{licence}\n{_RULE}\n"


def _with_address(note: Footnote) -> str:
    return note.text if note.url is None or note.url in note.text else f"{note.text} {note.url}".strip()


def _without_notes(body: str) -> tuple[str, tuple[Footnote, ...]]:
    """The text, and the notes that end it, one a line."""
    found = _NOTES.search(body)
    if found is None:
        return body.strip(), ()
    notes = [each for line in found[0].strip().splitlines() if (each := _NOTE.fullmatch(line.strip()))]
    read_notes = (Footnote(int(each["number"]), clean_line(each["text"]), _address(each["text"])) for each in notes)
    return body[: found.start()].strip(), tuple(read_notes)


def _address(text: str) -> str | None:
    found = re.search(r"https?://\S+", text)
    return safe_url(found[0].rstrip(".,;)>")) if found else None


def _level(word: str) -> Significance | None:
    level = word.strip().casefold()
    return cast(Significance, level) if level in ("low", "medium", "high") else None


def _fields(text: str) -> dict[str, str]:
    """The fields of the head, which may stand on one line; a title may hold a colon, but not the name of a field."""
    parts = _FIELD.split(text)
    return {name: clean_line(value) for name, value in zip(parts[1::2], parts[2::2], strict=True)}
