"""Phrases of a text: its words, pairs and triples of neighbouring words, without those that say nothing by themselves.

A phrase neither begins nor ends with a function word. Texts in scripts without spaces between words have none.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from importlib import resources

from monitor.text.terms import lower

LONGEST = 3
"""Words of a phrase."""

REACH = 2_000
"""Of so many characters of a text, from its beginning; long articles would otherwise outweigh posts."""

_LINK = re.compile(r"(?:https?://|www\.)\S+|(?<!\w)@\w[\w.-]*")
_PIECE = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*|[^\w\s'’\-#]")
_LONGEST_WORD = 30

FUNCTION_WORDS = frozenset(
    resources.files("monitor.text").joinpath("data/function_words.txt").read_text("utf-8").split()
)
"""Words of English that say nothing by themselves."""


def phrases_of(text: str) -> set[str]:
    """The phrases of a text, in lower case, words parted by one space."""
    phrases: set[str] = set()
    add = phrases.add
    before: str | None = None
    before_that: str | None = None
    lowered = lower(text[:REACH])
    if "/" in lowered or "@" in lowered or "www." in lowered:
        lowered = _LINK.sub(" | ", lowered)
    for word in _PIECE.findall(lowered):
        if not word[0].isalnum():
            # Other marks than hyphens and apostrophes part phrases.
            before = before_that = None
            continue
        says = word not in FUNCTION_WORDS and len(word) <= _LONGEST_WORD
        if says:
            if len(word) > 2 and not word.isdecimal():
                add(word)
            if before is not None:
                if before not in FUNCTION_WORDS:
                    add(f"{before} {word}")
                if before_that is not None and before_that not in FUNCTION_WORDS:
                    add(f"{before_that} {before} {word}")
        before_that, before = before, word if len(word) <= _LONGEST_WORD else None
    return phrases


def key_of(phrase: str) -> int:
    """A number of 63 bits for a phrase, from which it cannot be told."""
    return int.from_bytes(blake2b(phrase.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1
