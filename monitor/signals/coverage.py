"""Which hours were collected: arithmetic over the spans of the coverage ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.instants import HOUR
from monitor.records import Span


def union(spans: Iterable[Span]) -> list[Span]:
    """Overlapping and touching spans joined, in order."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif end > start:
            joined.append((start, end))
    return joined


def collected_hours(spans: Sequence[Span], window: Span) -> frozenset[int]:
    """Starts of the clock hours of which any part within the window was collected.

    Args:
        spans: joined and in order.
    """
    hours: set[int] = set()
    for start, end in spans:
        low, high = max(start, window[0]), min(end, window[1])
        if low < high:
            hours.update(range(low - low % HOUR, high, HOUR))
    return frozenset(hours)


def gaps(collected: frozenset[int], hours: Sequence[int], window: Span) -> tuple[Span, ...]:
    """The hours of a window that were not collected, cut by the window and joined."""
    missing = [(max(hour, window[0]), min(hour + HOUR, window[1])) for hour in hours if hour not in collected]
    return tuple(union(missing))
