"""Which of many terms a text holds, told from its words where that can be, so that few texts need a search.

A term that is one word is in a text if it is among its words. Any other is searched only in texts in which its first
two words stand next to each other, or, where it does not begin with two words, in which its beginning stands somewhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import NamedTuple

from monitor.text.tries import BEFORE, SEPARATOR, expression_of_any, search_of_any

_WORD = re.compile(r"\w+")
_SPACED = bytes(code if re.match(r"\w", chr(code)) else ord(" ") for code in range(128)).ljust(256)
"""Leaves of ASCII the characters of words."""

_Search = Callable[[str], list[str]]
"""From a text to the longest of some terms at each place where one begins."""


class TermWords:
    """The words of terms, by which the terms are found."""

    def __init__(self, terms: Iterable[str]) -> None:
        """
        Args:
            terms: in canonical form.
        """
        words: list[str] = []
        self._by_pair: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._by_word: defaultdict[str, list[str]] = defaultdict(list)
        """The terms that do not begin with two words by the first word in them, which is empty where there is none."""
        for term in terms:
            first, second, *_ = *_WORD.findall(term), "", ""
            if first == term:
                words.append(term)
            elif second and term.startswith(first):
                self._by_pair[first, second].append(term)
            else:
                self._by_word[first].append(term)
        self._words = frozenset(words)
        self._pairs = frozenset(self._by_pair)
        self._after = {pair: _after(pair, terms) for pair, terms in self._by_pair.items()}
        self._others = frozenset(self._by_word)
        self._wordless = [""] if "" in self._others else []
        self._beginnings = {
            word: tuple({term.partition(SEPARATOR)[0] for term in terms}) for word, terms in self._by_word.items()
        }
        self._searches: dict[tuple[str, str] | str, _Search] = {}

    def held_in(self, lowered: str) -> list[str]:
        """Texts of terms in a text from `lower`, in no order: each term in it is one of them or begins one of them."""
        words = lowered.encode().translate(_SPACED).decode().split() if lowered.isascii() else _WORD.findall(lowered)
        held = [*self._words.intersection(words)]
        for pair in self._pairs.intersection(pairwise(words)):
            third, alone, mostly = self._after[pair]
            if third.isdisjoint(words):
                if not alone:
                    continue
                if mostly in lowered:
                    held.append(alone)
                    continue
            search = self._searches.get(pair) or self._search_after(pair)
            held += search(lowered)
        for word in (*self._others.intersection(words), *self._wordless):
            for beginning in self._beginnings[word]:
                if beginning in lowered:
                    search = self._searches.get(word) or self._search_for(word)
                    held += search(lowered)
                    break
        return held

    def _search_after(self, pair: tuple[str, str]) -> _Search:
        """For terms that begin with two words. An expression that begins with characters is searched for fastest."""
        word = pair[0]
        rests = expression_of_any(term.removeprefix(word) for term in self._by_pair[pair])
        find = re.compile(f"{word}(?<!\\w{word})(?=({rests})(?!\\w))").findall
        search = self._searches[pair] = lambda lowered: [word + rest for rest in find(lowered)]
        return search

    def _search_for(self, word: str) -> _Search:
        """For the terms that do not begin with two words and of which this is the first word."""
        find = search_of_any(self._by_word[word]).findall
        search = self._searches[word] = lambda lowered: find(BEFORE + lowered)
        return search


class _After(NamedTuple):
    """What follows two words in the terms that begin with them."""

    third: frozenset[str]
    """The words of which one has to be in a text for a term of more than two words."""
    alone: str
    """The term that is the two words; empty if there is none."""
    mostly: str
    """That term as it mostly stands in a text."""


def _after(pair: tuple[str, str], terms: Iterable[str]) -> _After:
    third, alone = set(), ""
    for term in terms:
        words = _WORD.findall(term)
        if len(words) > 2:
            third.add(words[2])
        elif term == SEPARATOR.join(pair):
            alone = term
        else:
            # Such as "openai's": the words are together, so the text of the term is to be searched for in any case.
            third.add(words[0])
    return _After(frozenset(third), alone, f" {alone} ")
