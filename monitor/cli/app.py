"""The terminal app on the store. Fetchers run in the background unless another process fetches already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.cli.context import Context, on_terminal

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from monitor.cli.options import Option, Options
    from monitor.demo import DemoStore
    from monitor.fetching.child import Supervisor

EXAMPLES = """\
  monitor
  monitor --store /var/lib/monitor/monitor.db
"""


OPTIONS: tuple[Option, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    """It has none of its own."""


def run(context: Context, options: Options) -> int:
    if not on_terminal():
        from monitor.fetching.child import Supervisor

        return watch_beside(context, Supervisor(context.store, context.config_file))
    return open_app(context, None)


def open_app(context: Context, demo: DemoStore | None) -> int:
    """The app on the context's store; fed where it is the demo's, else fetched for."""
    from monitor.tui.launch import run_app

    return run_app(context.config, context.store, start_fetcher=demo is None, demo=demo, no_color=not context.colour)


def watch_beside(context: Context, supervisor: Supervisor) -> int:
    """Plain lines in place of the app, with the same process in the background."""
    from monitor.cli.main import end_on_request
    from monitor.cli.watch import watch

    end_on_request()
    try:
        return watch(context, 1.0, (), lambda: supervisor.check().message)
    finally:
        supervisor.stop()
