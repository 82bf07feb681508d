"""A text in sentences, by their places."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

_END = re.compile(r"""(?:[.!?…]+["”’)\]]*(?:\[[⁰¹²³⁴⁵⁶⁷⁸⁹]+\])*)\s+(?=["“‘(]?[A-Z0-9@$])|\s*\n\s*""")
_SHORT = re.compile(
    r"(?:(?<!\b[Oo]n )(?<!\b[Ff]rom )\b[A-Z]"
    r"|\b(?:Mr|Mrs|Ms|Dr|Prof|St|Inc|Ltd|Corp|vs|etc|e\.g|i\.e|No|Sen|Rep|Gov|[ap]\.m))\.\Z"
)
"""What ends with a full stop and no sentence; "on X." ends one."""


class Sentence(NamedTuple):
    """A sentence and where it stands."""

    start: int
    end: int
    text: str
    paragraph: int
    """Counted from 0."""


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, in order, without the white space between them."""
    found: list[Sentence] = []
    start = paragraph = 0
    for end in _END.finditer(text):
        before = text[start : end.end()].rstrip()
        is_break = "\n" in end[0]
        if not is_break and _SHORT.search(before):
            continue
        if before:
            found.append(Sentence(start, start + len(before), before, paragraph))
        paragraph += is_break
        start = end.end()
    rest = text[start:].rstrip()
    if rest:
        found.append(Sentence(start, start + len(rest), rest, paragraph))
    return tuple(found)


def at(place: int, among: Sequence[Sentence]) -> int:
    """The position of the sentence in which a place lies, or of the one before it."""
    return max(0, bisect_right(among, place, key=lambda sentence: sentence.start) - 1)


def line_of(place: int, text: str) -> int:
    """The line of a text in which a place lies, counted from 1."""
    return text.count("\n", 0, place) + 1
