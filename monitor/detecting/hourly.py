"""The looks that are taken once an hour, each at its own five minutes: at what beats say, and at pairs of beats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING
from zlib import crc32

from monitor.detecting import beat_looks, locksteps, pairs
from monitor.detecting.beat_looks import Around, BeatLooks
from monitor.detecting.locksteps import LockstepLooks
from monitor.detecting.pairs import PairLooks
from monitor.instants import HOUR, MINUTE
from monitor.records import Signal, Span
from monitor.signals.volume import BIN
from monitor.store.beat_days import Figures
from monitor.text.entities import EntityFinder

if TYPE_CHECKING:
    from monitor.store.reader import Reader
    from monitor.store.rows import BeatRow

KINDS = (*beat_looks.KINDS, pairs.KIND, locksteps.KIND)

FAR_BEHIND = 3 * HOUR
"""From this far behind on only every sixth hour is looked at, and the last one; the windows still meet."""

_STEP_BEHIND = 6 * HOUR
_PAIRS_AT = 25 * MINUTE
_LOCKSTEPS_AT = 50 * MINUTE


def slot_of(slug: str) -> int:
    """How far into each hour a beat is looked at; the same whatever other beats there are."""
    return crc32(slug.encode()) % (HOUR // BIN) * BIN


def moments(slot: int, last: int, until: int) -> list[int]:
    """When something is looked at within `(last, until]` that has its place so far into each hour."""
    hours = range((last - slot) // HOUR * HOUR + HOUR + slot, until + 1, HOUR)
    if until - last <= FAR_BEHIND:
        return list(hours)
    return [at for at in hours if (at - slot) % _STEP_BEHIND == 0 or at == hours[-1]]


class HourlyLooks:
    """Takes the looks that are due. Nothing that is said about a moment uses anything after it."""

    def __init__(self, finder: EntityFinder, signals: Iterable[Signal]) -> None:
        """`signals` are those of the last days in the store."""
        known = list(signals)
        self._beats = BeatLooks(finder, known)
        self._pairs = PairLooks(known)
        self._locksteps = LockstepLooks(known)

    def look(
        self,
        span: Span,
        beats: Mapping[str, BeatRow],
        reader: Reader,
        around: Around,
        pause: Callable[[], None],
    ) -> Iterator[Signal]:
        """The signals that changed within `(start, end]` of a span, in the order of time."""
        due: list[tuple[int, str]] = [(moment, slug) for slug in beats for moment in moments(slot_of(slug), *span)]
        due += [(moment, "") for slot in (_PAIRS_AT, _LOCKSTEPS_AT) for moment in moments(slot, *span)]
        data = reader.signal_data()
        for at, slug in sorted(due):
            with reader.moment():
                if slug:
                    yield from self._beats.look(beats[slug], at, data, around, pause)
                elif at % HOUR == _PAIRS_AT:
                    yield from self._pairs.look(beats, at, data, around, pause)
                else:
                    yield from self._locksteps.look(beats, at, data, around, pause)
            pause()

    def take_figures(self) -> Figures:
        """What is to be kept in the store of the looks since the last call."""
        return Figures(*self._beats.take_figures(), self._pairs.take_figures(), self._locksteps.take_figures())

    def forget(self, before: int) -> None:
        """Let go of what ended before a moment."""
        for looks in (self._beats, self._pairs, self._locksteps):
            looks.forget(before)
