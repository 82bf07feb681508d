"""What stands below the text of a story: notes, the posts behind it, related stories, earlier texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from monitor.stories import markup
from monitor.tui.lines import outside
from monitor.tui.story_material import Material, Target, about_post, beat_name, when
from monitor.tui.widgets.posts_list import NAMES, words_of_post

LONGEST_WORDS = 220
"""Characters of a post that are shown; opening it shows all."""


class Item(NamedTuple):
    """One entry of a list below the text."""

    lead: str
    """A number or a sign before it."""
    words: str
    about: str = ""
    target: Target | None = None


Section = tuple[str, tuple[Item, ...]]


def sections_of(material: Material) -> Iterator[Section]:
    """The lists that are not empty, with their titles."""
    for title, items in (
        ("Notes", _notes(material)),
        ("From the Discourse", _discourse(material)),
        ("More stories", _related(material)),
        ("Also told", _other_tellings(material)),
    ):
        found = tuple(items)
        if found:
            yield title, found


def _notes(material: Material) -> Iterator[Item]:
    """The numbered source list: every note, and every mark that has none."""
    story = material.story
    if story is None:
        return
    notes = {note.number: note for note in story.footnotes}
    marks = (mark.number for mark in markup.plain(story.body).footnotes)
    for number in sorted({*notes, *marks}):
        note = notes.get(number)
        lead = f"{number:>2}  "
        if note is None:
            yield Item(lead, "its file does not say what this mark points to")
            continue
        words = outside(note.text) or outside(note.url or "")
        address = outside(note.url) if note.url and note.url not in note.text else ""
        about = " · ".join(part for part in (address, _standing(material, number, note.url)) if part)
        yield Item(lead, words, about, Target("note", str(number), f"note {number}"))


def _standing(material: Material, number: int, url: str | None) -> str:
    """What the store has of what a note cites."""
    if material.dossier is None:
        return ""
    cited = material.dossier.behind.cited.get(number)
    if cited is not None:
        return about_post(cited, material.now)
    return "not in the store" if url else "without an address"


def _discourse(material: Material) -> Iterator[Item]:
    """The posts behind the story: those of the store that it cites or quotes, then what its page listed."""
    dossier, story = material.dossier, material.story
    posts = () if dossier is None else (*dossier.behind.cited.values(), *dossier.behind.quoted)
    for post in {each.id: each for each in posts}.values():
        words = "a deleted post" if post.deleted else f"“{_shortened(words_of_post(post))}”"
        yield Item("•  ", words, about_post(post, material.now), Target("post", str(post.id), "post"))
    for quote in story.quotes if story is not None else ():
        source = NAMES.get(quote.source or "", outside(quote.source or ""))
        about = " · ".join(part for part in (source, outside(quote.author or ""), outside(quote.url or "")) if part)
        target = Target("address", quote.url, "post") if quote.url else None
        yield Item("•  ", _shortened(outside(quote.text)), about or "as its page listed it", target)


def _shortened(words: str) -> str:
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1].rstrip() + "…"


def _related(material: Material) -> Iterator[Item]:
    for card in material.story.related if material.story is not None else ():
        about = [beat_name(card, material.beats)] if card.beat or card.category else []
        about += [card.significance or "", "" if card.published_at is None else when(card.published_at)]
        about.append("a stub" if card.origin == "stub" else "")
        words = outside(card.title)
        yield Item("•  ", words, " · ".join(part for part in about if part), Target("story", card.slug, words))


def _other_tellings(material: Material) -> Iterator[Item]:
    """Other slugs of the story, and the texts that it had before."""
    story, dossier = material.story, material.dossier
    for slug in story.other_slugs if story is not None else ():
        yield Item("•  ", f"under the slug {outside(slug)}")
    for version in reversed(dossier.versions) if dossier is not None else ():
        words = f"version {version.version}: {outside(version.title)}"
        about = f"as it was before {when(version.stored_at)}"
        yield Item("•  ", words, about, Target("version", str(version.version), words))
