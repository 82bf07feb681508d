"""The scorer that somebody chose: one of those that are shipped, or one that another package registers.

A package registers in the group `monitor.scorers` a class, or anything else that gives a scorer when it is called
without arguments; what a scorer does is said in `monitor.text.sentiment.SentimentScorer`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from monitor.text.scorers import IN_USE, NAMES

if TYPE_CHECKING:
    from monitor.text.sentiment import SentimentScorer

GROUP = "monitor.scorers"


class ScorerError(Exception):
    """The chosen scorer cannot be used. The message is one sentence for a person."""


def known_scorers() -> tuple[str, ...]:
    """What can be chosen: the shipped ones, then those of other packages."""
    from importlib import metadata

    return (*NAMES, *sorted({entry.name for entry in metadata.entry_points(group=GROUP)} - NAMES.keys()))


def chosen_scorer(choice: str = IN_USE) -> SentimentScorer:
    """The scorer of a name in the configuration.

    Raises:
        ScorerError: there is none, or it cannot be loaded, or is no scorer.
    """
    from monitor.text.sentiment import Scorer, scorer_named

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
