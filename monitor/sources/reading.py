"""Reading values from answers in which anything may have any type: each function gives what was asked for, or None."""

from __future__ import annotations

import email.utils
import json
import re
from typing import Any
from urllib.parse import urlsplit

from monitor import instants
from monitor.sources.base import SourceError

EARLIEST = instants.parse("1990-01-01")
LATEST = instants.parse("2100-01-01")
"""Between these a claimed time is believed to be meant, be it in the past or in the future."""

LONGEST_TEXT = 20_000
"""Characters of a text that are kept."""
LONGEST_HTML = 500_000
"""Characters of markup that are looked at to find that text."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")


def read_json(body: bytes | str, host: str) -> Any:
    """The JSON value of a body.

    Raises:
        SourceError: it is none, is nested too deep, or holds a number that is too long.
    """
    try:
        return json.loads(body)
    except RecursionError as error:
        raise SourceError(f"{host} sent JSON that is nested too deep.") from error
    except ValueError as error:
        raise SourceError(f"{host} sent something that is no JSON.") from error


def host_of(url: str) -> str:
    """The host of an address, with its port where it names one, as messages name it; without a login."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2] or "The host"
    except ValueError:
        return "The host"


def text_of(value: object) -> str:
    """A string as it is; anything else is empty."""
    return value if isinstance(value, str) else ""


def text_or_none(value: object) -> str | None:
    """A string that holds more than white space, else None."""
    return value if isinstance(value, str) and value.strip() else None


def number_of(value: object) -> int | None:
    """A whole number that is not negative and fits a database, else None."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < 2**63 else None


def mapping_of(value: object) -> dict[str, Any]:
    """An object as it is; anything else is empty."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[Any]:
    """An array as it is; anything else is empty."""
    return value if isinstance(value, list) else []


def language_of(value: object) -> str | None:
    """A BCP 47 tag by its form, else None."""
    return value if isinstance(value, str) and _LANGUAGE.fullmatch(value) else None


def sane(instant: int | None) -> int | None:
    """The instant, if anybody can have meant it."""
    return instant if instant is not None and EARLIEST <= instant < LATEST else None


def time_of(value: object) -> int | None:
    """The instant of an ISO 8601, RFC 3339 or RFC 822 time, else None; without a zone it is UTC."""
    if not isinstance(value, str) or len(value) > 100:
        return None
    try:
        return sane(instants.parse(value.upper()))
    except ValueError:
        pass
    try:
        return sane(instants.from_datetime(email.utils.parsedate_to_datetime(value)))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def seconds_of(value: object) -> int | None:
    """The instant of a number of seconds since the epoch, else None."""
    seconds = number_of(value)
    return None if seconds is None else sane(seconds * instants.SECOND)
