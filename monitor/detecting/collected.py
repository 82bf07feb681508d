"""What was collected when: of all sources together by the bin, and of each source around a signal."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from monitor.instants import HOUR, MINUTE
from monitor.records import Span
from monitor.signals.coverage import gaps, union
from monitor.signals.volume import BIN

LEAST_PART = 0.8
"""Of a bin that must have been collected; the pause of a reconnect leaves a bin whole."""

LONGEST_WAIT = 10 * MINUTE
"""How long a bin waits for the slowest source that is being collected."""

_LIVE = HOUR
_ABSENCE = 30 * MINUTE
_MEMORY = 6 * HOUR


class Coverage:
    """The spans that sources are known to be complete in, by slug."""

    def __init__(self, by_source: Mapping[str, Sequence[Span]], sampled: Collection[str] = ()) -> None:
        """
        Args:
            by_source: what was collected; joined and in order.
            sampled: the sources of which at times only a share was read. They are not counted where volumes are
                compared, as another share would look like another volume.
        """
        self.by_source = by_source
        self.sampled = frozenset(sampled)
        self.joined = union(span for spans in by_source.values() for span in spans)
        self.counted = union(span for slug, spans in by_source.items() if slug not in self.sampled for span in spans)
        """What was collected of the sources that are counted."""

    def bins(self, span: Span) -> Iterator[int]:
        """The starts of the bins of a span that were collected of the sources that are counted, oldest first."""
        spans = iter(self.counted)
        current = next(spans, None)
        for start in range(-(-span[0] // BIN) * BIN, span[1] - BIN + 1, BIN):
            while current is not None and current[1] <= start:
                current = next(spans, None)
            if current is None:
                return
            if self._part(current, start) >= LEAST_PART:
                yield start

    def _part(self, current: Span, start: int) -> float:
        if current[0] <= start and current[1] >= start + BIN:
            return 1.0
        inside = (min(end, start + BIN) - max(begin, start) for begin, end in self.counted)
        return sum(part for part in inside if part > 0) / BIN

    def complete_until(self, now: int) -> int:
        """Up to when bins may be judged: until the slowest source that is being collected, or a while ago.

        No further than anything was collected; 0 where nothing was.
        """
        if not self.joined:
            return 0
        ends = [
            spans[-1][1]
            for slug, spans in self.by_source.items()
            if spans and spans[-1][1] > now - _LIVE and slug not in self.sampled
        ]
        moment = max(min(ends, default=now - LONGEST_WAIT), now - LONGEST_WAIT)
        end = self.joined[-1][1]
        if end < now - LONGEST_WAIT:
            # Nothing more is on its way; what there is of the last bin counts for all but the volume.
            return min(-(-end // BIN) * BIN, moment // BIN * BIN)
        return min(moment, now, end) // BIN * BIN

    def covers(self, source: str, span: Span) -> bool:
        """Whether nothing of a span is missing from a source, but for pauses."""
        return not gaps(self.by_source.get(source, ()), span, MINUTE)

    def missing(self, window: Span) -> dict[str, list[Span]]:
        """By source that is collected at other times, the stretches of a window of a minute or more that were not."""
        found = {source: list(gaps(spans, window, MINUTE)) for source, spans in self.by_source.items() if spans}
        return {source: spans for source, spans in found.items() if spans}

    def returned(self, window: Span) -> list[str]:
        """The sources that are collected in a window and were not in part of the hours before it."""
        before = (window[0] - _MEMORY, window[0])
        return [
            source
            for source, spans in self.by_source.items()
            if any(start < window[1] and end > window[0] for start, end in spans)
            and gaps(spans, before, _ABSENCE)
            and not gaps(self.joined, before, _ABSENCE)
        ]
