"""Lockstep signals: two beats whose volumes move together beyond their shared posts, and did not a fortnight ago."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from monitor.detecting.beat_looks import LEAST_COLLECTED, Around, common_evidence, part_collected
from monitor.detecting.collected import Coverage
from monitor.detecting.records import Evidence, rounded, span_tree
from monitor.detecting.subjects import Found, Subjects
from monitor.instants import DAY, HOUR, MINUTE
from monitor.records import GENERAL, Signal, Significance, Span
from monitor.signals.coupling import COUPLED, Lockstep, locksteps
from monitor.signals.coverage import gaps
from monitor.store.beat_days import AloneHour

if TYPE_CHECKING:
    from monitor.store.rows import BeatRow
    from monitor.store.signal_data import SignalData

KIND = "lockstep"

METHOD = (
    "posts in no other beat by the hour, without level, trend and season, of fourteen days against the fourteen "
    "before; false discovery rate held over all pairs (docs/methods.md, Coupling)"
)

FORTNIGHT = 14 * DAY
STEP = 6 * HOUR
"""How often beats are compared; a fortnight does not change faster."""

AT_ONCE = DAY // 2
"""So much of the past is counted before others get their turn."""

_MOST_MISSING = 0.5
"""Of a fortnight, in a source that is waited for in each of its hours; one that is there more rarely is not."""

MOST_POSTS = 10
_LEVELS: tuple[tuple[float, Significance], ...] = ((0.85, "high"), (0.75, "medium"), (0.0, "low"))


class LockstepLooks:
    """Remembers hourly counts and which signals are open."""

    def __init__(self, signals: Iterable[Signal]) -> None:
        """`signals` are those of the last days in the store."""
        self._subjects = Subjects(signal for signal in signals if signal.kind == KIND)
        self._hours: dict[int, Mapping[int, int]] = {}
        self._rewritten_at = 0
        self._new: list[AloneHour] = []

    def take_figures(self) -> tuple[AloneHour, ...]:
        """What is to be kept in the store of the looks since the last call."""
        new, self._new = tuple(self._new), []
        return new

    def forget(self, before: int) -> None:
        """Let go of what ended before a moment."""
        self._subjects.forget(before)
        oldest = (before - 2 * FORTNIGHT) // HOUR
        self._hours = {hour: counts for hour, counts in self._hours.items() if hour >= oldest}

    def look(
        self, beats: Mapping[str, BeatRow], at: int, data: SignalData, around: Around, pause: Callable[[], None]
    ) -> list[Signal]:
        """Count the full hours up to a moment, and compare all pairs where it is time; the signals that changed."""
        end = at - at % HOUR
        self._count(end, data, around, pause)
        if end % STEP:
            return []
        rows = {slug: row for slug, row in beats.items() if slug != GENERAL}
        present = self._series(rows, end - FORTNIGHT, end, around)
        pause()
        now = {(pair.first, pair.second): pair for pair in locksteps(present, end - FORTNIGHT)}
        pause()
        changed: list[Signal] = []
        for slug in rows:
            found = []
            for pair in now.values():
                if pair.first == slug and pair.verdict == "lockstep":
                    before = self._before(rows, pair, end, around)
                    if before is not None and before.r < COUPLED:
                        found.append(self._found(pair, before, rows, end, data, around))
            calm = partial(_is_calm, slug, now)
            changed += self._subjects.judge(KIND, slug, at, found, calm)
        return changed

    def _count(self, at: int, data: SignalData, around: Around, pause: Callable[[], None]) -> None:
        """Have the hours of four weeks counted."""
        if around.rewritten_at > self._rewritten_at:
            self._rewritten_at, self._hours = around.rewritten_at, {}
        first, end = (at - 2 * FORTNIGHT) // HOUR, at // HOUR
        missing = [hour for hour in range(first, end) if hour not in self._hours]
        if missing and around.rewritten_at < missing[0] * HOUR:
            self._hours.update(data.kept_alone(missing[0], end))
            missing = [hour for hour in missing if hour not in self._hours]
        while missing:
            span = missing[0] * HOUR, min(missing[0] * HOUR + AT_ONCE, end * HOUR)
            counted = data.alone(span)
            for hour in range(span[0] // HOUR, span[1] // HOUR):
                self._hours[hour] = counts = counted.get(hour, {})
                # An hour in which no beat had a post of its own is still known.
                self._new += [AloneHour(beat_id, hour, posts) for beat_id, posts in (counts or {0: 0}).items()]
            missing = [hour for hour in missing if hour not in self._hours]
            pause()

    def _series(self, rows: Mapping[str, BeatRow], start: int, end: int, around: Around) -> dict[str, list[int | None]]:
        collected = collected_hours(around.coverage, (start, end))
        return {
            slug: [
                self._hours.get(hour // HOUR, {}).get(row.id, 0) if is_collected and hour >= row.covered_from else None
                for hour, is_collected in collected.items()
            ]
            for slug, row in rows.items()
        }

    def _before(self, rows: Mapping[str, BeatRow], pair: Lockstep, at: int, around: Around) -> Lockstep | None:
        """The same two beats in the fortnight before; None where nothing can be said."""
        two = {slug: rows[slug] for slug in (pair.first, pair.second)}
        found = locksteps(self._series(two, at - 2 * FORTNIGHT, at - FORTNIGHT, around), at - 2 * FORTNIGHT)
        return found[0] if found else None

    def _found(
        self, pair: Lockstep, before: Lockstep, rows: Mapping[str, BeatRow], at: int, data: SignalData, around: Around
    ) -> Found:
        level = next(level for least, level in _LEVELS if pair.r >= least)
        names = [around.names.get(slug, slug) for slug in (pair.first, pair.second)]
        summary = (
            f"{names[0]}: moves in lockstep with {names[1]}, r {pair.r:.2f} over 14 days where it was {before.r:.2f}"
        )
        window, baseline = (at - FORTNIGHT, at), (at - 2 * FORTNIGHT, at - FORTNIGHT)
        evidence = partial(_evidence, pair, before, rows, window, baseline, data, around)
        return Found(pair.second, level, summary, evidence)


def collected_hours(coverage: Coverage, span: Span) -> dict[int, bool]:
    """Whether each hour of a span was collected of all sources that were collected in most of the span.

    An hour that one of them lacks is lower in all beats at once, which is no lockstep.
    """
    hours = range(span[0], span[1], HOUR)
    collected = {hour: part_collected(coverage, (hour, hour + HOUR)) >= LEAST_COLLECTED for hour in hours}
    for slug, spans in coverage.by_source.items():
        missing = list(gaps(spans, span, MINUTE))
        if slug in coverage.sampled or sum(end - begin for begin, end in missing) > _MOST_MISSING * (span[1] - span[0]):
            continue
        lacking: Counter[int] = Counter()
        for begin, end in missing:
            for hour in range(begin - begin % HOUR, end, HOUR):
                lacking[hour] += min(end, hour + HOUR) - max(begin, hour)
        collected |= {hour: False for hour, lost in lacking.items() if lost > (1 - LEAST_COLLECTED) * HOUR}
    return {hour: collected[hour] for hour in hours}


def _is_calm(slug: str, now: Mapping[tuple[str, str], Lockstep], signal: Signal) -> bool:
    pair = now.get((slug, str(signal.evidence.get("subject", ""))))
    return pair is None or pair.r < COUPLED


def _evidence(
    pair: Lockstep,
    before: Lockstep,
    rows: Mapping[str, BeatRow],
    window: Span,
    baseline: Span,
    data: SignalData,
    around: Around,
) -> Evidence:
    return {
        "with": pair.second,
        "n": pair.hours,
        "effective_n": rounded(pair.effective_hours, 1),
        "r": rounded(pair.r, 3),
        "lag_hours": pair.lag,
        "expected": None,
        "previous_r": rounded(before.r, 3),
        "ratio": None,
        "direction": "together",
        "p": float(f"{pair.p:.3g}"),
        "q": float(f"{pair.q:.3g}"),
        "window": span_tree(window),
        "baseline": span_tree(baseline),
        "baseline_days": 14,
        "posts": data.shared(rows[pair.first].id, rows[pair.second].id, (window[1] - DAY, window[1]), MOST_POSTS),
        "method": METHOD,
        **common_evidence(window, baseline, around),
    }
