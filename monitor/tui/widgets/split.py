"""The split of one beat over the sources, with how each source is doing."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple, cast

from monitor import budget_words, glyphs
from monitor.records import SOURCES, BeatSnapshot, Shares, Snapshot, SourceSnapshot
from monitor.tui.lines import Line, Piece, clip, right
from monitor.tui.widgets.beats_table import net_style
from monitor.tui.widgets.line_list import LineList
from monitor.tui.widgets.mood_words import scored_words

STATE_WORDS = {
    "ok": "",
    "waiting": "waiting for the first posts",
    "stale": "stale",
    "failing": "failing",
    "off": "off",
    "no-key": "no key",
    "over-budget": "over budget",
}
"""How the state of a source is said."""


class Part(NamedTuple):
    """One source of the split."""

    number: int | None
    """The key that switches it off and on, for the first eight."""
    slug: str
    name: str
    volume: int | None
    """None where the source was not collected in the whole window."""
    share: float
    largest: int
    """The largest part, whose bar fills the pane."""
    sentiment: Shares | None
    state: str
    """What to say of the source; empty where all is well."""
    hidden: bool
    meter: str = ""
    """What is spent of its ceilings; empty for most sources."""


def parts_of(beat: BeatSnapshot, snapshot: Snapshot, hidden: frozenset[str]) -> tuple[Part, ...]:
    """The named sources in their order, then the others that have posts here or are collected."""
    volumes = dict(beat.by_source)
    moods = dict(beat.sentiment_by_source)
    sources = {source.slug: source for source in snapshot.sources}
    names = {source.slug: source.name for source in SOURCES} | {slug: one.name for slug, one in sources.items()}
    slugs = [*names, *(slug for slug in volumes if slug not in names)]
    largest = max(volumes.values(), default=0)
    return tuple(
        Part(
            number=index + 1 if index < 8 else None,
            slug=slug,
            name=names.get(slug, slug),
            volume=volumes.get(slug),
            share=volumes.get(slug, 0) / beat.volume if beat.volume else 0.0,
            largest=largest,
            sentiment=moods.get(slug),
            state=state_words(sources.get(slug), snapshot.as_of),
            hidden=slug in hidden,
            meter=meter_words(sources.get(slug)),
        )
        for index, slug in enumerate(slugs)
    )


def state_words(source: SourceSnapshot | None, as_of: int) -> str:
    """How a source is doing in a few words; empty where all is well and everything was read."""
    if source is None:
        return "off"
    words = STATE_WORDS[source.state]
    if source.state == "stale" and source.last_success is not None:
        return f"stale {glyphs.age(as_of - source.last_success)}"
    return words or budget_words.sampled(source.fraction)


def meter_words(source: SourceSnapshot | None) -> str:
    """What is spent of the tightest ceiling; empty where there is none."""
    tightest = budget_words.tightest(source.budgets) if source else None
    return budget_words.budget(tightest) if tightest else ""


def part_row(part: Part, width: int, *, chosen: bool, focused: bool) -> Line:
    """One source: key, name, posts, share, bar, net sentiment; or why there is nothing."""
    width -= 1
    key = "▸" if chosen and focused else " "
    number = f"{part.number} " if part.number else "  "
    start: list[Piece] = [
        (key, "bold accent"),
        (number, "faint"),
        (clip(part.name, 11), "faint" if part.hidden else "text" if part.volume is not None else "muted"),
    ]
    room = width - 14
    if part.hidden:
        return (*start, (clip(f"  hidden, {part.number} shows it" if part.number else "  hidden", room), "faint"))
    if part.volume is None:
        words = "waiting for the first posts" if part.state.startswith("waiting") else f"not collected: {part.state}"
        return (
            *start,
            (f" {glyphs.GAP * 2} ", "gap"),
            (clip(words if part.state else "not collected", room - 4), "muted"),
        )
    mood = glyphs.net(part.sentiment) if part.sentiment else ""
    figures: list[Piece] = [
        (right(glyphs.count(part.volume), 6), "bold text" if part.volume else "muted"),
        (right(glyphs.percent(part.share) if part.volume else "", 6), "muted"),
        ("  ", ""),
    ]
    end: list[Piece] = [(right(mood, 9), net_style(part.sentiment) if part.sentiment else "muted")]
    bar_room = room - 14 - 9
    trouble = f" {part.state}" if part.state else ""
    if len(trouble) > bar_room - 2:
        trouble = " !"
    bar = glyphs.length_bar(part.volume, part.largest, max(0, bar_room - len(trouble)))
    meter = f" {part.meter}" if part.meter else ""
    if len(bar) + len(trouble) + len(meter) > bar_room:
        meter = ""
    return (
        *start,
        *figures,
        (bar, f"source-{part.slug}"),
        (trouble, "warning"),
        (meter, "muted"),
        (" " * max(0, bar_room - len(bar) - len(trouble) - len(meter)), ""),
        *end,
    )


class Split(LineList):
    """The sources of the chosen beat; opening one switches it off and on."""

    HEADS = 0

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._beat: BeatSnapshot | None = None

    def show(self, beat: BeatSnapshot | None, snapshot: Snapshot, hidden: frozenset[str]) -> None:
        self._beat = beat
        self.give(parts_of(beat, snapshot, hidden) if beat else ())

    def key_of(self, item: object) -> Hashable:
        return cast(Part, item).slug

    def words_of(self, item: object) -> str:
        return cast(Part, item).name

    def heads(self, width: int) -> Sequence[Line]:
        return ()

    def row(self, item: object, width: int, *, chosen: bool) -> Line:
        return part_row(cast(Part, item), width, chosen=chosen, focused=self.has_focus)

    def lines(self, width: int, height: int) -> Sequence[Line]:
        """The parts, and below them their sum where there is room."""
        lines = list(super().lines(width, height))
        if self._beat is not None and len(lines) < height and not self.needle:
            lines.append(sum_row(self._beat, width))
        return lines

    def empty(self, width: int) -> Sequence[Line]:
        return ((("   waiting for the first snapshot", "muted"),),)


def sum_row(beat: BeatSnapshot, width: int) -> Line:
    """All sources together, under the figures that add up to it."""
    room = max(0, width - 30)
    return (
        ("   ", ""),
        (clip("all", 11), "muted"),
        (right(glyphs.count(beat.volume), 6), "bold text"),
        (clip("  " + scored_words(beat.sentiment, beat.posts, room - 2), room), "muted"),
        (right(glyphs.net(beat.sentiment), 9), net_style(beat.sentiment)),
    )
