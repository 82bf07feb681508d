"""The numbers that beats and sources have within the store."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Literal, NamedTuple

from monitor.records import SOURCES, Beats, Mark, Rule, SourceState
from monitor.store.schema import ALL_BEATS, ALL_SOURCES

_KNOWN_NAMES = {source.slug: source.name for source in SOURCES}


class SourceRegistration(NamedTuple):
    """What the fetcher says of a source, so that readers can name its state."""

    slug: str
    name: str
    interval_seconds: float | None
    """Longest time between two successes while all is well; None for what is only imported."""
    state: SourceState | Literal[""] = ""
    """`off` or `no-key` where it is not read at all; empty where it is."""
    note: str = ""
    """One sentence for a person that goes with the state."""


def source_ids(connection: sqlite3.Connection) -> dict[str, int]:
    """Numbers of the sources by slug."""
    return dict(connection.execute("SELECT slug, id FROM sources WHERE id <> ?", (ALL_SOURCES,)))


def add_source(connection: sqlite3.Connection, slug: str) -> int:
    """Give a source a number."""
    connection.execute(
        "INSERT INTO sources (slug, name) VALUES (?, ?) ON CONFLICT DO NOTHING", (slug, _KNOWN_NAMES.get(slug, slug))
    )
    return int(connection.execute("SELECT id FROM sources WHERE slug = ?", (slug,)).fetchone()[0])


def register_sources(connection: sqlite3.Connection, registrations: Iterable[SourceRegistration]) -> None:
    """Write down what is fetched, how often, and what is not and why."""
    connection.executemany(
        "INSERT INTO sources (slug, name, interval_seconds, state, note) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (slug) DO UPDATE SET name = excluded.name, interval_seconds = excluded.interval_seconds, "
        "state = excluded.state, note = excluded.note "
        "WHERE (name, interval_seconds, state, note) IS NOT "
        "(excluded.name, excluded.interval_seconds, excluded.state, excluded.note)",
        registrations,
    )


def beat_ids(connection: sqlite3.Connection) -> dict[str, int]:
    """Numbers of the beats by slug, those no longer followed included."""
    return dict(connection.execute("SELECT slug, id FROM beats WHERE id <> ?", (ALL_BEATS,)))


def set_beats(connection: sqlite3.Connection, beats: Beats, now: int, *, new_store: bool) -> list[Mark]:
    """Write the beats down as they are followed from now on.

    Returns:
        A mark for each beat whose rule is new, changed or gone; none for a store that has no beats yet.
    """
    stored = {
        slug: (rule, active)
        for slug, rule, active in connection.execute("SELECT slug, rule, active FROM beats WHERE id <> ?", (ALL_BEATS,))
    }
    first = new_store or not stored
    umbrella = _rule_text(beats.umbrella)
    before = connection.execute("SELECT rule FROM beats WHERE id = ?", (ALL_BEATS,)).fetchone()[0]
    changes: list[str] = []
    if before != umbrella:
        connection.execute("UPDATE beats SET rule = ? WHERE id = ?", (umbrella, ALL_BEATS))
        changes.append("the umbrella rule changed")
    for beat in beats.beats:
        rule = _rule_text(beat.rule)
        known = stored.get(beat.slug)
        if known is None or not known[1]:
            changes.append(f"beat {beat.slug} is new")
        elif known[0] != rule:
            changes.append(f"the rule of {beat.slug} changed")
        connection.execute(
            "INSERT INTO beats (slug, name, category, rule, covered_from, active) VALUES (?, ?, ?, ?, ?, 1) "
            "ON CONFLICT (slug) DO UPDATE SET name = excluded.name, category = excluded.category, "
            "rule = excluded.rule, "
            "covered_from = CASE WHEN active THEN covered_from ELSE excluded.covered_from END, active = 1 "
            "WHERE (name, category, rule, active) IS NOT (excluded.name, excluded.category, excluded.rule, 1)",
            (beat.slug, beat.name, beat.category, rule, 0 if first else now),
        )
    followed = {beat.slug for beat in beats.beats}
    for slug, (_, active) in stored.items():
        if active and slug not in followed:
            connection.execute("UPDATE beats SET active = 0 WHERE slug = ?", (slug,))
            changes.append(f"beat {slug} is no longer followed")
    return [] if first else [Mark(now, "rules", change) for change in changes]


def _rule_text(rule: Rule) -> str:
    fields = rule._asdict()
    if not rule.hints:
        # A rule without hints is written as it was before rules had any, so that it is not taken for edited.
        del fields["hints"]
    return json.dumps(fields, ensure_ascii=False)
