"""What the workings of beats, of entities and of the totals have in common."""

from __future__ import annotations

from collections.abc import Sequence

from monitor import glyphs
from monitor.evidence_words import Row, span
from monitor.instants import DAY
from monitor.records import Baseline, Shares
from monitor.tui.lines import Line, outside, rule, wrap
from monitor.tui.screens.post import INDENT, READING_WIDTH

_LABEL = 11


def style_of(word: str) -> str:
    """How the one word is drawn."""
    return {"very unusual": "bold accent", "unusual": "accent"}.get(word, "muted")


def word_rows(word: str) -> list[Row]:
    """The one word with what it means."""
    meaning = {
        "noise": "noise: no open signal; what moves here is what it does by itself",
        "learning": "learning: too few days were collected to say what is usual",
    }.get(word, f"{word}: see the signals")
    return [("says", meaning)]


def part(title: str, rows: Sequence[Row], width: int) -> list[Line]:
    """Rows under a heading; nothing where there are none."""
    return [(("", ""),), rule([(title, "muted")], (), width), *row_lines(rows, width)] if rows else []


def row_lines(rows: Sequence[Row], width: int) -> list[Line]:
    """Rows of a label and a text that is wrapped beside it."""
    room = max(20, min(width - 2 * len(INDENT), READING_WIDTH) - _LABEL)
    lines: list[Line] = []
    for label, text in rows:
        for place, line in enumerate(wrap(outside(text), room)):
            lines.append(((INDENT, ""), ((label if place == 0 else "").ljust(_LABEL), "muted"), (line, "text")))
    return lines


def baseline_row(usual: Baseline, as_of: int) -> str:
    """What is usual, of how many days, between which bounds and when."""
    if usual.volume is None:
        return {"gap": "none: the hours compared were not collected on three earlier days"}.get(
            usual.state, f"none yet: {usual.days} of 3 days"
        )
    days = f"{usual.days} {'days of the same weekday' if usual.same_weekday else 'days'}"
    between = "" if usual.low is None or usual.high is None else f", {usual.low:,.0f} to {usual.high:,.0f}"
    since = span(as_of - (28 if usual.same_weekday else usual.days) * DAY, as_of - DAY)
    return f"{usual.volume:,.0f}, the median of {days}{between}; within {since} UTC"


def change_row(usual: Baseline) -> list[Row]:
    """The change on what is usual beside what counting alone explains, and the method; nothing where there is none."""
    if usual.ratio is None or usual.volume is None:
        return []
    chance = 2 * usual.volume**0.5
    inside = "within" if abs(usual.ratio - 1) * usual.volume <= chance else "more than"
    return [
        ("change", f"{glyphs.change(usual.ratio)} on usual, {inside} what counting alone explains (±{chance:.0f})"),
        ("method", "posts of the same 24 hours on earlier days, over hours collected in both (docs/methods.md)"),
    ]


def mood_rows(shares: Shares, volume: int) -> list[Row]:
    """The mood of some posts: n, net and its interval, the shares, and what corrects them."""
    if shares.net is None or shares.net_low is None or shares.net_high is None:
        return [("n", "no post was scored")]
    low, high = (glyphs.signed(round(100 * bound)) for bound in (shares.net_low, shares.net_high))
    unscored = max(volume - shares.n, 0)
    left_out = f"; {glyphs.count(unscored)} not scored, in other languages than English" if unscored else ""
    parts = (("positive", shares.positive), ("neutral", shares.neutral), ("negative", shares.negative))
    return [
        ("n", f"{glyphs.count(shares.n)} scored posts{left_out}"),
        ("net", f"{glyphs.signed(round(100 * shares.net))} points, 95 % {low} to {high}"),
        ("shares", ", ".join(f"{name} {glyphs.percent(share)}" for name, share in parts)),
        (
            "method",
            "corrected for the scorer's errors on " + ("your labels" if shares.calibrated else "other data: wider"),
        ),
    ]
