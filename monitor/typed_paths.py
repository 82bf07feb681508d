"""Paths as somebody types them: what a line names, and how its last word may go on."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

MOST_ENTRIES = 10_000
"""Of a folder, more of which nobody wants to be offered."""


def files_of(line: str) -> list[Path]:
    """The files that a line names: one path if there is such a file, else several, with `~`, `*` and quotes."""
    line = line.replace("\0", "").strip()
    whole = _at_home(line)
    if not line or _is_there(whole):
        return [whole] if line else []
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    found: list[Path] = []
    for word in words:
        path = _at_home(word)
        found += sorted(_matching(path)) or [path]
    return found


def _at_home(path: str) -> Path:
    """The path with `~` as the home of whom it names; as it stands where nobody is called so."""
    try:
        return Path(path).expanduser()
    except (RuntimeError, ValueError):
        return Path(path)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        # Too long for a name, say.
        return False


def _matching(path: Path) -> list[Path]:
    if not any(sign in str(path) for sign in "*?["):
        return []
    place = Path(path.anchor) if path.anchor else Path()
    try:
        return list(place.glob(str(path.relative_to(place))))
    except (OSError, ValueError, NotImplementedError):
        return []


def completions(line: str, most: int = 200) -> tuple[str, ...]:
    """The paths that the last word of a line may be the beginning of; folders end in a slash."""
    folder, slash, beginning = last_word(line).rpartition("/")
    shown = folder + slash
    try:
        entries = sorted(_at_home(shown or ".").iterdir())[:MOST_ENTRIES]
    except (OSError, ValueError):
        return ()
    wanted = [each for each in entries if each.name.startswith(beginning) and (beginning or each.name[0] != ".")]
    return tuple(f"{shown}{each.name}{'/' if each.is_dir() else ''}" for each in wanted[:most])


def common_beginning(words: Sequence[str]) -> str:
    """What all of some words begin with."""
    if not words:
        return ""
    first, last = min(words), max(words)
    length = next(
        (place for place, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first)
    )
    return first[:length]


def last_word(line: str) -> str:
    """What a completion goes on from: what follows the last space, or the whole line where its folder has spaces."""
    folder = line.rpartition("/")[0]
    if " " in folder and _is_there(_at_home(folder)):
        return line
    return line.rpartition(" ")[2]
