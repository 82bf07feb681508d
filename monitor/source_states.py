"""How a source is doing, in one word and one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from monitor.instants import MINUTE, SECOND, render
from monitor.records import SourceState, Span

if TYPE_CHECKING:
    from monitor.store.reader import SourceRow

_PATIENCE = 3
"""A source is stale once this many of its intervals went by without a success."""

_LEAST_PATIENCE = 15 * MINUTE


def source_state(row: SourceRow | None, covered: Sequence[Span], as_of: int) -> tuple[SourceState, str]:
    """State and message of a source.

    Args:
        row: what the store knows of it; None where it never heard of it.
        covered: the spans of the window that were collected, in order.
    """
    if row is None or (row.interval_seconds is None and not row.state and row.last_success is None):
        return "off", "nothing collects this source here; its posts can be imported"
    if row.state:
        return cast(SourceState, row.state), row.note
    if row.interval_seconds is None:
        if covered:
            return "ok", ""
        return "stale", f"last imported {_when(row.last_success)}; import newer posts"
    if row.last_success is None:
        if row.last_failure is None:
            return "waiting", "waiting for its first answer"
        return "failing", row.failure
    patience = max(_LEAST_PATIENCE, int(_PATIENCE * row.interval_seconds * SECOND))
    if as_of - row.last_success <= patience:
        return "ok", row.note
    if row.last_failure is not None and row.last_failure > row.last_success:
        return "failing", row.failure
    return "stale", f"nothing since {_when(row.last_success)}; is a fetcher running? (`monitor fetch`)"


def _when(instant: int | None) -> str:
    return "never" if instant is None else render(instant - instant % SECOND)
