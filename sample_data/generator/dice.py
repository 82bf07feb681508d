"""Chance that falls the same way on every machine and in every version of Python."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws made of `Random.random` alone, the one method whose sequence is promised never to change."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def unit(self) -> float:
        """A number from 0 up to but not including 1."""
        return self._random.random()

    def below(self, limit: int) -> int:
        """A whole number from 0 up to but not including the limit."""
        return int(self.unit() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + self.below(high - low + 1)

    def chance(self, probability: float) -> bool:
        return self.unit() < probability

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def pick_early(self, choices: Sequence[T]) -> T:
        """One of the choices, those at the front far more often, as a few people post much and many post little."""
        return choices[int(self.unit() ** 2.2 * len(choices))]

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """One of the choices, each as often as its weight says."""
        left = self.unit() * math.fsum(weight for _, weight in choices)
        for choice, weight in choices:
            left -= weight
            if left < 0:
                return choice
        return choices[-1][0]

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """The values in another order."""
        keyed = [(self.unit(), index) for index in range(len(values))]
        return [values[index] for _, index in sorted(keyed)]
