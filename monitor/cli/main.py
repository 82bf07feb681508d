"""The command `monitor`: global options, then a command, each in a module that is imported when it is used."""

from __future__ import annotations

import gc
import os
import sys

from monitor.cli.errors import (
    BROKEN_PIPE,
    DONE,
    FAILED,
    INTERRUPTED,
    TERMINATED,
    WRONG_USAGE,
    CommandError,
    Terminated,
    UsageError,
)
from monitor.cli.options import GLOBAL_OPTIONS, Options, read_plain
from monitor.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from monitor.cli.arguments import Parser


COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("demo", "the app on sample data, without network and configuration"),
    "fetch": ("fetch", "collect posts in the foreground, for a server"),
    "snapshot": ("snapshot", "one report on standard output or in a file"),
    "watch": ("watch", "plain lines, newest last"),
    "posts": ("posts", "search and list posts"),
    "stories": ("stories", "the stories: list, show, import, draft, lint"),
    "signals": ("signals", "open and recent signals with their evidence"),
    "beats": ("beats", "the beats and their rules: list, test, apply"),
    "explain": ("explain", "beats and sentiment of a text, with the reasons"),
    "label": ("label", "label posts by hand, so that the shares of a beat are corrected"),
    "rescore": ("rescore", "score the stored posts again, after another scorer was chosen"),
    "import": ("import_posts", "read posts from JSON Lines or CSV files"),
    "sources": ("sources", "each source: state, last success, gaps"),
    "forget": ("forget", "remove the posts of an author or at an address for good"),
    "prune": ("prune", "remove posts that are older than what is to be kept"),
    "config": ("configuration", "the configuration: init, check, show, path"),
    "doctor": ("doctor", "health of store, terminal, configuration and fetcher"),
}
"""Each command's module within `monitor.cli`, and its line in `monitor --help`."""

APP = "app"
"""The module of `monitor` without a command."""

_ENDS_IN_ORDER = ("beats", "doctor", "import_posts", "label", "prune", "rescore", "signals", "watch")
"""Commands that may run for long and have something to put right when they are told to end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; gives the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    verbose = False
    try:
        at = _command_index(given)
        name, rest = (given[at], given[at + 1 :]) if at < len(given) else ("", [])
        verbose = any(option in ("-v", "--verbose") for option in given)
        short_lived = arguments is None and name == "snapshot"
        if short_lived:
            # The process ends before there is garbage worth a search.
            gc.disable()
        code = _run(given[:at], name, rest)
        if short_lived:
            _leave(code)
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Terminated:
        return TERMINATED
    except BrokenPipeError:
        _forget_output()
        return BROKEN_PIPE
    except SystemExit as request:
        return request.code if isinstance(request.code, int) else DONE
    except Exception as error:
        code, message = _explain(error)
        return _fail(code, message, error, verbose)


def _run(global_arguments: Sequence[str], name: str, rest: Sequence[str]) -> int:
    module, options = _read(global_arguments, name, rest)
    if module.__name__.rpartition(".")[2] in _ENDS_IN_ORDER:
        end_on_request()
    from monitor.cli.context import Context

    context = Context(store=options.store, config=options.config, no_color=options.no_color, verbose=options.verbose)
    code: int = module.run(context, options)
    sys.stdout.flush()
    return code


def _read(global_arguments: Sequence[str], name: str, rest: Sequence[str]) -> tuple[ModuleType, Options]:
    """The command's module, and what was given to it."""
    module = _module(name) if not name or name in COMMANDS else None
    table = getattr(module, "OPTIONS", None)
    if module is not None and table is not None:
        options = Options((*GLOBAL_OPTIONS, *table))
        plain = read_plain(GLOBAL_OPTIONS, global_arguments, options)
        if plain and read_plain((*GLOBAL_OPTIONS, *table), rest, options):
            return module, options
    from monitor.cli.arguments import Parser, add_global_options

    options = Options(GLOBAL_OPTIONS)
    _top_parser().parse_args(global_arguments, options)
    if name and name not in COMMANDS:
        from monitor.slugs import suggestion

        raise UsageError(f'there is no command "{name}"{suggestion(name, COMMANDS)}; `monitor --help` lists them')
    module = _module(name)
    parser = Parser(f"monitor {name}".strip(), module.__doc__ or "", module.EXAMPLES)
    module.add_arguments(parser)
    add_global_options(parser)
    parser.parse_args(rest, options)
    return module, options


def _module(name: str) -> ModuleType:
    place = f"monitor.cli.{COMMANDS[name][0] if name else APP}"
    __import__(place)
    return sys.modules[place]


def _command_index(arguments: Sequence[str]) -> int:
    """Where the command stands: the first argument that is neither a global option nor its value."""
    followed_by_value = {name for option in GLOBAL_OPTIONS if option.takes_value for name in option.names}
    at = 0
    while at < len(arguments) and arguments[at].startswith("-"):
        at += 2 if arguments[at] in followed_by_value else 1
    return min(at, len(arguments))


def _top_parser() -> Parser:
    from monitor import __version__
    from monitor.cli.arguments import Parser, add_global_options

    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name:<{width}}  {summary}" for name, (_, summary) in COMMANDS.items())
    parser = Parser(
        "monitor",
        "A terminal monitor of public conversation in which every number carries its evidence.",
        "  monitor demo                      look at sample data\n"
        "  monitor                           collect and look, on the store of this user\n"
        "  monitor snapshot --format json    one report for other programs\n"
        f"\nCommands (`monitor COMMAND --help` says more):\n{commands}",
    )
    parser.usage = "monitor [global options] [command] [options]"
    parser.add_argument("--version", action="version", version=f"discourse-monitor {__version__}")
    add_global_options(parser)
    return parser


def end_on_request() -> None:
    """Have a request to end (SIGTERM) raised as `Terminated`."""
    import signal

    def end(number: int, frame: object) -> None:
        raise Terminated

    signal.signal(signal.SIGTERM, end)


def _explain(error: Exception) -> tuple[int, str]:
    """Exit code and sentence for what a command raised."""
    if isinstance(error, CommandError):
        return error.exit_code, str(error)
    from monitor.config import ConfigError
    from monitor.store.errors import StoreError

    if isinstance(error, ConfigError):
        return WRONG_USAGE, str(error)
    if isinstance(error, StoreError):
        return FAILED, str(error)
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return FAILED, f"{place}{error.strerror or error}"
    return FAILED, f"unexpected {type(error).__name__}: {error} (a mistake of the program; -v shows where)"


def _fail(code: int, message: str, error: Exception, verbose: bool) -> int:
    from contextlib import suppress

    from monitor.cli.output import tell

    with suppress(OSError, ValueError):
        if verbose:
            import traceback

            tell("".join(traceback.format_exception(error)).rstrip())
        for line in message.splitlines():
            tell(f"monitor: {line}")
    return code


def _leave(code: int) -> None:
    """End the process without taking the interpreter apart, which costs a tenth of a report's time."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _forget_output() -> None:
    """Let nothing more be written to an output that nobody reads, not even at the end of the program."""
    from contextlib import suppress

    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
