"""Volume signals: one running detector a beat, and what each of its alarms rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from monitor.detecting.records import Evidence, opened, raised, rounded, span_tree
from monitor.instants import DAY, MINUTE, parse, to_datetime
from monitor.records import RANKS, Signal, Significance, Span
from monitor.signals.lifecycle import Event, Open, follow, volume_is_calm
from monitor.signals.volume import BIN, SILENCE, Detection, Judgement, VolumeDetector

if TYPE_CHECKING:
    from monitor.detecting.collected import Coverage
    from monitor.store.signal_data import SignalData, WindowPost

KIND = "volume"

METHOD = (
    "posts in five-minute bins against the same time of day of the last two weeks and the hours before "
    "(docs/methods.md, Volume signals)"
)

MOST_POSTS = 10

LEAST_EXPECTED = 1.0
"""Posts below which no ratio is given: that against next to nothing says nothing."""

_EARLIER_DAYS = 14


class Alarm(NamedTuple):
    """What one bin changed in a beat's volume signal."""

    event: Event
    at: int
    """The end of the bin."""
    detection: Detection | None
    """None where the signal closed."""
    opened_at: int


class VolumeWatch:
    """Follows the volume of one beat; feed it each collected bin once, oldest first."""

    def __init__(self, last: Signal | None = None) -> None:
        """`last` is the newest signal of the beat in the store, open or closed."""
        self._detector = VolumeDetector()
        self._open: Open | None = None
        self._said: tuple[Significance, int] | None = None
        if last is not None:
            self._said = (last.level, last.opened_at)
            if last.closed_at is None:
                self._open = Open(last.level, last.opened_at, _last_rise(last), last.opened_at, None)

    def remember(self, start: int, counts: Sequence[float]) -> None:
        """Take up the past before anything else; bins in a row, not a number where not collected."""
        self._detector.remember(start, counts)

    def replay(self, start: int, posts: int) -> None:
        """Take up a bin that has been judged before; what the signal was stays."""
        judgement = self._detector.feed(to_datetime(start), posts)
        if self._open is not None and start >= self._open.opened_at and _can_be_judged(judgement):
            step = follow(self._open, judgement.level, _is_calm(judgement), start + BIN)
            self._open = (step.signal or self._open)._replace(level=self._open.level, raised_at=self._open.raised_at)

    def judge(self, start: int, posts: int) -> Alarm | None:
        """Take up a bin; what it changed, if anything."""
        judgement = self._detector.feed(to_datetime(start), posts)
        if not _can_be_judged(judgement):
            return None
        at = start + BIN
        before = self._open
        level = judgement.level
        if before is None and level is not None and self._was_said(level, at):
            return None
        step = follow(before, level, _is_calm(judgement), at)
        self._open = step.signal
        if step.event is None:
            return None
        if step.event == "closed":
            return Alarm("closed", at, None, before.opened_at if before else at)
        opened_at = step.signal.opened_at if step.signal else at
        if level is not None:
            self._said = (level, opened_at)
        return Alarm(step.event, at, self._detector.detection(), opened_at)

    def _was_said(self, level: Significance, at: int) -> bool:
        """Whether the last signal said as much, and too short a time ago to say it again."""
        if self._said is None:
            return False
        said, opened_at = self._said
        return at - opened_at < SILENCE[said] and RANKS[level] <= RANKS[said]


def _can_be_judged(judgement: Judgement) -> bool:
    return judgement.level is not None or (judgement.hour is not None and judgement.usual is not None)


def _is_calm(judgement: Judgement) -> bool:
    hour, usual = judgement.hour, judgement.usual
    return hour is not None and usual is not None and volume_is_calm(hour, usual)


def _last_rise(signal: Signal) -> int:
    earlier = signal.evidence.get("before")
    return parse(earlier[-1]["until"]) if isinstance(earlier, list) and earlier else signal.opened_at


def volume_signal(
    alarm: Alarm, beat: str, name: str, before: Signal | None, evidence: Callable[[Detection], Evidence]
) -> Signal | None:
    """The signal as an alarm leaves it; None where there is none to close."""
    if alarm.detection is None:
        return before._replace(closed_at=alarm.at) if before else None
    found = evidence(alarm.detection)
    summary = summary_of(name, alarm.detection)
    level = alarm.detection.level
    if before is None or alarm.event == "opened":
        return opened(KIND, beat, level, alarm.at, summary, found)
    return raised(before, level, alarm.at, summary, found)


def summary_of(name: str, detection: Detection) -> str:
    """One line for people."""
    evidence = detection.evidence
    minutes = evidence.window // MINUTE
    comparable = evidence.expected >= LEAST_EXPECTED
    usual = f"about {evidence.expected:.{1 if evidence.expected < 10 else 0}f}" if comparable else "none"
    times = f", {evidence.n / evidence.expected:.1f} times as many" if comparable else ""
    return f"{name}: {evidence.n:.0f} posts in {minutes} minutes where {usual} were to be expected{times}"


def volume_evidence(
    detection: Detection, at: int, beat_id: int, data: SignalData, coverage: Coverage, sources: Mapping[int, str]
) -> Evidence:
    """The working of an alarm, with who made it.

    Args:
        at: the end of the bin that gave it.
        sources: slugs by number.
    """
    found = detection.evidence
    window = (at - found.window, at)
    posts = [post for post in data.window(beat_id, window) if sources.get(post.source_id) not in coverage.sampled]
    parts = attribution(data, beat_id, window, coverage, sources)
    earlier = _earlier(data, beat_id, window, coverage, sources)
    comparable = found.expected >= LEAST_EXPECTED
    return {
        "n": round(found.n),
        "expected": rounded(found.expected, 2),
        "ratio": rounded(found.ratio) if comparable else None,
        "ratio_ci95": [rounded(bound / found.expected) for bound in counting_interval(found.n)] if comparable else None,
        "window": span_tree(window),
        "direction": "up",
        "z": rounded(found.z, 2),
        "novelty": rounded(found.novelty, 3),
        "log_odds": rounded(found.log_odds, 2),
        "baseline": span_tree(found.baseline),
        "baseline_days": found.baseline_days,
        "same_time_before": earlier,
        "not_collected": {
            "window": {slug: list(map(span_tree, spans)) for slug, spans in coverage.missing(window).items()},
            "baseline": list(map(span_tree, found.gaps)),
        },
        "sampled": sorted(coverage.sampled),
        "unique_texts": len({post.cluster if post.cluster is not None else -post.id for post in posts}),
        "unique_authors": len({post.author_key if post.author_key is not None else -post.id for post in posts}),
        "sources": parts,
        "posts": _telling(posts, parts, sources),
        "method": METHOD,
    }


def counting_interval(n: float) -> tuple[float, float]:
    """The 95 % interval of the rate behind a count, by the root of the count (Anscombe 1948): of counting alone."""
    root = sqrt(n + 0.375)
    return max(root - 0.98, 0.0) ** 2, (root + 0.98) ** 2


def attribution(
    data: SignalData, beat_id: int, window: Span, coverage: Coverage, sources: Mapping[int, str]
) -> list[dict[str, object]]:
    """Who made the excess: posts by source, the mean of the same hours on earlier days, the part of the excess.

    A source is compared with the days on which it was collected then; where there is none, it has no usual. One that
    is not counted is left out.
    """
    counts, *before = data.count_by_source(beat_id, [window, *_same_time(window)])
    rows = []
    for number in sorted({*counts, *(each for day in before for each in day)}):
        slug = sources.get(number, str(number))
        if slug in coverage.sampled:
            continue
        days = [
            day.get(number, 0)
            for day, span in zip(before, _same_time(window), strict=True)
            if coverage.covers(slug, span)
        ]
        usual = sum(days) / len(days) if days else None
        rows.append((slug, counts.get(number, 0), usual))
    total = sum(max(n - (usual or 0.0), 0.0) for _, n, usual in rows)
    parts: list[dict[str, object]] = [
        {
            "source": slug,
            "n": n,
            "usual": rounded(usual, 2),
            "part": rounded(max(n - (usual or 0.0), 0.0) / total, 3) if total else None,
        }
        for slug, n, usual in rows
    ]
    return sorted(parts, key=lambda part: (-float(str(part["part"] or 0)), str(part["source"])))


def _same_time(window: Span) -> list[Span]:
    return [(window[0] - day * DAY, window[1] - day * DAY) for day in range(1, _EARLIER_DAYS + 1)]


def _earlier(
    data: SignalData, beat_id: int, window: Span, coverage: Coverage, sources: Mapping[int, str]
) -> dict[str, object]:
    """What the same minutes of the earlier days held, of the days that were collected then."""
    spans = [span for span in _same_time(window) if any(s <= span[0] and e >= span[1] for s, e in coverage.counted)]
    totals = sorted(
        sum(posts for number, posts in day.items() if sources.get(number) not in coverage.sampled)
        for day in data.count_by_source(beat_id, spans)
    )
    if not totals:
        return {"days": 0, "median": None, "low": None, "high": None}
    middle = len(totals) // 2
    median = totals[middle] if len(totals) % 2 else (totals[middle - 1] + totals[middle]) / 2
    return {"days": len(totals), "median": median, "low": totals[0], "high": totals[-1]}


def _telling(posts: Sequence[WindowPost], parts: Sequence[dict[str, object]], sources: Mapping[int, str]) -> list[int]:
    """Numbers of some posts that made it: one a text, of the sources with the largest part, the most engaged first."""
    order = {str(part["source"]): place for place, part in enumerate(parts)}
    ranked = sorted(
        posts, key=lambda post: (order.get(sources.get(post.source_id, ""), len(order)), -post.reactions, -post.id)
    )
    first: dict[int, int] = {}
    for post in ranked:
        first.setdefault(post.cluster if post.cluster is not None else -post.id, post.id)
    return list(first.values())[:MOST_POSTS]
