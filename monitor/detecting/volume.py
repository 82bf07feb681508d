"""Volume signals: one running detector a beat, and what each of its alarms rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from monitor.detecting.records import Evidence, opened, raised, rounded, span_tree
from monitor.instants import DAY, MINUTE, parse, to_datetime
from monitor.records import Signal, Span
from monitor.signals.lifecycle import Event, Open, follow, volume_is_calm
from monitor.signals.volume import BIN, Detection, VolumeDetector

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

    def __init__(self, signal: Signal | None = None) -> None:
        """`signal` is the one that is open in the store; bins up to the last look are then fed with `replay`."""
        self._detector = VolumeDetector()
        self._open: Open | None = None
        self._start = signal.opened_at if signal else None
        if signal is not None:
            raised_at = _last_rise(signal)
            self._open = Open(signal.level, signal.opened_at, raised_at, signal.opened_at, None)

    def replay(self, start: int, posts: int) -> None:
        """Learn from a bin that has been judged before; what the signal was stays."""
        judgement = self._detector.feed(to_datetime(start), posts)
        if self._open is None or start < self._open.opened_at or judgement.hour is None or judgement.usual is None:
            return
        calm = volume_is_calm(judgement.hour, judgement.usual)
        step = follow(self._open, None, calm, start + BIN)
        self._open = step.signal or self._open

    def judge(self, start: int, posts: int) -> Alarm | None:
        """Take up a bin; what it changed, if anything."""
        judgement = self._detector.feed(to_datetime(start), posts)
        at = start + BIN
        detection = judgement.detection
        if detection is None and (judgement.hour is None or judgement.usual is None):
            return None
        calm = (
            judgement.hour is not None
            and judgement.usual is not None
            and volume_is_calm(judgement.hour, judgement.usual)
        )
        before = self._open
        step = follow(before, detection.level if detection else None, calm, at)
        self._open = step.signal
        if step.event is None:
            return None
        opened_at = step.signal.opened_at if step.signal else before.opened_at if before else at
        return Alarm(step.event, at, detection if step.event != "closed" else None, opened_at)


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
    usual = f"about {evidence.expected:.0f}" if comparable else "none"
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
    posts = data.window(beat_id, window)
    parts = attribution(data, beat_id, window, coverage, sources)
    earlier = _earlier(data, beat_id, window, coverage)
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
        "log_evidence": rounded(found.log_evidence, 2),
        "baseline": span_tree(found.baseline),
        "baseline_days": found.baseline_days,
        "same_time_before": earlier,
        "not_collected": {
            "window": {slug: list(map(span_tree, spans)) for slug, spans in coverage.missing(window).items()},
            "baseline": list(map(span_tree, found.gaps)),
        },
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

    A source is compared with the days on which it was collected then; where there is none, it has no usual.
    """
    counts, *before = data.count_by_source(beat_id, [window, *_same_time(window)])
    rows = []
    for number in sorted({*counts, *(each for day in before for each in day)}):
        slug = sources.get(number, str(number))
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


def _earlier(data: SignalData, beat_id: int, window: Span, coverage: Coverage) -> dict[str, object]:
    """What the same minutes of the earlier days held, of the days that were collected then."""
    spans = [span for span in _same_time(window) if any(s <= span[0] and e >= span[1] for s, e in coverage.joined)]
    totals = sorted(sum(day.values()) for day in data.count_by_source(beat_id, spans))
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
