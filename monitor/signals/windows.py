"""Sums over trailing windows of bins, some of which were not collected."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import isnan, nan

LEAST_COLLECTED = 2 / 3
"""Share of a window's bins that must have been collected for the window to be judged."""


def scaled(total: float, collected: int, bins: int) -> float:
    """Posts of a window scaled to all of its bins; not a number where too few were collected."""
    if collected == bins:
        return total
    return total * bins / collected if collected >= bins * LEAST_COLLECTED else nan


class Sums:
    """Running sums, from which that of any trailing window is one subtraction."""

    def __init__(self, counts: Sequence[float]) -> None:
        """`counts`: posts by bin, oldest first; not a number where not collected."""
        self._posts = list(accumulate((0.0 if isnan(count) else count for count in counts), initial=0.0))
        self._collected = list(accumulate((not isnan(count) for count in counts), initial=0))

    def put(self, count: float) -> None:
        """Take up one more bin."""
        self._posts.append(self._posts[-1] + (0.0 if isnan(count) else count))
        self._collected.append(self._collected[-1] + (not isnan(count)))

    def last(self, bins: int) -> float:
        """Posts of the last bins, scaled to all of them; not a number where too few were collected."""
        posts, collected = self._posts, self._collected
        return scaled(posts[-1] - posts[-1 - bins], collected[-1] - collected[-1 - bins], bins)

    def trailing(self, bins: int, first: int) -> list[float]:
        """The same at the end of each bin from number `first` on, which is no less than `bins - 1`."""
        ends, starts = self._posts[first + 1 :], self._posts[first + 1 - bins :]
        got, before = self._collected[first + 1 :], self._collected[first + 1 - bins :]
        if got and got[-1] - before[0] == len(got) + bins - 1:
            return [end - start for end, start in zip(ends, starts, strict=False)]
        return [
            scaled(end - start, new - old, bins)
            for end, start, new, old in zip(ends, starts, got, before, strict=False)
        ]
