"""New posts for the demo, as long as somebody looks: from a pool in the sample, published now, by the usual way in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random

from monitor.config import Config
from monitor.demo import sample as shipped
from monitor.demo.building import PARTS
from monitor.demo.last_day import collect_soon_after, read_rows
from monitor.ingest import Ingester
from monitor.instants import HOUR, SECOND
from monitor.records import Attempt, Post
from monitor.store.writer import Changes, Writer
from monitor.text.sentiment import Scorer

LIVELY = 30.0
"""Seconds of the brisk beginning, in which a newcomer sees that something moves."""
_BRISK, _CALM = 2.0, 14.0
"""Seconds between two commits, in the beginning and later, of which none waits for more than twice as long.

Many more posts than in the sample would show as a rise of every beat, which no signal tells of.
"""
_BURST = 0.03
"""Share of commits that bring many posts at once."""
_LEDGER_EVERY = 15 * SECOND


def fill_present_hour(path: Path, hours: int, now: int, config: Config) -> None:
    """Add the posts of the sample's next hour that lie before `now`, in a store that was moved by whole hours."""
    as_of = shipped.load_sample().as_of
    posts = []
    for post in _pool():
        moved = post._replace(published_at=post.published_at + hours * HOUR)
        if post.published_at >= as_of + HOUR or moved.published_at >= now:
            break
        posts.append(collect_soon_after(moved, now))
    analysed = Ingester(config.beats, Scorer()).analyse(posts).kept
    with Writer(path) as writer:
        writer.commit(Changes(posts=analysed, attempts=_attempts(as_of + hours * HOUR, now)))


class Feeder:
    """Writes posts into a demo's store until it is told to stop."""

    def __init__(self, path: Path, config: Config, clock: Callable[[], int], randomness: Random) -> None:
        self._path = path
        self._ingester = Ingester(config.beats, Scorer())
        self._clock = clock
        self._random = randomness
        self._posts = _endless(clock())
        self._recorded_at = clock()
        self._started_at = clock()

    def run(self, stopped: threading.Event) -> None:
        """Feed until the event is set.

        Raises:
            StoreError: the store cannot be written any more.
        """
        with Writer(self._path) as writer:
            while not stopped.wait(self._pause()):
                writer.commit(self._next_changes())

    def _pause(self) -> float:
        lively = self._clock() - self._started_at < LIVELY * SECOND
        usual = _BRISK if lively else _CALM
        return min(self._random.expovariate(1 / usual), 2 * usual)

    def _next_changes(self) -> Changes:
        now = self._clock()
        posts = [
            next(self._posts)._replace(published_at=now - self._random.randrange(1, 2 * SECOND), collected_at=now)
            for _ in range(self._how_many())
        ]
        attempts: Sequence[Attempt] = ()
        if now - self._recorded_at >= _LEDGER_EVERY:
            attempts = _attempts(self._recorded_at, now)
            self._recorded_at = now
        return Changes(posts=self._ingester.analyse(posts).kept, attempts=attempts)

    def _how_many(self) -> int:
        if self._random.random() < _BURST:
            return self._random.randrange(5, 11)
        return 1 if self._random.random() < 0.7 else 2


def _attempts(start: int, end: int) -> tuple[Attempt, ...]:
    """Everything collected from start to end."""
    return tuple(Attempt(source, part, (start, end), "ok", end - 1) for source, part in PARTS.items() if start < end)


def _pool() -> Iterator[Post]:
    """The posts after the sample's moment, in order."""
    return read_rows(shipped.folder() / "later.jsonl", 0)


def _endless(now: int) -> Iterator[Post]:
    """The pool's posts over and over, each time as other posts; those of the present hour come last."""
    first_later = shipped.load_sample().as_of + HOUR
    posts = [post for post in _pool() if post.published_at >= first_later]
    for turn in count():
        for post in posts:
            yield post._replace(native_id=f"{post.native_id}-{now}-{turn}")
