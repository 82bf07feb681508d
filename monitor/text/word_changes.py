"""What was changed between two texts that have much in common: whether one is an edited copy of the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from zlib import crc32

SAME = 0.7
"""Share of the words of the longer text that both must have, in one order."""

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

FEW = 12
"""With fewer words in common, in one order, one place only may be changed, and one word only replaced."""

FEW_TO_TELL = 8
"""With fewer, nothing may stand before them in one text only; with more, two words between them may be left out."""

VERY_FEW = 6
"""With so many or fewer, no word may be replaced; with fewer, none between them be put in or left out."""

_PLACE = 8
"""For so many words in common, one more place may be changed."""

_CHANGED = 3
"""For so many words in common, one more word may be changed, those at the beginning and at the end aside."""

_REPLACED = 4
"""For so many words in common, one more word may have been replaced, at the beginning and at the end as well."""

_MOST_ALIGNED = 80
"""Words of a text whose order is looked at."""

Change = tuple[int, int]
"""How many words each text has at one place between those that both have."""

_SHORTEST_MISTYPED = 3
_FIGURES = re.compile(rb"\d+")
_DAYS = {
    form: name[:3]
    for name in b"monday tuesday wednesday thursday friday saturday sunday".split()
    for form in (name, name + b"s", name[:3], name[:4], name[:5])
} | {name: name[:3] for name in b"january february april june july august september october november december".split()}
"""Days and months in English: they tell as much as figures. Those that are other words (March, May) are left out."""


def figures_of(joined: bytes) -> int:
    """A number for the figures of a text: how many there are in its lowest eight bits, and which; see `tell_apart`."""
    figures = set(_FIGURES.findall(joined))
    return crc32(b" ".join(sorted(figures))) & 0xFFFFFF00 | min(len(figures), 255) if figures else 0


def tell_apart(some: int, others: int) -> bool:
    """Whether two texts have as many figures, but other ones, so that neither is an edited copy of the other."""
    return some != others and 0 < some & 255 == others & 255 < 255


def may_tell_the_same(some: int, others: int) -> bool:
    """Whether texts of so many words can have enough in common."""
    return min(some, others) >= SAME * max(some, others)


def tells_the_same(some: Sequence[bytes], others: Sequence[bytes], ours: frozenset[bytes] | None = None) -> float:
    """How much two texts have in common, from 0 to 1; 0 unless one is an edited copy of the other.

    A mistyped or cut word counts as the same. Figures and days that are others on each side tell that it is no copy.

    Args:
        some: words in UTF-8, as `monitor.text.wording.words_of` gives them.
        others: likewise.
        ours: the words of the first, where they are at hand as a set.
    """
    longer, shorter = max(len(some), len(others)), min(len(some), len(others))
    if not may_tell_the_same(longer, shorter):
        return 0.0
    ours = ours or frozenset(some)
    shared = ours.intersection(others)
    if len(shared) < WITHOUT_SLIPS * min(len(ours), shorter):
        return 0.0
    needed = SAME * longer
    slips: dict[bytes, bytes] = {}
    left, right = [word for word in some if word not in shared], [word for word in others if word not in shared]
    common = min(len(some) - len(left), len(others) - len(right))
    if left and right:
        if longer <= _SENTENCE:
            needed = SAME_OF_FEW * longer
        if common + min(len(left), len(right)) < needed or _other_figures(left, right):
            return 0.0
        slips = _pair_mistyped(left, right)
        common += len(slips)
        if _is_exchanged(left, right) or _is_form(left, right, longer, of_characters=_is_of_characters(some)):
            return 0.0
    if common < needed or not (longer > _MOST_ALIGNED or _is_in_order(some, others, slips)):
        return 0.0
    return common / longer


def _is_in_order(some: Sequence[bytes], others: Sequence[bytes], slips: dict[bytes, bytes]) -> bool:
    """Whether enough words stand in one order, and few enough places between them were changed."""
    if slips:
        others = [slips.get(word, word) for word in others]
    *blocks, end = SequenceMatcher(None, some, others, autojunk=False).get_matching_blocks()
    common = sum(block.size for block in blocks)
    first, last = blocks[0], blocks[-1]
    start = first.a, first.b
    within = [
        (after.a - before.a - before.size, after.b - before.b - before.size) for before, after in pairwise(blocks)
    ]
    rest = end.a - last.a - last.size, end.b - last.b - last.size
    if common < FEW:
        return _is_one_change(common, start, within, rest, len(slips))
    replaced = sum(map(min, (start, *within, rest)))
    return (
        common >= SAME * max(len(some), len(others))
        and len(within) <= 1 + common // _PLACE
        and sum(map(max, within)) <= common // _CHANGED
        and replaced <= common // _REPLACED
    )


def _is_one_change(common: int, start: Change, within: Sequence[Change], rest: Change, slips: int) -> bool:
    """Whether a short text was changed in one place: a word replaced or two there or not, mistyped, added to or cut."""
    places = [place for place in (start, *within, rest) if any(place)]
    replaced = any(map(all, places))
    if len(places) + slips > 1 or (common < FEW_TO_TELL and any(start)):
        return False
    if (common <= VERY_FEW and replaced) or (common < VERY_FEW and within):
        return False
    return max(map(max, within), default=0) <= 1 + (common > FEW_TO_TELL) and not any(
        all(place) and max(place) > 1 for place in places
    )


def _is_form(left: Sequence[bytes], right: Sequence[bytes], longer: int, *, of_characters: bool) -> bool:
    """Whether so many words have others in their place that one text may be the other's form, filled in anew."""
    if of_characters:
        return min(len(left), len(right)) > longer // _FORM_OF_CHARACTERS
    particles = min(sum(len(word) < _SHORTEST_NAME for word in side) for side in (left, right))
    names = min(len(left), len(right)) - particles
    return names > longer // _FORM


def _is_exchanged(left: Sequence[bytes], right: Sequence[bytes]) -> bool:
    """Whether a word that comes more than once has another in its place that does: who edits has no need of that."""
    ours, theirs = ([word for word in side if len(word) >= _SHORTEST_NAME] for side in (left, right))
    return len(set(ours)) < len(ours) and len(set(theirs)) < len(theirs)


def _is_of_characters(words: Sequence[bytes]) -> bool:
    """Whether most words are single characters of a script without spaces."""
    return sum(len(word) == 3 and word[0] > 0xE0 for word in words) * 2 > len(words)


def _other_figures(left: Iterable[bytes], right: Iterable[bytes]) -> bool:
    """Whether each side has figures that the other has not, or days."""
    return _each_has_its_own(_figures, left, right) or _each_has_its_own(_days, left, right)


def _each_has_its_own(
    find: Callable[[Iterable[bytes]], set[bytes]], left: Iterable[bytes], right: Iterable[bytes]
) -> bool:
    ours = find(left)
    if not ours:
        return False
    theirs = find(right)
    return not (ours <= theirs or theirs <= ours)


def _figures(words: Iterable[bytes]) -> set[bytes]:
    return set(_FIGURES.findall(b" ".join(words)))


def _days(words: Iterable[bytes]) -> set[bytes]:
    return {_DAYS[word] for word in words if word in _DAYS}


def _pair_mistyped(left: list[bytes], right: list[bytes]) -> dict[bytes, bytes]:
    """Take out the words that one side has mistyped; returns those of the right with what they are on the left."""
    pairs = {}
    for word in tuple(left):
        for other in right:
            # A slip spares the first letter or the last one.
            if (word[0] == other[0] or word[-1] == other[-1]) and is_mistyped(word, other):
                left.remove(word)
                right.remove(other)
                pairs[other] = word
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
