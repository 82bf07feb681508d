"""What the workings of beats, of entities and of the totals have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor import glyphs
from monitor.evidence_words import Row, moment, span
from monitor.instants import DAY
from monitor.records import RANKS, WORDS, Baseline, Mark, Shares, Significance
from monitor.tui.lines import Line, clip, outside, rule, width_of, wrap
from monitor.tui.screens.post import INDENT, READING_WIDTH
from monitor.tui.widgets.mood_words import part_of

_LABEL = 11

_MOST_MARKS = 3

_UNSCORED = "in other languages than English or an unknown one, without text, or no scorer when they came"


def style_of(word: str) -> str:
    """How the one word is drawn."""
    return {"very unusual": "bold accent", "unusual": "accent"}.get(word, "muted")


def highest_word(levels: Iterable[Significance]) -> str:
    """The one word for the highest of some levels."""
    return WORDS[max(levels, key=RANKS.__getitem__)]


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
    beside = max([_LABEL, *(width_of([(label, "")]) + 1 for label, _ in rows)])
    room = max(20, min(width - 2 * len(INDENT), READING_WIDTH) - beside)
    lines: list[Line] = []
    for label, text in rows:
        for place, line in enumerate(wrap(outside(text), room)):
            lines.append(((INDENT, ""), (clip(label if place == 0 else "", beside), "muted"), (line, "text")))
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


def change_row(usual: Baseline, *, raw: bool = False) -> list[Row]:
    """The change on what is usual beside what counting alone explains, and the method; nothing where there is none.

    Args:
        raw: whether to say that it is of posts, since what stands above it counts something else.
    """
    if usual.ratio is None or usual.volume is None:
        return []
    chance = 2 * usual.volume**0.5
    inside = "within" if abs(usual.ratio - 1) * usual.volume <= chance else "more than"
    compared = f"raw posts: {glyphs.count(usual.compared or 0)} to {usual.volume:,.0f}, " if raw else ""
    change = f"{compared}{glyphs.change(usual.ratio)} on usual"
    return [
        ("change", f"{change}, {inside} what counting alone explains (±{chance:.0f})"),
        ("method", "posts of the same 24 hours on earlier days, over hours collected in both (docs/methods.md)"),
    ]


def mark_rows(usual: Baseline, marks: Sequence[Mark]) -> list[Row]:
    """What we did ourselves in the window or in the days it is compared with; nothing where nothing is compared.

    Args:
        marks: of that span, oldest first.
    """
    if usual.volume is None or not marks:
        return []
    told = ", ".join(f"{mark.kind} {moment(mark.at)}" for mark in reversed(marks[-_MOST_MARKS:]))
    more = f" and {len(marks) - _MOST_MARKS} more" if len(marks) > _MOST_MARKS else ""
    return [("marks", f"the comparison crosses what we changed or missed ourselves: {told}{more}")]


def mood_rows(shares: Shares, posts: int, uncalibrated: str = "no or too few labels of this beat") -> list[Row]:
    """The mood of some posts: n, net and its interval, the shares with theirs, and what corrects them.

    Args:
        posts: how many posts the scored ones are of, raw.
        uncalibrated: why no labels correct them, where none do.
    """
    if not posts:
        return [("n", "no post")]
    unscored = max(posts - shares.n, 0)
    if shares.net is None or shares.net_low is None or shares.net_high is None:
        return [("n", f"none of {glyphs.count(posts)} posts was scored: {_UNSCORED}")]
    low, high = (glyphs.signed(round(100 * bound)) for bound in (shares.net_low, shares.net_high))
    missing = f"{glyphs.count(unscored)} not ({part_of(unscored, posts)}): {_UNSCORED}" if unscored else "all of them"
    parts = (
        ("positive", shares.positive, shares.positive_interval),
        ("neutral", shares.neutral, shares.neutral_interval),
        ("negative", shares.negative, shares.negative_interval),
    )
    corrected = "corrected for the scorer's errors on"
    return [
        ("n", f"{glyphs.count(shares.n)} of {glyphs.count(posts)} posts scored, {missing}"),
        ("net", f"{glyphs.signed(round(100 * shares.net))} points, 95 % {low} to {high}"),
        ("shares", "; ".join(f"{name} {_share_words(share, between)}" for name, share, between in parts)),
        (
            "method",
            f"calibrated: {corrected} your labels of this beat"
            if shares.calibrated
            else f"uncalibrated: {uncalibrated}, hence {corrected} other data, and wider",
        ),
    ]


def _share_words(share: float | None, between: tuple[float, float] | None) -> str:
    if between is None:
        return glyphs.percent(share)
    low, high = (round(100 * bound) for bound in between)
    return f"{glyphs.percent(share)}, 95 % {low} to {high}"
