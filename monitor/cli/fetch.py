"""Collect posts in the foreground: for systemd, cron, a server. One process fetches for a store."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace

from monitor.cli.context import Context

EXAMPLES = """\
  monitor fetch                              until it is told to end
  monitor fetch --once --source news         poll the news once, then exit
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="poll everything once, then exit")
    parser.add_argument("--source", action="append", default=[], metavar="SLUG", help="this source only; repeatable")
    parser.add_argument("--child", action="store_true", help=SUPPRESS)


def run(context: Context, options: Namespace) -> int:
    from monitor.fetching.run import run as fetch

    return fetch(
        context.store,
        context.config_file,
        once=options.once,
        sources=options.source,
        child=options.child,
        verbose=context.verbose,
    )
