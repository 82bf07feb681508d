"""From the bytes of a TOML file to a tree, with every mistake of syntax that can be told apart from its echoes."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from monitor.config.values import Problem

Tree = dict[str, Any]

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class Document:
    """A TOML file that was read: its tree, and on which line a key of it stands."""

    def __init__(self, file: str, text: str, tree: Tree, *, complete: bool = True) -> None:
        self.file = file
        self.tree = tree
        self.complete = complete
        """Whether nothing was left out, so that what is missing may be complained about."""
        self._text = text
        self._lines: dict[tuple[str | int, ...], int] | None = None

    def line(self, path: tuple[str | int, ...]) -> int | None:
        """The line of a key or element, or of what holds it; None where nothing of it is in the file."""
        if self._lines is None:
            from monitor.config.locating import locate

            self._lines = locate(self._text)
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return None

    def problem(self, path: tuple[str | int, ...], message: str) -> Problem:
        """A mistake at a key; the index of an element is left out of the key's name and found in the line."""
        return Problem(self.file, self.line(path), dotted(path), message)


def dotted(path: tuple[str | int, ...]) -> str:
    """The name of a key as TOML writes it."""
    return ".".join(
        key if key.isascii() and key.replace("-", "").replace("_", "").isalnum() else f'"{key}"'
        for key in path
        if isinstance(key, str)
    )


def parse(file: str, content: bytes) -> tuple[Document, list[Problem]]:
    """Read a file's bytes. Where there are problems, the tree holds what could be read in spite of them.

    After a mistake on a line of its own the rest is read as if that line were empty, so that several are told at once.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Document(file, "", {}), [Problem(file, line, "", "the file is not UTF-8 text")]
    problems: list[Problem] = []
    lines = text.replace("\r\n", "\n").split("\n")
    while True:
        rest = "\n".join(lines)
        try:
            return Document(file, rest, tomllib.loads(rest), complete=not problems), problems
        except tomllib.TOMLDecodeError as error:
            problem = _syntax_problem(file, lines, str(error))
            if problems and (problem.line or 0) <= (problems[-1].line or 0):
                return Document(file, "", {}), problems
            problems.append(problem)
            if problem.line is None or not _stands_alone(lines[problem.line - 1]):
                return Document(file, "", {}), problems
            lines[problem.line - 1] = ""
        except RecursionError:
            problems.append(Problem(file, None, "", "the values are nested too deeply"))
            return Document(file, "", {}), problems


def _syntax_problem(file: str, lines: list[str], message: str) -> Problem:
    place = _PLACE.search(message)
    number = int(place[1]) if place and place[1] else len(lines)
    reason = _PLACE.sub("", message)
    number = min(number, len(lines))
    while number > 1 and not lines[number - 1].strip():
        number -= 1
    key, equals, _ = lines[number - 1].partition("=")
    return Problem(file, number, key.strip() if equals else "", f"not valid TOML: {reason[:1].lower()}{reason[1:]}")


def _stands_alone(line: str) -> bool:
    """Whether a faulty line is an assignment that neither goes on in the next lines nor ends an earlier one."""
    _, equals, value = line.partition("=")
    brackets = value.count("[") - value.count("]") + value.count("{") - value.count("}")
    triple = '"""' in value or "'''" in value
    return bool(equals) and not line.lstrip().startswith("[") and brackets == 0 and not triple
