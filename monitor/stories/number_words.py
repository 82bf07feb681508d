"""Numbers as they are written, in digits and in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

LARGEST = 10**15
"""Of what hundreds of hundreds may come to."""

_SMALL = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen
"""
_ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
_ONES = {word: value for value, word in enumerate(_SMALL.split())}
_TENS = {word: 10 * value for value, word in enumerate(_ROUND.split(), start=2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "trillion": 10**12}
_SHORT_SCALES = {"k": 1_000, "m": 1_000_000, "b": 1_000_000_000, "bn": 1_000_000_000}

_WORD = "|".join([*_ONES, *_TENS, *_SCALES])
_IN_WORDS = rf"(?:(?:{_WORD})(?:(?:[ -]|\s+and\s+)(?={_WORD}))?)+\b"
_SCALE = "|".join(_SCALES)
_NUMBER = re.compile(
    rf"(?P<digits>(?<![\w@#/.,:'’-])[$€£]?(?P<value>\d{{1,3}}(?:,\d{{3}})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:(?:[ -](?P<scale>{_SCALE})\b)|(?P<short>k|K|M|B|bn)(?![A-Za-z0-9]))?)"
    rf"|(?P<words>(?<![\w-])(?:{_IN_WORDS}))",
    re.IGNORECASE,
)


class Number(NamedTuple):
    """A number and where it stands."""

    start: int
    end: int
    value: float
    in_words: bool


def numbers(text: str) -> Iterator[Number]:
    """The numbers of a text, in order."""
    for found in _NUMBER.finditer(text):
        if found["words"] is not None:
            yield Number(*found.span(), value_of(found[0]), True)
            continue
        scale = _SCALES.get((found["scale"] or "").lower(), 1) * _SHORT_SCALES.get((found["short"] or "").lower(), 1)
        yield Number(*found.span(), float(found["value"].replace(",", "")) * scale, False)


def value_of(words: str) -> float:
    """The value of number words, such as `two hundred and ninety-five`."""
    total = part = 0
    for word in re.findall(r"[a-z]+", words.casefold()):
        if word in _SCALES:
            if word == "hundred":
                part = min((part or 1) * 100, LARGEST)
            else:
                total, part = total + (part or 1) * _SCALES[word], 0
        else:
            part += _ONES.get(word, 0) + _TENS.get(word, 0)
    return float(total + part)
