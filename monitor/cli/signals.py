"""Signals: what is unusual now or was lately, with n, what was expected, the interval, and what was not collected."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.cli.arguments import add_json
from monitor.cli.context import Context, now, output_width
from monitor.cli.errors import DONE

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.records import Signal
    from monitor.store.reader import Reader

EXAMPLES = """\
  monitor signals                           open ones, and those of the last 48 hours
  monitor signals --beat ai-law --since 7d
  monitor signals --all --json
  monitor signals --recompute --since 30d   look for them anew, after an import or a change of rules
"""

STALE = 30 * 60_000
"""Posts that are so much newer than the last look are looked at first, unless a fetcher does that."""


def add_arguments(parser: ArgumentParser) -> None:
    from monitor.cli.posts import since

    parser.add_argument("--beat", action="append", default=[], metavar="SLUG", help="of this beat; repeatable")
    spans = parser.add_mutually_exclusive_group()
    spans.add_argument("--since", type=since, metavar="TIME", help="from then on: a time, or a length such as 7d")
    spans.add_argument("--all", action="store_true", help="all there ever were")
    parser.add_argument("--recompute", action="store_true", help="look for them anew, from --since on or for 7 days")
    add_json(parser)


def run(context: Context, options: Namespace) -> int:
    from monitor.evidence_words import RECENT
    from monitor.store.reader import open_reader

    slugs = context.beat_slugs(options.beat)
    with open_reader(context.store) as reader:
        _bring_up_to_date(reader, context, options)
    with open_reader(context.store) as reader:
        looked = reader.signal_data().watched_until()
        as_of = now()
        since = options.since if options.since is not None else min(looked or as_of, as_of) - RECENT
        signals = reader.signals(0 if options.all else since, as_of)
    signals = tuple(signal for signal in signals if not slugs or signal.beat in slugs)
    if options.json:
        from monitor.report.json_form import signal_tree

        output.write_json([signal_tree(signal) for signal in signals])
    else:
        _write_text(signals, looked, context)
    return DONE


def _write_text(signals: tuple[Signal, ...], looked: int | None, context: Context) -> None:
    from monitor.report.signals import signals_text

    output.write(signals_text(signals, output_width(), ascii=context.draws_ascii))
    if not signals:
        output.tell("no signals" if looked else "no signals: nothing has been collected yet")


def _bring_up_to_date(reader: Reader, context: Context, options: Namespace) -> None:
    """Look for signals where nobody else does, or anew where that is asked for."""
    from itertools import count

    from monitor.cli.progress import Progress
    from monitor.config.entities import gazetteer
    from monitor.detecting import KINDS, Watcher, recompute
    from monitor.instants import DAY
    from monitor.store.errors import StoreError
    from monitor.store.writer import Writer

    at = now()
    with Progress("spells of learning what is usual") as progress:
        spells = count(1)

        def pause() -> None:
            progress.show(next(spells))

        if options.recompute:
            since = options.since if options.since is not None else _newest(reader, at) - 7 * DAY
            look = recompute(reader, since, at, pause=pause, entities=gazetteer(context.config))
            with Writer(context.store) as writer:
                writer.replace_signals(since, KINDS, look.signals, look.until)
            return
        if not _is_behind(reader, context.store, at):
            return
        look = Watcher(reader, pause=pause, entities=gazetteer(context.config)).look(at)
    try:
        with Writer(context.store) as writer:
            writer.put_signals(look.signals, look.until, look.figures)
    except StoreError as error:
        output.tell(f"{error}; signals are shown as they were found before")


def _newest(reader: Reader, at: int) -> int:
    """Up to when anything was collected."""
    return max((spans[-1][1] for spans in reader.coverage((0, at), at).values()), default=at)


def _is_behind(reader: Reader, store: Path, at: int) -> bool:
    from monitor.fetching.lease import LeaseError, holder

    looked = reader.signal_data().watched_until()
    if looked is not None and _newest(reader, at) - looked < STALE:
        return False
    try:
        return holder(store) is None
    except LeaseError:
        return False
