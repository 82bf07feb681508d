"""A list of signals, one line each."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar, cast

from monitor import glyphs
from monitor.instants import MINUTE
from monitor.records import RANKS, Signal
from monitor.tui.lines import Line, Piece, clip, outside, right, rule, wrap
from monitor.tui.widgets.line_list import LineList, Order
from monitor.tui.widgets.stories_list import LEVELS


def signal_row(signal: Signal, beats: Mapping[str, str], now: int, width: int, *, chosen: bool) -> Line:
    """Level, how long it has been open, kind, beat and what it says; a closed one is faint."""
    is_open = signal.closed_at is None
    sign, style = LEVELS[signal.level]
    age = glyphs.age(now - signal.opened_at) if is_open else "over"
    start: list[Piece] = [
        ("▸" if chosen else " ", "bold accent"),
        (clip(f"{sign} {signal.level}", 9) + " ", style if is_open else "faint"),
        (right(age, 4) + "  ", "muted" if is_open else "faint"),
        (clip(signal.kind, 10) + " ", "text" if is_open else "faint"),
    ]
    name = beats.get(signal.beat, signal.beat)
    summary = outside(signal.summary)
    if width >= 110:
        start.append((clip(name, 25) + "  ", "bold text" if is_open else "faint"))
        summary = summary.removeprefix(f"{name}: ")
    taken = sum(len(text) for text, _ in start)
    return (*start, (clip(summary, width - taken - 1), ("bold text" if chosen else "text") if is_open else "faint"))


class SignalsList(LineList):
    """Open signals first, then those that closed within the window."""

    ORDERS: ClassVar[tuple[Order, ...]] = (
        Order("open, newest", lambda each: _by_age(cast(Signal, each)), True),
        Order("level", lambda each: _by_level(cast(Signal, each)), True),
        Order("beat", lambda each: cast(Signal, each).beat),
    )

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._now = 0
        self._beats: Mapping[str, str] = {}
        self._waiting = True

    def show(self, signals: Sequence[Signal] | None, as_of: int, beats: Mapping[str, str]) -> None:
        """Show the signals of a snapshot; None while there is none."""
        self._now = as_of - as_of % MINUTE
        self._beats = beats
        self._waiting = signals is None
        self.give(signals or ())

    def key_of(self, item: object) -> Hashable:
        return cast(Signal, item).id

    def words_of(self, item: object) -> str:
        signal = cast(Signal, item)
        return f"{outside(signal.summary)} {signal.kind} {signal.level} {signal.beat}"

    def copy_of(self, item: object) -> str:
        return outside(cast(Signal, item).summary)

    def row(self, item: object, width: int, *, chosen: bool) -> Line:
        return signal_row(cast(Signal, item), self._beats, self._now, width, chosen=chosen and self.has_focus)

    def heads(self, width: int) -> Sequence[Line]:
        signals = [cast(Signal, item) for item in self._items]
        still_open = sum(signal.closed_at is None for signal in signals)
        title: list[Piece] = [("Signals", "bold text"), (f"  {still_open} open", "text")]
        if len(signals) > still_open:
            title.append((f", {len(signals) - still_open} over within 24 h", "muted"))
        if self.needle:
            title.append((f"  /{self.needle}  {self.shown_count} of {self.given_count}", "accent"))
        far = [(piece, "faint") for piece in (self.place(),) if piece] + [("  " + self.order.name, "muted")]
        return (rule(title, far, width, active=self.has_focus),)

    def empty(self, width: int) -> Sequence[Line]:
        if self.needle and self.given_count:
            words = [f"no signal matches “{self.needle}”"]
        elif self._waiting:
            words = ["reading"]
        else:
            words = [
                "nothing unusual in the last 24 hours",
                "A signal needs three days of posts to be held against; the fetcher looks every five minutes.",
            ]
        return tuple((("   ", ""), (line, "muted")) for text in words for line in wrap(text, max(20, width - 4)))


def _by_age(signal: Signal) -> tuple[bool, int]:
    return signal.closed_at is None, signal.opened_at


def _by_level(signal: Signal) -> tuple[bool, int, int]:
    return signal.closed_at is None, RANKS[signal.level], signal.opened_at
