"""The coarse grid of sentiment probabilities that the rollups count in.

A cell is a whole number: ten times the negative eighths plus the positive eighths, so 17 is negative 1/8, positive 7/8.
Rounding keeps the class with the highest probability, so that counts by class agree with the posts.
"""

from __future__ import annotations

from functools import lru_cache

from monitor.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.records import Probabilities

_STEPS = 8


@lru_cache(maxsize=65536)
def cell_of(negative_permille: int, positive_permille: int) -> int:
    """The cell of a post's probabilities, given in thousandths."""
    exact = (negative_permille, 1000 - negative_permille - positive_permille, positive_permille)
    steps = [part * _STEPS // 1000 for part in exact]
    by_remainder = sorted(range(3), key=lambda index: exact[index] * _STEPS % 1000, reverse=True)
    for index in by_remainder[: _STEPS - sum(steps)]:
        steps[index] += 1
    top = exact.index(max(exact))
    while any(steps[index] >= steps[top] for index in range(3) if index != top):
        other = max((index for index in range(3) if index != top), key=lambda index: steps[index])
        steps[other] -= 1
        steps[top] += 1
    return 10 * steps[0] + steps[2]


def probabilities_of(cell: int) -> Probabilities:
    """The middle of a cell."""
    negative, positive = divmod(cell, 10)
    return negative / _STEPS, (_STEPS - negative - positive) / _STEPS, positive / _STEPS


def permille_of(probabilities: Probabilities) -> tuple[int, int]:
    """Negative and positive in thousandths; neutral is the rest."""
    negative = round(probabilities[0] * 1000)
    return negative, min(round(probabilities[2] * 1000), 1000 - negative)
