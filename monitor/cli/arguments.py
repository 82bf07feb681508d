"""The command line's grammar: global options, commands, and the parsers that the commands fill."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from monitor.cli.context import output_width
from monitor.cli.errors import UsageError
from monitor.instants import DAY, HOUR, parse, parse_span


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Takes the width from us; by itself it imports half a dozen modules to find it, even where no help is shown."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=output_width() - 2)


class Parser(argparse.ArgumentParser):
    """A parser that raises what is wrong, and whose help begins with examples."""

    def __init__(self, program: str, summary: str, examples: str) -> None:
        super().__init__(
            prog=program,
            usage=f"{program} [options]",
            description=f"{summary}\n\nExamples:\n{examples.rstrip()}",
            formatter_class=_Formatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; `{self.prog} --help` says more")


def add_global_options(parser: argparse.ArgumentParser) -> None:
    """The options of every command. They leave no trace where they are not given."""
    group = parser.add_argument_group("global options")
    absent = argparse.SUPPRESS
    group.add_argument("--store", type=Path, metavar="PATH", default=absent, help="the store's file")
    group.add_argument("--config", type=Path, metavar="PATH", default=absent, help="the configuration file")
    group.add_argument("--no-color", action="store_true", default=absent, help="no colour codes")
    group.add_argument("-v", "--verbose", action="store_true", default=absent, help="tell more; errors in full")


def add_json(parser: argparse.ArgumentParser, what: str = "JSON") -> None:
    """The option of every listing command."""
    parser.add_argument("--json", action="store_true", help=f"write {what} for other programs")


def instant(text: str) -> int:
    """An ISO 8601 time given on the command line."""
    try:
        given = parse(text)
        if given < 30 * DAY:
            raise argparse.ArgumentTypeError(f'"{text}" lies before 1970-02, where nothing can be shown')
        return given
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f'"{text}" is no time (write for example 2026-11-21T09:00:00Z; without a zone it is UTC)'
        ) from error


def whole_hours(text: str) -> int:
    """A length of time in whole hours."""
    try:
        length = parse_span(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if length % HOUR:
        raise argparse.ArgumentTypeError(f'"{text}" is no whole number of hours')
    return length // HOUR


def positive(text: str) -> int:
    """A whole number from 1 on."""
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) > 0):
        raise argparse.ArgumentTypeError(f'"{text}" is no whole number from 1 on')
    return int(text)
