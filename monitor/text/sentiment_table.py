"""The mood of single texts by a table of weights of words, of pairs of words and of negated words.

The weights of a text's words are added up, divided by the square root of their number, and turned into probabilities
by a multinomial logistic curve (`monitor.text.training` learns them). One look-up a token and one a pair of tokens.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from hashlib import sha256
from itertools import pairwise, repeat
from math import exp, sqrt
from typing import TypeVar

from monitor.records import Probabilities
from monitor.text.sentiment_drivers import Driver, strongest_first
from monitor.text.sentiment_tokens import Tokens
from monitor.text.sentiment_weights import Weight, read_weights
from monitor.text.sentiment_words import small_tokens_of, tokens_of

_Key = TypeVar("_Key", bound=Hashable)

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
        self._tokens = Tokens(_packed(weights.words), _packed(weights.pairs), _packed(weights.negated))

    def score(self, texts: Iterable[str]) -> list[Probabilities]:
        """The probabilities of negative, neutral and positive of each text.

        They are those of a text drawn from equally large classes, whatever the mix really is.
        """
        token_of, pair, nothing = self._tokens.__getitem__, dict.get, repeat(0)
        negators = self._tokens.negators
        bias_low, bias_high = self._bias
        scored = []
        for text in texts:
            tokens = small_tokens_of(text[:_REACH])
            words = len(tokens)
            total = 0
            if tokens:
                weights, places, following = zip(*map(token_of, tokens), strict=True)
                total = sum(weights) + sum(map(pair, following, places[1:], nothing))
                if not negators.isdisjoint(places):
                    total += self._tokens.turned(places)
            # Written out, as is `_unpack`: a call costs as much as what it does.
            positive = ((total + _HALF) & _MASK) - _HALF
            scale = _SCALES[words] if words <= _LONG else _scale(words)
            low = bias_low + scale * ((total - positive) >> _BITS)
            high = bias_high + scale * positive
            if not (-_SURE < low < _SURE and -_SURE < high < _SURE):
                low, high = max(-_SURE, min(_SURE, low)), max(-_SURE, min(_SURE, high))
            low, high = exp(low), exp(high)
            neutral = 1.0 / (1.0 + low + high)
            scored.append((low * neutral, neutral, high * neutral))
        return scored

    def explain(self, text: str) -> list[Driver]:
        """The words and pairs of words that moved the score of a text, the strongest first.

        The weight is what one adds to the logarithm of the odds of positive against negative; the weights of all of
        them and of the rest that is too small to list add up to the score.
        """
        tokens = tokens_of(text[:_REACH])
        scale = _scale(len(tokens))
        sums: dict[str, float] = {}

        def count(part: str, packed: int) -> None:
            negative, positive = _unpack(packed)
            sums[part] = sums.get(part, 0.0) + scale * (positive - negative)

        for token in tokens:
            count(token, self._tokens[token][0])
        for one, other in pairwise(tokens):
            count(f"{one} {other}", self._tokens.pair(one, other))
        for negator, index, weight in self._tokens.reached(tokens):
            count(f"{tokens[negator]} … {tokens[index]}", weight)
        drivers = [Driver(part, round(weight, 4)) for part, weight in sums.items() if abs(weight) >= _LEAST_WEIGHT]
        return strongest_first(drivers)[:_MOST_DRIVERS]


def _scale(words: int) -> float:
    return _SCALES[words] if words <= _LONG else _SCALES[_LONG] * _LONG / words


def _packed(weights: Mapping[_Key, Weight]) -> dict[_Key, int]:
    return {of: _pack(weight) for of, weight in weights.items()}


def _pack(weight: Weight) -> int:
    return (round(weight[0] * _UNITS) << _BITS) + round(weight[1] * _UNITS)


def _unpack(packed: int) -> tuple[int, int]:
    positive = ((packed + _HALF) & _MASK) - _HALF
    return (packed - positive) >> _BITS, positive
