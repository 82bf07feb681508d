"""A snapshot as the report that a person reads: plain text, aligned, at any width from 40 cells on."""

from __future__ import annotations

from monitor import glyphs
from monitor.instants import HOUR
from monitor.light_typing import TYPE_CHECKING
from monitor.report.columns import Column, table, table_width, wrap
from monitor.report.words import LENS_WORDS, STATE_WORDS, moment, span, usual, window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.records import BeatSnapshot, Snapshot, SourceSnapshot

LEAST_WIDTH = 40
MOST_BARS = 30
"""Bars of a row; longer windows are summed into about so many."""
MOST_STORIES = 12
MOST_NAMED = 3
FIRST_SOURCES = 4
"""Sources that have a column of their own in the split whenever there is room for any."""


def snapshot_text(snapshot: Snapshot, width: int, *, ascii: bool = False) -> str:  # noqa: A002
    """The report, without colour codes, each line ended by a line break.

    Args:
        width: cells of a line; taken as 40 where it is less.
        ascii: draw with ASCII characters only; names and titles stay as they are.
    """
    report = _Report(snapshot, max(width, LEAST_WIDTH), ascii)
    sections = (
        report.header(),
        report.not_collected(),
        report.beats(),
        report.sources(),
        report.signals(),
        report.stories(),
        report.provenance(),
    )
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


class _Report:
    def __init__(self, snapshot: Snapshot, width: int, ascii: bool) -> None:  # noqa: A002
        self.snapshot = snapshot
        self.width = width
        self.ascii = ascii
        self.none = "-" if ascii else "–"
        """In the split, where a source was not collected in the whole window."""
        self.separator = " | " if ascii else " · "
        self.beats_by_volume = sorted(snapshot.beats, key=lambda beat: -beat.volume)
        self._splits = [dict(beat.by_source) for beat in self.beats_by_volume]
        self._source_names = {source.slug: source.name for source in snapshot.sources}

    def header(self) -> list[str]:
        snapshot = self.snapshot
        before = window(snapshot.window_hours)
        change = glyphs.change(snapshot.baseline.ratio, ascii=self.ascii)
        on_usual = f", {change} on usual" if change else ""
        volume = f"{glyphs.count(snapshot.volume)} {LENS_WORDS[snapshot.lens]}"
        previous = f"{glyphs.count(snapshot.previous_volume)} in the {before} before"
        records = f"{glyphs.count(snapshot.records)} records"
        if snapshot.lens == "raw":
            parts = [volume + on_usual, previous, usual(snapshot.baseline), records]
        else:
            compared = snapshot.baseline.compared
            posts = "raw posts: " + (f"{glyphs.count(compared)}, {change} on " if compared is not None else "")
            parts = [volume, previous, posts + usual(snapshot.baseline), f"{records}, raw"]
        title = f"Discourse of the {before} to {moment(snapshot.as_of, year=True)} UTC"
        return [*wrap(title, self.width), *self._joined(parts)]

    def not_collected(self) -> list[str]:
        """Sources that miss the same are named together."""
        missing: dict[str, list[str]] = {}
        for source in self.snapshot.sources:
            if what := self._missing(source):
                missing.setdefault(what, []).append(source.name)
        gaps = [f"{', '.join(names)} {what}" for what, names in missing.items()]
        return wrap("; ".join(gaps), self.width, first="Not collected: ", rest="  ") if gaps else []

    def _missing(self, source: SourceSnapshot) -> str:
        """What was not collected from a source and why; empty where nothing is missing."""
        whole = (self.snapshot.as_of - self.snapshot.window_hours * HOUR, self.snapshot.as_of)
        reason = f"({STATE_WORDS[source.state]})" if source.state in ("off", "no-key", "over-budget") else ""
        if source.gaps == (whole,):
            return reason or "at all"
        return " ".join(filter(None, (reason, ", ".join(map(span, source.gaps)))))

    def beats(self) -> list[str]:
        name = Column("Beat", [beat.name for beat in self.beats_by_volume], "left", least=10)
        figures = self._figures()
        split = self._split(self.width - table_width([name, *figures.values()]) - 2)
        fits = table_width([name, *figures.values(), *split]) <= self.width
        if fits and len(split) >= min(len(self._split_slugs()), FIRST_SOURCES + 1):
            return [*self._table([name, *figures.values(), *split]), *self._legend()]
        for spare in ("n", "volume bars", "mood"):
            if table_width([name, *figures.values()]) > self.width:
                del figures[spare]
        lines = [*self._table([name, *figures.values()]), *self._legend()]
        split = self._split(self.width - table_width([name]) - 2)
        return [*lines, "", "Split by source", *self._table([name, *split])] if split else lines

    def _figures(self) -> dict[str, Column]:
        beats, draw = self.beats_by_volume, self.ascii
        hours = [_condensed(beat) for beat in beats]
        return {
            "volume": Column(window(self.snapshot.window_hours), [glyphs.count(beat.volume) for beat in beats]),
            "usual": Column(self._usual_title(), _aligned_changes(beats, draw), "left"),
            "volume bars": Column("Volume", [glyphs.volume_bars(bars, ascii=draw) for bars in hours], "left"),
            "mood": Column("Net mood", [glyphs.net(beat.sentiment, ascii=draw) for beat in beats]),
            "n": Column("n", [glyphs.count(beat.sentiment.n) for beat in beats]),
        }

    def _usual_title(self) -> str:
        """Posts are compared under every lens."""
        return "vs usual" if self.snapshot.lens == "raw" else "vs usual, posts"

    def _split(self, room: int) -> list[Column]:
        """A column for each source that fits into the room, those that do not summed up in the last."""
        slugs = self._split_slugs()
        single = [self._source_column(self._source_names[slug], (slug,)) for slug in slugs]
        for shown in range(len(slugs), 0, -1):
            columns = single[:shown]
            if shown < len(slugs):
                columns.append(self._source_column("Other", slugs[shown:]))
            if table_width(columns) <= room:
                return columns
        return []

    def _split_slugs(self) -> list[str]:
        """The sources that any beat was collected from, in their order."""
        collected = {slug for beat in self.snapshot.beats for slug, _ in beat.by_source}
        return [source.slug for source in self.snapshot.sources if source.slug in collected]

    def _source_column(self, title: str, slugs: Iterable[str]) -> Column:
        values = []
        for split in self._splits:
            counts = [split[slug] for slug in slugs if slug in split]
            values.append(glyphs.count(sum(counts)) if counts else self.none)
        return Column(title, values)

    def _legend(self) -> list[str]:
        up, down, gap = ("^", "v", "/") if self.ascii else ("▲", "▼", glyphs.GAP)
        parts = [
            f"{up} {down} a quarter off the usual, {up}{up} {down}{down} half",
            f"{gap} {self.none} not collected",
            f"net mood in points of 100 with its 95 % interval over n scored posts, {self._calibration()}",
        ]
        marks = len(self.snapshot.manifest.marks)
        if marks and any(beat.baseline.ratio is not None for beat in self.snapshot.beats):
            listed = f"{marks} marks, listed" if marks > 1 else "a mark, told"
            parts.append(f"the comparison with usual crosses what we changed or missed ourselves ({listed} at the end)")
        return ["", *self._joined(parts)]

    def _calibration(self) -> str:
        """For which beats labels correct the mood."""
        known = [beat.name for beat in self.beats_by_volume if beat.sentiment.calibrated]
        scored = sum(beat.sentiment.n > 0 for beat in self.beats_by_volume)
        if not known:
            return "uncalibrated"
        if len(known) == scored:
            return "calibrated"
        if len(known) <= MOST_NAMED:
            return f"uncalibrated but for {', '.join(known)}"
        return f"uncalibrated but for {len(known)} beats"

    def sources(self) -> list[str]:
        sources = self.snapshot.sources
        if not sources:
            return []
        rows = self._table(
            [
                Column("Source", [source.name for source in sources], "left", least=8),
                Column(window(self.snapshot.window_hours), [glyphs.count(source.volume) for source in sources]),
                Column("State", [STATE_WORDS[source.state] for source in sources], "left"),
                Column("Last success", [self._last_success(source) for source in sources], "left"),
            ]
        )
        lines = rows[:1]
        for row, source in zip(rows[1:], sources, strict=True):
            lines.append(row)
            if source.message:
                lines += wrap(source.message, self.width, first="  ")
            if source.budgets or source.fraction < 1:
                from monitor.report.sources import budget_notes

                lines += wrap(budget_notes(source, self.snapshot.lens), self.width, first="  ")
        return lines

    def _last_success(self, source: SourceSnapshot) -> str:
        if source.last_success is None:
            return self.none
        age = glyphs.age(self.snapshot.as_of - source.last_success)
        return age if age == "now" else f"{age} ago"

    def signals(self) -> list[str]:
        """Open signals first, then those that closed within the window."""
        signals = sorted(self.snapshot.signals, key=lambda signal: signal.closed_at is not None)
        lines = ["Signals"] if signals else []
        longest = max((len(signal.kind) for signal in signals), default=0)
        for signal in signals:
            closed = "" if signal.closed_at is None else f", closed {moment(signal.closed_at)}"
            first = f"{signal.level:<6}  {signal.kind:<{longest}}  "
            summary = glyphs.plain(signal.summary) if self.ascii else signal.summary
            lines += wrap(summary + closed, self.width, first=first)
        return lines

    def stories(self) -> list[str]:
        stories = self.snapshot.stories
        if not stories:
            return []
        names = {beat.slug: beat.name for beat in self.snapshot.beats}
        lines = ["Stories"]
        for story in stories[:MOST_STORIES]:
            beat = names.get(story.beat or "", story.beat or "all beats")
            age = "?" if story.published_at is None else glyphs.age(self.snapshot.as_of - story.published_at)
            level = story.significance or ""
            lines += wrap(f"{story.title} ({beat})", self.width, first=f"{age:>4}  {level:<6}  ")
        if len(stories) > MOST_STORIES:
            lines.append(f"      and {len(stories) - MOST_STORIES} more")
        return lines

    def provenance(self) -> list[str]:
        manifest = self.snapshot.manifest
        lines = []
        for mark in manifest.marks:
            lines += wrap(f"{mark.kind}: {mark.what}", self.width, first=f"Mark {moment(mark.at)}  ", rest="  ")
        parts = [
            f"rules {manifest.rules_hash}",
            f"configuration {manifest.config_hash}",
            f"scorer {manifest.scorer}",
            f"store at change {manifest.store_high_water}",
            f"discourse-monitor {manifest.version}",
        ]
        return [*lines, *self._joined(parts)]

    def _joined(self, parts: Sequence[str]) -> list[str]:
        """Parts in lines, broken between parts where that is possible."""
        lines = [parts[0]]
        for part in parts[1:]:
            joined = f"{lines[-1]}{self.separator}{part}"
            if len(joined) <= self.width:
                lines[-1] = joined
            else:
                lines.append(part)
        return [piece for line in lines for piece in wrap(line, self.width)]

    def _table(self, columns: Sequence[Column]) -> list[str]:
        return table(columns, self.width, ascii=self.ascii)


def _aligned_changes(beats: Sequence[BeatSnapshot], ascii: bool) -> list[str]:  # noqa: A002
    """The changes against the usual with their percentages one below the other."""
    changes = [glyphs.change(beat.baseline.ratio, ascii=ascii) for beat in beats]
    longest = max(map(len, changes), default=0)
    cells = []
    for beat, change in zip(beats, changes, strict=True):
        marks = (glyphs.change_mark(beat.baseline, ascii=ascii), glyphs.baseline_word(beat.baseline))
        cells.append(" ".join((change.rjust(longest), *filter(None, marks))) if change or any(marks) else "")
    return cells


def _condensed(beat: BeatSnapshot) -> list[int | None]:
    """The hourly volume in at most `MOST_BARS` bars; one is a gap where all of its hours are."""
    hours = beat.volume_hourly
    size = -(-len(hours) // MOST_BARS) or 1
    bars: list[int | None] = []
    for start in range(0, len(hours), size):
        known = [volume for volume in hours[start : start + size] if volume is not None]
        bars.append(sum(known) if known else None)
    return bars
