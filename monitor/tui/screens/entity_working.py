"""The working behind the page of an entity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor import glyphs
from monitor.evidence_words import Row, length, span
from monitor.instants import DAY, HOUR
from monitor.records import Mark, Snapshot
from monitor.snapshot.entity import EntityPage
from monitor.tui.lines import Line, outside, rule
from monitor.tui.screens.working_lines import (
    baseline_row,
    change_row,
    highest_word,
    mark_rows,
    mood_rows,
    part,
    row_lines,
    style_of,
)
from monitor.tui.widgets.posts_list import NAMES

LEAST_DAYS = 7
"""Fewer earlier days say nothing about what is unusual."""


def entity_word(snapshot: Snapshot, page: EntityPage) -> tuple[str, str]:
    """One word on an entity and what it rests on: the highest signal that is open about it, else its earlier days."""
    levels = [
        signal.level
        for signal in snapshot.signals
        if signal.kind == "entity" and signal.closed_at is None and signal.evidence.get("subject") == page.slug
    ]
    if levels:
        word = highest_word(levels)
        return word, f"{word}: a signal about it is open"
    days, now = page.days, page.day_volume
    if len(days) < LEAST_DAYS:
        return "learning", f"learning: {len(days)} of {LEAST_DAYS} days that can be compared"
    low, high = min(days), max(days)
    between = f"on the {len(days)} days compared there were {glyphs.count(low)} to {glyphs.count(high)}"
    if low <= now <= high or abs(now - (high if now > high else low)) <= 2 * max(high, 1) ** 0.5:
        return "noise", f"noise: {between}, and {glyphs.count(now)} in the last 24 hours"
    word = "very unusual" if now >= 2 * high or 2 * now <= low else "unusual"
    return word, f"{word}: {between}; {glyphs.count(now)} in the last 24 hours lie beyond that and beyond chance"


def entity_working_lines(
    page: EntityPage, word: tuple[str, str], names: Mapping[str, str], width: int, marks: Sequence[Mark] = ()
) -> list[Line]:
    """The working of an entity: one word, its volume, its mood over all and by source, and what is missing.

    Args:
        word: see `entity_word`.
        names: of the sources by slug.
        marks: what we did ourselves in the last 24 hours and in the days they are compared with.
    """
    name = page.entity.name if page.entity else page.slug
    return [
        rule([(outside(name), "bold text"), ("  the working", "muted")], [(word[0], style_of(word[0]))], width),
        (("", ""),),
        *row_lines([("says", word[1])], width),
        *part("Volume", _volume_rows(page, marks), width),
        *part("Mood", mood_rows(page.sentiment, page.volume, "entities have no labels"), width),
        *part("Mood by source", _source_rows(page, names), width),
        *part("Not collected", _missing_rows(page, names), width),
    ]


def _volume_rows(page: EntityPage, marks: Sequence[Mark]) -> list[Row]:
    names = ", ".join(page.entity.names) if page.entity else "none"
    share = ""
    if page.all_posts:
        share = f", {100 * page.volume / page.all_posts:.1f} % of the {glyphs.count(page.all_posts)} stored"
    rows = [
        ("n", f"{glyphs.count(page.volume)} posts, {glyphs.count(page.texts)} texts{share}"),
        ("window", f"{span(page.as_of - page.range_hours * HOUR, page.as_of)} UTC ({length(page.range_hours * HOUR)})"),
    ]
    if page.baseline is None:
        rows.append(("baseline", "being read"))
    else:
        rows.append(("baseline", baseline_row(page.baseline, page.as_of) + "; of 24 hours"))
        if page.range_hours * HOUR != DAY:
            rows.append(("24 h", f"{glyphs.count(page.day_volume)} posts"))
        rows += change_row(page.baseline) + mark_rows(page.baseline, marks)
    rows.append(("names", f"{names}; one that begins with = counts only as it is written"))
    rows.append(
        (
            "method",
            "stored posts that say one of the names as whole words; what was never stored, because no beat "
            "takes it, is not counted (docs/methods.md, Entities)",
        )
    )
    return rows


def _source_rows(page: EntityPage, names: Mapping[str, str]) -> list[Row]:
    rows = []
    for slug, posts, shares in page.by_source:
        called = {**NAMES, **names}.get(slug, slug)
        if shares.net is None or shares.net_low is None or shares.net_high is None:
            rows.append((called, f"{glyphs.count(posts)} posts, none scored"))
            continue
        low, high = (glyphs.signed(round(100 * bound)) for bound in (shares.net_low, shares.net_high))
        net = glyphs.signed(round(100 * shares.net))
        rows.append((called, f"{net} points, 95 % {low} to {high}, n {glyphs.count(shares.n)}"))
    return rows


def _missing_rows(page: EntityPage, names: Mapping[str, str]) -> list[Row]:
    rows = []
    gaps = sum(volume is None for volume in page.history.volume)
    if gaps:
        rows.append(
            ("bins", f"{gaps} of {len(page.history.volume)} hold nothing and were not collected, drawn hatched")
        )
    for slug, spans in page.missing:
        told = ", ".join(span(*gap) for gap in spans[:3]) + (f" and {len(spans) - 3} more" if len(spans) > 3 else "")
        total = length(sum(end - start for start, end in spans))
        rows.append(("gaps", f"{({**NAMES, **names}).get(slug, slug)}: {told} ({total})"))
    if page.history.marks:
        marks = "; ".join(f"{mark.kind}: {outside(mark.what)}" for mark in page.history.marks[-3:])
        rows.append(("marks", f"{len(page.history.marks)} of our own in the window: {marks}"))
    return rows or [("bins", "nothing is missing")]
