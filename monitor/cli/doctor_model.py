"""Whether the language model of the configuration can be asked; it is not asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitor.cli.findings import Finding

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.config import Config


def look_at_model(config: Config, store: Path) -> Iterator[Finding]:
    """Which model is asked where, what it used up, whether its key was found; nothing where none is configured."""
    settings = config.model
    if settings is None:
        return
    from urllib.parse import urlsplit

    from monitor.models.opening import find_key, needs_key
    from monitor.models.trouble import in_our_table

    what = f"{settings.name}, by {settings.api} at {urlsplit(settings.address).netloc}{_spent(store)}"
    found = find_key(config)
    if found.secret is not None:
        told = f"{what}; its key was found in {found.described}"
        yield Finding("model", "note" if found.trouble else "ok", told, in_our_table(found.trouble))
    elif found.trouble:
        yield Finding("model", "problem", f"{what}: {in_our_table(found.trouble)}", "mend that")
    elif needs_key(settings):
        advice = f"set {found.key.environment}, or name a file in api_key_file in [model]"
        yield Finding("model", "problem", f"{what}: its key was not found", advice)
    else:
        yield Finding("model", "ok", f"{what}; without a key")


def _spent(store: Path) -> str:
    """What is counted under its ceilings; empty where nothing is."""
    from monitor import budget_words
    from monitor.cli.context import now
    from monitor.instants import DAY
    from monitor.models.trouble import ACCOUNT
    from monitor.store.errors import StoreError
    from monitor.store.reader import open_reader

    at = now()
    try:
        with open_reader(store) as reader:
            standing = reader.standings((at - DAY, at), at).get(ACCOUNT)
    except StoreError:
        return ""
    return "".join(f", {budget_words.budget(each)}" for each in standing.budgets) if standing else ""
