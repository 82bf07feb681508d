"""One report of the store, on standard output or in a file."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.cli.arguments import instant, positive, whole_hours
from monitor.cli.context import Context, now, output_width
from monitor.cli.errors import DONE, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.config import Config
    from monitor.records import Lens, Snapshot

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
    check_window(options.window, options.lens)
    with _store(context, options) as (config, store, as_of):
        chosen = context.beat_slugs(options.beat) if not options.demo else Context_of(config).beat_slugs(options.beat)
        snapshot = take(config, store, as_of, options.window, options.lens, chosen)
    if options.format == "json":
        _write_json(snapshot, options.output)
    else:
        _write_text(context, snapshot, options)
    return DONE
