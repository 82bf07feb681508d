"""What goes into the coverage ledger: every attempt, whatever came of it."""

from __future__ import annotations

from typing import Literal

from monitor.fetching.events import one_line
from monitor.records import Attempt
from monitor.sources.base import Batch, Part

Failure = Literal["failed", "no-key", "over-budget"]
"""How an attempt can fail: by itself, for want of a key, or on a ceiling."""


def attempts_of(part: Part, batch: Batch, kept: int, let_go: int, recorded_at: int, message: str = "") -> list[Attempt]:
    """The attempts behind one batch; a span that the source can no longer give comes before what it gave."""
    read = max(batch.read, kept + let_go)
    attempts = []
    if batch.missed is not None:
        why = "the source no longer gives this span"
        attempts.append(Attempt(part.source, part.name, batch.missed, "missed", recorded_at, message=why))
    said = one_line(message)
    attempts.append(
        Attempt(part.source, part.name, batch.covered, "ok", recorded_at, read, kept, let_go, said, batch.fraction)
    )
    return attempts


def failed_attempt(part: Part, message: str, recorded_at: int, outcome: Failure = "failed") -> Attempt:
    """An attempt that brought nothing; the message is for a person."""
    return Attempt(part.source, part.name, None, outcome, recorded_at, message=one_line(message))


def empty_batch() -> Batch:
    """What a poll amounts to that ended without giving anything."""
    return Batch((), None, None)
