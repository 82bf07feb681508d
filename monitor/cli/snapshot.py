"""One report of the store, on standard output or in a file."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.cli.arguments import instant, positive, whole_hours
from monitor.cli.context import PIPE_WIDTH, Context, now, output_width
from monitor.cli.errors import DONE, UsageError

if TYPE_CHECKING:
    from monitor.records import Lens, Snapshot
    from monitor.store.reader import Reader

EXAMPLES = """\
  monitor snapshot                                     the last 24 hours, for a person
  monitor snapshot --format json --beat open-source-ai
  monitor snapshot --as-of 2026-11-21T09:00:00Z -o report.txt
  monitor snapshot --demo                              on the sample data
"""

LONGEST_WINDOW = 30 * 24
LONGEST_LENS_WINDOW = 24


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument("--beat", action="append", default=[], metavar="SLUG", help="this beat only; repeatable")
    parser.add_argument(
        "--window", type=whole_hours, default=24, metavar="LENGTH", help="such as 24h or 7d, up to 30d; default: 24h"
    )
    parser.add_argument("--as-of", type=instant, metavar="TIME", help="what was known then; default: now")
    parser.add_argument("--lens", choices=("raw", "text", "author"), default="raw", help="what is counted")
    parser.add_argument("--width", type=positive, metavar="N", help="cells of a line of the text, from 40 on")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write to a file, whole or not at all")
    parser.add_argument("--demo", action="store_true", help="on the sample data")


def run(context: Context, options: Namespace) -> int:
    if options.window > (longest := LONGEST_WINDOW if options.lens == "raw" else LONGEST_LENS_WINDOW):
        raise UsageError(f"a window of {options.window} h is too long for the lens {options.lens}: {longest} h at most")
    if options.demo:
        from monitor.demo import clean_up, prepare_demo

        demo = prepare_demo()
        try:
            demo_context = Context(store=demo.path, loaded=demo.config, no_color=context.no_color)
            return _report(demo_context, options, options.as_of or demo.as_of)
        finally:
            clean_up(demo)
    return _report(context, options, now() if options.as_of is None else options.as_of)


def _report(context: Context, options: Namespace, as_of: int) -> int:
    chosen = context.beat_slugs(options.beat)
    snapshot = take(
        context,
        as_of,
        window_hours=options.window,
        lens=options.lens,
        chosen=chosen,
        brief=options.format == "text",
    )
    to_file = options.output is not None and str(options.output) != "-"
    if options.format == "json":
        from monitor.report.json_form import snapshot_json

        document = snapshot_json(snapshot)
        if to_file:
            output.write_file(options.output, output.json_bytes(document))
        else:
            output.write_json_text(document)
        return DONE
    from monitor.report.text import snapshot_text

    if to_file:
        text = output.cleaned(snapshot_text(snapshot, options.width or PIPE_WIDTH, ascii=context.config.ascii))
        output.write_file(options.output, text.encode())
        return DONE
    text = snapshot_text(snapshot, options.width or output_width(), ascii=context.draws_ascii)
    if context.colour:
        from monitor.report.terminal import coloured

        output.write_styled(coloured(output.cleaned(text)))
    else:
        output.write(text)
    return DONE


def take(
    context: Context,
    as_of: int,
    *,
    window_hours: int = 24,
    lens: Lens = "raw",
    chosen: tuple[str, ...] = (),
    brief: bool = False,
) -> Snapshot:
    """A snapshot of the context's store; a brief one lacks unique texts and authors, and moods by hour.

    Raises:
        StoreError: the store cannot be read.
    """
    from monitor.store.reader import open_reader

    with open_reader(context.store) as reader:
        return take_from(reader, context, as_of, window_hours=window_hours, lens=lens, chosen=chosen, brief=brief)


def take_from(
    reader: Reader,
    context: Context,
    as_of: int,
    *,
    window_hours: int = 24,
    lens: Lens = "raw",
    chosen: tuple[str, ...] = (),
    brief: bool = False,
) -> Snapshot:
    """A snapshot of an open store."""
    from monitor.snapshot import build_snapshot
    from monitor.text.sentiment import NAME

    return build_snapshot(
        reader,
        as_of,
        beats=context.config.beats,
        config_hash=context.config.hash,
        rules_hash=context.config.rules_hash,
        scorer=NAME,
        window_hours=window_hours,
        lens=lens,
        chosen=chosen,
        count_unique=not brief,
        hourly_moods=not brief,
    )
