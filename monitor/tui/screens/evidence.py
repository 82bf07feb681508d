"""The working behind a beat's figures and its signals: n, window, interval, baseline, what was not collected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult

from monitor import glyphs
from monitor.evidence_words import Row, length, moment, span, working
from monitor.instants import HOUR
from monitor.records import Baseline, BeatHistory, BeatSnapshot, Shares, Signal, Snapshot, Span
from monitor.tui.lines import Line, outside, rule, wrap
from monitor.tui.screens.base import MonitorScreen
from monitor.tui.screens.dashboard import beat_named
from monitor.tui.screens.post import INDENT, READING_WIDTH
from monitor.tui.screens.source_rows import source_rows
from monitor.tui.screens.working_lines import (
    baseline_row,
    change_row,
    highest_word,
    mark_rows,
    mood_rows,
    part,
    row_lines,
    style_of,
    word_rows,
)
from monitor.tui.widgets.beats_table import LEAST_SCORED, LENS_WORDS
from monitor.tui.widgets.posts_list import NAMES
from monitor.tui.widgets.stories_list import LEVELS
from monitor.tui.widgets.text_pane import TextPane
from monitor.tui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from monitor.tui.app import MonitorApp


def word_of(snapshot: Snapshot, beat: BeatSnapshot) -> str:
    """One word on a beat: noise, unusual, very unusual; or that it is too early to say."""
    levels = [signal.level for signal in snapshot.signals if signal.beat == beat.slug and signal.closed_at is None]
    if levels:
        return highest_word(levels)
    return "noise" if beat.baseline.state == "ok" else "learning"


def evidence_lines(
    snapshot: Snapshot, beat: BeatSnapshot, width: int, history: BeatHistory | None = None
) -> list[Line]:
    """The working of a beat: one word, its volume, its mood and its chart, and each of its signals."""
    names = {source.slug: source.name for source in snapshot.sources}
    word = word_of(snapshot, beat)
    lines: list[Line] = [
        rule([(beat.name, "bold text"), ("  the working", "muted")], [(word, style_of(word))], width),
        (("", ""),),
        *row_lines(word_rows(word), width),
        *part("Volume", _volume_rows(snapshot, beat), width),
        *part("Mood", _mood_rows(beat), width),
        *part("Split", _split_rows(snapshot, beat), width),
        *part("Chart", _chart_rows(history) if history is not None else (), width),
        *part("Not collected", _missing_rows(snapshot, beat), width),
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
        *row_lines(working(signal, {**NAMES, **names}), width),
    ]


def _volume_rows(snapshot: Snapshot, beat: BeatSnapshot) -> list[Row]:
    unit = LENS_WORDS[snapshot.lens]
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
        *_comparison_rows(snapshot, beat.baseline),
    ]
    return rows + _records_rows(snapshot, f"{glyphs.count(beat.records)} posts of the beat in the store")


def _comparison_rows(snapshot: Snapshot, usual: Baseline) -> list[Row]:
    """What is usual, the change on it, and what we did ourselves meanwhile; of posts under every lens."""
    raw = snapshot.lens != "raw"
    posts = "; of raw posts, as the change" if raw and usual.volume is not None else ""
    return [
        ("baseline", baseline_row(usual, snapshot.as_of) + posts),
        *change_row(usual, raw=raw),
        *mark_rows(usual, snapshot.manifest.marks),
    ]


def _records_rows(snapshot: Snapshot, records: str) -> list[Row]:
    return [("records", f"{records}, each once{'' if snapshot.lens == 'raw' else ', raw'}")]


def _mood_rows(beat: BeatSnapshot) -> list[Row]:
    rows = mood_rows(beat.sentiment, beat.posts)
    thin = sum(1 for n in beat.scored_hourly if 0 < n < LEAST_SCORED)
    if thin:
        rows.append(("thin hours", f"{thin} with fewer than {LEAST_SCORED} scored posts, drawn faint"))
    return rows


def _split_rows(snapshot: Snapshot, beat: BeatSnapshot) -> list[Row]:
    """Posts and net sentiment of each source, with its interval; how far a source is scaled, and how it stands."""
    moods = dict(beat.sentiment_by_source)
    rows = []
    for source in snapshot.sources:
        posts = dict(beat.by_source).get(source.slug)
        if posts is None:
            continue
        sampled = f", read in part: {glyphs.percent(source.fraction)} of it" if source.fraction < 1 else ""
        counted = f"{glyphs.count(posts)} {LENS_WORDS[snapshot.lens]}{sampled}"
        rows.append((source.name, f"{counted}; {_net_words(moods.get(source.slug))}"))
    return rows


def _net_words(shares: Shares | None) -> str:
    if shares is None or shares.net is None or shares.net_low is None or shares.net_high is None:
        return "none scored"
    low, high = (glyphs.signed(round(100 * bound)) for bound in (shares.net_low, shares.net_high))
    return f"net {glyphs.signed(round(100 * shares.net))}, 95 % {low} to {high}, n {glyphs.count(shares.n)}"


def _chart_rows(history: BeatHistory) -> list[Row]:
    """What the chart rests on."""
    posts = sum(count or 0 for count in history.volume)
    gaps = sum(count is None for count in history.volume)
    end = history.bins[-1] + history.bin_hours * HOUR if history.bins else 0
    each = "hour" if history.bin_hours == 1 else "day"
    rows = [
        ("n", f"{glyphs.count(posts)} posts in {len(history.bins)} bins of one {each}, raw"),
        ("window", f"{span(end - len(history.bins) * history.bin_hours * HOUR, end)} UTC"),
        ("gaps", f"{gaps} not collected, drawn hatched" if gaps else "none"),
    ]
    if history.marks:
        told = "; ".join(f"{moment(mark.at)} {mark.kind}: {mark.what}" for mark in history.marks[-3:])
        rows.append(("marks", f"{len(history.marks)} of our own within it: {told}"))
    return rows


def total_lines(snapshot: Snapshot, width: int) -> list[Line]:
    """The working of the totals in the header."""
    still_open = [signal for signal in snapshot.signals if signal.closed_at is None]
    levels = [signal.level for signal in still_open]
    word = "noise" if snapshot.baseline.state == "ok" else "learning"
    if levels:
        word = highest_word(levels)
    says = f"{word}: signals are of single beats, {len(still_open)} open; of all beats together none are made"
    unit = LENS_WORDS[snapshot.lens]
    window = snapshot.window_hours * HOUR
    volume = f"{glyphs.count(snapshot.volume)} {unit}, each once however many beats it belongs to"
    gaps = [
        (source.name, f"{', '.join(span(*gap) for gap in source.gaps[:3])} ({length(_total(source.gaps))})")
        for source in snapshot.sources
        if source.gaps
    ]
    return [
        rule([("All beats", "bold text"), ("  the working", "muted")], [(word, style_of(word))], width),
        (("", ""),),
        *row_lines([("says", says)], width),
        *part(
            "Volume",
            [
                ("n", f"{volume}; {glyphs.count(snapshot.previous_volume)} in the window before"),
                ("window", f"{span(snapshot.as_of - window, snapshot.as_of)} UTC ({length(window)}); no estimate"),
                *_comparison_rows(snapshot, snapshot.baseline),
                *_records_rows(snapshot, f"{glyphs.count(snapshot.records)} posts in the store"),
            ],
            width,
        ),
        *part("Sources", source_rows(snapshot), width),
        *part("Not collected", gaps or [("hours", "nothing is missing")], width),
    ]


def _total(spans: Sequence[Span]) -> int:
    return sum(end - start for start, end in spans)


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


Content = Callable[[Snapshot, int], Sequence[Line]]
"""Lines for a snapshot and a width."""


class EvidenceText(TextPane):
    """The text of the screen; it follows what is read."""

    def __init__(
        self,
        slug: str,
        signal_id: str | None,
        given: Content | None,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._slug = slug
        self._signal = signal_id
        self._given = given

    def content(self, width: int) -> Sequence[Line]:
        reading = self.app.reading  # type: ignore[attr-defined]
        if reading is None:
            return ((((INDENT), ""), ("reading", "muted")),)
        if self._given is not None:
            return self._given(reading.snapshot, width)
        snapshot: Snapshot = reading.snapshot
        names = {source.slug: source.name for source in snapshot.sources}
        for signal in snapshot.signals:
            if signal.id == self._signal:
                return signal_lines(signal, names, width)[1:]
        beat = beat_named(snapshot, self._slug)
        if beat is None:
            return ()
        history = reading.history if reading.view.beat == self._slug else None
        return evidence_lines(snapshot, beat, width, history)


class EvidenceScreen(MonitorScreen):
    """Shows the working of a beat, of one signal, or of whatever else the lines are given for."""

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("app.help", "help"),
        ("screen.back", "back"),
        ("app.quit", "quit"),
    )

    def __init__(self, slug: str = "", signal_id: str | None = None, given: Content | None = None) -> None:
        super().__init__()
        self.text = EvidenceText(slug, signal_id, given, id="text")

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
    """Show the working of the chosen signal or name in their lists, of an entity on its page, else of the beat."""
    from monitor.tui.screens.entity import EntityScreen
    from monitor.tui.screens.names import NamesScreen
    from monitor.tui.screens.signals import SignalsScreen

    screen = app.screen
    if isinstance(screen, EntityScreen) or (isinstance(screen, NamesScreen) and screen.chosen_name() is not None):
        app.push_screen(EvidenceScreen(given=screen.working_lines))
        return
    signal = screen.chosen_signal() if isinstance(screen, SignalsScreen) else None
    if signal is not None:
        app.push_screen(EvidenceScreen(signal.beat, signal.id))
    elif app.view.beat is not None and not isinstance(screen, EvidenceScreen):
        app.push_screen(EvidenceScreen(app.view.beat))


def open_total_working(app: MonitorApp) -> None:
    """Show the working of the totals in the header."""
    if not isinstance(app.screen, EvidenceScreen):
        app.push_screen(EvidenceScreen(given=total_lines))
