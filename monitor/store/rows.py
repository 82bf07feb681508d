"""What readers give of sources, beats and the ledger."""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Literal

    from monitor.records import SourceState, Span


class SourceRow(NamedTuple):
    """What the store knows of a source at some moment."""

    id: int
    slug: str
    name: str
    interval_seconds: float | None
    state: SourceState | Literal[""]
    note: str
    last_success: int | None
    """When it last gave what it was asked for."""
    last_failure: int | None
    failure: str
    """The message of the last failure."""


class BeatRow(NamedTuple):
    """A beat with its number in the store."""

    id: int
    slug: str
    covered_from: int
    """Before this moment the store holds posts of the beat by chance only."""


class LedgerRow(NamedTuple):
    """A stretch of like attempts at one part of a source."""

    source: str
    part: str
    outcome: Literal["ok", "failed", "missed", "no-key", "over-budget"]
    covered: Span | None
    recorded_at: int
    last_recorded_at: int
    attempts: int
    read: int
    kept: int
    let_go: int
    message: str
    fraction: float
    """What share of the stretch was read, where a ceiling let only a part be read."""
