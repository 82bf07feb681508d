"""The mood of single texts by the VADER library, and what drove a score.

VADER (Hutto and Gilbert 2014, MIT licence) adds up the valences of words by rules for negation, emphasis and emoticons
into a compound from -1 to 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from math import exp
from typing import TYPE_CHECKING

from monitor.records import Probabilities
from monitor.text.scorers import NAMES
from monitor.text.sentiment_drivers import Driver, strongest_first

if TYPE_CHECKING:
    from collections.abc import Callable

# Below the first a text is negative, above the second positive. They give the highest mean recall of the three classes
# on the 47,404 tweets of SemEval's training sets (57.8 %; on the 2,000 of the validation set 61.1 %, and 59.8 % with
# VADER's own -0.05 and 0.05), and lie between the values that single words of VADER's list give (-0.026, 0.382, 0.402).
_NEGATIVE_BELOW = -0.013
_POSITIVE_ABOVE = 0.392

# The logits against neutral fall and rise along the compound and meet it at the thresholds, so that the likeliest class
# is the one that the thresholds give. The slopes, and the bonus of neutral where VADER knows no word at all, are
# the likeliest ones for the same tweets with the three classes weighted equally.
_NEGATIVE_SLOPE = 1.8
_POSITIVE_SLOPE = 1.4
_NOTHING_KNOWN = 0.6

# A compound saturates within a few sentences, and VADER's time grows with the square of the length.
_REACH = 4_000
_MOST_DRIVERS = 60
_WORD = re.compile(r"\S+")


class VaderScorer:
    """Scores English texts; it takes whatever it is given, so the caller minds the language.

    Only the first 4,000 characters of a text are read. Some 8,000 short texts a second.
    """

    name: str = NAMES["vader"]

    def score(self, texts: Iterable[str]) -> list[Probabilities]:
        """The probabilities of negative, neutral and positive of each text.

        They are those of a text drawn from equally large classes, whatever the mix really is.
        """
        compound = _compound()
        return [_probabilities(compound(text[:_REACH])) for text in texts]

    def explain(self, text: str) -> list[Driver]:
        """The words that moved the score of a text, the strongest first; of a long text the first 60 that did.

        The weight of a word is what the compound loses when it is left out, so "not" counts for what it turns round.
        """
        compound = _compound()
        read = text[:_REACH]
        whole = compound(read)
        drivers = []
        for word in _WORD.finditer(read):
            without = compound(f"{read[: word.start()]} {read[word.end() :]}")
            if round(whole - without, 4):
                drivers.append(Driver(word.group(), round(whole - without, 4)))
            if len(drivers) == _MOST_DRIVERS:
                break
        return strongest_first(drivers)


def _probabilities(compound: float) -> Probabilities:
    negative = exp(_NEGATIVE_SLOPE * (_NEGATIVE_BELOW - compound))
    neutral = exp(_NOTHING_KNOWN) if compound == 0 else 1.0
    positive = exp(_POSITIVE_SLOPE * (compound - _POSITIVE_ABOVE))
    total = negative + neutral + positive
    return negative / total, neutral / total, positive / total


@cache
def _compound() -> Callable[[str], float]:
    """VADER's compound of a text, by an analyser that is loaded once."""
    from warnings import catch_warnings, simplefilter

    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    with catch_warnings():
        # It opens its word list by a function that Python 3.14 is taking leave of.
        simplefilter("ignore", DeprecationWarning)
        analyser = SentimentIntensityAnalyzer()

    def compound(text: str) -> float:
        return float(analyser.polarity_scores(text)["compound"])

    return compound
