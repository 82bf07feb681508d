"""Anthropic's Messages API.

The version is pinned, and no sampling parameter is sent, as newer models refuse them. The answer is what its text
blocks say; blocks of thinking are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.config.model import ModelSettings
from monitor.models.nouns import End, Heard, Question
from monitor.models.wire import Asked, Manner, a_text, an_object, objects, usage_of
from monitor.sources.base import Secret

VERSION = "2023-06-01"
_ENDS: Mapping[str, End] = {
    "end_turn": "whole",
    "stop_sequence": "whole",
    "max_tokens": "cut",
    "model_context_window_exceeded": "cut",
    "refusal": "declined",
}


def ask(settings: ModelSettings, key: Secret | None, question: Question, most: int, manner: Manner) -> Asked:
    """See `monitor.models.wire.Form`."""
    headers = {"anthropic-version": VERSION, **({"x-api-key": key.reveal()} if key else {})}
    body: dict[str, Any] = {
        "model": settings.name,
        "max_tokens": most,
        "system": question.system,
        "messages": [{"role": "user", "content": question.user}],
    }
    if question.schema is not None and manner.takes_schema:
        body["output_config"] = {"format": {"type": "json_schema", "schema": question.schema}}
    return Asked(f"{settings.address.removesuffix('/v1')}/v1/messages", headers, body)


def hear(tree: Mapping[str, Any]) -> Heard:
    """See `monitor.models.wire.Form`."""
    said = "".join(a_text(block.get("text")) for block in objects(tree.get("content")) if block.get("type") == "text")
    why, usage = a_text(tree.get("stop_reason")), an_object(tree.get("usage"))
    read = (usage.get("input_tokens"), usage.get("cache_creation_input_tokens"), usage.get("cache_read_input_tokens"))
    used = usage_of(*read, usage.get("output_tokens"))
    return Heard(said, _ENDS.get(why, "other"), why, a_text(tree.get("model")), used)
