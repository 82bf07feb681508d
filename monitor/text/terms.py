"""The terms of rules: how they are read, checked and found in text.

A term is a word or phrase, a hashtag, or a regular expression between slashes. Words and phrases of all rules are
compiled into one expression over a trie, so that a thousand of them cost about as much as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple
from unicodedata import normalize

from monitor.text.term_words import TermWords
from monitor.text.tries import BEFORE, SEPARATOR, SEPARATORS, expression_of, search_of_any

_SEPARATOR_RUN = re.compile(f"[{SEPARATORS}]+")
REGEX_REACH = 5_000
"""A regular expression looks at so many characters of a text, from its beginning."""

_REMEMBERED = 10_000
"""Of how many texts of terms it is remembered which terms begin there."""

_MOST_OPEN_REPEATS = 2
_LARGEST_BOUND = 16
_MOST_WAYS = 10_000


class TermError(ValueError):
    """A term cannot be used; the message says why, as a half sentence for a person."""


def lower(text: str) -> str:
    """Lower case without a change of length, so that offsets into the result are offsets into the text.

    The curly apostrophe becomes the straight one, and the final sigma the common one.
    """
    lowered = text.lower()
    if text.isascii():
        return lowered
    if len(lowered) != len(text):
        lowered = "".join(character.lower()[0] for character in text)
    return lowered.replace("’", "'").replace("ς", "σ")


def is_regex(term: str) -> bool:
    return len(term) >= 2 and term.startswith("/") and term.endswith("/")


def canonical(term: str) -> str:
    """The form in which a word, phrase or hashtag is looked for: lower case, NFC, one space between words.

    Raises:
        TermError: the term is empty, or begins or ends with a hyphen, or is a hashtag of several words.
    """
    wanted = lower(normalize("NFC", term).strip())
    phrase = _SEPARATOR_RUN.sub(SEPARATOR, wanted)
    if not wanted or phrase == "#":
        raise TermError("it is empty")
    if phrase != phrase.strip():
        raise TermError("it begins or ends with a hyphen; write the words alone, or a regular expression")
    if phrase.startswith("#") and SEPARATOR in phrase:
        raise TermError("a hashtag has no spaces or hyphens")
    return phrase


def compile_regex(term: str) -> re.Pattern[str]:
    """The regular expression of a term between slashes; it ignores case.

    Refused is what is wrong or matches every text, and what can take exponential time: an open repeat (`*`, `+`, a
    bound above 16) of something that can itself match in more than one way, and a reference back. Two open repeats are
    let pass, and the caller searches no more than `REGEX_REACH` characters, so that the rest stays polynomial. Like
    every such check it is careful rather than exact: `(ab|cd)+` is refused, which is harmless.

    Raises:
        TermError: the expression cannot be used.
    """
    source = term[1:-1]
    try:
        pattern = re.compile(source, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        raise TermError(f"it is no regular expression: {error}") from error
    if pattern.search("") is not None:
        raise TermError("it matches every text")
    _refuse_slow(source)
    return pattern


class _Cost(NamedTuple):
    """How much trying an expression can ask for at one place of a text."""

    ways: int = 1
    """Upper bound of the ways in which its choices and bounded repeats can be taken."""
    open_repeats: int = 0


def _refuse_slow(source: str) -> None:
    from re import _parser  # type: ignore[attr-defined]

    cost = _sequence_cost(_parser.parse(source, re.IGNORECASE))
    if cost.open_repeats > _MOST_OPEN_REPEATS:
        raise TermError("it can come to more than two open repeats such as * or +, which can take very long")
    if cost.ways > _MOST_WAYS:
        raise TermError(f"it can match in more than {_MOST_WAYS:,} ways, which can take very long")


def _sequence_cost(parsed: Iterable[Any]) -> _Cost:
    ways, open_repeats = 1, 0
    for operation, argument in parsed:
        cost = _operation_cost(str(operation), argument)
        ways, open_repeats = ways * cost.ways, open_repeats + cost.open_repeats
    return _Cost(ways, open_repeats)


def _operation_cost(operation: str, argument: Any) -> _Cost:
    if operation.startswith("GROUPREF"):
        raise TermError("it refers back to a group, which can take very long")
    if operation.endswith("REPEAT"):
        low, high, body = argument
        return _repeat_cost(int(low), int(high), _sequence_cost(body))
    costs = [_sequence_cost(part) for part in _parts(argument)]
    return _Cost(sum(cost.ways for cost in costs) or 1, sum(cost.open_repeats for cost in costs))


def _repeat_cost(low: int, high: int, body: _Cost) -> _Cost:
    if high <= _LARGEST_BOUND:
        ways = sum(min(body.ways, _MOST_WAYS + 1) ** times for times in range(low, high + 1))
        return _Cost(min(ways, _MOST_WAYS + 1), body.open_repeats * high)
    if body.open_repeats or body.ways > 1:
        raise TermError("it has an open repeat of something that varies, which can take very long; write {1,9} for +")
    return _Cost(open_repeats=1)


def _parts(argument: Any) -> list[Any]:
    """The parsed expressions inside an operation's argument."""
    if type(argument).__name__ == "SubPattern":
        return [argument]
    if isinstance(argument, (tuple, list)):
        return [part for item in argument for part in _parts(item)]
    return []


class Found(NamedTuple):
    """One term at one place of a text."""

    start: int
    end: int
    term: str
    """In its canonical form."""


class TermFinder:
    """Finds words, phrases and hashtags, all of them, also where they overlap."""

    def __init__(self, terms: Iterable[str]) -> None:
        """
        Args:
            terms: in canonical form.
        """
        self._terms = frozenset(terms)
        self._in_longest: dict[str, tuple[str, ...]] = {}
        self._words = TermWords(self._terms)

    @cached_property
    def _search(self) -> re.Pattern[str] | None:
        """For all terms at once; making it takes a fifth of a second for some thousands."""
        return search_of_any(self._terms) if self._terms else None

    def held_in(self, lowered: str) -> list[str]:
        """Texts of terms that `terms_in` gives all terms of a text of, in no order. For text from `lower`.

        It is what to ask of many texts: it costs less than `find`, which says the same and where.
        """
        return self._words.held_in(lowered)

    def terms_in(self, longest: str) -> tuple[str, ...]:
        """All terms that begin where this longest one does.

        A shorter one is a beginning of the longest that ends where a word ends, so it can be told without the text.
        """
        known = self._in_longest.get(longest)
        if known is None:
            phrase = _SEPARATOR_RUN.sub(SEPARATOR, longest)
            ends = [end for end, character in enumerate(phrase) if end and not _is_of_a_word(character)]
            known = tuple(part for end in (*ends, len(phrase)) if (part := phrase[:end]) in self._terms)
            if len(self._in_longest) < _REMEMBERED:
                self._in_longest[longest] = known
        return known

    def find(self, text: str) -> list[Found]:
        """Every term with its place in the text, by place and length."""
        return self._found_by(self._search, text) if self._search else []

    def find_at_once(self, text: str) -> list[Found]:
        """The same for a single text, without having to make an expression of all terms."""
        terms = {term for longest in self.held_in(lower(text)) for term in self.terms_in(longest)}
        return self._found_by(search_of_any(terms), text) if terms else []

    def _found_by(self, search: re.Pattern[str], text: str) -> list[Found]:
        lowered = lower(text)
        found = []
        for match in search.finditer(BEFORE + lowered):
            start = match.start(1) - len(BEFORE)
            whole, *shorter = reversed(self.terms_in(match[1]))
            for term in reversed(shorter):
                part = re.compile(expression_of(term)).match(lowered, start)
                if part is not None:
                    found.append(Found(start, part.end(), term))
            found.append(Found(start, start + len(match[1]), whole))
        return found


def _is_of_a_word(character: str) -> bool:
    r"""What `\w` matches."""
    return character.isalnum() or character == "_"
