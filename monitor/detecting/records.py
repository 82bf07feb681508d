"""Signals as they are stored: ids, and evidence that keeps what a signal was before it rose."""

from __future__ import annotations

import re
from zlib import crc32

from monitor.instants import render, to_datetime
from monitor.records import WORDS, Signal, Significance, Span

Evidence = dict[str, object]

_NOT_OF_A_SLUG = re.compile("[^a-z0-9]+")
_LONGEST_SUBJECT = 40


def signal_id(kind: str, beat: str, opened_at: int, subject: str = "") -> str:
    """Kind, beat, subject if there is one, and moment of opening: `volume-ai-law-20261120T091500Z`."""
    about = f"{_slug(subject)}-" if subject else ""
    return f"{kind}-{beat}-{about}{to_datetime(opened_at):%Y%m%dT%H%M%SZ}"


def _slug(subject: str) -> str:
    """A short name for a subject; what is no Latin letter is told apart by a checksum."""
    slug = _NOT_OF_A_SLUG.sub("-", subject.lower()).strip("-")[:_LONGEST_SUBJECT].strip("-")
    return slug if slug == subject else f"{slug}-{crc32(subject.encode()) % 0x10000:04x}".strip("-")


def opened(
    kind: str, beat: str, level: Significance, at: int, summary: str, evidence: Evidence, subject: str = ""
) -> Signal:
    """A new signal; `subject` is what it is about within its beat, such as a phrase or another beat."""
    evidence = {"word": WORDS[level], **({"subject": subject} if subject else {}), **evidence}
    return Signal(signal_id(kind, beat, at, subject), kind, beat, level, at, None, summary, evidence)


def raised(signal: Signal, level: Significance, at: int, summary: str, evidence: Evidence) -> Signal:
    """The signal at a higher level; its evidence keeps what it was until now."""
    earlier = signal.evidence.get("before")
    before = list(earlier) if isinstance(earlier, list) else []
    was = {name: value for name, value in signal.evidence.items() if name != "before"}
    before.append({"until": render(at), "level": signal.level, "summary": signal.summary, "evidence": was})
    subject = {"subject": signal.evidence["subject"]} if "subject" in signal.evidence else {}
    found = {"word": WORDS[level], **subject, **evidence, "before": before}
    return signal._replace(level=level, summary=summary, evidence=found)


def span_tree(span: Span) -> list[str]:
    """A span as it stands in evidence."""
    return [render(span[0]), render(span[1])]


def rounded(value: float | None, decimals: int = 4) -> float | None:
    """A figure as it stands in evidence."""
    return None if value is None else round(value, decimals) + 0.0
