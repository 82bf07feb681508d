"""What was changed between two texts that have much in common: whether one is an edited copy of the other."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

SAME = 0.7
"""Share of the words of the longer text that both must have."""

SAME_OF_FEW = 0.8
"""The same where the longer one has at most 16 words and both have some that the other has not: for the same occasion
people find like words by themselves."""

_SENTENCE = 16

WITHOUT_SLIPS = 0.5
"""The same before mistyped words are paired."""

_FORM = 9
"""Of so many words one may have another in its place; where more have, the text is a form that was filled in anew."""

_FORM_OF_CHARACTERS = 12
"""The same where a word is a character."""

_SHORTEST_NAME = 4
"""Shorter words are not counted for that."""

_FEW = 10
"""A text of fewer words is no copy of one that has them in another order."""

_SHORTEST_MISTYPED = 3
_FIGURES = re.compile(rb"\d+")


def tells_the_same(some: Sequence[bytes], others: Sequence[bytes]) -> float:
    """How much two texts have in common, from 0 to 1; 0 unless one is an edited copy of the other.

    A mistyped or cut word counts as the same. Figures that are others on each side tell that it is no copy.

    Args:
        some: words in UTF-8, as `monitor.text.wording.words_of` gives them.
        others: likewise.
    """
    longer, shorter = max(len(some), len(others)), min(len(some), len(others))
    needed = SAME * longer
    if shorter < needed:
        return 0.0
    ours, theirs = frozenset(some), frozenset(others)
    left, right = [word for word in some if word not in theirs], [word for word in others if word not in ours]
    common = min(len(some) - len(left), len(others) - len(right))
    if common < WITHOUT_SLIPS * shorter:
        return 0.0
    if left and right:
        if longer <= _SENTENCE:
            needed = SAME_OF_FEW * longer
        if common + min(len(left), len(right)) < needed or _other_figures(left, right):
            return 0.0
        common += _pair_mistyped(left, right)
        if _is_form(left, right, longer, of_characters=_is_of_characters(some)):
            return 0.0
    if common < needed or (longer < _FEW and not _in_like_order(some, others, ours, theirs)):
        return 0.0
    return common / longer


def _is_form(left: Sequence[bytes], right: Sequence[bytes], longer: int, *, of_characters: bool) -> bool:
    """Whether so many words have others in their place that one text may be the other's form, filled in anew."""
    if of_characters:
        return min(len(left), len(right)) > longer // _FORM_OF_CHARACTERS
    particles = min(sum(len(word) < _SHORTEST_NAME for word in side) for side in (left, right))
    names = min(len(left), len(right)) - particles
    return names > longer // _FORM


def _is_of_characters(words: Sequence[bytes]) -> bool:
    """Whether most words are single characters of a script without spaces."""
    return sum(len(word) == 3 and word[0] > 0xE0 for word in words) * 2 > len(words)


def _in_like_order(
    some: Sequence[bytes], others: Sequence[bytes], ours: Container[bytes], theirs: Container[bytes]
) -> bool:
    """Whether the words in both come in the same order, two neighbours aside; a word that is repeated tells nothing."""
    one, other = [word for word in some if word in theirs], [word for word in others if word in ours]
    places = [place for place, (word, counterpart) in enumerate(zip(one, other, strict=False)) if word != counterpart]
    return len(one) != len(other) or not places or places[-1] - places[0] == 1


def _other_figures(left: Iterable[bytes], right: Iterable[bytes]) -> bool:
    ours = set(_FIGURES.findall(b" ".join(left)))
    if not ours:
        return False
    theirs = set(_FIGURES.findall(b" ".join(right)))
    return not (ours <= theirs or theirs <= ours)


def _pair_mistyped(left: list[bytes], right: list[bytes]) -> int:
    """Take out the words that one side has mistyped; returns how many pairs there were."""
    pairs = 0
    for word in tuple(left):
        for other in right:
            # A slip spares the first letter or the last one.
            if (word[0] == other[0] or word[-1] == other[-1]) and is_mistyped(word, other):
                left.remove(word)
                right.remove(other)
                pairs += 1
                break
    return pairs


def is_mistyped(one: bytes, other: bytes) -> bool:
    """Whether two words differ by a slip: a letter more, less, or another one, two exchanged; or one is cut short.

    Another figure is no slip.
    """
    if len(one) > len(other):
        one, other = other, one
    if len(one) < _SHORTEST_MISTYPED or len(other) > len(one) + 1:
        return len(one) >= _SHORTEST_MISTYPED and other.startswith(one) and not _FIGURES.search(other)
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    rest, other_rest = one[start:], other[start:]
    if len(one) < len(other):
        return rest == other_rest[1:] and not _is_figure(other_rest[0])
    if rest[1:] == other_rest[1:]:
        return not (_is_figure(rest[0]) and _is_figure(other_rest[0]))
    return rest[2:] == other_rest[2:] and rest[:2] == other_rest[1::-1]


def _is_figure(code: int) -> bool:
    return 48 <= code <= 57
