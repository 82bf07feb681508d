"""The configuration: write a commented file, check it, show what is in effect, say where it lies."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from monitor import paths
from monitor.cli import output
from monitor.cli.arguments import add_json
from monitor.cli.context import Context
from monitor.cli.errors import DONE, WRONG_USAGE, CommandError

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.config import Config, Problem
    from monitor.config.parsing import Document
    from monitor.fetching.secrets import FoundKey

EXAMPLES = """\
  monitor config init     write a commented file, unless there is one
  monitor config check    every mistake with file, line and key
  monitor config show     what is in effect, as TOML; where keys were found, not what they are
  monitor config path     where the file lies
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=("init", "check", "show", "path"), default="show")
    add_json(parser)


def run(context: Context, options: Namespace) -> int:
    file = context.config_file or paths.config_file()
    if options.action == "init":
        return _init(file)
    if options.action == "check":
        return _check(context, file, options)
    if options.action == "path":
        if options.json:
            output.write_json({"path": str(file), "exists": file.exists()})
        else:
            output.write(f"{file}\n")
        return DONE
    return _show(context, options)


def _init(file: Path) -> int:
    from monitor.config.template import write_template

    try:
        write_template(file)
    except FileExistsError as error:
        raise CommandError(f"{file} is there already and was left as it is") from error
    output.tell(f"wrote {file}")
    return DONE


def _check(context: Context, file: Path, options: Namespace) -> int:
    problems = find_problems(context)
    if options.json:
        output.write_json([problem._asdict() for problem in problems])
    elif problems:
        output.write("".join(f"{problem}\n" for problem in problems))
    else:
        output.write(f"{file}: no mistakes\n" if file.exists() else f"{file}: there is no file, the defaults hold\n")
    return WRONG_USAGE if problems else DONE


def find_problems(context: Context) -> list[Problem]:
    """Every mistake in the configuration, the options of the sources included."""
    from monitor.config import ConfigError
    from monitor.config.source_values import check_values
    from monitor.config.sources import check_sources
    from monitor.sources.registry import load_sources

    sources = load_sources().values()
    found: list[Problem] = []
    try:
        config = context.config
    except ConfigError as error:
        if error.partial is None:
            return error.problems
        found, config = error.problems, error.partial
    found = [*found, *_check_bindings(config), *check_sources(config, sources), *check_values(config, sources)]
    return sorted(found, key=lambda problem: (problem.file, problem.line or 0))


def _check_bindings(config: Config) -> list[Problem]:
    """Keys for bindings that the app does not have."""
    if not config.keymap:
        return []
    from monitor.config.building import parse_user_file
    from monitor.slugs import suggestion

    document, known = parse_user_file(config), binding_ids()
    if document is None:
        return []
    return [
        document.problem(_place(document, name), f"the app has no such binding{suggestion(name, known)}")
        for name in config.keymap
        if name not in known
    ]


def _place(document: Document, name: str) -> tuple[str, ...]:
    """Where a binding stands: under its name in quotes, or with its parts as tables."""
    whole = ("keys", name)
    return whole if name in document.tree.get("keys", {}) else ("keys", *name.split("."))


def binding_ids() -> frozenset[str]:
    """The ids of all bindings of the app. Imports the whole app."""
    from importlib import import_module
    from pkgutil import walk_packages

    import monitor.tui

    modules = [import_module(found.name) for found in walk_packages(monitor.tui.__path__, "monitor.tui.")]
    classes = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    bindings = [binding for found in classes for binding in vars(found).get("BINDINGS", ())]
    return frozenset(binding.id for binding in bindings if getattr(binding, "id", None))


def _show(context: Context, options: Namespace) -> int:
    from monitor.config.showing import effective, to_toml
    from monitor.fetching.secrets import find_all
    from monitor.sources.registry import load_sources

    tree = effective(context.config)
    keys = find_all(context.config, load_sources())
    if options.json:
        output.write_json({**tree, "secrets": [_key_tree(found) for found in keys]})
    else:
        output.write(to_toml(tree) + "".join(f"# {_key_line(found)}\n" for found in keys))
    return DONE


def _key_tree(found: FoundKey) -> dict[str, object]:
    """Where a key was found, never what it is; `place` is null where it was not."""
    return {
        "source": found.source,
        "name": found.key.name,
        "place": found.place if found.secret is not None else None,
        "where": found.where or None,
        "trouble": found.trouble,
    }


def _key_line(found: FoundKey) -> str:
    name = f"{found.source}: {found.key.name}"
    if found.secret is None:
        return f"{name} not found" + (f", as {found.trouble}" if found.trouble else "")
    return f"{name} found in {found.described}" + (f"; {found.trouble}" if found.trouble else "")
