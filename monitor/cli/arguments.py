"""The command line's grammar in full: the parsers that the commands fill."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn, TypeVar

from monitor.cli import values
from monitor.cli.context import output_width
from monitor.cli.errors import UsageError
from monitor.cli.options import GLOBAL_OPTIONS, Option

Value = TypeVar("Value")


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

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """Read a command line in which options may stand between the arguments: `show --json SLUG`."""
        return self.parse_intermixed_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; `{self.prog} --help` says more")


def told(read: Callable[[str], Value]) -> Callable[[str], Value]:
    """A reader of values whose sentence about a wrong one reaches the user."""

    def read_or_tell(text: str) -> Value:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return read_or_tell


instant = told(values.instant)
positive = told(values.positive)


def add_options(group: argparse._ActionsContainer, table: Iterable[Option], *, traceless: bool = False) -> None:
    """Add the options of a table.

    Args:
        traceless: whether they set nothing where they are not given.
    """
    for option in table:
        settings: dict[str, Any] = {
            "help": option.help,
            "default": argparse.SUPPRESS if traceless else option.absent,
        }
        if not option.takes_value:
            settings["action"] = "store_true"
        elif option.choices:
            settings["choices"] = option.choices
        else:
            settings["metavar"] = option.metavar
            settings["type"] = told(option.read)
        if option.repeatable:
            settings["action"] = "append"
        group.add_argument(*option.names, **settings)


def add_global_options(parser: argparse.ArgumentParser) -> None:
    """The options of every command. They leave no trace where they are not given."""
    add_options(parser.add_argument_group("global options"), GLOBAL_OPTIONS, traceless=True)


def add_json(parser: argparse.ArgumentParser, what: str = "JSON") -> None:
    """The option of every listing command."""
    parser.add_argument("--json", action="store_true", help=f"write {what} for other programs")
