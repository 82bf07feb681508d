"""What is usual: the same window on earlier days."""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING
from monitor.nouns.estimates import Baseline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

DAYS = 28
"""How far back the baseline looks."""

_LEAST_DAYS = 3


_WEEKLY = range(7, DAYS + 1, 7)


def days_to_count(comparable: Iterable[Sequence[bool]]) -> range:
    """How many days back the baselines of some beats look: weeks only, or each day where one of them needs it.

    Args:
        comparable: for each beat, whether the days one, two, ... back can be compared.
    """
    return _WEEKLY if all(_same_weekday(days) for days in comparable) else range(1, DAYS + 1)


def _same_weekday(comparable: Sequence[bool]) -> bool:
    return sum(comparable[day - 1] for day in _WEEKLY) >= _LEAST_DAYS


def baseline(
    volume: int, earlier: Mapping[int, int], comparable: Sequence[bool], started: Collection[bool]
) -> Baseline:
    """The median of earlier days, of the same weekday where at least three such days can be compared.

    Args:
        volume: posts of the present window, over the hours that were collected.
        earlier: posts over the same hours by how many days back; a day that is not named had none.
        comparable: for the days one, two, ... back, whether all of those hours were collected then too.
        started: for each of these days, whether anything was collected then; parts "learning" from "gap".

    Returns:
        A baseline without volume while fewer than three days can be compared; without ratio where its volume is zero.
    """
    same_weekday = _same_weekday(comparable)
    taken = _WEEKLY if same_weekday else range(1, DAYS + 1)
    days = sorted(earlier.get(day, 0) for day in taken if comparable[day - 1])
    if len(days) < _LEAST_DAYS:
        return Baseline(None, None, len(days), "gap" if sum(started) >= _LEAST_DAYS else "learning")
    middle = len(days) // 2
    median = float(days[middle]) if len(days) % 2 else (days[middle - 1] + days[middle]) / 2
    ratio = volume / median if median else None
    return Baseline(median, ratio, len(days), "ok", same_weekday, float(days[0]), float(days[-1]))
