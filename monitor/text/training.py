"""Learns the weights of the sentiment table from labelled texts.

    python -m monitor.text.training TRAIN.tsv VALIDATION.tsv [--also OTHER.tsv]... -o weights.bin

A line of a file is `label<TAB>text`; a label is negative, neutral or positive. Needs the extra `train` (numpy, scipy).

The model is multinomial logistic regression on counts over the square root of the number of words. Besides words, pairs
and negated words it learns how much the valences of a lexicon say; these belong to words, so that in the end they are
added to the words' weights, also to those of words that no text had. All classes count the same, whatever their sizes.

The texts should stand in the order they were written in: how sure the probabilities may be is found on stretches of
texts that the model has not seen, so that new times and topics are part of it. Other kinds of text (`--also`) teach
words and ways of writing that the first kind does not have; in each kind the classes count the same.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from monitor.records import Label
from monitor.text.sentiment_table import TableScorer
from monitor.text.sentiment_weights import Weight, Weights, write_weights
from monitor.text.sentiment_words import NEGATORS, is_spoken
from monitor.text.shares import LABELS, label_of
from monitor.text.training_features import (
    NEGATED,
    PAIRS,
    VALENCES,
    WORDS,
    Features,
    Lexicon,
    known_valences,
    valence_weight,
)
from monitor.text.training_fit import calibrate, class_weights, fit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_STRETCHES = 6
_MOST_PAIRS = 40_000
_OTHER_KINDS = 0.5
"""How much a text of another kind counts: at 1 the first kind's recall on unseen stretches falls by 0.4 points."""

_Key = TypeVar("_Key", bound=Hashable)
_Kinds = Mapping[str, Mapping[Hashable, "NDArray[np.float64]"]]


class Texts(NamedTuple):
    """Labelled texts."""

    texts: tuple[str, ...]
    labels: tuple[Label, ...]


class Recalls(NamedTuple):
    """Shares of the texts of each class that were given their class."""

    negative: float
    neutral: float
    positive: float

    @property
    def mean(self) -> float:
        """The macro-averaged recall."""
        return (self.negative + self.neutral + self.positive) / 3


def read_texts(lines: Iterable[str]) -> Texts:
    """Labelled texts from lines of `label<TAB>text`; a first line without a known label is taken for a heading.

    Raises:
        ValueError: a line has no tab or another label, with its number.
    """
    texts: list[str] = []
    labels: list[Label] = []
    for number, line in enumerate(lines, 1):
        label, tab, text = line.rstrip("\r\n").partition("\t")
        known = next((known for known in LABELS if known == label), None)
        if known is not None and tab:
            texts.append(text)
            labels.append(known)
        elif number > 1:
            raise ValueError(f"line {number}: expected negative, neutral or positive, a tab and the text")
    return Texts(tuple(texts), tuple(labels))


def train(data: Texts, about: Mapping[str, str], lexicon: Lexicon | None = None, also: Sequence[Texts] = ()) -> Weights:
    """The weights that these texts teach.

    Args:
        data: a few thousand texts and more, in the order they were written in.
        about: what is written into the file; `name` names the scorer.
        lexicon: valences that are known beforehand; VADER's and our own if none are given.
        also: texts of other kinds, one collection a kind.

    Raises:
        ValueError: a class is missing, from all or from all but one stretch of the texts.
    """
    import numpy as np

    lexicon = known_valences() if lexicon is None else lexicon
    kinds = [data, *also]
    labels = np.array([LABELS.index(label) for kind in kinds for label in kind.labels], np.int64)
    features = Features([text for kind in kinds for text in kind.texts], lexicon)
    every = np.arange(len(labels))
    own, *others = np.split(every, np.cumsum([len(kind.texts) for kind in kinds])[:-1])
    unseen = np.zeros((len(own), len(LABELS)))
    for stretch in np.array_split(own, _STRETCHES):
        rows = [np.setdiff1d(own, stretch), *others]
        if len(set(labels[rows[0]].tolist())) < len(LABELS):
            raise ValueError("each class must be found all over the texts")
        matrix = features.columns(np.concatenate(rows)).matrix
        weights = _fit(matrix, labels, rows)
        unseen[stretch] = matrix[stretch] @ weights[:-1] + weights[-1]
    factor, summands = calibrate(unseen, labels[own])
    columns = features.columns(every)
    weights = _fit(columns.matrix, labels, [own, *others]) * factor
    return _folded(columns.by_kind(weights[:-1]), weights[-1] + summands, lexicon, about)


def _fit(matrix: Any, labels: NDArray[np.int64], rows: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
    """Of the texts of these rows, which are parted by kinds, the first being the one to be scored."""
    import numpy as np

    force = [class_weights(labels[kind]) * (_OTHER_KINDS if number else 1.0) for number, kind in enumerate(rows)]
    joined = np.concatenate(rows)
    return fit(matrix[joined], labels[joined], np.concatenate(force))


def recalls(scorer: TableScorer, data: Texts) -> Recalls:
    """How well a scorer finds the labels of texts that it did not learn from."""
    right, of_class = dict.fromkeys(LABELS, 0), dict.fromkeys(LABELS, 0)
    for probabilities, label in zip(scorer.score(data.texts), data.labels, strict=True):
        of_class[label] += 1
        right[label] += label_of(probabilities) == label
    return Recalls(*(right[label] / max(of_class[label], 1) for label in LABELS))


def _folded(kinds: _Kinds, intercepts: NDArray[np.float64], lexicon: Lexicon, about: Mapping[str, str]) -> Weights:
    """All that belongs to a word added up, and every weight against neutral's."""
    import numpy as np

    nothing = np.zeros(len(LABELS))
    of_valence = kinds[VALENCES]

    def of_word(word: str) -> Weight:
        weight = kinds[WORDS].get(word, nothing)
        return _against_neutral(weight + valence_weight(lexicon.valence(word), of_valence))

    def of_negated(word: str) -> Weight:
        weight = kinds[NEGATED].get(word, nothing)
        return _against_neutral(weight + valence_weight(lexicon.valence(word), of_valence, negated=True))

    valued = [word for word in lexicon.words if is_spoken(word)]
    pairs = {pair: _against_neutral(weight) for pair, weight in kinds[PAIRS].items() if isinstance(pair, tuple)}
    return Weights(
        about=about,
        bias=_against_neutral(intercepts),
        words={word: of_word(word) for word in map(str, {*kinds[WORDS], *lexicon.words, *NEGATORS})},
        pairs=_strongest(pairs, _MOST_PAIRS),
        negated={word: of_negated(word) for word in map(str, {*kinds[NEGATED], *valued})},
    )


def _against_neutral(of_classes: NDArray[np.float64]) -> Weight:
    return float(of_classes[0] - of_classes[1]), float(of_classes[2] - of_classes[1])


def _strongest(weights: Mapping[_Key, Weight], most: int) -> dict[_Key, Weight]:
    """Those that move a score the most."""
    ranked = sorted(weights.items(), key=lambda item: -max(abs(value) for value in item[1]))
    return dict(ranked[:most])


def main(arguments: Sequence[str] | None = None) -> int:
    """Learn, write the weights and print how well they do on the validation texts."""
    parser = ArgumentParser(prog="python -m monitor.text.training", description="Learn the sentiment table's weights.")
    parser.add_argument("train", type=Path, help="label<TAB>text, in the order they were written in")
    parser.add_argument("validation", type=Path, help="the same form; nothing is learnt from it")
    parser.add_argument(
        "--also", type=Path, action="append", default=[], help="texts of another kind to learn from, the same form"
    )
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--name", default="table", help="what the scorer calls itself")
    parser.add_argument("--data", default="", help="what the texts are, and their terms: written into the file")
    options = parser.parse_args(arguments)
    try:
        data, validation, *also = (
            read_texts(path.read_text("utf-8").splitlines())
            for path in (options.train, options.validation, *options.also)
        )
        content = write_weights(train(data, {"name": options.name, "data": options.data}, also=also))
        options.output.write_bytes(content)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    scorer = TableScorer(content)
    found = recalls(scorer, validation)
    print(  # noqa: T201
        f"{scorer.name}: {len(content) / 1000:.0f} kB; recall of negative {found.negative:.1%}, neutral "
        f"{found.neutral:.1%}, positive {found.positive:.1%}, mean {found.mean:.1%}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
