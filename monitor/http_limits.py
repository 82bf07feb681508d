"""What a host says of its limits in the headers of an answer, in every form that is met.

Names and forms: X `x-rate-limit-*` and Bluesky `RateLimit-*` in seconds since the epoch; Reddit `x-ratelimit-*` in
seconds to go, as decimal numbers; Mastodon and Anthropic in ISO 8601; OpenAI in words such as `6m0s`; `Retry-After` in
seconds or as a date (RFC 9110, 10.2.3).
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Mapping
from typing import NamedTuple

from monitor import instants

LONGEST_WAIT = 86_400.0
"""Seconds; a host that asks for more is asked again after a day."""

_LEAST_INSTANT = 1_000_000_000.0
"""A number from here on counts seconds since the epoch, a smaller one seconds to go."""
_LEAST_INSTANT_MS = 100_000_000_000.0

_SECONDS = re.compile(r"([0-9]{1,12})[0-9]*(\.[0-9]{1,40})?")
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{0,40})?([eE][+-]?[0-9]{1,2})?")
_LENGTH = re.compile(r"(?:\d{1,9}(?:\.\d{1,40})?(?:ms|us|µs|ns|[smhd]))+")
_LENGTH_STEP = re.compile(r"(\d+(?:\.\d+)?)(ms|us|µs|ns|[smhd])")
_UNITS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}


class Limit(NamedTuple):
    """How much of something may still be asked for, and when that is filled up."""

    kind: str
    """What is counted: the name of the headers, without the word that differs."""
    remaining: float
    resets_in: float
    """Seconds."""


def read_limits(headers: Mapping[str, str], now: int) -> list[Limit]:
    """The limits in the headers of an answer, whose names are in lower case.

    A host counts several things at once, such as requests and tokens. What has no known reset is left out.

    Args:
        headers: Of the answer.
        now: The present instant, by our clock; the host's own `Date` is preferred where it is near.
    """
    remaining: dict[str, float] = {}
    resets: dict[str, float] = {}
    now = _their_now(headers.get("date"), now)
    for name, value in headers.items():
        if "ratelimit" not in name and "rate-limit" not in name:
            continue
        if "remaining" in name:
            number = value.strip()
            if _NUMBER.fullmatch(number):
                remaining[name.replace("remaining", "*")] = float(number)
        elif "reset" in name:
            seconds = read_reset(value, now)
            if seconds is not None:
                resets[name.replace("reset", "*")] = seconds
    return [Limit(kind, left, resets[kind]) for kind, left in remaining.items() if kind in resets]


def read_reset(value: str, now: int) -> float | None:
    """Seconds until a reset, from 0 to `LONGEST_WAIT`; None where the header holds nothing that is known."""
    value = value.strip()[:100]
    if _NUMBER.fullmatch(value):
        number = float(value)
        if number >= _LEAST_INSTANT_MS:
            number = (number - now) / instants.SECOND
        elif number >= _LEAST_INSTANT:
            number -= now / instants.SECOND
        return _bounded(number)
    if _LENGTH.fullmatch(value):
        return _bounded(sum(float(number) * _UNITS[unit] for number, unit in _LENGTH_STEP.findall(value)))
    moment = _read_moment(value)
    return None if moment is None else _bounded((moment - now) / instants.SECOND)


def read_retry_after(value: str | None, now: int) -> float | None:
    """Seconds to wait by a `Retry-After` header, which holds seconds or an HTTP date; None where it holds neither."""
    if value is None:
        return None
    number = _SECONDS.fullmatch(value.strip())
    if number:
        return _bounded(float(number[1] + (number[2] or "")))
    moment = _read_date(value)
    return None if moment is None else _bounded((moment - now) / instants.SECOND)


def asked_wait(headers: Mapping[str, str], now: int) -> float | None:
    """Seconds to wait by the `Retry-After` of an answer, a date being read by the host's own clock where it is near."""
    return read_retry_after(headers.get("retry-after"), _their_now(headers.get("date"), now))


def _their_now(date: str | None, now: int) -> int:
    """The present instant by the clock that wrote the other headers: ours may be minutes off, theirs not set at all."""
    moment = _read_date(date) if date else None
    return moment if moment is not None and abs(moment - now) < instants.DAY else now


def _read_moment(value: str) -> int | None:
    try:
        return instants.parse(value.upper())
    except ValueError:
        return _read_date(value)


def _read_date(value: str) -> int | None:
    try:
        return instants.from_datetime(email.utils.parsedate_to_datetime(value[:100]))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_WAIT)
