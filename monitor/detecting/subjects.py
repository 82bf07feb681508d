"""How signals live that are about something within a beat: a phrase, an entity, two sources, another beat."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from monitor.detecting.records import Evidence, opened, raised
from monitor.instants import DAY, HOUR
from monitor.records import RANKS, Signal, Significance
from monitor.signals.lifecycle import Open, follow

SILENCE = DAY
"""For this long after a signal opened, only a higher level opens another about the same."""

MOST_NEW = 3
"""How many signals of one kind may open in one beat at one moment: the clearest."""

_LONGEST_GAP = 25 * HOUR
"""Looks may lie a day apart where many were missed; the calm before them counts all the same."""


class Found(NamedTuple):
    """What one look found unusual about one subject."""

    subject: str
    level: Significance
    summary: str
    """One line for people."""
    evidence: Callable[[], Evidence]
    """Gathers the working; called only where a signal opens or rises."""


class Subjects:
    """Opens, raises and closes the signals of some kinds."""

    def __init__(self, signals: Iterable[Signal]) -> None:
        """`signals` are those of the last days in the store, open or not."""
        self._signals: dict[tuple[str, str], dict[str, Signal]] = {}
        self._open: dict[str, Open] = {}
        for signal in sorted(signals, key=lambda each: each.opened_at):
            self._note(signal)
            if signal.closed_at is None:
                self._open[signal.id] = Open(signal.level, signal.opened_at, signal.opened_at, signal.opened_at, None)

    def open_signals(self, kind: str, beat: str) -> list[Signal]:
        """Those that are open, of one kind and beat."""
        return [signal for signal in self._signals.get((kind, beat), {}).values() if signal.closed_at is None]

    def judge(
        self,
        kind: str,
        beat: str,
        at: int,
        found: Sequence[Found],
        is_calm: Callable[[Signal], bool],
        same: Callable[[Signal, Found], bool] = lambda signal, found: signal.evidence.get("subject") == found.subject,
        only: str | None = None,
    ) -> list[Signal]:
        """Take one look at a beat; the signals that it changed.

        Args:
            found: what is unusual now, the clearest first.
            is_calm: whether what an open signal is about is close to usual again.
            same: whether something found is what an open signal is about.
            only: the one subject that was looked at; None where all were.
        """
        changed: list[Signal] = []
        left = list(found)
        for signal in self.open_signals(kind, beat):
            if only is not None and signal.evidence.get("subject") != only:
                continue
            about = next((each for each in left if same(signal, each)), None)
            if about is not None:
                left.remove(about)
            after = self._follow(signal, about, is_calm(signal), at)
            if after is not None:
                changed.append(after)
        fresh = [each for each in left if not self._said(kind, beat, each, at, same)]
        for each in fresh[:MOST_NEW]:
            signal = opened(kind, beat, each.level, at, each.summary, each.evidence(), each.subject)
            self._open[signal.id] = Open(each.level, at, at, at, None)
            changed.append(signal)
        for signal in changed:
            self._note(signal)
        return changed

    def forget(self, before: int) -> None:
        """Let go of those that closed before a moment."""
        for beat, signals in list(self._signals.items()):
            left = {
                name: signal
                for name, signal in signals.items()
                if signal.closed_at is None or signal.closed_at >= before
            }
            if left:
                self._signals[beat] = left
            else:
                del self._signals[beat]

    def _note(self, signal: Signal) -> None:
        self._signals.setdefault((signal.kind, signal.beat), {})[signal.id] = signal

    def _follow(self, signal: Signal, found: Found | None, calm: bool, at: int) -> Signal | None:
        step = follow(self._open[signal.id], found.level if found else None, calm, at, _LONGEST_GAP)
        if step.signal is None:
            del self._open[signal.id]
            return signal._replace(closed_at=at)
        self._open[signal.id] = step.signal
        if step.event == "raised" and found is not None:
            return raised(signal, found.level, at, found.summary, found.evidence())
        return None

    def _said(self, kind: str, beat: str, found: Found, at: int, same: Callable[[Signal, Found], bool]) -> bool:
        """Whether a signal of the last day has said it."""
        return any(
            at - signal.opened_at < SILENCE and RANKS[found.level] <= RANKS[signal.level] and same(signal, found)
            for signal in self._signals.get((kind, beat), {}).values()
        )
