"""Overlap signals: two beats share far more posts than in the days before. Once an hour, over all pairs of beats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

from monitor.detecting.beat_looks import LEAST_COLLECTED, Around, common_evidence, part_collected
from monitor.detecting.records import Evidence, rounded, span_tree
from monitor.detecting.subjects import Found, Subjects
from monitor.detecting.worded import LEAST_DAYS, days_before
from monitor.instants import DAY
from monitor.records import GENERAL, Signal, Span
from monitor.signals.coupling import GrownOverlap, Overlap, grown_overlap, overlaps
from monitor.store.beat_days import PairDay, day_span

if TYPE_CHECKING:
    from monitor.store.rows import BeatRow
    from monitor.store.signal_data import SignalData

KIND = "overlap"

METHOD = (
    "clusters of copies that two beats share, of those in either, of 24 hours against the whole days before "
    "(docs/methods.md, Coupling)"
)

CALM_RATIO = 1.5
MOST_POSTS = 10

Pairs = Mapping[tuple[int, int], tuple[int, int]]
"""Votes of both and of either, by pairs of numbers of beats, the smaller first."""


class PairLooks:
    """Remembers which signals are open, and which figures are still to be kept."""

    def __init__(self, signals: Iterable[Signal]) -> None:
        """`signals` are those of the last days in the store."""
        self._subjects = Subjects(signal for signal in signals if signal.kind == KIND)
        self._made: dict[int, Pairs] = {}
        self._made_at: dict[int, int] = {}
        self._new: list[PairDay] = []

    def take_figures(self) -> tuple[PairDay, ...]:
        """What is to be kept in the store of the looks since the last call."""
        new, self._new = tuple(self._new), []
        return new

    def forget(self, before: int) -> None:
        """Let go of what ended before a moment."""
        self._subjects.forget(before)
        self._made = {day: pairs for day, pairs in self._made.items() if day * DAY >= before - 10 * DAY}

    def look(
        self, beats: Mapping[str, BeatRow], at: int, data: SignalData, around: Around, pause: Callable[[], None]
    ) -> list[Signal]:
        """Look at all pairs at a full hour; the signals that this changed."""
        window = (at - DAY, at)
        if part_collected(around.coverage, window) < LEAST_COLLECTED:
            return []
        rows = {row.id: row for slug, row in beats.items() if slug != GENERAL and row.covered_from <= window[0]}
        units = {number: held for number, held in data.units(window).items() if number in rows}
        wanted = days_before(at)
        before = self._before(wanted, at, data, around, pause)
        if len(before) < LEAST_DAYS:
            return []
        baseline = (day_span(wanted.start)[0], day_span(wanted.stop)[0])
        now = {
            (pair.first, pair.second): pair for pair in overlaps({str(number): held for number, held in units.items()})
        }
        changed: list[Signal] = []
        for first, second in combinations(sorted(rows), 2):
            days = [
                pairs.get((first, second), (0, 0))
                for day, pairs in before.items()
                if max(rows[first].covered_from, rows[second].covered_from) <= day_span(day)[0]
            ]
            # The pairs of `overlaps` are in the order of their names.
            pair = now.get((str(first), str(second))) or now.get((str(second), str(first)))
            changed += self._judge(rows[first], rows[second], pair, days, window, baseline, at, data, around)
        return changed

    def _judge(
        self,
        first: BeatRow,
        second: BeatRow,
        pair: Overlap | None,
        days: Sequence[tuple[int, int]],
        window: Span,
        baseline: Span,
        at: int,
        data: SignalData,
        around: Around,
    ) -> list[Signal]:
        shared = len(pair.shared) if pair is not None else 0
        either = pair.of_first + pair.of_second - shared if pair is not None else 0
        previous = sum(both for both, _ in days), sum(any_of for _, any_of in days)
        grown = grown_overlap(shared, either, *previous) if len(days) >= LEAST_DAYS else None
        # The signal is the smaller beat's, of which the shared posts are a larger part.
        beat, other = first, second
        if pair is not None and (pair.of_first > pair.of_second) == (pair.first == str(first.id)):
            beat, other = second, first
        found = []
        if grown is not None and pair is not None:
            names = [around.names.get(row.slug, row.slug) for row in (beat, other)]
            evidence = partial(_evidence, pair, grown, beat, other, previous, days, window, baseline, data, around)
            found = [Found(other.slug, grown.level, summary_of(names[0], names[1], pair, grown), evidence)]
        calm = not either or not previous[1] or shared / either < CALM_RATIO * previous[0] / previous[1] or shared < 5
        changed: list[Signal] = []
        for mine, with_other in ((beat, other), (other, beat)):
            about = [each for each in found if mine is beat]
            known = [
                signal
                for signal in self._subjects.open_signals(KIND, mine.slug)
                if signal.evidence.get("subject") == with_other.slug
            ]
            if about or known:
                subjects = self._subjects.judge(KIND, mine.slug, at, about, lambda signal: calm, only=with_other.slug)
                changed += subjects
        return changed

    def _before(
        self, wanted: range, at: int, data: SignalData, around: Around, pause: Callable[[], None]
    ) -> dict[int, Pairs]:
        """What pairs shared on the earlier days that were collected."""
        kept = data.pairs(wanted.start, wanted.stop)
        found: dict[int, Pairs] = {}
        for day in wanted:
            if part_collected(around.coverage, day_span(day)) < LEAST_COLLECTED:
                continue
            known = self._made.get(day) or (kept.get(day) if around.rewritten_at < day_span(day)[1] else None)
            if known is None or self._made_at.get(day, around.rewritten_at) < around.rewritten_at:
                known = self._make(day, max(at, around.rewritten_at), data)
                pause()
            found[day] = known
        return found

    def _make(self, day: int, made_at: int, data: SignalData) -> Pairs:
        units = sorted(data.units(day_span(day)).items())
        made: dict[tuple[int, int], tuple[int, int]] = {}
        for (first, mine), (second, other) in combinations(units, 2):
            both = len(mine & other)
            made[first, second] = both, len(mine) + len(other) - both
        self._made[day], self._made_at[day] = made, made_at
        self._new += [PairDay(day, *pair, *counts) for pair, counts in made.items()]
        return made


def summary_of(name: str, other: str, pair: Overlap, grown: GrownOverlap) -> str:
    """One line for people."""
    return (
        f"{name}: shares {len(pair.shared)} texts of 24 hours with {other}, {100 * grown.share:.0f} % of those in "
        f"either where {100 * grown.previous_share:.1f} % are usual"
    )


def _evidence(
    pair: Overlap,
    grown: GrownOverlap,
    beat: BeatRow,
    other: BeatRow,
    previous: tuple[int, int],
    days: Sequence[tuple[int, int]],
    window: Span,
    baseline: Span,
    data: SignalData,
    around: Around,
) -> Evidence:
    return {
        "with": other.slug,
        "n": len(pair.shared),
        "of": pair.of_first + pair.of_second - len(pair.shared),
        "previous_n": previous[0],
        "previous_of": previous[1],
        "share": rounded(grown.share),
        "expected": rounded(grown.previous_share),
        "ratio": rounded(grown.ratio, 2),
        "containment": rounded(pair.containment),
        "lift": rounded(pair.lift, 1),
        "direction": "up",
        "p": float(f"{grown.p:.3g}"),
        "by_day": [both for both, _ in days],
        "window": span_tree(window),
        "baseline": span_tree(baseline),
        "baseline_days": len(days),
        "posts": data.shared(beat.id, other.id, window, MOST_POSTS),
        "method": METHOD,
        **common_evidence(window, baseline, around),
    }
