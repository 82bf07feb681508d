"""What the ledger and the ceilings say of each source: which parts are in trouble, what is spent, what share was read.

The cost does not grow with the store: only recent troubles are looked at, each with one step into an index, and spans
only of sources that have ceilings.
"""

from __future__ import annotations

from monitor.instants import DAY, HOUR
from monitor.light_typing import TYPE_CHECKING, NamedTuple
from monitor.nouns.snapshots import Budget

if TYPE_CHECKING:
    import sqlite3
    from typing import Literal

    from monitor.records import Span

LONGEST_WAIT = 7 * HOUR
"""A part that is in trouble is tried again within this time, or within two of its source's intervals."""

LONGEST_PERIOD = 33 * DAY
"""A part that is over budget is tried again within this time."""


class PartTrouble(NamedTuple):
    """A part of a source whose newest attempt brought nothing."""

    part: str
    outcome: Literal["failed", "no-key", "over-budget"]
    at: int
    message: str
    ends_at: int | None
    """When the period ends that an `over-budget` holds for, where that is known."""


class Standing(NamedTuple):
    """How the parts and the ceilings of a source stand at some moment."""

    troubles: tuple[PartTrouble, ...] = ()
    """Newest first."""
    well: int = 0
    """How many parts gave something when they were last asked; counted only where others are in trouble."""
    budgets: tuple[Budget, ...] = ()
    fraction: float = 1.0
    """What share of the window was read."""


def read_standings(connection: sqlite3.Connection, window: Span, as_of: int) -> dict[str, Standing]:
    """The standing of every source of which there is something to say, by slug.

    A store of the first schema has neither ceilings nor fractions.
    """
    troubles = _troubles(connection, as_of)
    found = {slug: Standing(tuple(them), _well(connection, slug, as_of)) for slug, them in troubles.items()}
    if connection.execute("PRAGMA user_version").fetchone()[0] >= 2:
        for slug, budgets in _budgets(connection, as_of).items():
            found[slug] = found.get(slug, Standing())._replace(budgets=budgets)
        for slug, fraction in _fractions(connection, window, as_of).items():
            found[slug] = found.get(slug, Standing())._replace(fraction=fraction)
    return found


def _troubles(connection: sqlite3.Connection, as_of: int) -> dict[str, list[PartTrouble]]:
    failing = "l.outcome IN ('failed', 'no-key') AND l.last_recorded_at >= ?1 - max(?2, 2000 * s.interval_seconds)"
    spent = "l.outcome = 'over-budget' AND l.last_recorded_at >= ?1 - ?2"
    rows = [
        row
        for lately, longest in ((failing, LONGEST_WAIT), (spent, LONGEST_PERIOD))
        for row in connection.execute(
            "SELECT s.slug, s.id, l.part, l.outcome, min(l.last_recorded_at, ?1), l.message, l.id "
            f"FROM sources s CROSS JOIN ledger l ON l.source_id = s.id AND {lately} "
            "WHERE s.interval_seconds IS NOT NULL AND l.recorded_at < ?1 "
            "AND NOT EXISTS (SELECT 1 FROM ledger n WHERE n.source_id = s.id AND n.part = l.part AND n.id > l.id "
            "AND n.outcome <> 'missed' AND n.recorded_at < ?1)",
            (as_of, longest),
        )
    ]
    found: dict[str, list[PartTrouble]] = {}
    for slug, source_id, part, outcome, at, message, _ in sorted(rows, key=lambda row: (-row[4], -row[6])):
        ends_at = _period_end(connection, source_id, at) if outcome == "over-budget" else None
        found.setdefault(slug, []).append(PartTrouble(part, outcome, at, message, ends_at))
    return found


def _period_end(connection: sqlite3.Connection, source_id: int, at: int) -> int | None:
    """The end of the period that ran at an instant and of whose ceiling the least was left."""
    row = connection.execute(
        "SELECT ends_at FROM spending WHERE source_id = ?1 AND starts_at <= ?2 AND ends_at > ?2 AND ceiling > 0 "
        "ORDER BY spent / ceiling DESC, ends_at LIMIT 1",
        (source_id, at),
    ).fetchone()
    return None if row is None else int(row[0])


def _well(connection: sqlite3.Connection, slug: str, as_of: int) -> int:
    """How many parts of a source gave something lately, stepping from part to part through the index."""
    row = connection.execute(
        "WITH RECURSIVE source (id, since) AS (SELECT id, ?2 - max(?3, 2000 * coalesce(interval_seconds, 0)) "
        "FROM sources WHERE slug = ?1), "
        "parts (part) AS (SELECT min(part) FROM ledger WHERE source_id = (SELECT id FROM source) UNION ALL "
        "SELECT (SELECT min(l.part) FROM ledger l WHERE l.source_id = (SELECT id FROM source) AND l.part > parts.part) "
        "FROM parts WHERE parts.part IS NOT NULL) "
        "SELECT count(*) FROM parts WHERE part IS NOT NULL AND (SELECT l.outcome = 'ok' AND "
        "l.last_recorded_at >= (SELECT since FROM source) FROM ledger l WHERE l.source_id = (SELECT id FROM source) "
        "AND l.part = parts.part AND l.recorded_at < ?2 ORDER BY l.id DESC LIMIT 1)",
        (slug, as_of, LONGEST_WAIT),
    ).fetchone()
    return int(row[0])


def _budgets(connection: sqlite3.Connection, as_of: int) -> dict[str, tuple[Budget, ...]]:
    """The ceilings that are set, in the periods that run at a moment; the shorter period first."""
    rows = connection.execute(
        "SELECT s.slug, p.unit, p.period, p.spent, p.ceiling, p.ends_at FROM spending p "
        "JOIN sources s ON s.id = p.source_id WHERE p.starts_at <= ?1 AND p.ends_at > ?1 AND p.ceiling > 0 "
        "ORDER BY s.slug, p.unit, p.ends_at - p.starts_at",
        (as_of,),
    )
    found: dict[str, tuple[Budget, ...]] = {}
    for slug, *fields in rows:
        found[slug] = (*found.get(slug, ()), Budget(*fields))
    return found


def _fractions(connection: sqlite3.Connection, window: Span, as_of: int) -> dict[str, float]:
    """What share of what there was in a window was read, of the sources of which not all was.

    Posts that came at a fraction f stand for 1/f each (the estimator of Horvitz and Thompson, 1952), so that the volume
    over the share is what they stand for. Where none came, the share is that of the time.
    """
    rows = connection.execute(
        "SELECT slug, sum(came), sum(came / fraction), sum(time * fraction), sum(time) FROM ("
        "SELECT s.slug, l.fraction, min(l.covered_to, ?2) - max(l.covered_from, ?1) AS time, "
        "1.0 * l.kept * (min(l.covered_to, ?2) - max(l.covered_from, ?1)) / (l.covered_to - l.covered_from) AS came "
        "FROM sources s CROSS JOIN ledger l ON l.source_id = s.id AND l.outcome = 'ok' AND l.last_recorded_at >= ?1 "
        "WHERE s.id IN (SELECT source_id FROM spending) AND l.recorded_at < ?3 AND l.covered_to > ?1 "
        "AND l.covered_from < ?2 AND l.covered_to > l.covered_from AND l.fraction > 0) GROUP BY slug",
        (*window, as_of),
    )
    shares = {slug: came / stands_for if came else read / time for slug, came, stands_for, read, time in rows}
    return {slug: share for slug, share in shares.items() if share < 1 - 1e-9}
