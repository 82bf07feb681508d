"""What is usual: the same window on earlier days."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from monitor.records import Baseline

DAYS = 28
"""How far back the baseline looks."""

_LEAST_DAYS = 3


def baseline(volume: int, earlier: Sequence[int], comparable: Sequence[bool], started: Sequence[bool]) -> Baseline:
    """The median of earlier days, of the same weekday where at least three such days can be compared.

    Args:
        volume: posts of the present window, over the hours that were collected.
        earlier: posts over the same hours one, two, ... days back.
        comparable: for each of these days, whether all of those hours were collected then too.
        started: for each of these days, whether anything was collected then; parts "learning" from "gap".

    Returns:
        A baseline without volume while fewer than three days can be compared; without ratio where its volume is zero.
    """
    weekly = slice(6, None, 7)
    same_weekday = sum(comparable[weekly]) >= _LEAST_DAYS
    taken = weekly if same_weekday else slice(None)
    days = sorted(compress(earlier[taken], comparable[taken]))
    if len(days) < _LEAST_DAYS:
        return Baseline(None, None, len(days), "gap" if sum(started) >= _LEAST_DAYS else "learning")
    middle = len(days) // 2
    median = float(days[middle]) if len(days) % 2 else (days[middle - 1] + days[middle]) / 2
    ratio = volume / median if median else None
    return Baseline(median, ratio, len(days), "ok", same_weekday, float(days[0]), float(days[-1]))
