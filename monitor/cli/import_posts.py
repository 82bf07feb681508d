"""Read posts from JSON Lines or CSV files into the store. Reading a file twice changes nothing."""

from __future__ import annotations

import gc
import sys
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from monitor.cli import output
from monitor.cli.arguments import add_json
from monitor.cli.context import Context, now
from monitor.cli.errors import DONE, FAILED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.cli.progress import Progress
    from monitor.imports import BadLine, Form
    from monitor.ingest import Ingester, Scorer
    from monitor.records import Attempt, Deletion, Post
    from monitor.store.writer import Changes, Outcome, Writer
    from monitor.store.writing_aside import WritingAside

EXAMPLES = """\
  monitor import posts.jsonl more.csv
  xz -dc archive.jsonl.xz | monitor import -
  monitor posts --json --limit 100000 | monitor --store copy.db import -
"""

BATCH = 10_000
"""Posts of one transaction."""

MOST_COMPLAINTS = 50
"""Bad lines of a file that are told one by one."""


_ALLOCATIONS = 200_000
"""Values that may come into being before garbage is looked for: some batches."""


class _Span(NamedTuple):
    """The posts of one source in one file."""

    start: int
    end: int
    posts: int


class _Counts:
    """What became of the posts of all files."""

    def __init__(self) -> None:
        self.added = self.updated = self.unchanged = self.deleted = self.failed = 0

    @property
    def read(self) -> int:
        return self.added + self.updated + self.unchanged

    def take(self, outcome: Outcome | None) -> None:
        """Count what became of a batch."""
        if outcome is not None:
            self.deleted += outcome.deleted
            self.added += outcome.added
            self.updated += outcome.updated
            self.unchanged += outcome.unchanged


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="a file, or - for standard input")
    parser.add_argument("--form", choices=("jsonl", "csv"), help="default: by the name, else by the first character")
    add_json(parser, "the counts as JSON")


def run(context: Context, options: Namespace) -> int:
    return import_files(context, options, context.scorer())


def import_files(context: Context, options: Namespace, scorer: Scorer | None) -> int:
    """Import the files of the command line; without a scorer their posts have no sentiment."""
    from monitor.cli.progress import Progress
    from monitor.ingest import Ingester, recall
    from monitor.store.reader import open_reader
    from monitor.store.writer import Writer
    from monitor.store.writing_aside import WritingAside, processors

    counts = _Counts()
    unreadable = 0
    with Writer(context.store) as writer, Progress("posts") as progress, _rare_garbage_collection():
        writer.set_beats(context.config.beats, now())
        if scorer is not None:
            writer.set_scorer(scorer.name, now())
        with open_reader(context.store) as reader:
            ingester = Ingester(context.config.beats, scorer, copies=recall(reader))
        with WritingAside(writer, processors=processors()) as aside:
            for name in options.files:
                try:
                    with _opened(name) as stream:
                        _import(stream, name, options.form, ingester, writer, aside, counts, progress)
                except OSError as error:
                    unreadable += 1
                    output.tell(f"monitor: {name}: {error.strerror or error}")
    if options.json:
        output.write_json(vars(counts))
    else:
        output.tell(
            f"{_number(counts.added, 'post')} added, {counts.updated:,} updated, {counts.unchanged:,} unchanged, "
            f"{counts.deleted:,} deleted, {_number(counts.failed, 'line')} failed"
        )
    return FAILED if counts.failed or unreadable else DONE


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


@contextmanager
def _rare_garbage_collection() -> Iterator[None]:
    """Posts hold no cycles, and looking for some in every batch again and again takes a twelfth of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as stream:
        yield stream


def _import(
    stream: BinaryIO,
    name: str,
    form: Form | None,
    ingester: Ingester,
    writer: Writer,
    aside: WritingAside,
    counts: _Counts,
    progress: Progress,
) -> None:
    from monitor.imports import read_posts
    from monitor.records import Mark
    from monitor.store.writer import Changes

    at = now()
    lines, found = _form_of(stream, name)
    offers = _good(read_posts(lines, form or found, at), name, counts)
    before = counts.added + counts.updated
    spans: dict[str, _Span] = {}
    for changes in _batches(offers, ingester, spans):
        counts.take(aside.commit(changes))
        progress.show(counts.read)
    counts.take(aside.finish())
    progress.show(counts.read)
    changed = counts.added + counts.updated - before
    writer.commit(Changes(attempts=_attempts(spans if changed else _not_yet_covered(writer.path, spans, at), at)))
    if changed:
        writer.add_marks([Mark(at, "import", f"{_number(changed, 'post')} imported")])


def _batches(offers: Iterator[Post | Deletion], ingester: Ingester, spans: dict[str, _Span]) -> Iterator[Changes]:
    """What goes into one transaction each; `spans` grow with it."""
    from monitor.records import Deletion, Post
    from monitor.store.writer import Changes

    while items := list(islice(offers, BATCH)):
        posts = [item for item in items if isinstance(item, Post)]
        _extend(spans, posts)
        deletions = [item for item in items if isinstance(item, Deletion)]
        yield Changes(ingester.analyse(posts, keep_all=True).kept, deletions)


def _form_of(stream: BinaryIO, name: str) -> tuple[Iterable[bytes], Form]:
    """The lines of a file and its form: by the ending of its name, else by whether it begins like a JSON object."""
    if name.lower().endswith((".csv", ".jsonl", ".ndjson")):
        return stream, "csv" if name.lower().endswith(".csv") else "jsonl"
    head: list[bytes] = []
    for line in stream:
        head.append(line)
        if start := line.removeprefix(b"\xef\xbb\xbf").strip():
            return chain(head, stream), "jsonl" if start.startswith((b"{", b"[")) else "csv"
    return head, "jsonl"


def _good(items: Iterable[Post | Deletion | BadLine], name: str, counts: _Counts) -> Iterator[Post | Deletion]:
    """The posts and deletions; bad lines are told and counted."""
    from monitor.imports import BadLine

    failed = 0
    for item in items:
        if not isinstance(item, BadLine):
            yield item
            continue
        failed += 1
        counts.failed += 1
        if failed <= MOST_COMPLAINTS:
            output.tell(f"{name}:{item.number}: {item.reason}")
    if failed > MOST_COMPLAINTS:
        output.tell(f"{name}: {_number(failed - MOST_COMPLAINTS, 'more line')} failed")


def _extend(spans: dict[str, _Span], posts: Iterable[Post]) -> None:
    times: defaultdict[str, list[int]] = defaultdict(list)
    for post in posts:
        times[post.source].append(min(post.published_at, post.collected_at))
    for source, new in times.items():
        known = spans.get(source, _Span(new[0], new[0] + 1, 0))
        spans[source] = _Span(min(known.start, *new), max(known.end, max(new) + 1), known.posts + len(new))


def _not_yet_covered(store: Path, spans: Mapping[str, _Span], at: int) -> dict[str, _Span]:
    """The spans that the ledger does not know to be covered, which is so where an earlier import broke off."""
    from monitor.store.reader import open_reader

    with open_reader(store) as reader:
        return {
            source: span
            for source, span in spans.items()
            if reader.coverage((span.start, span.end), at).get(source) != [(span.start, span.end)]
        }


def _attempts(spans: Mapping[str, _Span], at: int) -> list[Attempt]:
    """What the ledger is told: an import covers the span of its posts."""
    from monitor.records import Attempt

    return [
        Attempt(source, "import", (span.start, span.end), "ok", at, span.posts, span.posts)
        for source, span in spans.items()
    ]
