"""Collect posts in the foreground: for systemd, cron, a server. One process fetches for a store."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace

from monitor.cli.context import Context

EXAMPLES = """\
  monitor fetch                              until it is told to end
  monitor fetch --once --source news         poll the news once, then exit
  monitor fetch --once --jitter 60           for cron: begin at some moment within a minute
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="poll everything once, then exit")
    parser.add_argument("--source", action="append", default=[], metavar="SLUG", help="this source only; repeatable")
    parser.add_argument("--jitter", type=_seconds, default=0.0, metavar="SECONDS", help="begin within so many seconds")
    parser.add_argument("--child", action="store_true", help=SUPPRESS)


def _seconds(text: str) -> float:
    """Seconds, from nothing to an hour."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:
        raise ArgumentTypeError(f'"{text}" is no number of seconds from 0 to 3600')
    return seconds


def run(context: Context, options: Namespace) -> int:
    from monitor.fetching.run import run as fetch

    return fetch(
        context.store,
        context.config_file,
        once=options.once,
        sources=options.source,
        child=options.child,
        verbose=context.verbose,
        jitter=options.jitter,
    )
