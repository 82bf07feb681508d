"""What the sentiment table knows of each word of a text, as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from monitor.text.sentiment_words import (
    MENTION,
    NEGATION_REACH,
    has_doubles,
    is_negator,
    is_spoken,
    negated,
    other_forms,
    word_of,
)

Token = tuple[int, int, dict[int, int]]
"""The weight of the word that it stands for; the word's place; by the places of the words that may follow it, what the
two weigh together, besides."""

_ALONE: dict[int, int] = {}

_MOST_REMEMBERED = 200_000


class Tokens(dict[str, Token]):
    """The tokens seen so far, so that each is understood once; when there are too many of them, all are forgotten.

    They are found as they come, not all words at the start: those that come often then lie close to one another, which
    saves the processor more time than the look-ups take.
    """

    def __init__(
        self, words: Mapping[str, int], pairs: Mapping[tuple[str, str], int], negated: Mapping[str, int]
    ) -> None:
        """Know the words but no token.

        Args:
            words: what they weigh.
            pairs: what two of the words weigh together, besides.
            negated: what some of the words weigh in reach of a negator, besides.
        """
        super().__init__()
        places = {word: place for place, word in enumerate(words)}
        self._places = places
        self._weights = [*words.values()]
        self._following: dict[int, dict[int, int]] = {}
        for (one, other), weight in pairs.items():
            self._following.setdefault(places[one], {})[places[other]] = weight
        self._unknown = 0, len(words), _ALONE
        self._signs = len(words) + 1
        self.negators = frozenset(place for word, place in places.items() if is_negator(word))
        """Their places."""
        self._negated = {places[word]: weight for word, weight in negated.items() if word in places}
        self._unspoken = frozenset({self._signs, *(place for word, place in places.items() if not is_spoken(word))})
        self._mention = self[MENTION]

    def pair(self, one: str, other: str) -> int:
        """What two tokens weigh together, besides."""
        return self[one][2].get(self[other][1], 0)

    def reached(self, tokens: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """Where in a text a negator and a word in its reach are, and what this weighs besides."""
        places = [self[token][1] for token in tokens]
        for negator, index in negated(tokens, [index for index, place in enumerate(places) if place in self.negators]):
            yield negator, index, self._negated.get(places[index], 0)

    def turned(self, places: Sequence[int]) -> int:
        """What the words in reach of negators weigh besides, all together."""
        negators, unspoken, weight_of = self.negators, self._unspoken, self._negated.get
        total = left = 0
        for place in places:
            if left:
                if place in unspoken:
                    left = 0
                else:
                    left -= 1
                    total += weight_of(place, 0)
            if place in negators:
                left = NEGATION_REACH
        return total

    def __missing__(self, token: str) -> Token:
        place = self._places.get(token)
        if place is None:
            if token[0] == MENTION and len(token) > 1:
                # There are too many of them to be remembered.
                return self._mention
            place = self._place_of(token)
        if place is not None:
            found = self._weights[place], place, self._following.get(place, _ALONE)
        else:
            found = self._unknown if is_spoken(token) else self._run_of_signs(token)
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        self[token] = found
        return found

    def _run_of_signs(self, token: str) -> Token:
        """Each sign of an unknown run counts once."""
        known = self._places.keys() & set(word_of(token))
        return sum([self._weights[self._places[sign]] for sign in known]), self._signs, _ALONE

    def _place_of(self, token: str) -> int | None:
        """The place of the word that a token is a form of."""
        if token.isalpha() and token.islower() and not has_doubles(token):
            return None
        word = word_of(token)
        place = self._places.get(word)
        if place is None and is_spoken(word):
            for form in other_forms(word):
                place = self._places.get(form)
                if place is not None:
                    break
        return place
