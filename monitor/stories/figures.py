"""The figures of a story: numbers with what they count, and words such as "doubled"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, cast

from monitor.stories.figure_patterns import (
    BEFORE,
    CHANGE,
    CLASS,
    COUNTED_NOUN,
    DATE_AFTER,
    DATE_BEFORE,
    FACTORS,
    FELL,
    FEWER,
    FEWEST_IN_WORDS,
    FROM,
    IN_WORDS,
    MINUS,
    MOOD,
    MORE,
    NAME_BEFORE,
    NET,
    OF_THE_WHOLE,
    ONE_TEXT,
    OPENERS,
    OTHER_STRETCH,
    PARTING,
    ROSE,
    ROUGHLY,
    SPAN_OF_TIME,
    TIME_AFTER,
    UNIT,
    USUAL,
    VOLUME,
    WINDOW,
    WITHIN_A_WORD,
)
from monitor.stories.markup import Plain
from monitor.stories.number_words import Number, numbers
from monitor.stories.sentences import Sentence, at
from monitor.stories.sources_named import sources_in

Engagement = Literal["likes", "replies", "reposts", "quotes", "views"]
MoodMeasure = Literal["positive", "neutral", "negative", "net"]
Measure = Literal[
    "volume",
    "records",
    "texts",
    "authors",
    "scored",
    "margin",
    "volume ratio",
    "mood ratio",
    "split",
    "other",
    "copiers",
    "copies",
    "saying",
] | (Engagement | MoodMeasure)
"""What a figure is of: a count of posts, a count of what an audience did with one post, a mood, a change, a share of a
source, or something that no store of posts can count."""

Relation = Literal["is", "about", "over", "under"]
Against = Literal["now", "before", "usual"]

ENGAGEMENT = ("likes", "replies", "reposts", "quotes", "views")
MOODS = ("positive", "neutral", "negative", "net")
COUNTED = ("records", "texts", "authors", "scored", "saying", *ENGAGEMENT)
"""Measures that go by the name of their unit."""


class Figure(NamedTuple):
    """A number and what it is said to be of."""

    start: int
    end: int
    value: float
    """In percent or points for moods and splits; a factor for changes."""
    measure: Measure
    relation: Relation
    against: Against
    """Whether it is of the window itself, of the one before it, or what is usual; for a change, what it starts from."""
    hours: int
    """Length of the window."""
    beat: str | None
    """Slug, where the sentence links a beat."""
    sources: tuple[str, ...]
    """Slugs of the sources that stand in the sentence."""
    sentence: int


def find_figures(plain: Plain, parts: Sequence[Sentence], quoted: Sequence[tuple[int, int]]) -> Iterator[Figure]:
    """The figures of a text outside of its quotations: every number that is no name, date or length of time."""
    text = plain.text
    marks = [(mark.start, mark.end) for mark in plain.footnotes]
    for number in numbers(text):
        if _within(number.start, quoted) or _within(number.start, marks) or _within(number.start - 1, marks):
            continue
        figure = _figure(plain, parts, number)
        if figure is not None:
            yield figure
    for found in CHANGE.finditer(text):
        if not _within(found.start(), quoted):
            yield _change(plain, parts, found)


def _within(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def _figure(plain: Plain, parts: Sequence[Sentence], number: Number) -> Figure | None:
    text, sentence = plain.text, at(number.start, parts)
    stop = parts[sentence].end
    before, after = text[max(parts[sentence].start, number.start - 60) : number.start], text[number.end : stop]
    unit = UNIT.match(after)
    name = unit.lastgroup if unit else None
    if name is None and _is_no_figure(number, before, after):
        return None
    if name == "posts" and number.in_words and number.value < FEWEST_IN_WORDS:
        return None
    end = number.end + (unit.end() if unit else _noun_length(after))
    rest = text[end:stop]
    measure, value, against = _meaning(name, number.value, parts[sentence].text, before, rest)
    if value != number.value and measure == "volume ratio":
        end += max(found.end() for pattern in (MORE, FEWER) if (found := pattern.match(rest))) if _told(rest) else 0
    roughly = ROUGHLY.search(before)
    return _made(plain, parts, sentence, (number.start, end), value, measure, _relation(roughly), against)


def _told(rest: str) -> bool:
    return MORE.match(rest) is not None or FEWER.match(rest) is not None


def _is_no_figure(number: Number, before: str, after: str) -> bool:
    """Whether a number without a unit is part of a name, a date, a time, or a turn of phrase."""
    if SPAN_OF_TIME.match(after) or DATE_BEFORE.search(before) or DATE_AFTER.match(after) or TIME_AFTER.match(after):
        return True
    if number.in_words:
        return number.value < FEWEST_IN_WORDS or COUNTED_NOUN.match(after) is None
    if number.value.is_integer() and 1900 <= number.value <= 2100 and not re.match(r" [a-z]+s\b", after):
        return True
    if WITHIN_A_WORD.match(after) or re.match(r"-(?:bit|D|d)\b", after):
        return True
    named = NAME_BEFORE.search(before)
    return named is not None and named["word"] not in OPENERS


def _noun_length(after: str) -> int:
    """How far the words that say what is counted reach."""
    found = re.match(r"-[a-z]+(?:-[a-z]+)*|(?: [A-Z]\w*)? [a-z][\w-]*", after)
    return found.end() if found else 0


def _meaning(unit: str | None, value: float, sentence: str, before: str, rest: str) -> tuple[Measure, float, Against]:
    """What a number with its unit is of, its value in the terms of that, and what it is against."""
    usual, earlier = USUAL.search(sentence) is not None, BEFORE.search(sentence) is not None
    if unit in ("authors", "posts") and ONE_TEXT.search(sentence):
        return "copiers" if unit == "authors" else "copies", value, "now"
    if unit in ("day", "posts"):
        return "volume", value, _against(before, rest)
    if unit in COUNTED:
        return cast(Measure, unit), value, "now"
    if unit == "points" and before.endswith("give or take "):
        return "margin", value, "now"
    if unit == "points":
        if not MOOD.search(sentence):
            return "likes", value, "now"
        return (
            ("net", -value if MINUS.search(before) else value, "now")
            if NET.search(sentence)
            else ("other", value, "now")
        )
    if unit == "percent":
        factor = _change_factor(value, before, rest)
        if factor is not None and (usual or earlier) and not MOOD.search(before + rest[:20]):
            return "volume ratio", factor, "usual" if usual else "before"
        if (found := _nearest_class(before, rest)) is not None:
            return found, value, "now"
        if sources_in(sentence) and OF_THE_WHOLE.match(rest):
            return "split", value, "now"
        return "other", value, "now"
    if unit == "times" and (usual or earlier) and VOLUME.search(sentence):
        return "volume ratio", value, "usual" if usual else "before"
    return "other", value, "now"


def _against(before: str, rest: str) -> Against:
    nearby = rest[:40].split(",")[0].split(";")[0]
    if USUAL.search(before.rpartition(",")[2]) or re.match(r"\s+(?:is|are|were|was)?\s*usual", nearby):
        return "usual"
    if BEFORE.search(nearby) or (BEFORE.search(before[-40:]) and FROM.search(before)):
        return "before"
    return "now"


def _change_factor(value: float, before: str, rest: str) -> float | None:
    if MORE.match(rest) or ROSE.search(before):
        return 1 + value / 100
    if FEWER.match(rest) or FELL.search(before):
        return 1 - value / 100
    return None


def _nearest_class(before: str, rest: str) -> Literal["positive", "neutral", "negative"] | None:
    """The mood that a share is said to be of: the word right after it, else the last one before it."""
    behind = CLASS.search(rest[:24].split(",")[0])
    found = behind or next(reversed(list(CLASS.finditer(before[-40:]))), None)
    return cast(Literal["positive", "neutral", "negative"], found.lastgroup) if found else None


def _change(plain: Plain, parts: Sequence[Sentence], found: re.Match[str]) -> Figure:
    sentence = at(found.start(), parts)
    words = parts[sentence].text
    before = plain.text[max(parts[sentence].start, found.start() - 60) : found.start()]
    measure: Measure = "mood ratio" if MOOD.search(before + plain.text[found.end() : found.end() + 40]) else "other"
    if measure == "other" and VOLUME.search(words):
        measure = "volume ratio"
    roughly = ROUGHLY.search(before)
    start = found.start() - (len(roughly[0]) if roughly else 0)
    near = before[-40:] + plain.text[found.end() : min(parts[sentence].end, found.end() + 40)]
    against: Against = "usual" if USUAL.search(near) else "before"
    span = (start, found.end())
    return _made(plain, parts, sentence, span, FACTORS[str(found.lastgroup)], measure, _relation(roughly), against)


def _relation(roughly: re.Match[str] | None) -> Relation:
    if roughly is None:
        return "is"
    return "over" if roughly["over"] else "under" if roughly["under"] else "about"


def _made(
    plain: Plain,
    parts: Sequence[Sentence],
    sentence: int,
    span: tuple[int, int],
    value: float,
    measure: Measure,
    relation: Relation,
    against: Against,
) -> Figure:
    part = parts[sentence]
    linked = [link for link in plain.links if link.kind == "beat" and part.start <= link.start < part.end]
    before, behind = plain.text[part.start : span[0]], plain.text[span[0] : part.end]
    return Figure(
        *span,
        value,
        measure,
        relation,
        against,
        hours_of(behind if names_window(behind) else before),
        linked[0].slug if linked else None,
        _sources_at(before, behind[: span[1] - span[0]], plain.text[span[1] : part.end], measure, against),
        sentence,
    )


def _sources_at(before: str, words: str, after: str, measure: Measure, against: Against) -> tuple[str, ...]:
    """The sources that a figure is about: the one right beside it; else, but for volumes, those of the sentence.

    What there was in the window before is about the one source of its sentence as well.
    """
    beside = sources_in(words + PARTING.split(after, maxsplit=1)[0]) or sources_in(
        PARTING.split(before.rstrip(" ,"))[-1]
    )
    every = sources_in(f"{before} … {words}{after}")
    alone = every if len(every) == 1 else ()
    if measure == "volume":
        return beside[:1] or (alone if against == "before" else ())
    if measure in ("split", "margin", *MOODS):
        return beside[:1] or alone
    return every


def names_window(text: str) -> bool:
    """Whether a text says of which length of time it speaks."""
    return WINDOW.search(text) is not None or "/ 24h" in text or "/24h" in text


def names_other_stretch(text: str) -> bool:
    """Whether a text speaks of a time that is no window, such as an afternoon or ten days ago."""
    return not names_window(text) and OTHER_STRETCH.search(text) is not None


def hours_of(text: str) -> int:
    """The window that a text names first, in hours; a day where it names none."""
    found = WINDOW.search(text)
    if found is None:
        return 24
    if found["number"] is None:
        return 7 * 24
    number = IN_WORDS.get(found["number"].casefold()) or int(found["number"])
    hours = number if found["unit"].casefold().startswith("h") else 24 * number
    return hours if 0 < hours <= 30 * 24 else 24
