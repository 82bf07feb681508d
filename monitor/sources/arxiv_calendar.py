"""When arXiv announces what was submitted: every evening from Sunday to Thursday, at 20:00 in New York.

By https://info.arxiv.org/help/availability.html. The feeds are made anew in the night after, and carry its midnight as
their date, which makes them Monday's to Friday's; that midnight is what is called an announcement here. A paper counts
from then on, since nobody could read it before, and its feed says nothing else. Holidays move announcements, and some
papers are held back for days; neither can be known from the date of submission.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor import instants
from monitor.records import Span

_CUTOFF_HOUR = 14
_SATURDAY = 5
_DAY = timedelta(days=1)


@cache
def _zone() -> tzinfo:
    """New York; its winter time where the machine has no time zones, which is an hour off in summer."""
    try:
        return ZoneInfo("America/New_York")
    except ZoneInfoNotFoundError:
        return timezone(timedelta(hours=-5))


def _date_of(instant: int) -> date:
    return datetime.fromtimestamp(instant / 1000, _zone()).date()


def _instant_of(day: date, hour: int = 0) -> int:
    return instants.from_datetime(datetime(day.year, day.month, day.day, hour, tzinfo=_zone()))


def _is_announced(day: date) -> bool:
    return day.weekday() < _SATURDAY


def midnight_of(instant: int) -> int:
    """The midnight in New York with which the day of an instant begins there."""
    return _instant_of(_date_of(instant))


def next_announcement(instant: int) -> int:
    """The first announcement after an instant."""
    day = _date_of(instant) + _DAY
    while not _is_announced(day):
        day += _DAY
    return _instant_of(day)


def announcement_of(submitted: int) -> int:
    """When a paper that was submitted at an instant is announced, if it is neither held back nor a holiday follows."""
    day = _date_of(submitted)
    while not _is_announced(day) or submitted >= _instant_of(day, _CUTOFF_HOUR):
        day += _DAY
    return next_announcement(_instant_of(day))


def announcements_in(span: Span) -> list[int]:
    """The announcements within a span, oldest first."""
    found = []
    instant = next_announcement(span[0] - 1 if span[0] == midnight_of(span[0]) else span[0])
    while instant < span[1]:
        found.append(instant)
        instant = next_announcement(instant)
    return found


def submissions_of(announcement: int) -> Span:
    """When papers of an announcement were submitted: from the cut-off before the last one to its own."""
    cutoff = _cutoff_before(_date_of(announcement))
    return _instant_of(_cutoff_before(cutoff), _CUTOFF_HOUR), _instant_of(cutoff, _CUTOFF_HOUR)


def _cutoff_before(day: date) -> date:
    """The last day before a day on whose afternoon a collection of papers is closed."""
    day -= _DAY
    while not _is_announced(day):
        day -= _DAY
    return day
