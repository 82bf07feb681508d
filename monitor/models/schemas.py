"""JSON schemas as far as the hosts of models agree on them, and holding a value against one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
_THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>\s*", re.DOTALL)
_FENCED = re.compile(r"\A```[a-zA-Z]*\s*\n(?P<inside>.*?)\n?```\s*\Z", re.DOTALL)
MOST_MISTAKES = 3
"""That are named of one value."""


def an_object(**properties: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object that has these properties, all of them, and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def a_list(items: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a list."""
    return {"type": "array", "items": dict(items)}


def a_text(what: str, among: tuple[str, ...] = ()) -> dict[str, Any]:
    """The schema of a text; `what` is told to the model."""
    return {"type": "string", "description": what, **({"enum": list(among)} if among else {})}


def without_thoughts(text: str) -> str:
    """An answer without what a local model thought aloud before it."""
    return _THOUGHTS.sub("", text).strip()


def read_json(text: str, schema: Mapping[str, Any]) -> Any:
    """The value of an answer, which may stand in a fence of Markdown.

    Raises:
        ValueError: it is no JSON, or not of the schema; the message says where, and repeats nothing of the answer.
    """
    bare = without_thoughts(text)
    fenced = _FENCED.match(bare)
    try:
        value = json.loads(fenced["inside"] if fenced else bare, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON") from None
    mistakes = list(_mistakes(value, schema, "the answer"))
    if mistakes:
        raise ValueError("; ".join(mistakes[:MOST_MISTAKES]))
    return value


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _mistakes(value: Any, schema: Mapping[str, Any], place: str) -> Iterator[str]:
    wanted = schema.get("type")
    is_truth = isinstance(value, bool)
    if wanted is not None and (not isinstance(value, _TYPES[wanted]) or is_truth != (wanted == "boolean")):
        yield f"{place} is no {wanted}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place} is none of {', '.join(map(str, schema['enum']))}"
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in value:
                yield f"{place} lacks {name}"
        for name, each in value.items():
            if name in properties:
                yield from _mistakes(each, properties[name], f"{place}.{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{place} has properties that were not asked for"
    elif isinstance(value, list) and "items" in schema:
        for number, each in enumerate(value):
            yield from _mistakes(each, schema["items"], f"{place}[{number}]")
