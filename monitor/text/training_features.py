"""What the trainer of the sentiment table counts in a text."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.text.sentiment_words import is_negator, negated, tokens_of, word_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORDS, PAIRS, NEGATED, VALENCES = "words", "pairs", "negated", "valences"

_OWN_VALENCES = Path(__file__).parent / "data" / "valences.tsv"
_FORCE = {WORDS: 1.0, PAIRS: 0.7, NEGATED: 0.5, VALENCES: 0.3}
"""How large a count of each kind is against that of a word: the smaller, the more the ridge penalty shrinks it."""
_LEAST_TEXTS = {WORDS: 2, PAIRS: 2, NEGATED: 2, VALENCES: 0}
"""A feature counts if it is in at least so many of the texts that are learnt from. None that one text alone has is
learnt, so no text can be read out of the weights."""
_VALENCE_COLUMNS = ("positive", "negative", "known", "negated positive", "negated negative")


class Lexicon(NamedTuple):
    """Valences of words and of single emoji that are known beforehand, from about -4 to 4."""

    words: Mapping[str, float]

    def valence(self, word: str) -> float:
        """Of a word or a hashtag; 0 where it is not known."""
        return self.words.get(word, self.words.get(word.lstrip("#"), 0.0))


class Columns(NamedTuple):
    """The features that enough of some texts have."""

    matrix: Any
    """scipy's compressed rows: all texts by features."""
    keys: Mapping[str, Sequence[Hashable]]
    """By kind; the columns are in this order."""

    def by_kind(self, weights: NDArray[np.float64]) -> dict[str, dict[Hashable, NDArray[np.float64]]]:
        """What one more of each feature adds to the classes' logits, of weights in the order of the columns."""
        kinds, start = {}, 0
        for kind, keys in self.keys.items():
            of_kind = weights[start : start + len(keys)] * _FORCE[kind]
            kinds[kind] = dict(zip(keys, of_kind, strict=True))
            start += len(keys)
        return kinds


class Features:
    """The counts of every feature in every text, over the square root of the text's number of words."""

    def __init__(self, texts: Sequence[str], lexicon: Lexicon) -> None:
        words = [[word_of(token) for token in tokens_of(text)] for text in texts]
        self._lengths = [max(1, len(of_text)) for of_text in words]
        reached = [_reached(of_text) for of_text in words]
        self._counts = {
            WORDS: _counted(words),
            PAIRS: _counted([list(pairwise(of_text)) for of_text in words]),
            NEGATED: _counted(reached),
            VALENCES: _valences(words, reached, lexicon),
        }

    def columns(self, rows: NDArray[np.int64]) -> Columns:
        """The features that enough of the texts of these rows have."""
        import numpy as np
        from scipy import sparse

        per_text = sparse.diags(1 / np.sqrt(np.array(self._lengths, np.float32)))
        parts, keys = [], {}
        for kind, (matrix, of_kind) in self._counts.items():
            texts = np.bincount(matrix[rows].indices, minlength=matrix.shape[1])
            kept = np.flatnonzero(texts >= _LEAST_TEXTS[kind])
            parts.append(per_text @ matrix[:, kept] * np.float32(_FORCE[kind]))
            keys[kind] = [of_kind[column] for column in kept]
        return Columns(sparse.hstack(parts).tocsr().astype(np.float32), keys)


def known_valences() -> Lexicon:
    """The valences of the VADER library (MIT licence), an emoji's being the mean over the words that describe it.

    A list of our own goes before them: words of the news and of talk about software, emoji, and words like
    "intelligence" that mean nothing good where they are the subject.
    """
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()
    valences = {word_of(word): float(valence) for word, valence in analyser.lexicon.items() if " " not in word}
    for sign, description in analyser.emojis.items():
        described = [valences[word] for word in description.split() if valences.get(word)]
        bare = sign.rstrip("\ufe0f")
        if described and len(bare) == 1:
            valences.setdefault(bare, sum(described) / len(described))
    for line in _OWN_VALENCES.read_text("utf-8").splitlines():
        word, valence = line.split("\t")
        valences[word] = float(valence)
    return Lexicon(valences)


def valence_weight(
    valence: float, of_columns: Mapping[Hashable, NDArray[np.float64]], *, negated: bool = False
) -> NDArray[np.float64]:
    """What a word of this valence adds to the classes' logits for it, by itself or for being in a negator's reach."""
    if negated:
        return valence * of_columns["negated positive" if valence > 0 else "negated negative"]
    return valence * of_columns["positive" if valence > 0 else "negative"] + (valence != 0) * of_columns["known"]


def _reached(words: Sequence[str]) -> list[str]:
    negators = [place for place, word in enumerate(words) if is_negator(word)]
    return [words[place] for _, place in negated(words, negators)]


def _valences(
    words: Sequence[Sequence[str]], reached: Sequence[Sequence[str]], lexicon: Lexicon
) -> tuple[Any, list[Hashable]]:
    import numpy as np
    from scipy import sparse

    rows = []
    for of_text, of_reached in zip(words, reached, strict=True):
        known = [valence for word in of_text if (valence := lexicon.valence(word))]
        turned = [valence for word in of_reached if (valence := lexicon.valence(word))]
        rows.append((*_by_sign(known), float(len(known)), *_by_sign(turned)))
    return sparse.csr_matrix(np.array(rows, np.float32)), list(_VALENCE_COLUMNS)


def _by_sign(valences: Iterable[float]) -> tuple[float, float]:
    each = list(valences)
    return sum(valence for valence in each if valence > 0), sum(valence for valence in each if valence < 0)


def _counted(features: Sequence[Sequence[Hashable]]) -> tuple[Any, list[Hashable]]:
    """How often each text has each feature."""
    import numpy as np
    from scipy import sparse

    places: dict[Hashable, int] = {}
    indices: list[int] = []
    starts = [0]
    for of_text in features:
        indices += [places.setdefault(feature, len(places)) for feature in of_text]
        starts.append(len(indices))
    counts = sparse.csr_matrix(
        (np.ones(len(indices), np.float32), indices, starts), shape=(len(features), max(1, len(places)))
    )
    counts.sum_duplicates()
    return counts, list(places) or [""]
