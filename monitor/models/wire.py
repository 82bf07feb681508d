"""What the forms of API have in common: what is sent, and how an answer is taken apart whatever it holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from monitor.config.model import ModelSettings
from monitor.models.nouns import Heard, Question, Usage
from monitor.sources.base import Secret


class Asked(NamedTuple):
    """A request as it goes over the wire."""

    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class Manner(NamedTuple):
    """How a host wants to be asked, as far as it is known; a host that refuses one way is asked another."""

    counts_thinking: bool = False
    """Whether the limit of the answer is called `max_completion_tokens`."""
    takes_schema: bool = True
    """Whether a schema may be given rather than only that JSON is wanted."""


class Form(Protocol):
    """A form of API: how to ask and what is heard. Pure functions, apart from revealing the key."""

    def ask(self, settings: ModelSettings, key: Secret | None, question: Question, most: int, manner: Manner) -> Asked:
        """The request for a question whose answer may have `most` tokens."""
        ...

    def hear(self, tree: Mapping[str, Any]) -> Heard:
        """What a successful answer says; of an answer of another form, nothing."""
        ...


def tree_of(body: bytes) -> dict[str, Any]:
    """An answer as an object of JSON; empty where it is none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def complaint_of(tree: Mapping[str, Any]) -> str:
    """What a host says of why it refused, in any of the forms; empty where it says nothing."""
    error = tree.get("error")
    if isinstance(error, dict):
        parts = [error.get("type"), error.get("code"), error.get("message"), error.get("param")]
        return ": ".join(dict.fromkeys(part for part in parts if isinstance(part, str) and part))
    return error if isinstance(error, str) else ""


def a_text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def an_object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def usage_of(*counts: Any) -> Usage | None:
    """Tokens read (all but the last) and written (the last); None where none is told."""
    known = [count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else 0 for count in counts]
    return Usage(sum(known[:-1]), known[-1]) if any(known) else None
