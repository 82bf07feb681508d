"""What a story says that named people and organisations did or said, and what it says of groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from monitor.stories.figures import hours_of
from monitor.stories.markup import Plain
from monitor.stories.sentences import Sentence, at
from monitor.stories.sources_named import sources_in
from monitor.stories.statement_words import ACCORDING, GLAD, GROUP, NOUN, SUBJECT, UNHAPPY, VERB
from monitor.text.entities import EntityFinder

Mood = Literal["positive", "negative"]


class Attribution(NamedTuple):
    """Something that a named person or organisation is said to have said or done."""

    start: int
    end: int
    name: str
    slug: str | None
    """Of the entity, where the gazetteer has it."""
    sentence: int


class GroupStatement(NamedTuple):
    """A mood that a group is said to be in."""

    start: int
    end: int
    group: str
    mood: Mood
    sources: tuple[str, ...]
    beat: str | None
    hours: int
    sentence: int


def find_attributions(
    plain: Plain, parts: Sequence[Sentence], quoted: Sequence[tuple[int, int]], entities: EntityFinder
) -> Iterator[Attribution]:
    """Named people and organisations with what they are said to have said or done; one for each in a sentence."""
    text = plain.text
    seen: set[tuple[int, str]] = set()
    names: list[tuple[int, int, str | None]] = []
    for mention in entities.find(text):
        if entities.entities[mention.slug].kind in ("person", "organisation"):
            names.append((mention.start, mention.end, mention.slug))
    known = [(start, end) for start, end, _ in names]
    for found in SUBJECT.finditer(text):
        overlaps = any(start < found.end() and found.start() < end for start, end in known)
        if not overlaps and not sources_in(found[0]):
            names.append((found.start(), found.end(), None))
    for start, end, slug in sorted(names, key=lambda name: name[:2]):
        sentence = at(start, parts)
        key = (sentence, slug or text[start:end])
        if key in seen or any(a < start < b for a, b in quoted) or _is_place(text, start, end):
            continue
        verb = VERB.match(text, end, parts[sentence].end) or NOUN.match(text, end, parts[sentence].end)
        if verb is None and not ACCORDING.search(text[parts[sentence].start : start]):
            continue
        seen.add(key)
        yield Attribution(start, verb.end() if verb else end, text[start:end], slug, sentence)


def _is_place(text: str, start: int, end: int) -> bool:
    """Whether a name is that of a source on which something is said, such as in "on YouTube"."""
    return bool(sources_in(f"on {text[start:end]}")) and text[max(0, start - 3) : start].casefold() == "on "


def find_group_statements(
    plain: Plain, parts: Sequence[Sentence], quoted: Sequence[tuple[int, int]]
) -> Iterator[GroupStatement]:
    """What is said of the mood of groups; one for each sentence that names a group and a mood, and one mood only."""
    for number, part in enumerate(parts):
        words = _without(part, quoted)
        group = GROUP.search(words)
        moods = [mood for mood, found in (("positive", GLAD), ("negative", UNHAPPY)) if found.search(words)]
        if group is None or len(moods) != 1:
            continue
        linked = [link for link in plain.links if link.kind == "beat" and part.start <= link.start < part.end]
        mood: Mood = "positive" if moods == ["positive"] else "negative"
        start, end = part.start + group.start(), part.start + group.end()
        beat = linked[0].slug if linked else None
        yield GroupStatement(start, end, group[0], mood, sources_in(words), beat, max(hours_of(words), 24), number)


def _without(part: Sentence, quoted: Sequence[tuple[int, int]]) -> str:
    """The words of a sentence with blanks for what it quotes."""
    words = part.text
    for start, end in quoted:
        first, last = max(start - part.start, 0), min(end - part.start, len(words))
        if first < last:
            words = words[:first] + " " * (last - first) + words[last:]
    return words
