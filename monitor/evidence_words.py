"""How the working of a signal reads, wherever it is shown: rows of a label and a text."""

from __future__ import annotations

from monitor.instants import DAY, HOUR, MINUTE, SECOND, parse, to_datetime
from monitor.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from monitor.records import Signal

Row = tuple[str, str]

_MOST_NAMED = 4

_OF_TEXTS = ("phrase", "entity")
"""Kinds whose n is a part of the beat's texts."""


def moment(instant: int) -> str:
    """`20 Nov 05:45`, in UTC."""
    at = to_datetime(instant)
    return f"{at.day} {at:%b %H:%M}"


def span(start: int, end: int) -> str:
    """`20 Nov 03:45 to 05:45`; with both dates where it ends on another day."""
    same_day = start // DAY == end // DAY
    return f"{moment(start)} to {moment(end).rpartition(' ')[2] if same_day else moment(end)}"


def length(milliseconds: int) -> str:
    """`5 min`, `2 h`, `1 h 40 min`, `14 d`."""
    if milliseconds > DAY and milliseconds % DAY == 0:
        return f"{milliseconds // DAY} d"
    hours, minutes = divmod(milliseconds // MINUTE, 60)
    return " ".join(filter(None, (f"{hours} h" if hours else "", f"{minutes} min" if minutes or not hours else "")))


def _whole_minutes(milliseconds: int) -> int:
    """At least one minute, and rounded up, so that "within" holds; a half-open span ends just after what it holds."""
    return max(-(-(milliseconds - 1) // MINUTE), 1) * MINUTE


def lifetime(signal: Signal) -> str:
    """Since when it is open, or from when to when it was."""
    if signal.closed_at is None:
        return f"open since {moment(signal.opened_at)}"
    return f"{span(signal.opened_at, signal.closed_at)}, closed"


def working(signal: Signal, names: Mapping[str, str] | None = None) -> list[Row]:
    """Everything that a signal rests on, as rows; what its evidence does not hold is left out.

    Args:
        names: of the sources by slug; a source without one is named by its slug.
    """
    evidence: Mapping[str, Any] = signal.evidence
    called = names or {}
    rows: list[Row] = [
        ("says", f"{evidence.get('word', 'unusual')} (level {signal.level})"),
        ("when", lifetime(signal)),
        ("n", _n(signal.kind, evidence)),
        ("expected", _expected(signal.kind, evidence)),
        ("change", _change(signal.kind, evidence)),
        ("window", _window(evidence)),
        ("baseline", _baseline(evidence)),
        ("before", _same_time(evidence)),
        ("missing", _missing(evidence, called)),
        ("made by", _made_by(evidence, called)),
        ("mix", _mix(evidence)),
        ("moods", _nets(evidence, called)),
        ("phrases", _phrases(evidence)),
        ("by day", _by_day(evidence)),
        ("spread", _spread(evidence)),
        ("ours?", _ours(evidence)),
        ("earlier", _earlier(evidence)),
        ("posts", ", ".join(f"#{number}" for number in evidence.get("posts", ()))),
        ("method", str(evidence.get("method", ""))),
    ]
    return [row for row in rows if row[1]]


def _n(kind: str, evidence: Mapping[str, Any]) -> str:
    n = evidence.get("n")
    if n is None:
        return ""
    if kind == "mood":
        return (
            f"{n:,} independent posts, worth {evidence['effective_n']:,.0f} once drift is allowed for; "
            f"{evidence['previous_n']:,} in the week before"
        )
    if kind == "lockstep":
        return f"{n:,} hours compared, worth {evidence['effective_n']:,.0f} as neighbouring hours resemble one another"
    if kind == "overlap":
        return f"{n:,} texts in both of {evidence['of']:,} in either; {evidence['previous_n']:,} before"
    if kind == "divergence":
        return f"{n:,} texts of the two sources"
    if kind in _OF_TEXTS:
        parts = [f"{n:,} of {evidence['of']:,} texts", f"{evidence['unique_authors']:,} authors"]
        before = f"{_at_most(evidence)}{evidence['previous_n']:,} of {evidence['previous_of']:,}"
        return f"{', '.join(parts)}; {before} in the days before"
    parts = [f"{n:,} posts"]
    if kind == "engagement":
        parts.append(f"{evidence['reactions']:,} reactions, {_percent(evidence['top_share'])} of them to one post")
    if "unique_texts" in evidence:
        parts.append(f"{evidence['unique_texts']:,} texts, {evidence['unique_authors']:,} authors")
    if "authors" in evidence:
        parts.append(f"{evidence['authors']:,} authors")
    return ", ".join(parts)


def _expected(kind: str, evidence: Mapping[str, Any]) -> str:
    expected = evidence.get("expected")
    if expected is None:
        return ""
    if kind == "mood":
        return (
            f"{_percent(expected)} positive, the share of the week before; now {_percent(evidence.get('share'))}; "
            f"{_calibration(evidence)}"
        )
    if kind in (*_OF_TEXTS, "overlap"):
        between = evidence.get("share_ci95")
        inside = f" (95 % {_percent(between[0])} to {_percent(between[1])}, of counting alone)" if between else ""
        before = f"{_at_most(evidence)}{_finely(expected)}"
        return f"{before}, the share of the days before; now {_finely(evidence['share'])}{inside}"
    if kind == "divergence":
        return (
            f"{_points(expected)} points between the two, as in the days before; now {_points(evidence['difference'])}"
        )
    if kind == "engagement":
        return f"{expected:,.0f} reactions to {_figure(evidence['usual_posts'])} posts"
    return f"{_figure(expected)} posts"


def _change(kind: str, evidence: Mapping[str, Any]) -> str:
    parts = []
    ratio, between = evidence.get("ratio"), evidence.get("ratio_ci95")
    if ratio is not None:
        inside = f" (95 % {_figure(between[0])} to {_figure(between[1])}, of counting alone)" if between else ""
        parts.append(f"{_figure(ratio)} times{inside}")
    difference, bounds = evidence.get("difference"), evidence.get("difference_ci95")
    if kind == "mood" and difference is not None:
        inside = f" (95 % {_points(bounds[0])} to {_points(bounds[1])}, of sampling alone)" if bounds else ""
        parts.append(f"{_points(difference)} points{inside}")
    if evidence.get("z") is not None:
        parts.append(f"z {evidence['z']:.1f}")
    if evidence.get("r") is not None:
        lag = evidence["lag_hours"]
        parts.append(
            f"r {evidence['r']:.2f}" + (f" at {lag:+} h" if lag else "") + f", before {evidence['previous_r']:.2f}"
        )
    if evidence.get("felt_ratio") is not None:
        parts.append(f"{evidence['felt_ratio']:.1f} times by roots, in which one post weighs less")
    if evidence.get("lift") is not None:
        parts.append(f"{_figure(evidence['lift'])} times what chance would share")
    if evidence.get("q") is not None:
        parts.append(f"q {evidence['q']:.2g} {_over(kind, evidence)}")
    elif evidence.get("p") is not None:
        parts.append(f"p {evidence['p']:.2g}")
    return ", ".join(parts)


def _over(kind: str, evidence: Mapping[str, Any]) -> str:
    """Over what the false discovery rate is held."""
    over = {"phrase": "phrases", "entity": "entities"}.get(kind)
    if over is not None:
        return f"over {evidence['compared']:,} {over}"
    return {"divergence": "over the pairs of sources", "lockstep": "over all pairs of beats"}.get(
        kind, "over all beats"
    )


def _nets(evidence: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The net sentiment of each of two sources, with n and interval."""
    told = [
        f"{names.get(net['source'], net['source'])} {_points(net['net'])} points "
        f"(95 % {_points(net['ci95'][0])} to {_points(net['ci95'][1])}, n {net['n']:,})"
        for net in evidence.get("nets", ())
    ]
    return "; ".join([*told, _calibration(evidence)]) if told else ""


def _calibration(evidence: Mapping[str, Any]) -> str:
    """Whether labels correct the moods of a signal."""
    return "calibrated" if evidence.get("calibrated") else "uncalibrated"


def _phrases(evidence: Mapping[str, Any]) -> str:
    """What rose together, with counts now and before."""
    return "; ".join(
        f"{row['phrase']} {row['n']:,} (before {_at_most(row)}{row['previous_n']:,})"
        for row in evidence.get("phrases", ())
    )


def _by_day(evidence: Mapping[str, Any]) -> str:
    days = evidence.get("by_day")
    return f"{', '.join('0 or 1' if n is None else f'{n:,}' for n in days)}, the oldest first" if days else ""


def _at_most(counts: Mapping[str, Any]) -> str:
    """Where days with one vote or none count as one."""
    return "at most " if counts.get("at_most") else ""


def _window(evidence: Mapping[str, Any]) -> str:
    between = evidence.get("window")
    if not between:
        return ""
    start, end = map(parse, between)
    return f"{span(start, end)} UTC ({length(_whole_minutes(end - start))})"


def _baseline(evidence: Mapping[str, Any]) -> str:
    between = evidence.get("baseline")
    if not between:
        return ""
    days = evidence.get("baseline_days")
    return f"{span(*map(parse, between))} UTC" + (f", {days} days" if days else "")


def _same_time(evidence: Mapping[str, Any]) -> str:
    before = evidence.get("same_time_before")
    if not before or not before.get("days"):
        return ""
    return (
        f"the same minutes of the {before['days']} days before: median {_figure(before['median'])}, "
        f"{before['low']} to {before['high']}"
    )


def _missing(evidence: Mapping[str, Any], names: Mapping[str, str]) -> str:
    missing = evidence.get("not_collected")
    if missing is None:
        return ""
    alike: dict[str, list[str]] = {}
    for source, gaps in missing.get("window", {}).items():
        alike.setdefault(_gaps(gaps), []).append(names.get(source, source))
    parts = [f"{', '.join(sources)}: {gaps} of the window" for gaps, sources in alike.items()]
    if missing.get("baseline"):
        parts.append(f"{_gaps(missing['baseline'])} of the baseline, left out")
    return "; ".join(parts) or "nothing"


def _gaps(gaps: Sequence[Sequence[str]]) -> str:
    spans = [(parse(start), parse(end)) for start, end in gaps]
    total = length(sum(end - start for start, end in spans))
    if len(spans) > 2:
        return f"{len(spans)} gaps, {total},"
    return f"{', '.join(span(*each) for each in spans)} ({total})"


def _made_by(evidence: Mapping[str, Any], names: Mapping[str, str]) -> str:
    parts: Iterable[Mapping[str, Any]] = evidence.get("sources") or ()
    told = []
    for part in parts:
        if not part["n"]:
            continue
        usual = "" if part["usual"] is None else f" where {_figure(part['usual'])} are usual"
        share = "" if part["part"] is None else f" ({_percent(part['part'])})"
        told.append(f"{names.get(part['source'], part['source'])} {part['n']:,}{usual}{share}")
    more = len(told) - _MOST_NAMED
    return "; ".join(told[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _mix(evidence: Mapping[str, Any]) -> str:
    parts = evidence.get("mood_or_mix")
    if not parts:
        return ""
    return (
        f"{_points(parts['within'])} points because sources changed their mood, "
        f"{_points(parts['mix'])} because the mix of sources changed"
    )


def _spread(evidence: Mapping[str, Any]) -> str:
    if "first_post" not in evidence:
        return ""
    first = f"first by post #{evidence['first_post']}, {moment(parse(evidence['first_at']))}"
    if "fastest_seconds" not in evidence:
        return first
    fastest = length(_whole_minutes(evidence["fastest_seconds"] * SECOND))
    return f"{first}; 5 authors within {fastest}"


def _ours(evidence: Mapping[str, Any]) -> str:
    """What explains it, and our own marks in the spans that are compared."""
    told = [str(evidence["explained_by"])] if evidence.get("explained_by") else []
    places: dict[str, list[str]] = {}
    for mark in reversed(evidence.get("marks") or ()):
        at = parse(mark["at"])
        places.setdefault(_place(at, evidence), []).append(f"{mark['kind']} {moment(at)}")
    for place, marks in places.items():
        more = len(marks) - _MOST_NAMED
        named = ", ".join(marks[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        told.append(f"our own marks {place}: {named}")
    return "; ".join(told)


def _place(at: int, evidence: Mapping[str, Any]) -> str:
    """In which of the spans compared a moment lies."""
    window, baseline = evidence.get("window"), evidence.get("baseline")
    if window and at >= parse(window[0]):
        return "in the window"
    return "in the baseline" if baseline and at < parse(baseline[1]) else "before the window"


def _earlier(evidence: Mapping[str, Any]) -> str:
    return "; ".join(f"{each['level']} until {moment(parse(each['until']))}" for each in evidence.get("before", ()))


def _figure(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{round(100 * value)} %"


def _finely(value: float) -> str:
    """A share in percent, with a decimal where it is small."""
    return f"{100 * value:.1f} %" if value < 0.1 else f"{100 * value:.0f} %"


def _points(value: float) -> str:
    points = round(100 * value)
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "0"


RECENT = 48 * HOUR
"""How far back signals are recent."""
