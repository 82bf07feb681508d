"""What the linter found, in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from monitor.tui.story_material import WORST

if TYPE_CHECKING:
    from monitor.stories.linting import Lint


def counts_of(lint: Lint) -> Counter[str]:
    """How many claims got which verdict."""
    return Counter(finding.verdict for finding in lint.findings)


def fidelity_words(lint: Lint) -> str:
    """The score and what it is made of, on one line."""
    counts = counts_of(lint)
    parts = ", ".join(f"{counts[verdict]} {verdict}" for verdict in WORST if counts[verdict])
    if lint.fidelity is None:
        return "Fidelity: none, for nothing is claimed that could be checked."
    claims = "1 claim" if len(lint.findings) == 1 else f"{len(lint.findings)} claims"
    return f"Fidelity {lint.fidelity} of 100: {claims}, {parts}."


def formula_words(lint: Lint) -> str:
    """How the score comes about, with the figures of this story."""
    from monitor.stories.verdicts import FORMULA

    if lint.fidelity is None:
        return f"Fidelity: none. It would be {FORMULA}."
    counts = counts_of(lint)
    supported, unsupported = counts["supported"], counts["unsupported"]
    uncheckable, contradicted = counts["uncheckable"], counts["contradicted"]
    figures = f"100 * {supported} / ({supported} + {unsupported} + {uncheckable} + 2 * {contradicted})"
    return (
        f"Fidelity = {FORMULA} = {figures} = {lint.fidelity}. It says how far the store bears the text out, "
        "not whether it is true."
    )
