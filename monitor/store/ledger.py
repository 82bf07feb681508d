"""The coverage ledger: what was asked of each source, what came, and which spans are known to be complete."""

from __future__ import annotations

from monitor.instants import DAY
from monitor.light_typing import TYPE_CHECKING
from monitor.store.rows import LedgerRow, SourceRow

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from monitor.records import Attempt, Span

_SLACK = 2000
"""Spans of one source this many milliseconds apart are one."""


def write_attempt(connection: sqlite3.Connection, source_id: int, attempt: Attempt) -> None:
    """Add an attempt; one that goes on where the part's last one ended, on the same day, is joined to it."""
    last = connection.execute(
        "SELECT id, outcome, covered_from, covered_to, recorded_at, message, fraction FROM ledger "
        "WHERE source_id = ? AND part = ? ORDER BY id DESC LIMIT 1",
        (source_id, attempt.part),
    ).fetchone()
    if last is not None and _goes_on(last, attempt):
        connection.execute(
            "UPDATE ledger SET covered_to = max(covered_to, ?), last_recorded_at = ?, attempts = attempts + 1, "
            "read = read + ?, kept = kept + ?, let_go = let_go + ? WHERE id = ?",
            (
                attempt.covered[1] if attempt.covered else None,
                attempt.recorded_at,
                attempt.read,
                attempt.kept,
                attempt.let_go,
                last[0],
            ),
        )
    else:
        start, end = attempt.covered or (None, None)
        connection.execute(
            "INSERT INTO ledger (source_id, part, outcome, covered_from, covered_to, recorded_at, last_recorded_at, "
            "attempts, read, kept, let_go, message, fraction) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)",
            (
                source_id,
                attempt.part,
                attempt.outcome,
                start,
                end,
                attempt.recorded_at,
                attempt.recorded_at,
                attempt.read,
                attempt.kept,
                attempt.let_go,
                attempt.message,
                attempt.fraction,
            ),
        )
    if attempt.outcome == "ok" and attempt.covered:
        _cover(connection, source_id, attempt.covered, attempt.recorded_at)


def _goes_on(last: tuple[int, str, int | None, int | None, int, str, float], attempt: Attempt) -> bool:
    _, outcome, start, end, recorded_at, *alike = last
    if outcome != attempt.outcome or alike != [attempt.message, attempt.fraction]:
        return False
    if recorded_at // DAY != attempt.recorded_at // DAY:
        return False
    if attempt.covered is None:
        return start is None
    return start is not None and end is not None and start <= attempt.covered[0] <= end + _SLACK


def _cover(connection: sqlite3.Connection, source_id: int, covered: Span, recorded_at: int) -> None:
    start, end = covered
    last = connection.execute(
        "SELECT rowid, covered_from, covered_to FROM coverage WHERE source_id = ? ORDER BY covered_to DESC LIMIT 1",
        (source_id,),
    ).fetchone()
    if last is not None and last[1] <= start <= last[2] + _SLACK:
        if end > last[2]:
            connection.execute("UPDATE coverage SET covered_to = ? WHERE rowid = ?", (end, last[0]))
        return
    contained = connection.execute(
        "SELECT 1 FROM coverage WHERE source_id = ? AND covered_to >= ? AND covered_from <= ? LIMIT 1",
        (source_id, end, start),
    ).fetchone()
    if contained is None and end > start:
        connection.execute("INSERT INTO coverage VALUES (?, ?, ?, ?)", (source_id, start, end, recorded_at))


def failing_since(connection: sqlite3.Connection, source_id: int) -> int | None:
    """When the first attempt after the last success of a source was recorded; None where nothing fails."""
    since: int | None
    (since,) = connection.execute(
        "SELECT min(recorded_at) FROM ledger WHERE source_id = ?1 AND outcome NOT IN ('ok', 'missed') AND recorded_at "
        "> coalesce((SELECT max(last_recorded_at) FROM ledger WHERE source_id = ?1 AND outcome = 'ok'), 0)",
        (source_id,),
    ).fetchone()
    return since


def spans_by_source(connection: sqlite3.Connection, span: Span, as_of: int) -> dict[str, list[Span]]:
    """What is known at `as_of` to be complete within a span, for each source, joined and in order."""
    rows = connection.execute(
        "SELECT s.slug, max(c.covered_from, ?), min(c.covered_to, ?) FROM coverage c "
        "JOIN sources s ON s.id = c.source_id "
        "WHERE c.covered_to > ? AND c.covered_from < ? AND c.recorded_at < ? ORDER BY s.slug, c.covered_from",
        (span[0], min(span[1], as_of), span[0], min(span[1], as_of), as_of),
    )
    return _joined(rows)


def sampled_by_source(connection: sqlite3.Connection, span: Span, as_of: int) -> dict[str, list[Span]]:
    """Of which times within a span it is known at `as_of` that a ceiling let only a share be read, joined and in order.

    Only sources that have ceilings are looked at; a store of the first schema has none.
    """
    if connection.execute("PRAGMA user_version").fetchone()[0] < 2:
        return {}
    rows = connection.execute(
        "SELECT s.slug, max(l.covered_from, ?1), min(l.covered_to, ?2) FROM sources s CROSS JOIN ledger l "
        "ON l.source_id = s.id AND l.outcome = 'ok' AND l.last_recorded_at >= ?1 "
        "WHERE s.id IN (SELECT source_id FROM spending) AND l.fraction < 1 AND l.recorded_at < ?3 "
        "AND l.covered_to > ?1 AND l.covered_from < ?2 ORDER BY s.slug, l.covered_from",
        (*span, as_of),
    )
    return {slug: spans for slug, spans in _joined(rows).items() if spans}


def _joined(rows: Iterable[tuple[str, int, int]]) -> dict[str, list[Span]]:
    """Spans by source, given in the order of their beginnings."""
    found: dict[str, list[Span]] = {}
    for slug, start, end in rows:
        spans = found.setdefault(slug, [])
        if spans and start <= spans[-1][1] + _SLACK:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        elif end > start:
            spans.append((start, end))
    return found


def source_rows(connection: sqlite3.Connection, as_of: int) -> tuple[SourceRow, ...]:
    """All sources with how they stood at a moment."""
    newest = (
        "(SELECT {what} FROM ledger l WHERE l.source_id = s.id AND l.outcome = '{outcome}' AND l.recorded_at < ?1 "
        "ORDER BY l.last_recorded_at DESC LIMIT 1)"
    )
    success = newest.format(what="min(l.last_recorded_at, ?1)", outcome="ok")
    failure = newest.format(what="min(l.last_recorded_at, ?1)", outcome="failed")
    message = newest.format(what="l.message", outcome="failed")
    rows = connection.execute(
        f"SELECT s.id, s.slug, s.name, s.interval_seconds, s.state, s.note, {success}, {failure}, "
        f"coalesce({message}, '') FROM sources s WHERE s.id <> 0 ORDER BY s.slug",
        (as_of,),
    )
    return tuple(SourceRow(*row) for row in rows)


def ledger_rows(connection: sqlite3.Connection, since: int, source: str | None, limit: int) -> tuple[LedgerRow, ...]:
    """Attempts recorded since a moment, of one source or of all, newest first."""
    first_schema = connection.execute("PRAGMA user_version").fetchone()[0] < 2
    rows = connection.execute(
        "SELECT s.slug, l.part, l.outcome, l.covered_from, l.covered_to, l.recorded_at, l.last_recorded_at, "
        "l.attempts, l.read, l.kept, l.let_go, l.message, "
        f"{'1.0' if first_schema else 'l.fraction'} FROM ledger l JOIN sources s ON s.id = l.source_id "
        "WHERE l.last_recorded_at >= ?1 AND (?2 IS NULL OR s.slug = ?2) "
        "ORDER BY l.last_recorded_at DESC, l.id DESC LIMIT ?3",
        (since, source, limit),
    )
    return tuple(LedgerRow._make((*row[:3], None if row[3] is None else (row[3], row[4]), *row[5:])) for row in rows)
