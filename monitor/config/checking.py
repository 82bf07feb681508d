"""Reading the tables of a configuration: types, known names and forms, with every mistake noted rather than raised."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from monitor.config.parsing import Document
from monitor.config.secrets import without_secrets
from monitor.config.values import Problem
from monitor.slugs import suggestion

Key = tuple[str | int, ...]

KIND_NAMES: Mapping[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text in quotes",
    list: "a list of texts",
    dict: "a table",
}


class Reader:
    """Takes values out of a document. What does not fit becomes a problem, and the reader goes on without it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def complain(self, path: Key, message: str) -> None:
        """Note a mistake at a key."""
        self.problems.append(self.document.problem(path, message))

    def table(self, parent: Mapping[str, Any], path: Key) -> Mapping[str, Any]:
        """The table under the last key of a path; empty where it is absent or no table."""
        value = parent.get(str(path[-1]), {})
        if isinstance(value, dict):
            return value
        self.complain(path, f"expected a table [{path[-1]}], found {describe(value)}")
        return {}

    def known(self, table: Mapping[str, Any], path: Key, names: Sequence[str], what: str = "key") -> None:
        """Note every key of a table that is none of the names."""
        for key in table:
            if key not in names:
                self.complain((*path, key), f"unknown {what}{suggestion(key, names)}")

    def value(self, table: Mapping[str, Any], path: Key, kind: type) -> Any:
        """The value under the last key of a path, if it is there and of the kind; a whole number is also a number."""
        key = str(path[-1])
        if key not in table:
            return None
        value = table[key]
        if fits(value, kind):
            return value
        self.complain(path, f"expected {KIND_NAMES[kind]}, found {describe(value)}")
        return None

    def texts(
        self, table: Mapping[str, Any], path: Key, refusal: Callable[[str], str | None]
    ) -> tuple[str, ...] | None:
        """A list of texts, trimmed; None where the key is absent or holds no list.

        `refusal` says why a text cannot be used, or None.
        """
        values = table.get(str(path[-1]))
        if values is None:
            return None
        if not isinstance(values, list):
            self.complain(path, f"expected {KIND_NAMES[list]}, found {describe(values)}")
            return None
        good = []
        for index, value in enumerate(values):
            if not isinstance(value, str):
                self.complain((*path, index), f"expected {KIND_NAMES[str]}, found {describe(value)}")
            elif (reason := refusal(value.strip())) is not None:
                self.complain((*path, index), f"{describe(value)} cannot be used: {reason}")
            else:
                good.append(value.strip())
        return tuple(good)


def fits(value: object, kind: type) -> bool:
    """Whether a TOML value is of a kind; `list` means a list of texts."""
    if kind is list:
        return isinstance(value, list) and all(isinstance(element, str) for element in value)
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)


def describe(value: object) -> str:
    """A value for an error message, cut short and without secrets."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    text = f'"{without_secrets(value)}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else f"{text[:36]}...{text[-1]}"
