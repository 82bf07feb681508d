"""Mood signals: each hour the votes of the last day against those of the week before, over all beats together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from monitor.detecting.records import Evidence, opened, raised, rounded, span_tree
from monitor.instants import DAY, HOUR
from monitor.records import RANKS, Signal
from monitor.signals.lifecycle import Open, follow, mood_is_calm
from monitor.signals.mix import split
from monitor.signals.mood import HOURS, Mood, detect_all

if TYPE_CHECKING:
    from monitor.detecting.collected import Coverage
    from monitor.store.signal_data import SignalData

KIND = "mood"

METHOD = (
    "positive votes, one for each cluster of copies, of 24 hours against those of the seven days before, with an "
    "allowance for drift; false discovery rate held over all beats (docs/methods.md, Mood signals)"
)

DAYS = 7
SILENCE = DAY
"""For this long after a signal only a higher level opens another."""


DayVotes = Mapping[int, Mapping[int, tuple[float, int]]]
"""Votes by beat and source, as numbers."""


class MoodWatch:
    """Judges all beats once an hour; remembers the votes of each day that ends with an hour."""

    def __init__(self, signals: Mapping[str, Signal]) -> None:
        """`signals` are the newest of each beat in the store, open or not."""
        self._days: dict[int, DayVotes] = {}
        self._results: dict[int, dict[str, Mood]] = {}
        self._signals = dict(signals)
        self._open = {
            slug: Open(signal.level, signal.opened_at, signal.opened_at, signal.opened_at, None)
            for slug, signal in signals.items()
            if signal.closed_at is None
        }

    def judge(
        self,
        hour: int,
        data: SignalData,
        beats: Mapping[str, int],
        names: Mapping[str, str],
        sources: Mapping[int, str],
        coverage: Coverage,
    ) -> list[Signal]:
        """Look at the moment at which an hour begins; the signals that it changed.

        Args:
            beats: their numbers by slug.
            sources: slugs by number.
        """
        for earlier in range(hour - (HOURS - 1) * HOUR, hour, HOUR):
            if earlier not in self._results:
                self._results[earlier] = self._weigh(earlier, data, beats, {})
        before = {
            slug: [self._results[each][slug] for each in range(hour - (HOURS - 1) * HOUR, hour, HOUR)
                   if slug in self._results[each]]
            for slug in beats
        }  # fmt: skip
        results = self._results[hour] = self._weigh(hour, data, beats, before)
        changed = [
            signal
            for slug, mood in results.items()
            if (signal := self._follow(slug, mood, hour, names, beats, sources, data, coverage)) is not None
        ]
        self._forget(hour)
        return changed

    def keep(self, signal: Signal) -> None:
        """Take a signal as it was stored in the end."""
        self._signals[signal.beat] = signal

    def _weigh(
        self, hour: int, data: SignalData, beats: Mapping[str, int], before: Mapping[str, Sequence[Mood]]
    ) -> dict[str, Mood]:
        present = self._votes(hour, data)
        week = [self._votes(hour - day * DAY, data) for day in range(1, DAYS + 1)]
        return detect_all(
            {slug: _pooled(present.get(number, {})) for slug, number in beats.items()},
            {slug: [_pooled(day.get(number, {})) for day in week] for slug, number in beats.items()},
            before,
        )

    def _votes(self, end: int, data: SignalData) -> DayVotes:
        """The votes of the 24 hours up to a moment; those of the days before were mostly asked for a day ago."""
        if end not in self._days:
            found: dict[int, dict[int, tuple[float, int]]] = {}
            for vote in data.votes((end - DAY, end)):
                found.setdefault(vote.beat_id, {})[vote.source_id] = (vote.positive, vote.n)
            self._days[end] = found
        return self._days[end]

    def _forget(self, hour: int) -> None:
        oldest = hour - (DAYS * 24 + HOURS) * HOUR
        self._days = {end: votes for end, votes in self._days.items() if end >= oldest}
        self._results = {end: moods for end, moods in self._results.items() if end > hour - HOURS * HOUR}

    def _follow(
        self,
        slug: str,
        mood: Mood,
        hour: int,
        names: Mapping[str, str],
        beats: Mapping[str, int],
        sources: Mapping[int, str],
        data: SignalData,
        coverage: Coverage,
    ) -> Signal | None:
        last = self._signals.get(slug)
        level = mood.level
        held = self._open.get(slug)
        if held is None and last is not None and level is not None:
            quiet = hour - last.opened_at < SILENCE and RANKS[level] <= RANKS[last.level]
            level = None if quiet else level
        step = follow(held, level, mood_is_calm(mood.q, mood.ratio), hour)
        if step.signal is None:
            self._open.pop(slug, None)
        else:
            self._open[slug] = step.signal
        if step.event is None:
            return None
        if step.event == "closed" and last is not None:
            self._signals[slug] = last._replace(closed_at=hour)
            return self._signals[slug]
        if level is None:
            return None
        evidence = self._evidence(mood, hour, beats[slug], sources, data, coverage)
        summary = summary_of(names.get(slug, slug), mood)
        if step.event == "raised" and last is not None:
            signal = raised(last, level, hour, summary, evidence)
        else:
            signal = opened(KIND, slug, level, hour, summary, evidence)
        self._signals[slug] = signal
        return signal

    def _evidence(
        self, mood: Mood, hour: int, number: int, sources: Mapping[int, str], data: SignalData, coverage: Coverage
    ) -> Evidence:
        window, baseline = (hour - DAY, hour), (hour - (DAYS + 1) * DAY, hour - DAY)
        present = {sources.get(each, str(each)): votes for each, votes in self._days[hour].get(number, {}).items()}
        return {
            **mood_tree(mood),
            "window": span_tree(window),
            "baseline": span_tree(baseline),
            "baseline_days": DAYS,
            "not_collected": {
                "window": {slug: list(map(span_tree, spans)) for slug, spans in coverage.missing(window).items()},
                "baseline": [span_tree(span) for span in _gaps(coverage, baseline)],
            },
            "mood_or_mix": _mix(present, self._week(hour, number, sources)),
            "posts": _telling(data, number, window, rose=(mood.difference or 0.0) > 0),
            "method": METHOD,
        }

    def _week(self, hour: int, number: int, sources: Mapping[int, str]) -> dict[str, tuple[float, int]]:
        found: dict[str, tuple[float, int]] = {}
        for day in range(1, DAYS + 1):
            for each, (positive, n) in self._days[hour - day * DAY].get(number, {}).items():
                slug = sources.get(each, str(each))
                known = found.get(slug, (0.0, 0))
                found[slug] = (known[0] + positive, known[1] + n)
        return found


def mood_tree(mood: Mood) -> Evidence:
    """The figures of a verdict."""
    return {
        "n": mood.votes,
        "previous_n": mood.previous_votes,
        "effective_n": rounded(mood.effective, 1),
        "previous_effective_n": rounded(mood.previous_effective, 1),
        "share": rounded(mood.share),
        "calibrated": False,
        "expected": rounded(mood.previous_share),
        "ratio": rounded(mood.ratio),
        "difference": rounded(mood.difference),
        "difference_ci95": None if mood.interval is None else [rounded(bound) for bound in mood.interval],
        "verdict": mood.verdict,
        "direction": "up" if (mood.difference or 0.0) > 0 else "down",
        "drift": rounded(mood.drift, 5),
        "p": _small(mood.p),
        "q": _small(mood.q),
    }


def _small(value: float) -> float:
    return float(f"{value:.3g}")


def summary_of(name: str, mood: Mood) -> str:
    """One line for people; "doubled" only where it is earned."""
    now, then = round(100 * (mood.share or 0.0)), round(100 * (mood.previous_share or 0.0))
    return f"{name}: the positive share {mood.verdict} from {then} % to {now} % of {mood.votes} independent posts"


def _pooled(votes: Mapping[int, tuple[float, int]]) -> tuple[float, int]:
    return sum(positive for positive, _ in votes.values()), sum(n for _, n in votes.values())


def _gaps(coverage: Coverage, span: tuple[int, int]) -> Sequence[tuple[int, int]]:
    from monitor.instants import MINUTE
    from monitor.signals.coverage import gaps

    return gaps(coverage.joined, span, 5 * MINUTE)


def _mix(
    present: Mapping[str, tuple[float, int]], previous: Mapping[str, tuple[float, int]]
) -> dict[str, object] | None:
    """What of the change the sources made, and what the mix of sources."""
    parts = split(present, previous)
    if parts is None:
        return None
    return {
        "difference": rounded(parts.difference),
        "within": rounded(parts.within),
        "mix": rounded(parts.mix),
        "sources": [
            {**part._asdict(), "within": rounded(part.within), "mix": rounded(part.mix)} for part in parts.sources
        ],
    }


def _telling(data: SignalData, number: int, window: tuple[int, int], *, rose: bool) -> list[int]:
    return data.moody_posts(number, window, positive=rose)
