"""Which keys of a source hold a secret, and how values and texts are shown that may hold one."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.sources.base import SourceSettings

MASK = "********"

_SECRET_WORDS = frozenset({"key", "token", "secret", "password", "passphrase", "credential", "credentials", "bearer"})
_PLACE_WORDS = frozenset({"file", "path", "env", "variable"})

_NAMED = (
    r"(?i)((?:[\w-]*(?:key|token|secret|password|passwd|signature|credential)[\w-]*|sig|auth|jwt|pass|pwd|sid)=)"
    r"[^&\s\"']+"
)
_LOGIN = r"(?<=://)[^/\s@]+@"
_BEARER = r"(?i)\b((?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}"


def without_secrets(text: str) -> str:
    """The text with logins in addresses, bearer tokens and values of keys and tokens taken out."""
    import re

    for pattern, rest in ((_LOGIN, "…@"), (_BEARER, r"\1…"), (_NAMED, r"\1…")):
        text = re.sub(pattern, rest, text)
    return text


def is_secret(name: str) -> bool:
    """Whether an option of this name holds a secret itself, and not the place where one lies (`key_file`)."""
    words = name.casefold().replace("-", "_").split("_")
    return not _SECRET_WORDS.isdisjoint(words) and _PLACE_WORDS.isdisjoint(words)


def masked(name: str, value: object) -> object:
    """The value as it may be shown: secrets are masked, and taken out of addresses."""
    if is_secret(name) and value not in (None, "", False):
        return MASK
    if isinstance(value, str):
        return without_secrets(value)
    return [masked(name, each) for each in value] if isinstance(value, list) else value


def holds_secret(sources: Mapping[str, SourceSettings]) -> bool:
    """Whether a secret stands in the tables of sources, where it does not belong; it is not to be copied elsewhere."""
    return any(is_secret(name) and value for settings in sources.values() for name, value in settings.options.items())
