"""What is to be read under a configuration with the keys that are found now: for the fetchers, and for who asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from monitor.config import Config
from monitor.config.sources import settings_of
from monitor.fetching.governor import limit_of, missing_ceiling, set_ceilings
from monitor.fetching.plan import Plan, make_plan
from monitor.fetching.secrets import FoundKey, find_all, secrets_of, troubles_of
from monitor.records import Budget
from monitor.sources.base import Source, SourceSettings


class Prospect(NamedTuple):
    """A plan, and the keys that it was made with."""

    plan: Plan
    keys: tuple[FoundKey, ...]


def look_ahead(config: Config, sources: Mapping[str, Source], only: Collection[str] = ()) -> Prospect:
    """Find the keys and ask every source for its parts. Reads files and the keyring, and so may take seconds."""
    keys = find_all(config, sources)

    def settings(source: Source) -> SourceSettings:
        return settings_of(config, source)._replace(secrets=secrets_of(keys, source.slug))

    def key_trouble(slug: str) -> str:
        return "; ".join(troubles_of(keys, slug))

    return Prospect(make_plan(sources, config.beats, settings, only, key_trouble), keys)


def unspent_budgets(source: Source, settings: SourceSettings, now: int) -> tuple[Budget, ...]:
    """The ceilings of a source, as they stand before anything was spent."""
    if missing_ceiling(source, settings):
        return ()
    limits = [limit_of(ceiling, most, now) for ceiling, most in set_ceilings(source, settings).items()]
    return tuple(Budget(limit.unit, limit.period, 0.0, limit.ceiling, limit.ends_at) for limit in limits)


def hosts_of(plan: Plan) -> frozenset[str]:
    """Hosts that the configuration names, or that come with the program."""
    addresses = (address for parts in plan.parts.values() for part in parts for address in part.addresses)
    return frozenset(host for address in addresses if (host := _host(address)))


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
