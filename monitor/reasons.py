"""What drove the score of a stored post."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from monitor.ingest import whole_text
from monitor.records import StoredPost
from monitor.store.cells import permille_of
from monitor.text.scorer_choice import ScorerError, chosen_scorer
from monitor.text.sentiment import Driver, SentimentScorer


def explainer(choice: str) -> Callable[[StoredPost], Sequence[Driver]]:
    """What explains posts by the scorer of a choice, which is loaded at the first of them."""

    @cache
    def scorer() -> SentimentScorer | None:
        try:
            return chosen_scorer(choice)
        except ScorerError:
            return None

    def explain(stored: StoredPost) -> Sequence[Driver]:
        known = scorer()
        return () if known is None else reasons(known, stored)

    return explain


def reasons(scorer: SentimentScorer, stored: StoredPost) -> Sequence[Driver]:
    """What drove the score of a post, the strongest first; nothing where the score was another scorer's."""
    text = whole_text(stored.post)
    if stored.probabilities is None or stored.deleted or not text:
        return ()
    (present,) = scorer.score([text])
    if present is None or permille_of(present) != permille_of(stored.probabilities):
        return ()
    return tuple(scorer.explain(text))
