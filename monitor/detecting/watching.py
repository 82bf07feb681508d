"""Looks at a store every five minutes, and says which signals opened, rose or closed.

Nothing of it is kept but the signals and the moment of the last look: the detectors learn from the store's five-minute
counts, anew each day (UTC), whenever they start, and whenever something changed the past. As what they say of a moment
rests on the day so far and the four weeks before it alone, it does not matter when they started.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import nan
from typing import TYPE_CHECKING, NamedTuple

from monitor.detecting.beat_looks import Around
from monitor.detecting.collected import Coverage
from monitor.detecting.copies import KIND as COPIES
from monitor.detecting.copies import SPAN, copy_signals
from monitor.detecting.explaining import own_doing, with_joint
from monitor.detecting.hourly import KINDS as HOURLY
from monitor.detecting.hourly import HourlyLooks
from monitor.detecting.moods import KIND as MOOD
from monitor.detecting.moods import MoodWatch
from monitor.detecting.volume import KIND as VOLUME
from monitor.detecting.volume import Alarm, VolumeWatch, volume_evidence, volume_signal
from monitor.instants import DAY, HOUR
from monitor.records import Mark, Signal, Span
from monitor.signals.history import DAYS
from monitor.signals.lifecycle import CALM
from monitor.signals.volume import BIN, Detection
from monitor.store.beat_days import Figures
from monitor.text.entities import Entity, EntityFinder, shipped_entities

if TYPE_CHECKING:
    from monitor.detecting.records import Evidence
    from monitor.store.reader import Reader
    from monitor.store.rows import BeatRow
    from monitor.store.signal_data import SignalData

KINDS = (VOLUME, MOOD, COPIES, *HOURLY)
"""The kinds of signals that are made here."""

HISTORY = DAYS * DAY
"""How much of the past a detector learns from."""

MEMORY = HISTORY + 2 * DAY
"""The longest that a look has to reach back before what it judges."""

FIRST_LOOK = 7 * DAY
"""How far back signals are looked for in a store in which they never were."""

_CALM_KNOWN = CALM + 2 * HOUR
"""How much of the past an open signal needs, so that it is known since when things have been calm."""
_REMEMBERED = 2 * DAY
_REWRITES_PAST = ("rules", "retag", "import")
_MOOD_BASELINE = 8 * DAY


class Look(NamedTuple):
    """What one look at a store found."""

    signals: tuple[Signal, ...]
    """Those that opened, rose, closed or were explained, as they are now."""
    until: int
    """The moment up to which the store has been looked at."""
    figures: Figures = Figures()
    """What later looks are held against."""


class _Facts(NamedTuple):
    """What a look reads before it judges."""

    beats: Mapping[str, BeatRow]
    names: Mapping[str, str]
    sources: Mapping[int, str]
    coverage: Coverage
    marks: Sequence[Mark]


class Watcher:
    """Follows one store. One thread at a time."""

    def __init__(
        self,
        reader: Reader,
        *,
        since: int | None = None,
        pause: Callable[[], None] = lambda: None,
        entities: Iterable[Entity] | None = None,
    ) -> None:
        """Set up.

        Args:
            since: from when on to look for signals, as if none had been found since; None goes on where the store says
                that one stopped.
            pause: called every few hundredths of a second while the detectors learn; may sleep, or raise to give up.
            entities: the gazetteer; None for the shipped one.
        """
        self._reader = reader
        self._since = None if since is None else since - since % BIN
        self._pause = pause
        self._until: int | None = None
        self._hour = 0
        self._volumes: dict[str, VolumeWatch] = {}
        self._learned_on = 0
        self._moods = MoodWatch({})
        self._finder = EntityFinder(shipped_entities() if entities is None else entities)
        self._hourly = HourlyLooks(self._finder, ())
        self._signals: dict[str, Signal] = {}
        self._covered_from: dict[str, int] = {}
        self._sampled: frozenset[str] = frozenset()
        self._marked = 0

    def look(self, now: int) -> Look:
        """Judge all that has been collected up to now and not been judged yet.

        Raises:
            StoreError: the store cannot be read.
        """
        with self._reader.moment():
            facts = self._facts(now)
            until = facts.coverage.complete_until(now)
            last = self._until
            if last is None or self._past_changed(facts):
                last = self._begin(until)
            if until <= last:
                return Look((), last)
            counts = self._counts(facts, (last, until))
        changed: dict[str, Signal] = {}
        alarms = self._feed(facts, counts, (last, until))
        with self._reader.moment():
            data = self._reader.signal_data()
            for slug, alarm in alarms:
                self._note(changed, self._volume_signal(slug, alarm, facts, data))
            self._judge_copies((last, until), facts, data, changed)
        for hour in range(self._hour + HOUR, until + 1, HOUR):
            with self._reader.moment():
                self._judge_moods(hour, facts, data, changed)
            self._pause()
        self._look_hourly((last, until), facts, changed)
        self._until = until
        for signal in with_joint(self._signals.values()):
            self._note(changed, signal)
        self._forget(until)
        return Look(tuple(changed.values()), until, self._hourly.take_figures())

    # What is known before

    def _facts(self, now: int) -> _Facts:
        reader = self._reader
        start = now - MEMORY - FIRST_LOOK
        if self._since is not None:
            start = min(start, self._since - MEMORY)
        covered = reader.coverage((start, now), now)
        if not covered:
            start = 0
            covered = reader.coverage((start, now), now)
        return _Facts(
            beats=reader.beats(),
            names=reader.signal_data().beat_names(),
            sources={row.id: row.slug for row in reader.sources(now)},
            coverage=Coverage(covered, reader.sampled((start, now), now)),
            marks=reader.marks((start, now + 1)),
        )

    def _past_changed(self, facts: _Facts) -> bool:
        """Whether beats are followed, tagged or filled otherwise than at the last look, or other sources counted."""
        covered = {slug: row.covered_from for slug, row in facts.beats.items()}
        if facts.coverage.sampled != self._sampled:
            return True
        rewritten = sum(mark.kind in _REWRITES_PAST for mark in facts.marks if mark.at > self._marked)
        return covered != self._covered_from or rewritten > 0

    def _begin(self, until: int) -> int:
        """Start from what the store knows: the signals in it, and the moment of the last look, which is returned."""
        last = self._until
        if last is None:
            last = self._since
        if last is None:
            last = self._reader.signal_data().watched_until()
            last = until - FIRST_LOOK if last is None or last < until - MEMORY else last
        last -= last % BIN
        self._hour = last - last % HOUR
        known = self._reader.signals(last - _REMEMBERED, last + 1)
        if self._since is not None and self._until is None:
            known = tuple(signal for signal in known if signal.opened_at < last)
        self._signals = {signal.id: signal for signal in known if signal.kind in KINDS}
        self._moods = MoodWatch(self._newest(MOOD))
        self._hourly = HourlyLooks(self._finder, self._signals.values())
        self._volumes = {}
        return last

    def _newest(self, kind: str) -> dict[str, Signal]:
        found: dict[str, Signal] = {}
        for signal in sorted(self._signals.values(), key=lambda each: each.opened_at):
            if signal.kind == kind:
                found[signal.beat] = signal
        return found

    def _note(self, changed: dict[str, Signal], signal: Signal | None) -> None:
        if signal is not None:
            self._signals[signal.id] = changed[signal.id] = signal

    def _forget(self, until: int) -> None:
        self._signals = {
            name: signal
            for name, signal in self._signals.items()
            if signal.closed_at is None or signal.closed_at > until - _REMEMBERED
        }
        self._hourly.forget(until - _REMEMBERED)

    # Volume

    def _counts(self, facts: _Facts, new: Span) -> dict[int, dict[int, int]]:
        """Five-minute counts: of the whole memory where a detector has to learn it, else of what is new.

        Without the sources of which only a share was read at times: another share is not another volume.
        """
        if new[1] // DAY != self._learned_on:
            self._volumes = {}
        start = _learned_until(new[0]) - HISTORY if facts.beats.keys() - self._volumes.keys() else new[0]
        data = self._reader.signal_data()
        counts = data.five_minutes((start, new[1]))
        for number, slug in facts.sources.items():
            if slug in facts.coverage.sampled:
                for beat_id, bins in data.five_minutes_of(number, (start, new[1])).items():
                    for at, posts in bins.items():
                        counts[beat_id][at] -= posts
        return counts

    def _feed(self, facts: _Facts, counts: Mapping[int, Mapping[int, int]], span: Span) -> list[tuple[str, Alarm]]:
        """Have the detectors take up the bins that were collected; what that changed, oldest first."""
        new = list(facts.coverage.bins(span))
        start = _learned_until(span[0])
        past = list(facts.coverage.bins((start - HISTORY, start)))
        again = list(facts.coverage.bins((start, span[0])))
        newest = self._newest(VOLUME)
        alarms: list[tuple[str, Alarm]] = []
        for slug, row in facts.beats.items():
            found = counts.get(row.id, {})
            watch = self._volumes.get(slug)
            if watch is None:
                watch = self._volumes[slug] = VolumeWatch(newest.get(slug))
                watch.remember(start - HISTORY, _in_a_row(past, found, start - HISTORY, row.covered_from))
                for each in again:
                    if each >= row.covered_from:
                        watch.replay(each, found.get(each, 0))
                self._pause()
            for each in self._unhurried(new, row.covered_from):
                if alarm := watch.judge(each, found.get(each, 0)):
                    alarms.append((slug, alarm))
        self._learned_on = span[1] // DAY
        self._covered_from = {slug: row.covered_from for slug, row in facts.beats.items()}
        self._sampled = facts.coverage.sampled
        self._marked = max((mark.at for mark in facts.marks), default=self._marked)
        return sorted(alarms, key=lambda pair: (pair[1].at, pair[0]))

    def _unhurried(self, bins: Sequence[int], first: int) -> Iterator[int]:
        """Bins from a moment on, with a pause now and then."""
        for start in bins:
            if start >= first:
                yield start
                if start % DAY == 0:
                    self._pause()

    def _volume_signal(self, slug: str, alarm: Alarm, facts: _Facts, data: SignalData) -> Signal | None:
        last = self._newest(VOLUME).get(slug)
        before = last if last is not None and last.closed_at is None else None
        row = facts.beats[slug]

        def evidence(detection: Detection) -> Evidence:
            found = volume_evidence(detection, alarm.at, row.id, data, facts.coverage, facts.sources)
            window = (alarm.at - detection.evidence.window, alarm.at)
            return {**found, **self._own_doing(window, detection.evidence.baseline, facts)}

        return volume_signal(alarm, slug, facts.names.get(slug, slug), before, evidence)

    def _own_doing(self, window: Span, baseline: Span, facts: _Facts) -> Evidence:
        marks = [mark for mark in facts.marks if mark.at <= window[1]]
        return own_doing(marks, facts.coverage.returned(window), window, baseline)

    # Mood and copies

    def _judge_moods(self, hour: int, facts: _Facts, data: SignalData, changed: dict[str, Signal]) -> None:
        self._hour = hour
        numbers = {slug: row.id for slug, row in facts.beats.items()}
        for signal in self._moods.judge(hour, data, numbers, facts.names, facts.sources, facts.coverage):
            if signal.closed_at is None and "marks" not in signal.evidence:
                window, baseline = (hour - DAY, hour), (hour - _MOOD_BASELINE, hour - DAY)
                signal = signal._replace(evidence={**signal.evidence, **self._own_doing(window, baseline, facts)})
            self._moods.keep(signal)
            self._note(changed, signal)

    def _look_hourly(self, span: Span, facts: _Facts, changed: dict[str, Signal]) -> None:
        rewritten = max((mark.at for mark in facts.marks if mark.kind in _REWRITES_PAST), default=0)

        def own(window: Span, baseline: Span) -> Evidence:
            return self._own_doing(window, baseline, facts)

        around = Around(facts.coverage, facts.names, facts.sources, rewritten, own)
        for signal in self._hourly.look(span, facts.beats, self._reader, around, self._pause):
            self._note(changed, signal)

    def _judge_copies(self, span: Span, facts: _Facts, data: SignalData, changed: dict[str, Signal]) -> None:
        """In steps of half of what one step takes in, so that a long absence leaves no burst out."""
        beats = {row.id: slug for slug, row in facts.beats.items()}
        for moment in [*range(span[0] + SPAN // 2, span[1], SPAN // 2), span[1]]:
            known = [signal for signal in self._signals.values() if signal.kind == COPIES]
            for signal in copy_signals(data, moment, known, beats, facts.names, facts.sources):
                if signal.id in self._signals or signal.opened_at > span[0] - SPAN // 2:
                    self._note(changed, signal)


def _learned_until(last: int) -> int:
    """The midnight from which on bins are taken up one by one, where all up to `last` have been judged before."""
    return (last - _CALM_KNOWN) // DAY * DAY


def _in_a_row(bins: Iterable[int], posts: Mapping[int, int], start: int, first: int) -> list[float]:
    """The posts of all bins of the past; not a number where not collected.

    Args:
        bins: those that were collected.
        start: the first bin of the past.
        first: no bin before this moment counts.
    """
    counts = [nan] * (HISTORY // BIN)
    for each in bins:
        if each >= first:
            counts[(each - start) // BIN] = float(posts.get(each, 0))
    return counts


def recompute(
    reader: Reader,
    since: int,
    now: int,
    *,
    pause: Callable[[], None] = lambda: None,
    entities: Iterable[Entity] | None = None,
) -> Look:
    """The signals from a moment on, looked for anew as if none of them were in the store.

    Those among them that opened before are such as went on after it.

    Args:
        pause, entities: as for `Watcher`.

    Raises:
        StoreError: the store cannot be read.
    """
    return Watcher(reader, since=since, pause=pause, entities=entities).look(now)
