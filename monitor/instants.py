"""Moments in time as whole milliseconds since 1970-01-01 UTC, the one form that the rooms exchange.

Integers compare, subtract and bucket without a time zone going missing; text is made and read only at the edges.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_EARLIEST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND
_LATEST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND


def from_datetime(moment: datetime) -> int:
    """The instant of a datetime; one without a zone is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MILLISECOND


def to_datetime(instant: int) -> datetime:
    """The UTC datetime of an instant."""
    return _EPOCH + instant * _MILLISECOND


def parse(text: str) -> int:
    """Read an ISO 8601 time, its letters in either case; without a zone it is UTC.

    Raises:
        ValueError: the text is no ISO 8601 time, or lies outside the years 1 to 9999 in UTC.
    """
    instant = from_datetime(datetime.fromisoformat(text.strip().upper()))
    if not _EARLIEST <= instant <= _LATEST:
        raise ValueError(f"time out of range: {text!r}")
    return instant


def render(instant: int) -> str:
    """RFC 3339 in UTC with `Z`; milliseconds only where there are any."""
    moment = to_datetime(instant).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds" if instant % SECOND else "seconds") + "Z"


def parse_span(text: str) -> int:
    """Read a length of time such as `90m`, `24h` or `7d` into milliseconds.

    Raises:
        ValueError: the text is no positive whole number followed by m, h or d.
    """
    units = {"m": MINUTE, "h": HOUR, "d": DAY}
    number, unit = text.strip()[:-1], text.strip()[-1:]
    if unit not in units or not (number.isascii() and number.isdigit()) or int(number) == 0:
        raise ValueError(f"not a length of time: {text!r} (write for example 24h, 7d or 90m)")
    return int(number) * units[unit]


def render_span(length: int) -> str:
    """A length of time in whole minutes as `parse_span` reads it, in the largest unit that fits."""
    for unit, size in (("d", DAY), ("h", HOUR)):
        if length % size == 0:
            return f"{length // size}{unit}"
    return f"{length // MINUTE}m"


def hours_touched(start: int, end: int) -> tuple[int, ...]:
    """The starts of the clock hours (UTC) that the half-open span `[start, end)` touches, oldest first."""
    return tuple(range(start - start % HOUR, end, HOUR))
