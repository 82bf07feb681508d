"""The options of a command as a table, and the reading of a plain command line by it.

`argparse` takes as long to load as a fifth of a report. So `monitor snapshot` reads its options here first; whatever is
not plain (a mistake, `--help`, a value that begins with a hyphen) is left to argparse, which reads the same table (see
`monitor.cli.arguments`) and alone says what is wrong.
"""

from __future__ import annotations

from monitor.cli import values
from monitor.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any


class Option(NamedTuple):
    """One option. Without metavar and choices it takes no value and is true where it is given."""

    names: tuple[str, ...]
    help: str
    metavar: str | None = None
    """What stands for the value in the help."""
    read: Callable[[str], object] = str
    """Gives the value of a text, or raises a ValueError whose text is a sentence for a person."""
    choices: tuple[str, ...] = ()
    default: object = None
    repeatable: bool = False
    """Whether its value is the list of all values given, and its default an empty one."""

    @property
    def takes_value(self) -> bool:
        return self.metavar is not None or bool(self.choices)

    @property
    def attribute(self) -> str:
        """What it is called in `Options`: its first long name."""
        return next(name for name in self.names if name.startswith("--"))[2:].replace("-", "_")

    @property
    def absent(self) -> object:
        """Its value where it is not given."""
        if self.repeatable:
            return []
        return self.default if self.takes_value else False


GLOBAL_OPTIONS = (
    Option(("--store",), "the store's file", metavar="PATH", read=values.path),
    Option(("--config",), "the configuration file", metavar="PATH", read=values.path),
    Option(("--no-color",), "no colour codes"),
    Option(("-v", "--verbose"), "tell more; errors in full"),
)
"""The options of every command, which may stand before and behind it."""


class Options:
    """What was given, an attribute for each option."""

    def __init__(self, table: Sequence[Option]) -> None:
        vars(self).update((option.attribute, option.absent) for option in table)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


def read_plain(table: Sequence[Option], given: Sequence[str], options: Options) -> bool:
    """Take what was given into the options; False where argparse has to read it instead.

    It understands options by their whole names, with their values behind them or joined by an equals sign.
    """
    known = {name: option for option in table for name in option.names}
    found = dict(vars(options))
    arguments = iter(given)
    for argument in arguments:
        name, joined, text = argument.partition("=")
        option = known.get(name)
        if option is None or (joined and not name.startswith("--")):
            return False
        if not option.takes_value:
            if joined:
                return False
            found[option.attribute] = True
            continue
        if not joined:
            text = next(arguments, "-")
        if text.startswith("-") or (option.choices and text not in option.choices):
            return False
        try:
            value = option.read(text)
        except ValueError:
            return False
        found[option.attribute] = [*found[option.attribute], value] if option.repeatable else value
    vars(options).update(found)
    return True
