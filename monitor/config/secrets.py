"""Which keys of a source hold a secret, and how such a value is shown."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.sources.base import SourceSettings

MASK = "********"

_SECRET_WORDS = frozenset({"key", "token", "secret", "password", "passphrase", "credential", "credentials", "bearer"})
_PLACE_WORDS = frozenset({"file", "path", "env", "variable"})


def is_secret(name: str) -> bool:
    """Whether an option of this name holds a secret itself, and not the place where one lies (`key_file`)."""
    words = name.casefold().replace("-", "_").split("_")
    return not _SECRET_WORDS.isdisjoint(words) and _PLACE_WORDS.isdisjoint(words)


def masked(name: str, value: object) -> object:
    """The value as it may be shown."""
    return MASK if is_secret(name) and value not in (None, "", False) else value


def holds_secret(sources: Mapping[str, SourceSettings]) -> bool:
    """Whether a secret stands in the tables of sources, where it does not belong; it is not to be copied elsewhere."""
    return any(is_secret(name) and value for settings in sources.values() for name, value in settings.options.items())
