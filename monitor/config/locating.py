"""On which line of a TOML document each key and each element stands, which `tomllib` does not tell."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress

Path = tuple[str | int, ...]
"""Keys from the root, with the index of an element inside an array."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\r\n]+")


def locate(document: str) -> dict[Path, int]:
    """The line (from 1) of every table, key and array element of a valid TOML document.

    A table that several headers and dotted keys open stands where it is first named. Of a document that is not valid,
    what stands before the mistake is located.
    """
    locator = _Locator(document.replace("\r\n", "\n"))
    with suppress(_UnreadableError):
        locator.run()
    return locator.lines


class _UnreadableError(Exception):
    """The document is not valid from here on."""


class _Locator:
    def __init__(self, document: str) -> None:
        self.document = document
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.table: Path = ()
        self.array_lengths: dict[Path, int] = {}
        self._counted_to = 0
        self._line = 1

    def run(self) -> None:
        self._skip(_BLANK)
        while self.at < len(self.document):
            if self.document[self.at] == "[":
                self._header()
            else:
                self._assignment(self.table)
            self._skip(_BLANK)

    def _header(self) -> None:
        line = self._current_line()
        array = self.document.startswith("[[", self.at)
        self.at += 2 if array else 1
        self._skip(_SPACE)
        keys = self._key()
        self._expect("]]" if array else "]")
        path: Path = ()
        for key in keys[:-1]:
            path = (*path, key)
            self.lines.setdefault(path, line)
            path = self._last_element(path)
        path = (*path, keys[-1])
        self.lines.setdefault(path, line)
        if array:
            index = self.array_lengths.get(path, 0)
            self.array_lengths[path] = index + 1
            path = (*path, index)
            self.lines[path] = line
        self.table = path

    def _last_element(self, path: Path) -> Path:
        return (*path, self.array_lengths[path] - 1) if path in self.array_lengths else path

    def _assignment(self, table: Path) -> None:
        line = self._current_line()
        path = table
        for key in self._key():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._expect("=")
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: Path) -> None:
        if self.document.startswith("[", self.at):
            self._array(path)
        elif self.document.startswith("{", self.at):
            self._inline_table(path)
        else:
            self._skip(_STRING) or self._skip(_SCALAR) or self._fail()

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while True:
            self._skip(_BLANK)
            if self._take("]"):
                return
            self.lines[(*path, index)] = self._current_line()
            self._value((*path, index))
            index += 1
            self._skip(_BLANK)
            if not self._take(","):
                self._expect("]")
                return

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while True:
            self._skip(_BLANK)
            if self._take("}"):
                return
            self._assignment(path)
            self._skip(_BLANK)
            if not self._take(","):
                self._expect("}")
                return

    def _key(self) -> list[str]:
        keys = []
        while True:
            part = self._skip(_STRING) or self._skip(_BARE_KEY) or self._fail()
            keys.append(_unquote(part) if part[0] in "\"'" else part)
            self._skip(_SPACE)
            if not self._take("."):
                return keys
            self._skip(_SPACE)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.document, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[0]

    def _take(self, text: str) -> bool:
        if self.document.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            self._fail()

    def _fail(self) -> str:
        raise _UnreadableError

    def _current_line(self) -> int:
        self._line += self.document.count("\n", self._counted_to, self.at)
        self._counted_to = self.at
        return self._line


def _unquote(key: str) -> str:
    try:
        return str(tomllib.loads(f"key = {key}")["key"])
    except tomllib.TOMLDecodeError as error:
        raise _UnreadableError from error
