"""Colour themes: one TOML file each, shipped ones and the user's own.

A theme gives colours to meanings (`good`, `gap`, `accent`), never to places. Nothing on screen is said by colour alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from monitor.paths import config_directory, shipped
from monitor.records import SOURCES

DEFAULT = "dark"

PLAIN = "terminal"
"""The theme in the terminal's own colours, which also stands behind a screen without any colour."""

MEANINGS: Mapping[str, str] = {
    "background": "behind everything",
    "highlight": "behind the chosen row",
    "text": "what is read first",
    "muted": "labels and figures that explain others",
    "faint": "rules, axes and hints",
    "accent": "what is active: the chosen row, the pane with the focus",
    "volume": "the volume in charts",
    "good": "better, positive, more than usual",
    "bad": "worse, negative",
    "warning": "something to look at: a source in trouble, a change on our own side",
    "gap": "what was not collected",
}
"""The keys of `[colours]`, each of which a theme must give."""

SOURCE_KEYS: tuple[str, ...] = (*(source.slug for source in SOURCES), "other")
"""The keys of `[sources]`; one that is left out has the colour of text."""

TERMINAL_COLOURS: tuple[str, ...] = tuple(
    prefix + name
    for prefix in ("", "bright_")
    for name in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
)

_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")


class Theme(NamedTuple):
    """The colours of the screen, each `#rrggbb`, `default`, or one of the terminal's sixteen."""

    name: str
    dark: bool
    colours: Mapping[str, str]
    """By meaning, complete."""
    sources: Mapping[str, str]
    """By source slug and `other`, complete."""

    @property
    def in_terminal_colours(self) -> bool:
        """Whether the background is the terminal's own."""
        return self.colours["background"] == "default"


class ThemeError(Exception):
    """A theme file that cannot be used; the message names the file and the key."""


class Themes(NamedTuple):
    """What was found in the theme folders."""

    themes: tuple[Theme, ...]
    """The default first, then the shipped ones by name, then the user's own; one of the same name replaces."""
    problems: tuple[str, ...]
    """One sentence for each file that could not be used."""

    def named(self, name: str) -> Theme | None:
        return next((theme for theme in self.themes if theme.name == name), None)


def theme_directories() -> tuple[Path, ...]:
    """Where themes lie: those that are shipped, then the user's own."""
    return shipped("themes"), config_directory() / "themes"


def find_themes(directories: Iterable[Path] | None = None) -> Themes:
    """Read every theme file of the folders; a folder that is not there has none."""
    found: dict[str, Theme] = {}
    problems: list[str] = []
    for directory in theme_directories() if directories is None else directories:
        for path in sorted(directory.glob("*.toml")):
            try:
                theme = load_theme(path)
            except ThemeError as error:
                problems.append(str(error))
            else:
                found[theme.name] = theme
    ordered = sorted(found.values(), key=lambda theme: theme.name != DEFAULT)
    return Themes(tuple(ordered), tuple(problems))


def find_theme(name: str, directories: Iterable[Path] | None = None) -> Theme:
    """Read one theme, the user's own before a shipped one of the same name, without reading the others.

    Raises:
        ThemeError: no folder has a theme of this name, or its file cannot be used.
    """
    folders = tuple(theme_directories() if directories is None else directories)
    for directory in reversed(folders):
        path = directory / f"{name}.toml"
        if path.is_file() and (theme := load_theme(path)).name == name:
            return theme
    found = find_themes(folders)
    theme_by_name = found.named(name)
    if theme_by_name is None:
        names = ", ".join(theme.name for theme in found.themes)
        raise ThemeError(f"no theme is named {name}; the names are {names}")
    return theme_by_name


def load_theme(path: Path) -> Theme:
    """Read one theme file.

    Raises:
        ThemeError: the file cannot be read, or a key is missing, unknown or no colour.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ThemeError(f"{path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ThemeError(f"{path}: no valid TOML: {error}") from error
    _refuse_unknown(path, "", document, ("name", "dark", "colours", "sources"))
    name = document.get("name", path.stem)
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise ThemeError(f"{path}: name: must be of lower case letters, digits and hyphens")
    dark = document.get("dark")
    if not isinstance(dark, bool):
        raise ThemeError(f"{path}: dark: must be true or false")
    colours = _colours(path, document, "colours", tuple(MEANINGS))
    missing = [key for key in MEANINGS if key not in colours]
    if missing:
        raise ThemeError(f"{path}: colours.{missing[0]}: is missing ({MEANINGS[missing[0]]})")
    given = _colours(path, document, "sources", SOURCE_KEYS)
    return Theme(name, dark, colours, {key: given.get(key, colours["text"]) for key in SOURCE_KEYS})


def _colours(path: Path, document: Mapping[str, object], table: str, keys: tuple[str, ...]) -> dict[str, str]:
    """One table of colours, checked."""
    values = document.get(table, {})
    if not isinstance(values, dict):
        raise ThemeError(f"{path}: {table}: must be a table of colours")
    _refuse_unknown(path, f"{table}.", values, keys)
    for key, value in values.items():
        if not isinstance(value, str) or not _is_colour(value):
            raise ThemeError(
                f"{path}: {table}.{key}: {value!r} is no colour (write #rrggbb, default, "
                "or a terminal colour such as blue or bright_blue)"
            )
    return dict(values)


def _is_colour(value: str) -> bool:
    return value == "default" or value in TERMINAL_COLOURS or _HEX.match(value) is not None


def _refuse_unknown(path: Path, prefix: str, table: Mapping[str, object], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"; did you mean {prefix}{near[0]}?" if near else f"; known are {', '.join(known)}"
            raise ThemeError(f"{path}: {prefix}{key}: unknown key{hint}")
