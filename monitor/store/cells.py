"""The coarse grid of sentiment probabilities that the rollups count in.

A cell is a whole number: ten times the negative eighths plus the positive eighths, so 17 is negative 1/8, positive 7/8.
Rounding keeps the class with the highest probability, so that counts by class agree with the posts.
"""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.records import Probabilities

_STEPS = 8


def cell_of(negative_permille: int, positive_permille: int) -> int:
    """The cell of a post's probabilities, given in thousandths."""
    neutral_permille = 1000 - negative_permille - positive_permille
    negative, negative_rest = divmod(negative_permille * _STEPS, 1000)
    neutral, neutral_rest = divmod(neutral_permille * _STEPS, 1000)
    positive, positive_rest = divmod(positive_permille * _STEPS, 1000)
    missing = _STEPS - negative - neutral - positive
    # Each step that is missing goes to the largest rest; there are two at most.
    if missing == 1:
        if negative_rest >= neutral_rest and negative_rest >= positive_rest:
            negative += 1
        elif neutral_rest >= positive_rest:
            neutral += 1
        else:
            positive += 1
    elif missing:
        if positive_rest <= negative_rest and positive_rest <= neutral_rest:
            negative, neutral = negative + 1, neutral + 1
        elif neutral_rest <= negative_rest:
            negative, positive = negative + 1, positive + 1
        else:
            neutral, positive = neutral + 1, positive + 1
    if 2 * max(negative, neutral, positive) <= _STEPS:
        exact, steps = (negative_permille, neutral_permille, positive_permille), [negative, neutral, positive]
        negative, neutral, positive = _with_top_ahead(steps, exact.index(max(exact)))
    return 10 * negative + positive


def _with_top_ahead(steps: list[int], top: int) -> list[int]:
    """The steps, moved until the class `top` has more than each of the others."""
    while any(steps[index] >= steps[top] for index in range(3) if index != top):
        other = max((index for index in range(3) if index != top), key=lambda index: steps[index])
        steps[other] -= 1
        steps[top] += 1
    return steps


def probabilities_of(cell: int) -> Probabilities:
    """The middle of a cell."""
    negative, positive = divmod(cell, 10)
    return negative / _STEPS, (_STEPS - negative - positive) / _STEPS, positive / _STEPS


def permille_of(probabilities: Probabilities) -> tuple[int, int]:
    """Negative and positive in thousandths; neutral is the rest."""
    negative = round(probabilities[0] * 1000)
    return negative, min(round(probabilities[2] * 1000), 1000 - negative)
