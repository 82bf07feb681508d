"""The table of beats: what is loud, is that unusual, in what mood, and where."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, NamedTuple, cast

from monitor import glyphs
from monitor.instants import MINUTE
from monitor.records import SOURCES, BeatSnapshot, Lens, Shares, Snapshot
from monitor.tui.lines import Line, Piece, clip, right
from monitor.tui.widgets.line_list import LineList, Order
from monitor.tui.widgets.mood_words import calibration_word

NAMED_IN_SPLIT = tuple(source.slug for source in SOURCES[:4])
"""The sources with a part of their own in the bar of the split; all others are one part."""

LEAST_SCORED = 15
"""Scored posts of an hour below which its mood is drawn faint: its 95 % interval reaches four tenths to either side."""

LENS_WORDS = {"raw": "posts", "text": "unique texts", "author": "unique authors"}

MARK = "┊"
"""Stands where a comparison crosses a change on our own side."""

_SHORT_NAMES = ("X", "B", "N", "Y", "o")


class Columns(NamedTuple):
    """Widths in cells; 0 for a column that has no room."""

    name: int
    category: int
    records: int
    volume: int
    previous: int
    change: int
    bars: int
    mood: int
    net: int
    split: int
    shares: int


def columns_for(width: int, hours: int) -> Columns:
    """What fits in a table of this width, the most telling columns first."""
    name, volume, change, net = (25, 7, 11, 9) if width >= 100 else (22, 6, 10, 9)
    left = width - 2 - name - volume - change - net
    taken: dict[str, int] = {}
    for column, room in (
        ("bars", hours + 2),
        ("mood", hours + 2),
        ("split", 12),
        ("records", 10),
        ("category", 15),
        ("previous", 9),
        ("shares", 22),
    ):
        if room <= left:
            taken[column] = room
            left -= room
        elif column == "split" and left >= 7:
            taken[column] = left
            left = 0
    if "split" in taken:
        taken["split"] += min(left, 27)
    return Columns(
        name,
        taken.get("category", 0),
        taken.get("records", 0),
        volume,
        taken.get("previous", 0),
        change,
        taken.get("bars", 0),
        taken.get("mood", 0),
        net,
        taken.get("split", 0),
        taken.get("shares", 0),
    )


def beat_row(beat: BeatSnapshot, columns: Columns, *, chosen: bool) -> Line:
    """One beat in one line."""
    line: list[Piece] = [
        ("▸" if chosen else " ", "bold accent"),
        (clip(beat.name, columns.name), "bold text" if chosen else "text"),
    ]
    if columns.category:
        line.append(("  " + clip(beat.category, columns.category - 2), "muted"))
    if columns.records:
        line.append((right(glyphs.count(beat.records), columns.records), "muted"))
    collected = any(count is not None for count in beat.volume_hourly)
    volume = glyphs.count(beat.volume) if collected else "–"
    line.append((right(volume, columns.volume), "bold text" if beat.volume else "muted"))
    if columns.previous:
        line.append((right(glyphs.count(beat.previous_volume), columns.previous), "muted"))
    line.extend(change_pieces(beat, columns.change))
    if columns.bars and not collected:
        line.append((clip(f"  {glyphs.GAP * 2} not collected yet", columns.bars + columns.mood), "gap"))
        columns = columns._replace(bars=0, mood=0)
    if columns.bars:
        line.append(("  ", ""))
        line.extend(with_gaps(glyphs.volume_bars(beat.volume_hourly), "accent" if chosen else "muted"))
    if columns.mood:
        line.append(("  ", ""))
        trace = glyphs.mood_trace(beat.net_sentiment_hourly, beat.volume_hourly)
        line.extend(dimmed(trace, beat.scored_hourly, "accent" if chosen else "muted"))
    line.append((right(glyphs.net(beat.sentiment), columns.net), net_style(beat.sentiment)))
    if columns.split:
        line.append(("  ", ""))
        line.extend(split_bar(beat.by_source, columns.split - 2))
    if columns.shares:
        line.extend(share_figures(beat, columns.shares))
    return tuple(line)


def change_pieces(beat: BeatSnapshot, width: int) -> list[Piece]:
    """The change on what is usual with its arrows; a word where there is nothing to compare with."""
    if beat.baseline.ratio is None:
        return [(right(glyphs.baseline_word(beat.baseline), width - 1) + " ", "faint")]
    mark = glyphs.change_mark(beat.baseline)
    return [
        (right(glyphs.change(beat.baseline.ratio), width - 3), "text" if mark else "muted"),
        (" " + mark.ljust(2), "bold accent"),
    ]


def net_style(shares: Shares) -> str:
    """Coloured only where the interval leaves no doubt about the sign."""
    if shares.net_low is not None and shares.net_low > 0:
        return "good"
    if shares.net_high is not None and shares.net_high < 0:
        return "bad"
    return "muted"


def with_gaps(bars: str, style: str) -> list[Piece]:
    """A row of bars in one style, its gaps and zeros in theirs."""
    pieces: list[Piece] = []
    for cell in bars:
        name = "gap" if cell == glyphs.GAP else "faint" if cell == glyphs.NOTHING else style
        if pieces and pieces[-1][1] == name:
            pieces[-1] = (pieces[-1][0] + cell, name)
        else:
            pieces.append((cell, name))
    return pieces


def dimmed(trace: str, scored: Sequence[int], style: str) -> list[Piece]:
    """A trace of moods in one style, its gaps in theirs, and the hours with few scored posts faint."""
    pieces: list[Piece] = []
    for number, cell in enumerate(trace):
        thin = number < len(scored) and scored[number] < LEAST_SCORED
        pieces.extend(with_gaps(cell, "faint" if thin else style))
        if len(pieces) > 1 and pieces[-1][1] == pieces[-2][1]:
            text, name = pieces.pop()
            pieces[-1] = (pieces[-1][0] + text, name)
    return pieces


def parts_of_split(by_source: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """The split in five parts: the four that are always named, and all others together."""
    counts = dict(by_source)
    named = [(slug, counts.get(slug, 0)) for slug in NAMED_IN_SPLIT]
    return [*named, ("other", sum(counts.values()) - sum(count for _, count in named))]


def split_bar(by_source: Sequence[tuple[str, int]], width: int) -> list[Piece]:
    parts = parts_of_split(by_source)
    cells = glyphs.share_cells([count for _, count in parts], width)
    bar: list[Piece] = [
        (glyphs.share_fill(slug) * length, f"source-{slug}")
        for (slug, _), length in zip(parts, cells, strict=True)
        if length
    ]
    return [*bar, (" " * (width - sum(cells)), "")]


def share_figures(beat: BeatSnapshot, width: int) -> list[Piece]:
    """The five shares in percent, without the sign."""
    parts = parts_of_split(beat.by_source)
    each = width // len(parts)
    return [
        (right(str(round(100 * count / beat.volume)) if count else glyphs.NOTHING, each), "text" if count else "faint")
        for _, count in parts
    ]


class BeatsTable(LineList):
    """All beats of the snapshot, one line each."""

    ORDERS: ClassVar[tuple[Order, ...]] = (
        Order("volume", lambda beat: (cast(BeatSnapshot, beat).volume, cast(BeatSnapshot, beat).records), True),
        Order("change", lambda beat: cast(BeatSnapshot, beat).baseline.ratio or -1.0, True),
        Order("mood", lambda beat: _or_below(cast(BeatSnapshot, beat).sentiment.net), True),
        Order("name", lambda beat: cast(BeatSnapshot, beat).name.casefold()),
        Order("as configured", None),
    )

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._hours = 24
        self._minute = 0
        self._lens: Lens = "raw"
        self._crossed = False
        """Whether something we did ourselves lies in the window or in the days it is compared with."""

    def show(self, snapshot: Snapshot) -> None:
        """Show the beats of a snapshot; they change places at full minutes only."""
        minute = snapshot.as_of // MINUTE
        keep_order, self._minute = minute == self._minute, minute
        self._hours = len(snapshot.hours)
        self._lens, self._crossed = snapshot.lens, bool(snapshot.manifest.marks)
        self.give(snapshot.beats, keep_order=keep_order)

    def key_of(self, item: object) -> Hashable:
        return cast(BeatSnapshot, item).slug

    def words_of(self, item: object) -> str:
        beat = cast(BeatSnapshot, item)
        return f"{beat.name} {beat.category} {beat.slug}"

    def copy_of(self, item: object) -> str:
        beat = cast(BeatSnapshot, item)
        change = glyphs.change(beat.baseline.ratio)
        if self._lens == "raw":
            return f"{beat.name}: {glyphs.count(beat.volume)} in 24 h" + (f", {change} on usual" if change else "")
        figures = f"{beat.name}: {glyphs.count(beat.volume)} {LENS_WORDS[self._lens]} in 24 h"
        raw = f"; raw posts: {glyphs.count(beat.baseline.compared or 0)}, {change} on usual"
        return figures + (raw if change else "")

    def row(self, item: object, width: int, *, chosen: bool) -> Line:
        return beat_row(cast(BeatSnapshot, item), columns_for(width, self._hours), chosen=chosen)

    def heads(self, width: int) -> Sequence[Line]:
        columns = columns_for(width, self._hours)
        place = f"/{self.needle}" if self.needle else self.place()
        style = "bold accent" if self.has_focus else "muted"
        line: list[Piece] = [(" ", ""), ("beats", style), (" " + clip(place, columns.name - 6), "faint")]
        word = calibration_word(cast(BeatSnapshot, item).sentiment for item in self._items)
        usual, bars, mood, net = self._titles(columns, word)
        for title, room, order in (
            ("  category", -columns.category, ""),
            ("records" if self._lens == "raw" else "raw records", columns.records, ""),
            ("24 h", columns.volume, "volume"),
            ("24 h before", columns.previous, "") if columns.previous > 11 else ("before", columns.previous, ""),
            (usual, columns.change, "change"),
            (bars, -columns.bars, ""),
            (mood, -columns.mood, ""),
            (net, columns.net, "mood"),
            ("  split X B N Y o" if columns.split > 16 else "  split", -columns.split, ""),
            ("".join(right(name + "%", 4) for name in _SHORT_NAMES), -columns.shares, ""),
        ):
            if not room:
                continue
            sorted_by = order and order == self.order.name
            text = f"{title}▾" if sorted_by else title
            if room > 0:
                room = _borrowed(line, len(text) + 1, room)
            line.append((right(text, room) if room > 0 else clip(text, -room), "accent" if sorted_by else "muted"))
        return (tuple(line),)

    def _titles(self, columns: Columns, word: str) -> tuple[str, str, str, str]:
        """Over the change, the bars, the mood and the net mood: what is compared, across what, and how sure it is."""
        lens = self._lens != "raw"
        crossed = MARK if self._crossed else ""
        usual = f"vs usual{crossed}"
        if lens and not columns.bars:
            usual = f"by posts{crossed}"
        elif crossed and self.order.name == "change" and columns.change < len(usual) + 2:
            usual = f"usual{crossed}"
        bars = "  volume, 24 h"
        if lens:
            bars = " (posts)  volume, 24 h" if columns.mood else " (posts)  volume"
        if not word:
            return usual, bars, "  mood, 24 h", "net"
        if columns.mood:
            return usual, bars, f"  mood, 24 h {word}" if len(word) <= 12 else f"  mood, {word}", "net"
        return usual, bars, "", f"net, {word}" if columns.bars else "net"

    def empty(self, width: int) -> Sequence[Line]:
        if self.needle:
            return (((f"   no beat matches “{self.needle}”", "muted"),),)
        return ((("   waiting for the store", "muted"),),)


def _borrowed(line: list[Piece], wanted: int, room: int) -> int:
    """The room of a title, with the blanks it takes from the title before it where it needs them."""
    text, style = line[-1]
    missing = wanted - room
    if missing > 0 and len(text) - len(text.rstrip()) >= missing:
        line[-1] = (text[:-missing], style)
        return wanted
    return room


def _or_below(value: float | None) -> float:
    return -2.0 if value is None else value
