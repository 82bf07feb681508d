"""The values of options, from their texts. Each raises a ValueError whose text is a sentence for a person."""

from __future__ import annotations

from monitor.instants import DAY, HOUR, parse, parse_span


def path(text: str) -> str:
    """A file; without a name, the present folder."""
    return text or "."


def instant(text: str) -> int:
    """An ISO 8601 time."""
    try:
        given = parse(text)
    except ValueError:
        raise ValueError(
            f'"{text}" is no time (write for example 2026-11-21T09:00:00Z; without a zone it is UTC)'
        ) from None
    if given < 30 * DAY:
        raise ValueError(f'"{text}" lies before 1970-02, where nothing can be shown')
    return given


def whole_hours(text: str) -> int:
    """A length of time in whole hours."""
    length = parse_span(text)
    if length % HOUR:
        raise ValueError(f'"{text}" is no whole number of hours')
    return length // HOUR


def positive(text: str) -> int:
    """A whole number from 1 on."""
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) > 0):
        raise ValueError(f'"{text}" is no whole number from 1 on')
    return int(text)
