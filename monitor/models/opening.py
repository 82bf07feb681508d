"""From the configuration to a model that can be asked: its key, its ceilings, its connection."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.config.model import TOKENS_PER_DAY, ModelSettings
from monitor.http import Client
from monitor.http_address import is_private
from monitor.models.asking import UNIT, Model
from monitor.models.nouns import ModelError
from monitor.models.trouble import ACCOUNT, explained, in_our_table
from monitor.sources.base import Ceiling, Secret, SourceError, SourceKey
from monitor.store.writer import Writer

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.fetching.governor import SourceMeter
    from monitor.fetching.secrets import FoundKey
    from monitor.store.spending import Limit, Spent

CEILINGS = (
    Ceiling("tokens_per_day", UNIT, "day", TOKENS_PER_DAY, "tokens read and written in a day (UTC)"),
    Ceiling("tokens_per_month", UNIT, "month", None, "tokens read and written in a calendar month (UTC)"),
)
VARIABLES = {"anthropic": "ANTHROPIC_API_KEY", "openai": "OPENAI_API_KEY"}
"""Of the keys of the usual addresses."""
OTHER_VARIABLE = "MODEL_API_KEY"
"""For an address that the configuration names: a key of one company is never sent to another."""

_SPACING = 0.05
_NEAR = (".local", ".localhost", ".lan", ".internal", ".home.arpa")
"""Ends of names that lead to no host of the open network."""


def _wall_clock() -> int:
    return time.time_ns() // 1_000_000


class StoreAccount:
    """Where the governor counts: a writer of the store, in the same thread."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def set_ceilings(self, source: str, limits: Sequence[Limit]) -> tuple[float, ...]:
        """See `monitor.store.writer.Writer.set_ceilings`."""
        return self._writer.set_ceilings(source, limits)

    async def spend(self, source: str, limits: Sequence[Limit], amount: float) -> Spent:
        """See `monitor.store.writer.Writer.spend`."""
        return self._writer.spend(source, limits, amount)

    async def refund(self, source: str, shares: Sequence[tuple[Limit, float]]) -> tuple[float, ...]:
        """See `monitor.store.writer.Writer.refund`."""
        return self._writer.refund(source, shares)


@asynccontextmanager
async def open_model(
    config: Config, store: os.PathLike[str] | str, *, clock: Callable[[], int] = _wall_clock
) -> AsyncIterator[Model]:
    """The model that the configuration names, with what it uses up counted in a store.

    Raises:
        ModelError: none is configured, or its key is missing or cannot be used.
        StoreError: the store cannot be written.
    """
    settings = config.model
    if settings is None:
        raise ModelError("configuration", "No language model is configured; give [model] an api and a name.")
    key = _usable(find_key(config), settings)
    with Writer(store) as writer:
        async with Client(clock=clock, spacing=_SPACING) as client:
            yield Model(settings, key, client, await _meter(settings, writer, clock))


async def _meter(settings: ModelSettings, writer: Writer, clock: Callable[[], int]) -> SourceMeter:
    from monitor.fetching.governor import SourceMeter

    meter = SourceMeter(ACCOUNT, StoreAccount(writer), clock)
    given = {ceiling: getattr(settings, ceiling.option) for ceiling in CEILINGS}
    try:
        await meter.follow({ceiling: most for ceiling, most in given.items() if most is not None}, CEILINGS)
    except SourceError as error:
        raise explained(error) from error
    return meter


def key_of(settings: ModelSettings) -> SourceKey:
    """The key under which the model is asked, and the variable that may hold it."""
    variable = VARIABLES.get(settings.api) if settings.endpoint is None else None
    return SourceKey("api_key", variable or OTHER_VARIABLE, "key of the model's host")


def needs_key(settings: ModelSettings) -> bool:
    """Whether nothing can be asked without a key, which is so at the usual addresses of companies."""
    return settings.endpoint is None and settings.api in VARIABLES


def is_in_the_clear(settings: ModelSettings) -> bool:
    """Whether what is sent can be read on its way, to a host outside of the machine and its network."""
    parts = urlsplit(settings.address)
    host = parts.hostname or ""
    is_near = "." not in host.rstrip(".") or host.endswith(_NEAR) or is_private(host)
    return parts.scheme == "http" and not is_near


def find_key(config: Config) -> FoundKey:
    """Look for the key where keys of sources are looked for; in the keyring it is called `model.api_key`."""
    from monitor.fetching.secrets import Keyring, find

    settings = config.model
    assert settings is not None  # noqa: S101
    folder = Path.cwd() if config.file is None else Path(config.file).absolute().parent
    options = {"api_key_file": settings.api_key_file}
    return find("model", key_of(settings), options, os.environ, folder, Keyring())


def _usable(found: FoundKey, settings: ModelSettings) -> Secret | None:
    """The key; None where the host needs none."""
    if found.secret is not None:
        if is_in_the_clear(settings):
            told = "The key of the model would be sent in the clear; give [model] an endpoint with https://."
            raise ModelError("configuration", told)
        return found.secret
    if found.trouble:
        raise ModelError("configuration", f"The key of the model: {in_our_table(found.trouble)}.")
    if needs_key(settings):
        places = f"set {found.key.environment}, or name a file that holds it in api_key_file in [model]"
        raise ModelError("configuration", f"{settings.name} needs a key: {places}.")
    return None
