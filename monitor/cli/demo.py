"""The app on sample data: no network, no configuration, and posts keep arriving. The data is synthetic.

A configuration that is named with --config gives the interface (theme, keys, ASCII, mouse), and nothing else.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.cli.context import Context, now, on_terminal

if TYPE_CHECKING:
    from monitor.demo import DemoStore

EXAMPLES = """\
  monitor demo
  monitor snapshot --demo    the sample data as a report
"""


def add_arguments(parser: ArgumentParser) -> None:
    """It has none of its own."""


def run(context: Context, options: Namespace) -> int:
    from monitor.demo import prepare_demo

    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        output.tell("Preparing the sample data ...")
    demo = prepare_demo(now())
    demo_context = context.on_sample(demo.path, demo.config)
    if not on_terminal():
        return _watch(demo_context, demo)
    from monitor.cli.app import open_app

    return open_app(demo_context, demo)


def _watch(context: Context, demo: DemoStore) -> int:
    from monitor.cli.app import watch_beside
    from monitor.demo import clean_up
    from monitor.demo.child import FeederChild
    from monitor.fetching.child import Supervisor

    try:
        return watch_beside(context, Supervisor(demo.path, start=lambda: FeederChild.start(demo.path)))
    finally:
        clean_up(demo)
