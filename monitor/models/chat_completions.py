"""`/chat/completions`, as OpenAI offers it and llama.cpp, vLLM and many hosts and gateways do as well.

What local models think aloud comes in fields of its own, which are passed over, or in the text between marks (see
`monitor.models.schemas.without_thoughts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.config.model import ModelSettings
from monitor.models.nouns import End, Heard, Question
from monitor.models.wire import Asked, Manner, a_text, an_object, objects, usage_of
from monitor.sources.base import Secret

_ENDS: Mapping[str, End] = {
    "stop": "whole",
    "length": "cut",
    "content_filter": "declined",
}


def ask(settings: ModelSettings, key: Secret | None, question: Question, most: int, manner: Manner) -> Asked:
    """See `monitor.models.wire.Form`."""
    headers = {"Authorization": f"Bearer {key.reveal()}"} if key else {}
    body: dict[str, Any] = {
        "model": settings.name,
        "max_completion_tokens" if manner.counts_thinking else "max_tokens": most,
        "messages": [
            {"role": "system", "content": question.system},
            {"role": "user", "content": question.user},
        ],
        "stream": False,
    }
    if question.schema is not None:
        schema = {"name": "answer", "strict": True, "schema": question.schema}
        wanted = {"type": "json_schema", "json_schema": schema} if manner.takes_schema else {"type": "json_object"}
        body["response_format"] = wanted
    return Asked(f"{settings.address}/chat/completions", headers, body)


def hear(tree: Mapping[str, Any]) -> Heard:
    """See `monitor.models.wire.Form`."""
    choice = next(iter(objects(tree.get("choices"))), {})
    message, why = an_object(choice.get("message")), a_text(choice.get("finish_reason"))
    usage = an_object(tree.get("usage"))
    used = usage_of(usage.get("prompt_tokens"), usage.get("completion_tokens"))
    end: End = "declined" if a_text(message.get("refusal")) else _ENDS.get(why, "other")
    return Heard(a_text(message.get("content")), end, why or "refusal", a_text(tree.get("model")), used)
