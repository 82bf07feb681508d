"""The mood of single texts: the scorers, the one in use, and what drove a score.

What becomes of the classes of many texts stands in `monitor.text.shares`, whose functions are also found here.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from monitor.text.scorers import IN_USE, NAMES
from monitor.text.sentiment_drivers import Driver
from monitor.text.shares import Calibration, estimate_shares, label_of, shares_of_counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.records import Probabilities

__all__ = [
    "NAME",
    "Calibration",
    "Driver",
    "Scorer",
    "SentimentScorer",
    "estimate_shares",
    "label_of",
    "scorer_named",
    "shares_of_counts",
    "table_scorer",
]

NAME = NAMES[IN_USE]
"""Of the scorer in use. Scores of different names differ."""

_TABLE = Path(__file__).parent / "data" / "sentiment.weights"


class SentimentScorer(Protocol):
    """Gives each text its probabilities, and says why. It takes whatever it is given: the caller minds the language."""

    @property
    def name(self) -> str: ...

    def score(self, texts: Iterable[str]) -> Sequence[Probabilities | None]:
        """The probabilities of negative, neutral and positive of each text, as if the classes were equally large.

        None for a text that it cannot tell, which then has no mood.
        """

    def explain(self, text: str) -> Sequence[Driver]:
        """What moved the score of a text, the strongest first."""


class ShippedScorer(SentimentScorer, Protocol):
    """One that tells the mood of every text."""

    def score(self, texts: Iterable[str]) -> Sequence[Probabilities]: ...


class Scorer:
    """The scorer in use."""

    def __init__(self) -> None:
        self._scorer = scorer_named(IN_USE)

    @property
    def name(self) -> str:
        """Scores of scorers with different names differ."""
        return self._scorer.name

    def score(self, texts: Iterable[str]) -> Sequence[Probabilities]:
        """The probabilities of negative, neutral and positive of each text, as if the classes were equally large.

        Raises:
            TypeError: it is one text instead of a list of texts, and would be scored letter by letter.
        """
        if isinstance(texts, str):
            raise TypeError("pass a list of texts: [text] for a single one")
        return self._scorer.score(texts)

    def explain(self, text: str) -> Sequence[Driver]:
        """What moved the score of a text, the strongest first."""
        return self._scorer.explain(text)


def scorer_named(name: str) -> ShippedScorer:
    """The scorer `vader` or `table`.

    Raises:
        ValueError: there is no scorer of that name.
    """
    if name == "vader":
        from monitor.text.sentiment_vader import VaderScorer

        return VaderScorer()
    if name == "table":
        return table_scorer()
    raise ValueError(f"no such scorer: {name!r}; there are vader and table")


@cache
def _shipped() -> bytes:
    return _TABLE.read_bytes()


def table_scorer(data: bytes | None = None) -> ShippedScorer:
    """The table with the weights in the content of a file that `monitor.text.training` wrote, or with those shipped.

    Raises:
        ValueError: it is no such file, or it is damaged.
    """
    from monitor.text.sentiment_table import TableScorer

    return TableScorer(_shipped() if data is None else data)
