"""Which hours were collected: arithmetic over the spans of the coverage ledger."""

from __future__ import annotations

from monitor.instants import HOUR
from monitor.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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


def gaps(spans: Sequence[Span], window: Span, least: int) -> tuple[Span, ...]:
    """The stretches of a window that were not collected.

    Args:
        spans: what was collected, joined and in order.
        least: shorter stretches, such as the pause of a reconnect, are left out.
    """
    found = []
    end = window[0]
    for span in [*spans, (window[1], window[1])]:
        if min(span[0], window[1]) - end >= least:
            found.append((end, min(span[0], window[1])))
        end = max(end, span[1])
    return tuple(found)
