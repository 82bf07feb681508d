"""Plain lines, newest last, without moving the cursor: for screen readers, pipes and simple terminals."""

from __future__ import annotations

import os
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING

from monitor import glyphs
from monitor.cli import output
from monitor.cli.context import Context, now
from monitor.cli.errors import DONE
from monitor.cli.posts import post_line
from monitor.cli.snapshot import take
from monitor.instants import MINUTE

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.records import Snapshot
    from monitor.store.reader import Reader

EXAMPLES = """\
  monitor watch
  monitor watch --beat ai-regulation --interval 10
"""

MOST_POSTS = 20
"""Posts of one look that get a line of their own."""

_LOOK_THROUGH = 2000
"""Posts that one look goes through at most."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--interval", type=_seconds, default=1.0, metavar="SECONDS", help="between two looks; default: 1"
    )
    parser.add_argument("--beat", action="append", default=[], metavar="SLUG", help="this beat only; repeatable")


def run(context: Context, options: Namespace) -> int:
    return watch(context, options.interval, context.beat_slugs(options.beat), lambda: None)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.05 <= seconds <= 86_400:
        raise ArgumentTypeError(f'"{text}" is no number of seconds from 0.05 on')
    return seconds


def watch(context: Context, interval: float, beats: tuple[str, ...], at_each_look: Callable[[], str | None]) -> int:
    """Write lines until a signal comes or nobody reads them any more.

    Args:
        at_each_look: called once each interval; what it gives back is told once on standard error.
    """
    from monitor.store.errors import StoreMissing
    from monitor.store.reader import open_reader

    told: str | None = None
    waiting = False
    while True:
        message = at_each_look()
        if message and message != told:
            output.tell(f"monitor: {message}")
        told = message
        try:
            reader = open_reader(context.store)
            break
        except StoreMissing as error:
            if not waiting:
                waiting = True
                output.write_line(f"Waiting for the first posts: {error}")
        _pause(interval)
    with reader:
        watcher = Watcher(reader, context, beats)
        watcher.begin()
        while True:
            _pause(interval)
            message = at_each_look()
            if message and message != told:
                output.tell(f"monitor: {message}")
            told = message
            watcher.look()
    return DONE


class Watcher:
    """Tells what is new in a store since the last look."""

    def __init__(self, reader: Reader, context: Context, beats: tuple[str, ...]) -> None:
        self._reader = reader
        self._context = context
        self._beats = beats
        self._ascii = context.draws_ascii
        self._version = reader.data_version()
        self._last_post = 0
        self._minute = 0
        self._summary = ""
        self._states: dict[str, str] = {}
        self._signals: dict[str, str] = {}

    def begin(self) -> None:
        """Write the summary that everything after it adds to."""
        self._last_post = self._reader.follow().newest()[0]
        snapshot = self._snapshot()
        self._minute = snapshot.as_of // MINUTE
        self._summary = summary(snapshot, ascii=self._ascii)
        self._states = source_lines(snapshot)
        self._signals = signal_lines(snapshot, ascii=self._ascii)
        output.write_line(f"{clock(snapshot.as_of)}  {self._summary}")
        open_signals = [self._signals[signal.id] for signal in snapshot.signals if signal.closed_at is None]
        for line in [*beat_lines(snapshot, ascii=self._ascii), *open_signals, *self._states.values()]:
            output.write_line(line)

    def look(self) -> None:
        """Write a line for each new post, and each minute for what changed."""
        version = self._reader.data_version()
        if version != self._version:
            self._version = version
            self._tell_posts()
        if now() // MINUTE != self._minute:
            self._tell_changes()

    def _tell_posts(self) -> None:
        rows = self._reader.texts_after(self._last_post, _LOOK_THROUGH)
        told = 0
        for number, _, _ in rows:
            self._last_post = number
            post = self._reader.post(number)
            if post is None or (self._beats and not set(self._beats).intersection(post.beats)):
                continue
            told += 1
            if told <= MOST_POSTS:
                output.write_line(post_line(post))
        if told > MOST_POSTS:
            output.write_line(f"and {told - MOST_POSTS:,} more posts")

    def _tell_changes(self) -> None:
        snapshot = self._snapshot()
        self._minute = snapshot.as_of // MINUTE
        time_of_day = clock(snapshot.as_of)
        new = summary(snapshot, ascii=self._ascii)
        if new != self._summary:
            self._summary = new
            output.write_line(f"{time_of_day}  {new}")
        signals, states = signal_lines(snapshot, ascii=self._ascii), source_lines(snapshot)
        for lines, known in ((signals, self._signals), (states, self._states)):
            for of, line in lines.items():
                if known.get(of) != line:
                    output.write_line(f"{time_of_day}  {line}")
        self._signals, self._states = signals, states

    def _snapshot(self) -> Snapshot:
        return take(self._reader, self._context, now(), chosen=self._beats, brief=True)


def clock(instant: int) -> str:
    """The time of day in UTC."""
    minutes = instant // MINUTE % 1440
    return f"{minutes // 60:02}:{minutes % 60:02}"


def summary(snapshot: Snapshot, *, ascii: bool = False) -> str:  # noqa: A002
    """All beats in one line."""
    change = glyphs.change(snapshot.baseline.ratio, ascii=ascii)
    usual = f", {change} on usual" if change else ""
    return f"{snapshot.volume:,} posts in 24 h{usual}, {snapshot.records:,} records"


def beat_lines(snapshot: Snapshot, *, ascii: bool = False) -> list[str]:  # noqa: A002
    """A line for each beat that was talked about, the loudest first."""
    lines = []
    for beat in sorted(snapshot.beats, key=lambda beat: -beat.volume):
        if not beat.volume:
            continue
        change = glyphs.change(beat.baseline.ratio, ascii=ascii)
        marks = glyphs.change_mark(beat.baseline, ascii=ascii)
        net = glyphs.net(beat.sentiment, ascii=ascii)
        calibration = "calibrated" if beat.sentiment.calibrated else "uncalibrated"
        parts = [
            f"{beat.volume:,} in 24 h",
            f"{change} on usual {marks}".strip() if change else "",
            f"net mood {net} of {beat.sentiment.n:,}, {calibration}" if net else "",
        ]
        lines.append(f"{beat.name}: {', '.join(filter(None, parts))}")
    return lines


def signal_lines(snapshot: Snapshot, *, ascii: bool = False) -> dict[str, str]:  # noqa: A002
    """A line for each signal of the window, by its id: its kind, its level or that it is over, and what it says."""
    lines = {}
    for signal in snapshot.signals:
        level = signal.level if signal.closed_at is None else "over"
        line = f"Signal, {signal.kind}, {level}: {signal.summary}"
        lines[signal.id] = glyphs.plain(line) if ascii else line
    return lines


def source_lines(snapshot: Snapshot) -> dict[str, str]:
    """A line for each source, by slug."""
    from monitor.report.words import STATE_WORDS

    return {
        source.slug: f"{source.name}: {STATE_WORDS[source.state]}" + (f", {source.message}" if source.message else "")
        for source in snapshot.sources
    }


def _pause(seconds: float) -> None:
    """Wait, but end at once where whoever read our lines is gone.

    Raises:
        BrokenPipeError: standard output is a pipe that nobody reads.
    """
    if os.name != "posix":
        time.sleep(seconds)
        return
    import select

    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    for _, event in poll.poll(seconds * 1000):
        if event & select.POLLERR:
            raise BrokenPipeError
        time.sleep(seconds)
