"""Label posts of a beat by hand, so that its shares are corrected by what its posts really say."""

from __future__ import annotations

import random
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from monitor.cli import output
from monitor.cli.arguments import add_json, positive
from monitor.cli.context import Context, now, output_width
from monitor.cli.errors import DONE, FAILED, CommandError
from monitor.instants import HOUR
from monitor.sitting import COUNT, ENOUGH, SPAN, Desk, NothingToLabelError, draw, findings_of

if TYPE_CHECKING:
    from monitor.records import StoredPost
    from monitor.store.labels import NewLabel
    from monitor.store.reader import Reader
    from monitor.store.writer import Writer
    from monitor.text.labelling import Findings

EXAMPLES = """\
  monitor label --beat open-source-ai                      posts of the last 30 days, one key each: p, u, n
  monitor label                                            the largest beat that has few labels yet
  monitor label --beat open-source-ai --json < labels.csv  labels from elsewhere, `native id, label` a line
"""

WIDEST = 80
TOGETHER = 100
"""Lines that are written down at once."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--beat", metavar="SLUG", help="the beat; default: the largest with few labels")
    parser.add_argument(
        "--count", type=positive, default=COUNT, metavar="N", help=f"posts to ask for; default: {COUNT}"
    )
    add_json(parser, "what the labels say, at the end, as JSON")


def run(context: Context, options: Namespace) -> int:
    if options.beat is not None:
        context.beat_slugs([options.beat])
    if sys.stdin.isatty():
        return _by_key(context, options)
    return _by_line(context, options)


class _Screen:
    """Where posts are shown: standard output, or standard error where the other is for JSON."""

    def __init__(self, context: Context, options: Namespace) -> None:
        self._stream = sys.stderr if options.json else sys.stdout
        self.is_terminal = self._stream.isatty()
        self.ascii = context.config.ascii or not output.draws_blocks(self._stream)
        self.separator = " | " if self.ascii else " · "
        self.width = min(output_width(), WIDEST)

    def show(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line + "\n")

    def write(self, text: str) -> None:
        """Cleaned as on standard output."""
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(output.cleaned(text).encode(encoding, "replace").decode(encoding))
        self._stream.flush()

    def show_findings(self, found: Findings) -> None:
        from monitor.cli.label_text import findings_lines

        self.show(["", *findings_lines(found, self.width, ascii=self.ascii)])


def _by_key(context: Context, options: Namespace) -> int:
    """Show one post after the other and take keys.

    Raises:
        CommandError: there is no terminal to show posts on, or nothing to label.
    """
    from monitor.cli.keys import Keys
    from monitor.cli.label_text import findings_tree

    screen = _Screen(context, options)
    if not screen.is_terminal:
        raise CommandError("the posts can only be shown on a terminal; leave standard output alone, or use --json")
    beat = options.beat or _largest_beat(context)
    try:
        desk = Desk(context.store, beat, now, count=options.count)
    except NothingToLabelError as error:
        raise CommandError(str(error)) from error
    try:
        names = {each.slug: each.name for each in context.config.beats.beats}
        screen.show([f"{names.get(beat, beat)} ({beat})"])
        try:
            with Keys() as keys:
                _sit(desk, screen, keys.read)
        finally:
            posts = "1 post" if desk.labelled == 1 else f"{desk.labelled:,} posts"
            screen.show(["", f"{posts} labelled in this sitting, all kept."])
        if options.json:
            output.write_json({"beat": beat, "labelled": desk.labelled, **findings_tree(desk.findings())})
    finally:
        desk.close()
    return DONE


def _largest_beat(context: Context) -> str:
    """The beat with the most scored posts among those with few labels.

    Raises:
        CommandError: there are no scored posts.
    """
    from monitor.store.reader import open_reader

    until = now()
    with open_reader(context.store) as reader:
        labels, followed = reader.labels(), reader.beats()
        sizes, scored = labels.sizes(), labels.scored((until - SPAN) // HOUR, until // HOUR + 1)
    beats = [row for row in followed.values() if scored.get(row.id)]
    if not beats:
        raise CommandError("there are no scored posts in the last 30 days")
    return max(beats, key=lambda row: (sizes.get(row.id, 0) < ENOUGH, scored[row.id])).slug


def _sit(desk: Desk, screen: _Screen, read: Callable[[], str]) -> None:
    from monitor.cli.label_text import key_line, post_lines
    from monitor.sitting import KEY_WORDS

    while (shown := desk.shown()) is not None:
        screen.show(post_lines(shown, screen.width, screen.separator))
        screen.write(f"{key_line(screen.width, screen.separator, shown.present)} ")
        while (step := desk.press(key := read())) == "unknown":
            pass
        screen.show([f"{key.lower()} {KEY_WORDS.get(key.lower(), '')}".strip()])
        if step == "end":
            return
        if step == "stay":
            screen.show_findings(desk.findings())


def _by_line(context: Context, options: Namespace) -> int:
    """Take labels from the lines of standard input; what cannot be used is said, and the rest counts."""
    from monitor.cli.label_lines import HOW
    from monitor.cli.label_text import findings_tree
    from monitor.snapshot.calibrations import keep_calibrations
    from monitor.store.reader import open_reader
    from monitor.store.writer import Writer

    open_reader(context.store).close()
    with Writer(context.store) as writer, open_reader(context.store) as reader:
        taking = _Taking(reader, writer, options.beat)
        try:
            taking.take()
        finally:
            taking.put()
            if taking.given:
                keep_calibrations(reader, writer)
        if not taking.lines:
            output.tell(f"monitor: {HOW}")
        found = findings_of(reader, options.beat)
        asks_for_sample = options.json and options.beat is not None
        if options.json:
            tree: dict[str, Any] = {"beat": options.beat, "labelled": taking.given, **findings_tree(found)}
            if asks_for_sample and not taking.lines:
                numbers = draw(reader, options.beat, now(), random.Random())[: options.count]
                posts = [stored for stored in map(reader.post, numbers) if stored is not None]
                tree["sample"] = [_post_tree(stored) for stored in posts]
            output.write_json(tree)
        elif taking.given:
            _Screen(context, options).show_findings(found)
    return FAILED if taking.failed or not (taking.lines or asks_for_sample) else DONE


class _Taking:
    """Lines on their way into the store."""

    def __init__(self, reader: Reader, writer: Writer, beat: str | None) -> None:
        self._reader = reader
        self._writer = writer
        self._beat = beat
        self._waiting: list[NewLabel] = []
        self.lines = self.failed = self.given = 0

    def take(self) -> None:
        from monitor.cli.label_lines import meant, new_label

        for number, line in meant(raw.decode("utf-8", "replace") for raw in sys.stdin.buffer):
            self.lines += 1
            try:
                self._waiting.append(new_label(self._reader, line, self._beat))
            except ValueError as error:
                self.failed += 1
                output.tell(f"monitor: line {number}: {error}")
            if len(self._waiting) == TOGETHER:
                self.put()

    def put(self) -> None:
        """Write down what waits."""
        self.given += len(self._writer.put_labels(self._waiting, now()))
        self._waiting = []


def _post_tree(stored: StoredPost) -> dict[str, Any]:
    post = stored.post
    return {"source": post.source, "native_id": post.native_id, "title": post.title, "text": post.text, "url": post.url}
