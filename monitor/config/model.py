"""The table `[model]`: which language model writes, where it is asked, and what it may use up."""

from __future__ import annotations

from urllib.parse import urlsplit

from monitor.config.checking import Reader
from monitor.light_typing import TYPE_CHECKING, NamedTuple
from monitor.slugs import suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

ENDPOINTS = {
    "anthropic": "https://api.anthropic.com",
    "openai": "https://api.openai.com/v1",
    "ollama": "http://localhost:11434",
}
"""Where each kind of API is found unless the configuration names an address."""

TOKENS_PER_DAY = 200_000
MOST_TOKENS = 8_000
CONTEXT_TOKENS = 32_768
TIMEOUT_SECONDS = 120

KEYS = (
    "api", "name", "endpoint", "api_key_file", "most_tokens", "context_tokens", "timeout_seconds", "tokens_per_day",
    "tokens_per_month",
)  # fmt: skip


class ModelSettings(NamedTuple):
    """What the configuration says about the language model."""

    api: str
    """`anthropic`, `openai` or `ollama`: the form in which it is asked."""
    name: str
    """Of the model, as its host calls it."""
    endpoint: str | None = None
    """The address that the configuration names; None for the usual one of the API."""
    api_key_file: str | None = None
    most_tokens: int = MOST_TOKENS
    """Of one answer, what the model thinks to itself included."""
    context_tokens: int = CONTEXT_TOKENS
    """Of the question and the answer together; more is not asked of a model of one's own machine."""
    timeout_seconds: int = TIMEOUT_SECONDS
    """For one answer."""
    tokens_per_day: float | None = TOKENS_PER_DAY
    tokens_per_month: float | None = None

    @property
    def address(self) -> str:
        """Where it is asked, without a slash at its end."""
        return (self.endpoint or ENDPOINTS[self.api]).rstrip("/")


def read_model(reader: Reader) -> ModelSettings | None:
    """The table as settings; None where there is none or it cannot be used. What does not fit is noted."""
    tree = reader.document.tree
    if "model" not in tree:
        return None
    table, path = reader.table(tree, ("model",)), ("model",)
    if "api_key" in table:
        reader.complain(
            (*path, "api_key"),
            "a secret does not belong in this file: take it out (and renew it where others could read it), and set a "
            "variable (docs/configuration.md, Model), or name a file that holds it in api_key_file",
        )
    reader.known(table, path, (*KEYS, "api_key"))
    api, name = _choice(reader, table), _text(reader, table, "name")
    if "name" not in table and isinstance(tree["model"], dict):
        reader.complain((*path, "name"), 'the model needs a name, such as "claude-sonnet-5-5" or "qwen3:8b"')
    counts = {key: _count(reader, table, key) for key in ("most_tokens", "context_tokens", "timeout_seconds")}
    ceilings = {key: _ceiling(reader, table, key) for key in ("tokens_per_day", "tokens_per_month")}
    given = {key: value for key, value in {**counts, **ceilings}.items() if value is not None}
    endpoint, key_file = _endpoint(reader, table), _text(reader, table, "api_key_file")
    if api is None or name is None:
        return None
    return ModelSettings(api, name, endpoint, key_file, **given)  # type: ignore[arg-type]


def _choice(reader: Reader, table: Mapping[str, Any]) -> str | None:
    path = ("model", "api")
    api = reader.value(table, path, str)
    there = ", ".join(ENDPOINTS)
    if "api" not in table:
        if isinstance(reader.document.tree["model"], dict):
            reader.complain(path, f"the model needs an api, one of {there}")
        return None
    if api is not None and api not in ENDPOINTS:
        reader.complain(path, f"there is no such api{suggestion(api, ENDPOINTS)}; there are: {there}")
        return None
    return None if api is None else str(api)


def _text(reader: Reader, table: Mapping[str, Any], key: str) -> str | None:
    text = reader.value(table, ("model", key), str)
    if text is not None and not text.strip():
        reader.complain(("model", key), "must not be blank")
        return None
    return None if text is None else str(text).strip()


def _endpoint(reader: Reader, table: Mapping[str, Any]) -> str | None:
    text = _text(reader, table, "endpoint")
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or not text.isprintable() or " " in text:
        reader.complain(("model", "endpoint"), 'expected an address such as "http://localhost:8080/v1"')
        return None
    if parts.username or parts.password:
        reader.complain(("model", "endpoint"), "a login does not belong in an address; keys have places of their own")
        return None
    return text


def _count(reader: Reader, table: Mapping[str, Any], key: str) -> int | None:
    count = reader.value(table, ("model", key), int)
    if count is not None and not 1 <= count <= 10_000_000:
        reader.complain(("model", key), f"expected a whole number from 1 to 10,000,000, found {count}")
        return None
    return None if count is None else int(count)


def _ceiling(reader: Reader, table: Mapping[str, Any], key: str) -> float | None:
    most = reader.value(table, ("model", key), float)
    if most is not None and not 0 < most < float("inf"):
        reader.complain(("model", key), "a ceiling is a number above 0; without the table [model] none is asked")
        return None
    return None if most is None else float(most)
