"""Looks at what one beat says, once an hour: phrases, entities, opposite moods, its audience.

Each beat has its own five minutes of the hour, so that no look is dear. A look reads the posts of the last 24 hours of
the beat; the days before are kept as figures, which are made of posts where they are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from monitor.detecting import audiences, dominance, opposites, phrases
from monitor.detecting.collected import Coverage
from monitor.detecting.records import Evidence, span_tree
from monitor.detecting.subjects import Subjects
from monitor.detecting.worded import LEAST_DAYS, Past, day_of, days_before, present_of
from monitor.instants import DAY, MINUTE
from monitor.records import Signal, Span
from monitor.signals.coverage import gaps
from monitor.store.beat_days import BeatDay, BeatHour, day_span
from monitor.text.entities import EntityFinder

if TYPE_CHECKING:
    from monitor.store.rows import BeatRow
    from monitor.store.signal_data import SignalData

KINDS = (phrases.KIND, dominance.KIND, opposites.KIND, audiences.KIND)

LEAST_COLLECTED = 0.8
"""The part of a window, and of each earlier day, that must have been collected."""


class Around(NamedTuple):
    """What a look knows besides the posts."""

    coverage: Coverage
    names: Mapping[str, str]
    """Of the beats by slug."""
    sources: Mapping[int, str]
    """Slugs by number."""
    rewritten_at: int
    """When the past was last rewritten by an edited rule, a re-tagging or an import; 0 where it never was."""
    own_doing: Callable[[Span, Span], Evidence]
    """What we did ourselves within a window and its baseline."""


class BeatLooks:
    """Remembers which signals are open, and which figures are still to be kept."""

    def __init__(self, finder: EntityFinder, signals: Iterable[Signal]) -> None:
        """`signals` are those of the last days in the store."""
        self._finder = finder
        self._subjects = Subjects(signal for signal in signals if signal.kind in KINDS)
        self._made: dict[tuple[int, int], BeatDay] = {}
        self._readings: dict[tuple[int, int], BeatHour] = {}
        self._new_days: list[BeatDay] = []
        self._new_readings: list[BeatHour] = []

    def take_figures(self) -> tuple[tuple[BeatDay, ...], tuple[BeatHour, ...]]:
        """What is to be kept in the store of the looks since the last call.

        The days are then read from there, so that those of which posts are forgotten are made anew.
        """
        self._made.clear()
        days, readings = tuple(self._new_days), tuple(self._new_readings)
        self._new_days, self._new_readings = [], []
        return days, readings

    def forget(self, before: int) -> None:
        """Let go of what ended before a moment."""
        self._subjects.forget(before)
        self._made = {key: day for key, day in self._made.items() if key[1] * DAY >= before - 10 * DAY}
        self._readings = {key: each for key, each in self._readings.items() if key[1] >= before - 30 * DAY}

    def look(self, row: BeatRow, at: int, data: SignalData, around: Around, pause: Callable[[], None]) -> list[Signal]:
        """Look at a beat at one of its moments; the signals that this changed.

        Nothing is said, nor does anything calm down, where the window was not collected.
        """
        window = (at - DAY, at)
        if row.covered_from > window[0] or part_collected(around.coverage, window) < LEAST_COLLECTED:
            return []
        posts = data.worded(row.id, window)
        present = present_of(posts, window, self._finder, around.sources)
        reading = audiences.reading_of(posts, row.id, at)
        self._keep_reading(reading)
        past = self._past(row, at, data, around, pause)
        common = partial(common_evidence, window, past.span, around)
        slug, name = row.slug, around.names.get(row.slug, row.slug)
        judge = self._subjects.judge
        changed: list[Signal] = []
        if len(past.days) >= LEAST_DAYS:
            found = phrases.phrase_findings(present, past, name, around.sources, common)
            calm = partial(phrases.is_calm, present, past)
            changed += judge(phrases.KIND, slug, at, found, calm, phrases.is_same)
            found = dominance.dominance_findings(present, past, name, self._finder.entities, around.sources, common)
            changed += judge(dominance.KIND, slug, at, found, partial(dominance.is_calm, present))
            found = opposites.divergence_findings(present, past, name, around.sources, common)
            changed += judge(opposites.KIND, slug, at, found, partial(opposites.is_calm, present))
        before = self._readings_before(row, at, data)
        found = audiences.engagement_findings(present, reading, before, name, around.sources, common)
        calm_audience = audiences.is_calm(reading, before)
        changed += judge(audiences.KIND, slug, at, found, lambda _: calm_audience, audiences.about_same)
        return changed

    def _past(self, row: BeatRow, at: int, data: SignalData, around: Around, pause: Callable[[], None]) -> Past:
        wanted = days_before(at)
        kept = data.days(row.id, wanted.start, wanted.stop)
        days = []
        for day in wanted:
            span = day_span(day)
            if row.covered_from > span[0] or part_collected(around.coverage, span) < LEAST_COLLECTED:
                continue
            known = self._made.get((row.id, day)) or kept.get(day)
            if known is None or known.made_at <= around.rewritten_at:
                known = self._make(row, day, at, data, around)
                pause()
            days.append(known)
        return Past((day_span(wanted.start)[0], day_span(wanted.stop)[0]), days)

    def _make(self, row: BeatRow, day: int, at: int, data: SignalData, around: Around) -> BeatDay:
        span = day_span(day)
        words = present_of(data.worded(row.id, span), span, self._finder, around.sources)
        made = day_of(words, row.id, max(at, around.rewritten_at + 1))
        self._made[row.id, day] = made
        self._new_days.append(made)
        return made

    def _keep_reading(self, reading: BeatHour) -> None:
        self._readings[reading.beat_id, reading.at] = reading
        self._new_readings.append(reading)

    def _readings_before(self, row: BeatRow, at: int, data: SignalData) -> Sequence[BeatHour]:
        wanted = [moment for moment in audiences.moments_before(at) if moment - DAY >= row.covered_from]
        kept = {reading.at: reading for reading in data.audiences(row.id, wanted)}
        found = (self._readings.get((row.id, moment)) or kept.get(moment) for moment in wanted)
        return [reading for reading in found if reading is not None]


def part_collected(coverage: Coverage, span: Span) -> float:
    """The part of a span that was collected, pauses aside."""
    missing = sum(end - start for start, end in gaps(coverage.joined, span, MINUTE))
    return 1 - missing / (span[1] - span[0])


def common_evidence(window: Span, baseline: Span, around: Around) -> Evidence:
    """What every working holds: what was not collected, and what we did ourselves."""
    missing = around.coverage.missing(window)
    return {
        "not_collected": {
            "window": {slug: list(map(span_tree, spans)) for slug, spans in missing.items()},
            "baseline": list(map(span_tree, gaps(around.coverage.joined, baseline, 5 * MINUTE))),
        },
        **around.own_doing(window, baseline),
    }
