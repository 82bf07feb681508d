"""The sources as `monitor sources` lists them: state, last success, what is spent, and gaps, the longest first."""

from __future__ import annotations

from monitor import budget_words, glyphs
from monitor.light_typing import TYPE_CHECKING
from monitor.report.columns import Column, table, wrap
from monitor.report.words import STATE_WORDS, span, window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.records import Lens, SourceSnapshot, Span

LEAST_WIDTH = 40
MOST_GAPS = 5
"""Gaps of a source that are named; the others are counted."""


def longest_first(gaps: Sequence[Span]) -> tuple[Span, ...]:
    """Gaps by their length, those of one length by their time."""
    return tuple(sorted(gaps, key=lambda gap: (gap[0] - gap[1], gap)))


def sources_text(
    sources: Sequence[SourceSnapshot],
    as_of: int,
    width: int,
    *,
    window_hours: int = 24,
    lens: Lens = "raw",
    ascii: bool = False,  # noqa: A002
) -> str:
    """One row a source, and below it what to do, what is spent, and what was not collected."""
    width = max(width, LEAST_WIDTH)
    rows = table(
        [
            Column("Source", [source.name for source in sources], "left", least=8),
            Column(window(window_hours), [glyphs.count(source.volume) for source in sources]),
            Column("State", [STATE_WORDS[source.state] for source in sources], "left"),
            Column("Last success", [last_success(source, as_of, ascii=ascii) for source in sources], "left"),
        ],
        width,
        ascii=ascii,
    )
    lines = rows[:1]
    for row, source in zip(rows[1:], sources, strict=True):
        lines.append(row)
        for note in filter(None, (source.message, budget_notes(source, lens), _gaps(source))):
            lines += wrap(note, width, first="  ")
    return "\n".join(lines) + "\n"


def last_success(source: SourceSnapshot, as_of: int, *, ascii: bool = False) -> str:  # noqa: A002
    """How long ago a source last gave what it was asked for."""
    if source.last_success is None:
        return "-" if ascii else "–"
    age = glyphs.age(as_of - source.last_success)
    return age if age == "now" else f"{age} ago"


def budget_notes(source: SourceSnapshot, lens: Lens) -> str:
    """What is spent of the ceilings, and what a sample stands for; empty for most sources.

    Only posts can be scaled up; how many texts or authors a larger sample would hold cannot be told by a ratio.
    """
    notes = [budget_words.budget(one) for one in source.budgets]
    if source.fraction < 1:
        stands_for = f", {glyphs.count(budget_words.scaled(source.volume, source.fraction))} posts if scaled up"
        notes.append(budget_words.sampled(source.fraction) + (stands_for if lens == "raw" else ""))
    return "; ".join(notes)


def _gaps(source: SourceSnapshot) -> str:
    if not source.gaps:
        return ""
    named = [f"{span(gap)} ({_length(gap)})" for gap in longest_first(source.gaps)[:MOST_GAPS]]
    more = len(source.gaps) - len(named)
    return f"not collected: {', '.join(named)}" + (f", and {more} shorter ones" if more else "")


def _length(gap: Span) -> str:
    """`25 min`, `3 h 5 min`, `24 h`."""
    hours, minutes = divmod((gap[1] - gap[0]) // 60_000, 60)
    return " ".join(filter(None, (f"{hours} h" if hours else "", f"{minutes} min" if minutes or not hours else "")))
