"""What became of each claim of a story, and the score that follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from monitor.stories.claims import Claim

Verdict = Literal["supported", "contradicted", "unsupported", "uncheckable"]

FORMULA = "100 * supported / (supported + unsupported + uncheckable + 2 * contradicted), rounded down"


class Finding(NamedTuple):
    """A claim with what the store says to it."""

    claim: Claim
    verdict: Verdict
    detail: str
    """For a person: the posts or figures behind the verdict, or what is missing."""


class Answer(NamedTuple):
    """A verdict before it is put beside its claim."""

    verdict: Verdict
    detail: str


def fidelity(verdicts: Iterable[Verdict]) -> int | None:
    """The share of a story's claims that the store bears out, from 0 to 100; None where it claims nothing.

    A contradicted claim counts twice. It says how far the store bears a text out, not whether the text is true.
    """
    given = list(verdicts)
    supported, contradicted = given.count("supported"), given.count("contradicted")
    return 100 * supported // (len(given) + contradicted) if given else None
