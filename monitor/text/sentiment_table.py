"""The mood of single texts by a table of weights of words, of pairs of words and of negated words.

The weights of a text's words are added up, divided by the square root of their number, and turned into probabilities
by a multinomial logistic curve (`monitor.text.training` learns them). One look-up a word and one a pair of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise, repeat
from math import exp, sqrt

from monitor.records import Probabilities
from monitor.text.sentiment_drivers import Driver, strongest_first
from monitor.text.sentiment_weights import Weight, read_weights
from monitor.text.sentiment_words import is_negator, is_spoken, negated, other_forms, tokens_of, word_of

# Both logits of a weight are added up at once, as one integer: negative above the 32nd bit, positive below it.
_UNITS = 10_000
_BITS = 32
_HALF = 1 << (_BITS - 1)
_MASK = (1 << _BITS) - 1

_REACH = 4_000
_LONG = 40
"""Of more words than this, a text's score no longer grows with their number: no text that taught the weights had more,
and an article would otherwise be surer than any post."""
_SURE = 12.0
_SCALES = [1 / _UNITS, *(1 / _UNITS / sqrt(words) for words in range(1, _LONG + 1))]
_MOST_REMEMBERED = 200_000
_MOST_DRIVERS = 60
_LEAST_WEIGHT = 0.05


class TableScorer:
    """Scores English texts; it takes whatever it is given, so the caller minds the language.

    Only the first 4,000 characters of a text are read.
    """

    def __init__(self, data: bytes) -> None:
        """Read the weights in the content of a file.

        Raises:
            ValueError: it is no such file, or it is damaged.
        """
        weights = read_weights(data)
        self.name = f"{weights.about.get('name', 'table')}/{sha256(data).hexdigest()[:8]}"
        """Another name means other scores."""
        self._bias = weights.bias
        places = {word: place for place, word in enumerate(weights.words)}
        self._weights = [_pack(weight) for weight in weights.words.values()]
        self._pairs = {(places[one], places[other]): _pack(weight) for (one, other), weight in weights.pairs.items()}
        self._negated = {places[word]: _pack(weight) for word, weight in weights.negated.items() if word in places}
        self._negators = frozenset(place for word, place in places.items() if is_negator(word))
        self._places = _Places(places, self._weights)

    def score(self, texts: Iterable[str]) -> list[Probabilities]:
        """The probabilities of negative, neutral and positive of each text.

        They are those of a text drawn from equally large classes, whatever the mix really is.
        """
        place_of, weight_of, pair = self._places.__getitem__, self._weights.__getitem__, self._pairs.get
        negators, reached, negated_weight = self._negators, self._reached, self._negated.get
        scored = []
        for text in texts:
            tokens = tokens_of(text[:_REACH])
            places = list(map(place_of, tokens))
            total = sum(map(weight_of, places))
            total += sum(map(pair, pairwise(places), repeat(0)))
            if not negators.isdisjoint(places):
                for _, place in reached(tokens, places):
                    total += negated_weight(places[place], 0)
            scored.append(self._probabilities(total, len(tokens)))
            if len(self._places) > _MOST_REMEMBERED:
                self._places.forget()
        return scored

    def explain(self, text: str) -> list[Driver]:
        """The words and pairs of words that moved the score of a text, the strongest first.

        The weight is what one adds to the logarithm of the odds of positive against negative; the weights of all of
        them and of the rest that is too small to list add up to the score.
        """
        tokens = tokens_of(text[:_REACH])
        scale = _scale(len(tokens))
        sums: dict[str, float] = {}

        def add(part: str, packed: int) -> None:
            negative, positive = _unpack(packed)
            sums[part] = sums.get(part, 0.0) + scale * (positive - negative)

        places = [self._places[token] for token in tokens]
        for token, place in zip(tokens, places, strict=True):
            add(token, self._weights[place])
        for place, two in enumerate(pairwise(places)):
            add(" ".join(tokens[place : place + 2]), self._pairs.get(two, 0))
        for negator, place in self._reached(tokens, places):
            add(" … ".join((tokens[negator], tokens[place])), self._negated.get(places[place], 0))
        drivers = [Driver(part, round(weight, 4)) for part, weight in sums.items() if abs(weight) >= _LEAST_WEIGHT]
        return strongest_first(drivers)[:_MOST_DRIVERS]

    def _reached(self, tokens: Sequence[str], places: Sequence[int]) -> Iterator[tuple[int, int]]:
        return negated(tokens, [index for index, place in enumerate(places) if place in self._negators])

    def _probabilities(self, total: int, words: int) -> Probabilities:
        positive = ((total + _HALF) & _MASK) - _HALF
        scale = _scale(words)
        negative_logit = self._bias[0] + scale * ((total - positive) >> _BITS)
        positive_logit = self._bias[1] + scale * positive
        if not (-_SURE < negative_logit < _SURE and -_SURE < positive_logit < _SURE):
            negative_logit = max(-_SURE, min(_SURE, negative_logit))
            positive_logit = max(-_SURE, min(_SURE, positive_logit))
        negative_odds, positive_odds = exp(negative_logit), exp(positive_logit)
        neutral = 1.0 / (1.0 + negative_odds + positive_odds)
        return negative_odds * neutral, neutral, positive_odds * neutral


class _Places(dict[str, int]):
    """The place of every token among the weights: that of the word that it stands for, or one that weighs nothing.

    Tokens are remembered as written, so that each is taken apart once. A new run of signs gets a place of its own with
    the weight of its signs, each counting once.
    """

    def __init__(self, words: Mapping[str, int], weights: list[int]) -> None:
        super().__init__(words)
        self._words = words
        self._weights = weights
        self._unknown = len(weights)
        weights.append(0)

    def __missing__(self, token: str) -> int:
        place = self._words.get(token.lower())
        if place is None:
            place = self._place_of(word_of(token))
        self[token] = place
        return place

    def _place_of(self, word: str) -> int:
        if word in self._words:
            return self._words[word]
        if is_spoken(word):
            for form in other_forms(word):
                if form in self._words:
                    return self._words[form]
            return self._unknown
        weight = sum(self._weights[self._words[sign]] for sign in set(word) & self._words.keys())
        if not weight:
            return self._unknown
        self._weights.append(weight)
        return len(self._weights) - 1

    def forget(self) -> None:
        """Know no more than at the start."""
        self.clear()
        self.update(self._words)
        del self._weights[self._unknown + 1 :]


def _scale(words: int) -> float:
    return _SCALES[words] if words <= _LONG else _SCALES[_LONG] * _LONG / words


def _pack(weight: Weight) -> int:
    return (round(weight[0] * _UNITS) << _BITS) + round(weight[1] * _UNITS)


def _unpack(packed: int) -> tuple[int, int]:
    positive = ((packed + _HALF) & _MASK) - _HALF
    return (packed - positive) >> _BITS, positive
