"""The scorer that somebody chose: a shipped one, the configured language model, or one that another package registers.

A package registers in the group `monitor.scorers` a class, or anything else that gives a scorer when it is called
without arguments; what a scorer does is said in `monitor.text.sentiment.SentimentScorer`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from monitor.text.scorers import IN_USE, NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.records import Probabilities
    from monitor.text.sentiment import Driver, SentimentScorer

GROUP = "monitor.scorers"
MODEL = "model"
"""What chooses the language model of the configuration."""


class ScorerError(Exception):
    """The chosen scorer cannot be used. The message is one sentence for a person."""


def known_scorers() -> tuple[str, ...]:
    """What can be chosen: the shipped ones, then those of other packages."""
    from importlib import metadata

    named = {entry.name for entry in metadata.entry_points(group=GROUP)}
    return (*NAMES, MODEL, *sorted(named - NAMES.keys() - {MODEL}))


def name_of_model(model: str) -> str:
    """The name as a scorer of a language model of this name."""
    return f"model/{model}/1"


class Unasked:
    """Stands for a language model where posts come in: it scores nothing, for `monitor rescore` asks the model."""

    def __init__(self, model: str) -> None:
        self.name = name_of_model(model)

    def score(self, texts: Iterable[str]) -> Sequence[Probabilities | None]:
        """None for each text."""
        return [None for _ in texts]

    def explain(self, text: str) -> Sequence[Driver]:
        """Nothing."""
        return ()


def chosen_scorer(choice: str = IN_USE, model: str | None = None) -> SentimentScorer:
    """The scorer of a name in the configuration.

    Args:
        choice: the name.
        model: the language model that the configuration names; None where it names none.

    Raises:
        ScorerError: there is none, or it cannot be loaded, or is no scorer.
    """
    from monitor.text.sentiment import Scorer, scorer_named

    if choice == MODEL:
        if model is None:
            raise ScorerError('the scorer "model" needs a language model: the table [model] names none')
        return Unasked(model)
    if choice == IN_USE:
        return Scorer()
    return scorer_named(choice) if choice in NAMES else _registered(choice)


def _registered(choice: str) -> SentimentScorer:
    from importlib import metadata

    for entry in metadata.entry_points(group=GROUP, name=choice):
        try:
            scorer = entry.load()()
        except Exception as error:  # the code of a stranger can raise anything
            raise ScorerError(f"the scorer {choice} ({entry.value}) cannot be used: {error!r}") from error
        missing = [part for part in ("name", "score", "explain") if not hasattr(scorer, part)]
        if missing:
            raise ScorerError(f"the scorer {choice} ({entry.value}) cannot be used: it has no {missing[0]}")
        return cast("SentimentScorer", scorer)
    raise ScorerError(f'there is no scorer "{choice}"; `monitor config check` names those there are')
