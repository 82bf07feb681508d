"""One report of the store, on standard output or in a file."""

from __future__ import annotations

from monitor.cli import output, values
from monitor.cli.context import PIPE_WIDTH, Context, now, output_width
from monitor.cli.errors import DONE, UsageError
from monitor.cli.options import Option
from monitor.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from monitor.cli.options import Options
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


OPTIONS = (
    Option(("--format",), "default: text", choices=("text", "json"), default="text"),
    Option(("--beat",), "this beat only; repeatable", metavar="SLUG", repeatable=True),
    Option(
        ("--window",),
        "such as 24h or 7d, up to 30d; default: 24h",
        metavar="LENGTH",
        read=values.whole_hours,
        default=24,
    ),
    Option(("--as-of",), "what was known then; default: now", metavar="TIME", read=values.instant),
    Option(("--lens",), "what is counted", choices=("raw", "text", "author"), default="raw"),
    Option(("--width",), "cells of a line of the text, from 40 on", metavar="N", read=values.positive),
    Option(("-o", "--output"), "write to a file, whole or not at all", metavar="FILE", read=values.path),
    Option(("--demo",), "on the sample data"),
)


def add_arguments(parser: ArgumentParser) -> None:
    from monitor.cli.arguments import add_options

    add_options(parser, OPTIONS)


def run(context: Context, options: Options) -> int:
    if options.window > LONGEST_WINDOW:
        raise UsageError(f"a window of {options.window} h is too long: {LONGEST_WINDOW} h at most")
    if options.demo:
        from monitor.demo import clean_up, prepare_demo

        demo = prepare_demo()
        try:
            return _report(context.on_sample(demo.path, demo.config), options, options.as_of or demo.as_of)
        finally:
            clean_up(demo)
    return _report(context, options, now() if options.as_of is None else options.as_of)


def _report(context: Context, options: Options, as_of: int) -> int:
    from monitor.store.reader import open_reader

    lens = options.lens
    if lens != "raw" and options.window > LONGEST_LENS_WINDOW:
        output.tell(f"windows over {LONGEST_LENS_WINDOW} h are counted raw, whatever the lens")
        lens = "raw"
    chosen = context.beat_slugs(options.beat)
    brief = options.format == "text"
    with open_reader(context.store_name, in_passing=brief) as reader:
        snapshot = take(reader, context, as_of, window_hours=options.window, lens=lens, chosen=chosen, brief=brief)
    to_file = options.output not in (None, "-")
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
    reader: Reader,
    context: Context,
    as_of: int,
    *,
    window_hours: int = 24,
    lens: Lens = "raw",
    chosen: tuple[str, ...] = (),
    brief: bool = False,
) -> Snapshot:
    """A snapshot of an open store; a brief one lacks what the text report does not show.

    Raises:
        StoreError: the store cannot be read.
    """
    from monitor.snapshot import build_snapshot
    from monitor.text.scorers import NAMES

    scorer = context.config.scorer
    return build_snapshot(
        reader,
        as_of,
        beats=context.config.beats,
        config_hash=context.config.hash,
        rules_hash=context.config.rules_hash,
        scorer=NAMES.get(scorer, scorer),
        window_hours=window_hours,
        lens=lens,
        chosen=chosen,
        brief=brief,
    )
