"""The moment that a snapshot is of: its window, and what of it was collected."""

from __future__ import annotations

from monitor.instants import DAY, HOUR, hours_touched, render
from monitor.light_typing import TYPE_CHECKING
from monitor.nouns.sources import SOURCES
from monitor.signals.baseline import DAYS, days_to_count
from monitor.signals.coverage import collected_hours, union
from monitor.store.counting import Selection
from monitor.store.errors import StorePruned
from monitor.text.scorers import mistakes_like

if TYPE_CHECKING:
    from monitor.records import Span
    from monitor.store.reader import Reader
    from monitor.store.rows import BeatRow, SourceRow


class Moment:
    """The window and what of it was collected."""

    def __init__(self, reader: Reader, as_of: int, window_hours: int, sources: frozenset[str] | None) -> None:
        self.as_of = as_of
        self.window_hours = window_hours
        start = as_of - window_hours * HOUR
        self.window: Span = (start, as_of)
        self.hours = hours_touched(start, as_of)
        self.rows: dict[str, SourceRow] = {row.slug: row for row in reader.sources(as_of)}
        named = [source.slug for source in SOURCES]
        self.source_order = named + sorted(self.rows.keys() - set(named))
        """Slugs in the order of display."""
        self.known_sources = [(slug, self.rows[slug]) for slug in self.source_order if slug in self.rows]
        """Those that the store knows, in the same order."""
        self.beats: dict[str, BeatRow] = reader.beats()
        self.mistakes = mistakes_like(reader.scorer())
        """Whose known mistakes correct the shares of beats that nobody labelled posts of."""
        self.admitted = sources
        numbers = None if sources is None else frozenset(row.id for slug, row in self.rows.items() if slug in sources)
        known_before = as_of if as_of <= reader.newest_collected_at() else None
        self.selection = Selection(self.window, known_before, numbers)
        self.previous_selection = self.selection._replace(span=(start - window_hours * HOUR, start))
        known_from = reader.pruned_before() if known_before is not None else 0
        if known_from > self.previous_selection.span[0]:
            raise StorePruned(f"posts before {render(known_from)} were pruned, and this moment needs some of them")
        self.coverage = reader.coverage((max(start - DAYS * DAY, known_from), as_of), as_of)
        self._joined = union(
            span for slug, spans in self.coverage.items() if sources is None or slug in sources for span in spans
        )
        self.collected = collected_hours(self._joined, self.window)
        self.left_out = frozenset(position for position, hour in enumerate(self.hours) if hour not in self.collected)
        self._days = [self._hours_of_day(day) for day in range(1, DAYS + 1)]
        self._comparable: dict[int, tuple[list[bool], list[bool]]] = {}

    def collected_of(self, source: str) -> frozenset[int]:
        """The hours of the window that a source was collected in."""
        return collected_hours(self.coverage.get(source, []), self.window)

    def _hours_of_day(self, day: int) -> frozenset[int]:
        start, end = self.window
        hours = collected_hours(self._joined, (start - day * DAY, end - day * DAY))
        return frozenset(hour + day * DAY for hour in hours)

    def comparable(self, covered_from: int) -> tuple[list[bool], list[bool]]:
        """For each earlier day: whether it was collected in all hours of this window that were, and whether at all.

        Args:
            covered_from: where the beat's posts begin to be complete.
        """
        if covered_from not in self._comparable:
            self._comparable[covered_from] = self._compare(covered_from)
        return self._comparable[covered_from]

    def days_to_count(self) -> range:
        """How many days back the baselines of all beats, and of all posts, look."""
        begins = {0, *(row.covered_from for row in self.beats.values())}
        return days_to_count(self.comparable(begin)[0] for begin in begins)

    def _compare(self, covered_from: int) -> tuple[list[bool], list[bool]]:
        hours = {hour for hour in self.collected if hour + HOUR > covered_from}
        complete, started = [], []
        for day, collected in enumerate(self._days, 1):
            then = collected if covered_from <= self.window[0] - day * DAY else frozenset()
            complete.append(bool(hours) and hours <= then)
            started.append(bool(then))
        return complete, started
