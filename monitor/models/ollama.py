"""Ollama's own API, which unlike its others lets the context be set: its usual one is small, and cuts a longer question
without a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.config.model import ModelSettings
from monitor.models.nouns import End, Heard, Question
from monitor.models.wire import Asked, Manner, a_text, an_object, usage_of
from monitor.sources.base import Secret

_ENDS: Mapping[str, End] = {"stop": "whole", "length": "cut"}


def ask(settings: ModelSettings, key: Secret | None, question: Question, most: int, manner: Manner) -> Asked:
    """See `monitor.models.wire.Form`."""
    body: dict[str, Any] = {
        "model": settings.name,
        "messages": [
            {"role": "system", "content": question.system},
            {"role": "user", "content": question.user},
        ],
        "stream": False,
        "options": {"num_ctx": settings.context_tokens, "num_predict": most},
    }
    if question.schema is not None:
        body["format"] = question.schema if manner.takes_schema else "json"
    headers = {"Authorization": f"Bearer {key.reveal()}"} if key else {}
    return Asked(f"{settings.address.removesuffix('/api').removesuffix('/v1')}/api/chat", headers, body)


def hear(tree: Mapping[str, Any]) -> Heard:
    """See `monitor.models.wire.Form`."""
    why = a_text(tree.get("done_reason"))
    used = usage_of(tree.get("prompt_eval_count"), tree.get("eval_count"))
    said = a_text(an_object(tree.get("message")).get("content"))
    return Heard(said, _ENDS.get(why, "other"), why, a_text(tree.get("model")), used)
