"""How moments, spans, lenses and states read in a report."""

from __future__ import annotations

from monitor.instants import DAY, to_datetime
from monitor.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.records import Baseline, Lens, SourceState, Span

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

LENS_WORDS: Mapping[Lens, str] = {"raw": "posts", "text": "unique texts", "author": "unique authors"}

STATE_WORDS: Mapping[SourceState, str] = {
    "ok": "ok",
    "waiting": "waiting",
    "stale": "stale",
    "failing": "failing",
    "off": "off",
    "no-key": "no key",
    "over-budget": "over budget",
}


def moment(instant: int, *, year: bool = False) -> str:
    """`21 Nov 09:41`, in UTC."""
    at = to_datetime(instant)
    date = f"{at.day} {MONTHS[at.month - 1]}{f' {at.year}' if year else ''}"
    return f"{date} {at.hour:02}:{at.minute:02}"


def span(between: Span) -> str:
    """`20 Nov 21:00-23:00`; with both dates where it ends on a later day."""
    start, end = between
    same_day = start - start % DAY == (end - 1) - (end - 1) % DAY
    return f"{moment(start)}-{moment(end).rsplit(' ', 1)[1] if same_day else moment(end)}"


def window(hours: int) -> str:
    """`24 h`, `36 h`, `7 d`."""
    return f"{hours // 24} d" if hours > 24 and hours % 24 == 0 else f"{hours} h"


def usual(baseline: Baseline) -> str:
    """What a comparison with the usual rests on."""
    if baseline.volume is None:
        return "no earlier days yet"
    days = f"{baseline.days} {'day' if baseline.days == 1 else 'days'}"
    kind = " of the same weekday" if baseline.same_weekday else ""
    learning = ", still learning" if baseline.state == "learning" else ""
    return f"usual {baseline.volume:,.0f}, median of {days}{kind}{learning}"
