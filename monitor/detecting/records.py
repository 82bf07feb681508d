"""Signals as they are stored: ids, and evidence that keeps what a signal was before it rose."""

from __future__ import annotations

from monitor.instants import render, to_datetime
from monitor.records import Signal, Significance, Span

Evidence = dict[str, object]

WORDS: dict[Significance, str] = {"low": "unusual", "medium": "very unusual", "high": "very unusual"}
"""The one word for each level; without a signal it is `noise`."""


def signal_id(kind: str, beat: str, opened_at: int) -> str:
    """Kind, beat and moment of opening: `volume-ai-law-20261120T091500Z`."""
    return f"{kind}-{beat}-{to_datetime(opened_at):%Y%m%dT%H%M%SZ}"


def opened(kind: str, beat: str, level: Significance, at: int, summary: str, evidence: Evidence) -> Signal:
    """A new signal."""
    evidence = {"word": WORDS[level], **evidence}
    return Signal(signal_id(kind, beat, at), kind, beat, level, at, None, summary, evidence)


def raised(signal: Signal, level: Significance, at: int, summary: str, evidence: Evidence) -> Signal:
    """The signal at a higher level; its evidence keeps what it was until now."""
    earlier = signal.evidence.get("before")
    before = list(earlier) if isinstance(earlier, list) else []
    was = {name: value for name, value in signal.evidence.items() if name != "before"}
    before.append({"until": render(at), "level": signal.level, "summary": signal.summary, "evidence": was})
    return signal._replace(level=level, summary=summary, evidence={"word": WORDS[level], **evidence, "before": before})


def span_tree(span: Span) -> list[str]:
    """A span as it stands in evidence."""
    return [render(span[0]), render(span[1])]


def rounded(value: float | None, decimals: int = 4) -> float | None:
    """A figure as it stands in evidence."""
    return None if value is None else round(value, decimals) + 0.0
