"""The days and months over which a ceiling holds, and how to make what is left of it last."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from math import floor
from typing import Literal

from monitor.instants import from_datetime, to_datetime
from monitor.records import Span
from monitor.sources.base import SourceError

STEEPNESS = 8
"""How strongly the fraction answers to spending that runs ahead; see `fraction_left`."""

TOLERANCE = 0.95
"""Down to this pace everything is read."""

STEPS = 20
"""Fractions are given in twentieths, so that the ledger and the screen do not change at every request."""


def zone_of(name: str) -> tzinfo:
    """The time zone of a name.

    Raises:
        SourceError: this machine does not know it.
    """
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        sentence = f"This machine does not know the time zone {name}, in which a ceiling counts; install tzdata."
        raise SourceError(sentence, permanent=True) from error


def period_at(instant: int, period: Literal["day", "month"], zone: tzinfo) -> Span:
    """The day or month of a time zone that an instant lies in; the next one begins where it ends."""
    first = to_datetime(instant).astimezone(zone).date()
    if period == "month":
        first = first.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    else:
        after = first + timedelta(days=1)
    return _midnight(first, zone), _midnight(after, zone)


def _midnight(day: date, zone: tzinfo) -> int:
    return from_datetime(datetime(day.year, day.month, day.day, tzinfo=zone))


def fraction_left(spent: float, ceiling: float, period: Span, now: int) -> float:
    """The share of what there is to read that may be read so that a ceiling lasts to the end of its period.

    The pace is the share of the ceiling that is left over the share of the period that is left. While it is at least
    `TOLERANCE` everything is read, else its eighth power over that of the tolerance. The power makes up for what
    cannot be known, how much there will be to read: with d times as much as the ceiling allows, the pace settles where
    the fraction is a little under 1/d (0.45 for 2, 0.30 for 3, 0.07 for 10) and stays there to the end of the period,
    whatever the fraction was before. Nothing needs to be remembered but what was spent.

    Returns:
        A twentieth to 1.0, in twentieths. Never 0: that nothing may be read is for the meter to say.
    """
    start, end = period
    rest = min(max(end - now, 0), end - start) / (end - start)
    if rest == 0 or ceiling <= 0:
        return 1.0
    pace = (1 - min(spent / ceiling, 1.0)) / rest / TOLERANCE
    if pace >= 1:
        return 1.0
    return max(1, floor(pace**STEEPNESS * STEPS)) / STEPS
