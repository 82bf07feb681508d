"""Stores in which something happens at a known moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from monitor.detecting import Watcher
from monitor.instants import DAY, HOUR, MINUTE, SECOND, parse
from monitor.records import AnalysedPost, Attempt, Signal, Span
from monitor.store.reader import open_reader
from monitor.store.writer import Changes, Writer
from tests.store.factories import BEATS, analysed

END = parse("2026-11-20T12:00:00Z")
START = END - 5 * DAY
OUTAGE = (END - 2 * DAY, END - 2 * DAY + 2 * HOUR)
SPIKE = END - 10 * HOUR
SPIKE_LENGTH = HOUR
BIN = 5 * MINUTE


def steady(
    span: Span, per_bin: float, *, first: int, source: str = "bluesky", beats: tuple[str, ...] = ("open-models",)
) -> Iterator[AnalysedPost]:
    """Posts at an even rate but for chance, none of them during the outage; each a text and an author of its own."""
    dice = Random(f"{span} {per_bin} {source} {beats}")
    number = first
    for start in range(*span, BIN):
        if OUTAGE[0] <= start < OUTAGE[1]:
            continue
        for _ in range(int(per_bin) + (dice.random() < per_bin % 1) + dice.randrange(-1, 2)):
            at = start + dice.randrange(BIN)
            yield analysed(
                number, source=source, at=at, collected_at=at + SECOND, beats=beats, author=f"a{number}",
                cluster=number, mood=1,
            )  # fmt: skip
            number += 1


def covered(source: str, span: Span = (START, END)) -> Iterator[Attempt]:
    """The ledger of a source that was collected but for the outage."""
    for start, end in ((span[0], min(span[1], OUTAGE[0])), (max(span[0], OUTAGE[1]), span[1])):
        for hour in range(start, end, HOUR):
            yield Attempt(source, "all", (hour, min(hour + HOUR, end)), "ok", min(hour + HOUR, end) - 1)


def write(path: Path, posts: Iterable[AnalysedPost], attempts: Iterable[Attempt] = ()) -> None:
    with Writer(path) as writer:
        writer.set_beats(BEATS, START)
        writer.commit(Changes(posts=tuple(posts), attempts=tuple(attempts)))


def look_and_keep(path: Path, watcher: Watcher, now: int) -> tuple[Signal, ...]:
    """One look, and its signals in the store, as the fetcher does it."""
    look = watcher.look(now)
    with Writer(path) as writer:
        writer.put_signals(look.signals, look.until, look.figures)
    return look.signals


def stored(path: Path, as_of: int = END + DAY) -> tuple[Signal, ...]:
    """All signals of a store, oldest first."""
    with open_reader(path) as reader:
        return tuple(sorted(reader.signals(0, as_of), key=lambda signal: (signal.opened_at, signal.id)))
