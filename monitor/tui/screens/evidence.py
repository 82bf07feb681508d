"""The working behind a beat's figures and its signals: n, window, interval, baseline, what was not collected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult

from monitor import glyphs
from monitor.evidence_words import Row, length, span, working
from monitor.instants import DAY, HOUR
from monitor.records import BeatSnapshot, Signal, Snapshot
from monitor.tui.lines import Line, outside, rule, wrap
from monitor.tui.screens.base import MonitorScreen
from monitor.tui.screens.dashboard import beat_named
from monitor.tui.screens.post import INDENT, READING_WIDTH
from monitor.tui.widgets.beats_table import LEAST_SCORED
from monitor.tui.widgets.posts_list import NAMES
from monitor.tui.widgets.stories_list import LEVELS
from monitor.tui.widgets.text_pane import TextPane
from monitor.tui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from monitor.tui.app import MonitorApp

_LABEL = 11
_WORDS = {"low": "unusual", "medium": "very unusual", "high": "very unusual"}
_RANKS = {"low": 1, "medium": 2, "high": 3}


def word_of(snapshot: Snapshot, beat: BeatSnapshot) -> str:
    """One word on a beat: noise, unusual, very unusual; or that it is too early to say."""
    levels = [signal.level for signal in snapshot.signals if signal.beat == beat.slug and signal.closed_at is None]
    if levels:
        return _WORDS[max(levels, key=lambda level: _RANKS[level])]
    return "noise" if beat.baseline.state == "ok" else "learning"


def evidence_lines(snapshot: Snapshot, beat: BeatSnapshot, width: int) -> list[Line]:
    """The working of a beat: one word, its volume, its mood, and each of its signals."""
    names = {source.slug: source.name for source in snapshot.sources}
    word = word_of(snapshot, beat)
    lines: list[Line] = [
        rule([(beat.name, "bold text"), ("  the working", "muted")], [(word, _style(word))], width),
        (("", ""),),
        *_rows([("says", _meaning(word))], width),
        *_part("Volume", _volume_rows(snapshot, beat), width),
        *_part("Mood", _mood_rows(beat), width),
        *_part("Not collected", _missing_rows(snapshot, beat), width),
    ]
    for signal in snapshot.signals:
        if signal.beat == beat.slug:
            lines += signal_lines(signal, names, width)
    return lines


def signal_lines(signal: Signal, names: Mapping[str, str], width: int) -> list[Line]:
    """The working of one signal."""
    sign, style = LEVELS[signal.level]
    level = f"{sign.strip()} {signal.level}" if signal.closed_at is None else f"{signal.level}, over"
    room = max(20, min(width - 2 * len(INDENT), READING_WIDTH))
    return [
        (("", ""),),
        rule([(f"Signal: {signal.kind}", "bold text"), ("  " + level, style)], (), width),
        (("", ""),),
        *(((INDENT, ""), (line, "bold text")) for line in wrap(outside(signal.summary), room)),
        *_rows(working(signal, {**NAMES, **names}), width),
    ]


def _style(word: str) -> str:
    return {"very unusual": "bold accent", "unusual": "accent"}.get(word, "muted")


def _meaning(word: str) -> str:
    return {
        "noise": "noise: no open signal; what moves here is what this beat does by itself",
        "learning": "learning: too few days were collected to say what is usual",
    }.get(word, f"{word}: see the signals below")


def _part(title: str, rows: Sequence[Row], width: int) -> list[Line]:
    return [(("", ""),), rule([(title, "muted")], (), width), *_rows(rows, width)] if rows else []


def _rows(rows: Sequence[Row], width: int) -> list[Line]:
    room = max(20, min(width - 2 * len(INDENT), READING_WIDTH) - _LABEL)
    lines: list[Line] = []
    for label, text in rows:
        for place, line in enumerate(wrap(outside(text), room)):
            lines.append(((INDENT, ""), ((label if place == 0 else "").ljust(_LABEL), "muted"), (line, "text")))
    return lines


def _volume_rows(snapshot: Snapshot, beat: BeatSnapshot) -> list[Row]:
    unit = {"raw": "posts", "text": "unique texts", "author": "unique authors"}[snapshot.lens]
    before, window = snapshot.as_of - snapshot.window_hours * HOUR, snapshot.window_hours * HOUR
    uniques = (
        f", {glyphs.count(beat.unique_texts)} texts, {glyphs.count(beat.unique_authors or 0)} authors"
        if beat.unique_texts is not None and snapshot.lens == "raw"
        else ""
    )
    rows = [
        (
            "n",
            f"{glyphs.count(beat.volume)} {unit}{uniques}; {glyphs.count(beat.previous_volume)} in the window before",
        ),
        ("window", f"{span(before, snapshot.as_of)} UTC ({length(window)}); exact, no estimate"),
        ("baseline", _baseline(snapshot, beat)),
    ]
    usual = beat.baseline
    if usual.ratio is not None and usual.volume is not None:
        chance = 2 * usual.volume**0.5
        inside = "within" if abs(usual.ratio - 1) * usual.volume <= chance else "more than"
        rows.append(
            ("change", f"{glyphs.change(usual.ratio)} on usual, {inside} what counting alone explains (±{chance:.0f})")
        )
        rows.append(
            ("method", "posts of the same 24 hours on earlier days, over hours collected in both (docs/methods.md)")
        )
    return rows


def _baseline(snapshot: Snapshot, beat: BeatSnapshot) -> str:
    usual = beat.baseline
    if usual.volume is None:
        return {"gap": "none: the hours compared were not collected on three earlier days"}.get(
            usual.state, f"none yet: {usual.days} of 3 days"
        )
    days = f"{usual.days} {'days of the same weekday' if usual.same_weekday else 'days'}"
    between = "" if usual.low is None or usual.high is None else f", {usual.low:,.0f} to {usual.high:,.0f}"
    since = span(snapshot.as_of - (28 if usual.same_weekday else usual.days) * DAY, snapshot.as_of - DAY)
    return f"{usual.volume:,.0f}, the median of {days}{between}; within {since} UTC"


def _mood_rows(beat: BeatSnapshot) -> list[Row]:
    shares = beat.sentiment
    if shares.net is None or shares.net_low is None or shares.net_high is None:
        return [("n", "no post of this beat was scored")]
    low, high = (glyphs.signed(round(100 * bound)) for bound in (shares.net_low, shares.net_high))
    unscored = max(beat.volume - shares.n, 0)
    left_out = f"; {glyphs.count(unscored)} not scored, in other languages than English" if unscored else ""
    parts = (("positive", shares.positive), ("neutral", shares.neutral), ("negative", shares.negative))
    rows = [
        ("n", f"{glyphs.count(shares.n)} scored posts{left_out}"),
        ("net", f"{glyphs.signed(round(100 * shares.net))} points, 95 % {low} to {high}"),
        ("shares", ", ".join(f"{name} {glyphs.percent(share)}" for name, share in parts)),
        (
            "method",
            "corrected for the scorer's errors on " + ("your labels" if shares.calibrated else "other data: wider"),
        ),
    ]
    thin = sum(1 for n in beat.scored_hourly if 0 < n < LEAST_SCORED)
    if thin:
        rows.append(("thin hours", f"{thin} with fewer than {LEAST_SCORED} scored posts, drawn faint"))
    return rows


def _missing_rows(snapshot: Snapshot, beat: BeatSnapshot) -> list[Row]:
    gaps = sum(volume is None for volume in beat.volume_hourly)
    rows = [("hours", f"{gaps} of {len(beat.volume_hourly)} hours hold nothing and were not collected")] if gaps else []
    alike: dict[tuple[tuple[int, int], ...], list[str]] = {}
    collected = {slug for slug, _ in beat.by_source}
    for source in snapshot.sources:
        if source.gaps and source.slug in collected:
            alike.setdefault(source.gaps, []).append(source.name)
    for between, sources in alike.items():
        total = length(sum(end - start for start, end in between))
        told = ", ".join(span(*gap) for gap in between[:3]) + (
            f" and {len(between) - 3} more" if len(between) > 3 else ""
        )
        rows.append(("gaps", f"{', '.join(sources)}: {told} ({total})"))
    absent = [source.name for source in snapshot.sources if source.slug not in collected]
    if absent:
        rows.append(("sources", f"not read in this window: {', '.join(absent)}"))
    return rows or [("hours", "nothing is missing")]


class EvidenceText(TextPane):
    """The text of the screen; it follows what is read."""

    def __init__(self, slug: str, signal_id: str | None, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._slug = slug
        self._signal = signal_id

    def content(self, width: int) -> Sequence[Line]:
        reading = self.app.reading  # type: ignore[attr-defined]
        if reading is None:
            return ((((INDENT), ""), ("reading", "muted")),)
        snapshot: Snapshot = reading.snapshot
        names = {source.slug: source.name for source in snapshot.sources}
        for signal in snapshot.signals:
            if signal.id == self._signal:
                return signal_lines(signal, names, width)[1:]
        beat = beat_named(snapshot, self._slug)
        return evidence_lines(snapshot, beat, width) if beat is not None else ()


class EvidenceScreen(MonitorScreen):
    """Shows the working of a beat, or of one signal."""

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("app.help", "help"),
        ("screen.back", "back"),
        ("app.quit", "quit"),
    )

    def __init__(self, slug: str, signal_id: str | None = None) -> None:
        super().__init__()
        self.text = EvidenceText(slug, signal_id, id="text")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.text
        yield self.footer
        yield TooSmall()

    def on_mount(self) -> None:
        self.text.focus()
        self.show()

    def show(self) -> None:
        super().show()
        if self.text.is_mounted:
            self.text.renew()


def open_working(app: MonitorApp) -> None:
    """Show the working of the chosen signal where signals are listed, else of the chosen beat."""
    from monitor.tui.screens.signals import SignalsScreen

    screen = app.screen
    signal = screen.chosen_signal() if isinstance(screen, SignalsScreen) else None
    if signal is not None:
        app.push_screen(EvidenceScreen(signal.beat, signal.id))
    elif app.view.beat is not None and not isinstance(screen, EvidenceScreen):
        app.push_screen(EvidenceScreen(app.view.beat))
