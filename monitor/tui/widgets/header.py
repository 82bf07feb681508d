"""The first line: what is looked at, how much there is, as of when, and whether it can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitor import budget_words, glyphs
from monitor.instants import MINUTE, to_datetime
from monitor.records import Snapshot, SourceSnapshot
from monitor.tui.lines import Line, Piece, clip, spread, width_of
from monitor.tui.widgets.beats_table import LENS_WORDS
from monitor.tui.widgets.line_pane import LinePane
from monitor.tui.widgets.split import state_words
from monitor.tui.widgets.stories_list import LEVELS

TROUBLES = ("failing", "stale", "over-budget", "no-key")
"""The states to name, the most pressing first."""

ROOM_FOR_NAMES = 100
"""From this width on at least one source in trouble is named, if need be at the cost of other words."""

LONGEST_NAME = 14

NEARLY_SPENT = 0.8
"""The share of a ceiling from which on it is told, whatever it counts."""

FRESH = 15 * MINUTE
"""A store whose newest success of any source is older than this is not called live."""


class HeaderState(NamedTuple):
    """What the header shows."""

    store: str
    snapshot: Snapshot | None
    paused: bool = False
    trouble: str = ""
    """Why the store cannot be read; empty where it can."""
    notice: str = ""
    """What is wrong with what runs in the background; empty where nothing is."""


def header_line(state: HeaderState, width: int) -> Line:
    """The header in one line; what has no room falls away from the right."""
    name: list[Piece] = [(" ", ""), (clip(state.store, min(len(state.store), LONGEST_NAME)), "bold accent")]
    snapshot = state.snapshot
    if snapshot is None:
        words = state.trouble or "reading the store"
        return spread([*name, ("   ", ""), (words, "warning" if state.trouble else "muted")], (), width)
    troubles = sorted(
        (source for source in snapshot.sources if source.state in TROUBLES),
        key=lambda source: TROUBLES.index(source.state),
    )
    for left in _variants(name, state, snapshot):
        for shown in range(len(troubles), -1, -1):
            far = [*_notice(state), *_troubles(troubles, shown, snapshot.as_of)]
            if width_of(left) + 2 + width_of(far) <= width and (shown or not troubles or width < ROOM_FOR_NAMES):
                return spread(left, _with_meters(snapshot.sources, far, width - width_of(left) - 2), width)
    return spread(left, far, width)


def _variants(name: list[Piece], state: HeaderState, snapshot: Snapshot) -> Iterator[list[Piece]]:
    """What stands on the left, the least telling parts given up one after another."""
    volume, records, moment, live = _volume(snapshot), _records(snapshot), _moment(snapshot), _liveness(state)
    signals = _signals(snapshot)
    yield [*name, *volume, *records, *moment, *live, *signals]
    yield [*name, *volume[:-1], *records, *moment, *live, *signals]
    yield [*name, *volume[:3], *records, *moment, *live, *signals]
    volume = [*volume[:2], (f" {LENS_WORDS[snapshot.lens]}", "muted")]
    yield [*name, *volume, *records, *moment, *live, *signals]
    yield [*name, *volume, *moment, *live, *signals]
    yield [*name, *volume, *live, *signals]


def _volume(snapshot: Snapshot) -> list[Piece]:
    pieces: list[Piece] = [
        ("  ", ""),
        (glyphs.count(snapshot.volume), "bold text"),
        (f" {LENS_WORDS[snapshot.lens]} in {snapshot.window_hours} h", "muted"),
    ]
    if snapshot.baseline.ratio is not None:
        mark = glyphs.change_mark(snapshot.baseline)
        if snapshot.lens != "raw":
            pieces.append((f"  raw posts {glyphs.count(snapshot.baseline.compared or 0)},", "muted"))
        pieces.append((f" {glyphs.change(snapshot.baseline.ratio)}", "text"))
        pieces.append((f" {mark}" if mark else "", "bold accent"))
        pieces.append((" on usual", "muted"))
    elif snapshot.baseline.state == "learning":
        pieces.append(("  learning what is usual", "faint"))
    return pieces


def _records(snapshot: Snapshot) -> list[Piece]:
    words = " records" if snapshot.lens == "raw" else " records, raw"
    return [("  ", ""), (glyphs.count(snapshot.records), "text"), (words, "muted")]


def _moment(snapshot: Snapshot) -> list[Piece]:
    moment = to_datetime(snapshot.as_of)
    return [("  ", ""), (f"{moment.day} {moment:%b %H:%M}", "text"), (" UTC", "muted")]


def _signals(snapshot: Snapshot) -> list[Piece]:
    """How many signals are open, with the sign of the highest level."""
    levels = [signal.level for signal in snapshot.signals if signal.closed_at is None]
    if not levels:
        return []
    highest = next(level for level in ("high", "medium", "low") if level in levels)
    sign, style = LEVELS[highest]
    return [("  ", ""), (f"{sign.strip()} ", style), (f"{len(levels)} signal{'s' if len(levels) > 1 else ''}", "text")]


def _liveness(state: HeaderState) -> list[Piece]:
    """Whether what is shown is fresh: a shape, a word and a colour."""
    snapshot = state.snapshot
    if state.trouble:
        return [("  ", ""), ("✕ ", "bad"), (state.trouble, "warning")]
    if state.paused or snapshot is None:
        return [("  ", ""), ("‖ paused", "warning")]
    newest = max((source.last_success for source in snapshot.sources if source.last_success is not None), default=None)
    if newest is None:
        return [("  ", ""), ("○ waiting", "muted")]
    age = snapshot.as_of - newest
    if age <= FRESH:
        return [("  ", ""), ("● ", "good"), ("live", "text")]
    return [("  ", ""), (f"○ nothing new for {glyphs.age(age)}", "warning")]


def _notice(state: HeaderState) -> list[Piece]:
    return [("! no fetcher ", "warning")] if state.notice else []


def _troubles(troubles: Sequence[SourceSnapshot], shown: int, as_of: int) -> list[Piece]:
    """The first sources in trouble by name, those in the same trouble together, the rest as a number."""
    names: dict[str, list[str]] = {}
    for source in troubles[:shown]:
        names.setdefault(state_words(source, as_of), []).append(source.name)
    words = [f"{', '.join(sources)} {state}" for state, sources in names.items()]
    if shown < len(troubles):
        words.append(f"+{len(troubles) - shown}" if shown else f"{len(troubles)} in trouble")
    return [("! ", "warning"), ("  ".join(words), "warning"), (" ", "")] if words else []


def _with_meters(sources: Sequence[SourceSnapshot], far: list[Piece], room: int) -> list[Piece]:
    """What is spent and what is sampled before the troubles, of as many sources as have room; the tightest first."""
    meters = sorted(filter(None, map(_meter, sources)), reverse=True)
    shown: list[Piece] = []
    for _, name, words, style in meters:
        more: list[Piece] = [(f"{name} ", "muted"), (words, style), ("  ", "")]
        if width_of([*shown, *more, *far]) > room:
            break
        shown += more
    return [*shown, *far]


def _meter(source: SourceSnapshot) -> tuple[float, str, str, str] | None:
    """How pressing it is, the name, what to say, and its style; money is always told, other ceilings when they near."""
    sampled = budget_words.sampled(source.fraction)
    tightest = budget_words.tightest(source.budgets)
    share = budget_words.share_spent(tightest) if tightest else 0.0
    words = [sampled] if sampled else []
    if tightest is not None and (tightest.unit == "dollars" or share >= NEARLY_SPENT):
        words.insert(0, budget_words.budget(tightest))
    if not words:
        return None
    return share, source.name, ", ".join(words), "warning" if sampled or share >= NEARLY_SPENT else "text"


class Header(LinePane):
    """The one line at the top of every screen."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._state = HeaderState("", None)

    def show(self, state: HeaderState) -> None:
        self._state = state
        self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Line]:
        return (header_line(self._state, width),)
