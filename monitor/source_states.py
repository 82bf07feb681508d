"""How a source is doing, in one word and one sentence that says what to do."""

from __future__ import annotations

from monitor.instants import DAY, MINUTE, SECOND, render
from monitor.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.records import SourceState, Span
    from monitor.store.rows import SourceRow
    from monitor.store.standing import PartTrouble, Standing

_PATIENCE = 3
"""A source is stale once this many of its intervals went by without a success."""

_LEAST_PATIENCE = 15 * MINUTE

_STATES: dict[str, SourceState] = {"failed": "failing", "no-key": "no-key", "over-budget": "over-budget"}

_HAPPENS: dict[str, str] = {"failed": "fail", "no-key": "need a key", "over-budget": "are over budget"}


def source_state(
    row: SourceRow | None, covered: Sequence[Span], as_of: int, standing: Standing | None = None
) -> tuple[SourceState, str]:
    """State and message of a source.

    A missing key and a ceiling that is reached are told at once; a failure only when the source has been without a
    success for longer than a few intervals, until then it stands in the message. A ceiling is no longer reached when
    its period has ended.

    Args:
        row: what the store knows of it; None where it never heard of it.
        covered: the spans of the window that were collected, in order.
        standing: what the ledger says of its parts; None where there is no trouble.
    """
    if row is None or (row.interval_seconds is None and not row.state and row.last_success is None):
        return "off", "nothing collects this source here; its posts can be imported"
    if row.state:
        return row.state, row.note
    if row.interval_seconds is None:
        if covered:
            return "ok", ""
        return "stale", f"last imported {_when(row.last_success)}; import newer posts"
    troubles = [trouble for trouble in standing.troubles if not _is_over(trouble, as_of)] if standing else []
    well = standing.well if standing else 0
    if troubles and not well and all(trouble.outcome != "failed" for trouble in troubles):
        return _STATES[troubles[0].outcome], troubles[0].message
    if row.last_success is None:
        if row.last_failure is None:
            return "waiting", "waiting for its first answer, which comes while a fetcher runs (`monitor fetch`)"
        return "failing", _failure(row.failure)
    patience = max(_LEAST_PATIENCE, int(_PATIENCE * row.interval_seconds * SECOND))
    if as_of - row.last_success <= patience:
        return "ok", _in_part(troubles, well) or row.note
    if row.last_failure is not None and row.last_failure > row.last_success:
        return "failing", _failure(row.failure)
    return "stale", f"nothing since {_when(row.last_success)}; is a fetcher running? (`monitor fetch`)"


def _is_over(trouble: PartTrouble, as_of: int) -> bool:
    """Whether a ceiling that was reached holds no longer, as its period has ended."""
    ends_at = trouble.at + DAY if trouble.ends_at is None else trouble.ends_at
    return trouble.outcome == "over-budget" and ends_at <= as_of


def _in_part(troubles: Sequence[PartTrouble], well: int) -> str:
    """What is said of a source that is well except for some of its parts; the newest trouble stands for all."""
    if not troubles:
        return ""
    newest = troubles[0]
    if len(troubles) == 1 and not well:
        return f"its last attempt failed: {newest.message}"
    alike = [trouble for trouble in troubles if trouble.outcome == newest.outcome]
    happens = _HAPPENS[newest.outcome]
    if len(alike) == 1:
        happens = {"fail": "fails", "need a key": "needs a key", "are over budget": "is over budget"}[happens]
    return f"{len(alike)} of {len(troubles) + well} parts {happens}: {newest.part}: {newest.message}"


def _failure(message: str) -> str:
    """What to do about a failure that says only what happened."""
    sentence = message if message.endswith((".", "?", "!")) else f"{message}."
    return f"{sentence} It is asked again by itself; `monitor doctor` looks for the cause."


def _when(instant: int | None) -> str:
    return "never" if instant is None else render(instant - instant % SECOND)
