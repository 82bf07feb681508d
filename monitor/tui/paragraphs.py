"""Where the paragraphs of a text are shown to begin and end."""

from __future__ import annotations

from typing import NamedTuple

from monitor.stories.sentences import Sentence, sentences

TOO_LONG = 220
"""Words from which on a paragraph is taken for several that were run together, as flattened exports are."""
WANTED = 90
"""Words after which such a one is broken at the next end of a sentence."""
LEAST = 30
"""Words that must be left behind a break."""


class Paragraph(NamedTuple):
    """A part of a text."""

    start: int
    end: int
    is_told: bool
    """Whether the text itself begins a paragraph here."""


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a text without those that are empty; overlong ones in parts, broken between sentences."""
    found: list[Paragraph] = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            starts = _breaks(line) if len(line.split()) >= TOO_LONG else [0]
            ends = [*starts[1:], len(line)]
            found += [Paragraph(at + start, at + end, start == 0) for start, end in zip(starts, ends, strict=True)]
        at += len(line) + 1
    return tuple(found)


def _breaks(line: str) -> list[int]:
    """Offsets at which the parts of an overlong paragraph begin."""
    starts, words = [0], 0
    left = len(line.split())
    for sentence in sentences(line):
        length = _length(sentence)
        if words >= WANTED and left >= LEAST:
            starts.append(sentence.start)
            words = 0
        words += length
        left -= length
    return starts


def _length(sentence: Sentence) -> int:
    return len(sentence.text.split())
