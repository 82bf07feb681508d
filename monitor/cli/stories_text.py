"""A story for a person: a measured column with its links, notes and figures below the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from monitor.nouns.stories import Panel, Story, StoryCard
from monitor.records import SOURCES
from monitor.report.columns import wrap
from monitor.report.words import moment
from monitor.stories import markup

MEASURE = 80
"""Cells of the longest line."""


def card_lines(card: StoryCard, names: Mapping[str, str]) -> Iterator[str]:
    """Two lines of a list: when, how significant, which beat and what; then the slug, by which the story is shown."""
    when = "undated" if card.published_at is None else moment(card.published_at, year=True)
    yield f"{when:<17}  {card.significance or '-':<6}  {_beat(card, names)}: {card.title}"
    yield f"{'':27}{card.slug} ({card.origin})"


def story_lines(story: Story, names: Mapping[str, str], versions: int, width: int) -> Iterator[str]:
    """The whole story.

    Args:
        names: of the beats, by slug.
        versions: how many earlier texts are kept.
    """
    width = min(width, MEASURE)
    card = story.card
    yield from wrap(card.title, width)
    if card.dek:
        yield from wrap(card.dek, width)
    yield ""
    yield from wrap(" · ".join(_facts(card, names)), width)
    if card.url:
        yield card.url
    if story.panel is not None:
        yield from wrap(f"On its page when that was captured: {_panel(story.panel)}", width)
    plain = markup.plain(story.body)
    for paragraph in markup.paragraphs(plain.text):
        yield ""
        yield from wrap(paragraph, width)
    yield from _section("Links", [f"{link.label}: {link.kind} {link.slug}" for link in plain.links], width)
    notes = [f"{note.number}. {note.text}{_address(note.url, note.text)}" for note in story.footnotes]
    yield from _section("Footnotes", notes or _marks_alone(plain.footnotes), width)
    yield from _section("From the discourse", [_quote(*quote) for quote in story.quotes], width)
    yield from _section("More stories", [f"{each.title} ({each.slug})" for each in story.related], width)
    if story.disclosure:
        yield ""
        yield from wrap(story.disclosure, width)
    if story.manifest:
        yield ""
        yield from wrap(_made_of(story.manifest), width)
    if story.lacks:
        yield ""
        yield from wrap(f"Its file does not say: {', '.join(story.lacks)}.", width)
    if versions:
        yield ""
        yield f"{versions} earlier {'version is' if versions == 1 else 'versions are'} kept."


def _section(title: str, items: Sequence[str], width: int) -> Iterator[str]:
    if items:
        yield ""
        yield title
        for item in dict.fromkeys(items):
            yield from wrap(item, width, first="  ", rest="    ")


def _facts(card: StoryCard, names: Mapping[str, str]) -> Iterator[str]:
    yield _beat(card, names)
    if card.category:
        yield card.category
    if card.significance:
        yield card.significance
    yield "undated" if card.published_at is None else f"{moment(card.published_at, year=True)} UTC"
    yield card.origin


def _made_of(manifest: Mapping[str, Any]) -> str:
    """What a draft can be made again from, in one line."""
    signals = ", ".join(f"{each['kind']} {each['level']}" for each in manifest.get("signals", ())) or "none open"
    marks = len(manifest.get("marks", ()))
    parts = [
        f"Made of the store as of {manifest.get('as_of')}, {manifest.get('window_hours')} h, {manifest.get('lens')}",
        f"signals: {signals}",
        f"{marks} {'mark' if marks == 1 else 'marks'} in the time compared",
        f"model: {manifest.get('model') or 'none'}",
        f"scorer {manifest.get('scorer')}",
        f"rules {manifest.get('rules_hash')}",
        f"configuration {manifest.get('config_hash')}",
    ]
    return "; ".join(parts) + "."


def _beat(card: StoryCard, names: Mapping[str, str]) -> str:
    return names.get(card.beat, card.beat) if card.beat else "no beat"


def _panel(panel: Panel) -> str:
    names = {source.slug: source.name for source in SOURCES}
    parts = [
        *([] if panel.volume is None else [f"{panel.volume:,} posts in 24 h"]),
        *([] if panel.records is None else [f"{panel.records:,} records"]),
        *(f"{names.get(slug, slug)} {posts:,}" for slug, posts in panel.sources),
    ]
    return ", ".join(parts)


def _marks_alone(marks: Sequence[markup.Mark]) -> list[str]:
    return [f"{mark.number}. (its file does not say what this mark points to)" for mark in marks]


def _address(url: str | None, text: str) -> str:
    return f" {url}" if url and url not in text else ""


def _quote(text: str, source: str | None, author: str | None, url: str | None) -> str:
    about = ", ".join(filter(None, (author, source, url)))
    return f"{text} ({about})" if about else text
