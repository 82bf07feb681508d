"""What `monitor doctor` finds out about the sources: keys, budgets, hosts, and our clock by the hosts' answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from monitor.cli.context import now
from monitor.cli.findings import Finding
from monitor.instants import DAY, SECOND

if TYPE_CHECKING:
    from monitor.fetching.plan import Plan
    from monitor.fetching.secrets import FoundKey
    from monitor.http import Client
    from monitor.sources.base import Source
    from monitor.store.reader import Reader

PATIENCE = 5.0
"""Seconds for the answer of a host."""

AT_ONCE = 16
"""Hosts that are asked at the same time."""

NEARLY_SPENT = 0.8
"""The share of a ceiling from which on it is noted."""

_CLOCK_NOTE, _CLOCK_PROBLEM = 5 * SECOND, 60 * SECOND


def look_at_keys(keys: Iterable[FoundKey]) -> Iterator[Finding]:
    """Where each key was found, never what it is."""
    from monitor.config.sources import file_option

    for found in keys:
        name = f"{found.source}: {found.key.name}"
        table = f"[sources.{found.source}]"
        if found.secret is not None:
            state = "note" if found.trouble else "ok"
            yield Finding("keys", state, f"{name} found in {found.described}", found.trouble)  # type: ignore[arg-type]
        elif found.trouble:
            yield Finding(
                "keys",
                "problem",
                f"{name}: {found.trouble}",
                "mend that, then send SIGHUP to the fetcher, or start it again",
            )
        else:
            advice = f"set {found.key.environment}, or name a file in {file_option(found.key)} in {table}"
            yield Finding("keys", "note", f"{name} ({found.key.help}) not found", advice)


def look_at_budgets(reader: Reader | None, sources: Mapping[str, Source], plan: Plan) -> Iterator[Finding]:
    """What is spent of each ceiling, by the store; and which source waits for one to be set."""
    from monitor import budget_words
    from monitor.fetching.governor import missing_ceiling
    from monitor.fetching.prospect import unspent_budgets
    from monitor.instants import render

    at = now()
    standings = {} if reader is None else reader.standings((at - DAY, at), at)
    for slug, source in sources.items():
        settings = plan.settings[slug]
        if not settings.enabled:
            continue
        if missing := missing_ceiling(source, settings):
            yield Finding("budgets", "note", f"{source.name} {missing}")
            continue
        counted = {(one.unit, one.period): one for one in standings[slug].budgets} if slug in standings else {}
        for unspent in unspent_budgets(source, settings, at):
            one = counted.get((unspent.unit, unspent.period), unspent)._replace(ceiling=unspent.ceiling)
            words = f"{source.name}: {budget_words.budget(one)}"
            if budget_words.share_spent(one) < NEARLY_SPENT:
                yield Finding("budgets", "ok", words)
            else:
                advice = f"a new {one.period} begins at {render(one.resets_at)}; or set a higher ceiling"
                yield Finding("budgets", "note", words, advice)


class Reached(NamedTuple):
    """What came of asking a host."""

    host: str
    trouble: str
    """Why there was no answer; empty where there was one."""
    offset: int | None
    """By how many milliseconds our clock is ahead of the host's; None where it did not tell."""


def look_at_network(plan: Plan, names: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the hosts of each source answer, and what their answers say of our clock."""
    import asyncio

    wanted = {
        slug: _origins(address for part in parts for address in part.addresses) for slug, parts in plan.parts.items()
    }
    reached = asyncio.run(_ask_all(sorted({origin for origins in wanted.values() for origin in origins})))
    if reached and all(one.trouble for one in reached.values()):
        first = next(iter(reached.values()))
        advice = "check the network, and the proxy that the environment names if there is one"
        yield Finding("network", "problem", f"none of {len(reached)} hosts answers: {first.trouble}", advice)
        return
    for slug, origins in wanted.items():
        if origins:
            yield _reachability(names[slug], [reached[origin] for origin in origins])
    yield from _clock([one.offset for one in reached.values() if one.offset is not None])


def _origins(addresses: Iterable[str]) -> tuple[str, ...]:
    """The web origins of addresses; a websocket's host answers on the same port."""
    from urllib.parse import urlsplit

    found: dict[str, None] = {}
    for address in addresses:
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        scheme = {"http": "http", "https": "https", "ws": "http", "wss": "https"}.get(parts.scheme)
        if scheme and parts.hostname:
            found[f"{scheme}://{parts.netloc.rpartition('@')[2]}"] = None
    return tuple(found)


async def _ask_all(origins: Sequence[str]) -> dict[str, Reached]:
    import asyncio
    from urllib.parse import urlsplit

    from monitor.http import Client

    gate = asyncio.Semaphore(AT_ONCE)
    hosts = [host for origin in origins if (host := urlsplit(origin).hostname)]

    async with Client(allowed_hosts=hosts, spacing=0.0, tries=1) as client:

        async def ask(origin: str) -> Reached:
            async with gate:
                return await _ask(client, origin)

        answers = await asyncio.gather(*map(ask, origins))
    return dict(zip(origins, answers, strict=True))


async def _ask(client: Client, origin: str) -> Reached:
    """Any answer counts; what every host may be asked for is `robots.txt`."""
    from monitor.sources.base import SourceError

    host = origin.partition("://")[2]
    before = now()
    try:
        answer = await client.get(f"{origin}/robots.txt", timeout=PATIENCE, also=range(200, 600))
    except SourceError as error:
        return Reached(host, str(error).rstrip("."), None)
    return Reached(host, "", _offset(answer.headers, (before + now()) // 2))


def _offset(headers: Mapping[str, str], at: int) -> int | None:
    """How far our clock is ahead of the one behind an answer; what a cache kept has grown older by its `Age`."""
    from email.utils import parsedate_to_datetime

    from monitor.instants import from_datetime

    try:
        made = from_datetime(parsedate_to_datetime(headers["date"]))
        return at - made - SECOND // 2 - int(headers.get("age", "0")) * SECOND
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _reachability(name: str, reached: Sequence[Reached]) -> Finding:
    silent = [one for one in reached if one.trouble]
    hosts = "its host" if len(reached) == 1 else f"all {len(reached)} hosts"
    if not silent:
        return Finding("network", "ok", f"{name}: {hosts} answered")
    said = "; ".join(one.trouble for one in silent[:3]) + ("; and more" if len(silent) > 3 else "")
    if len(silent) == len(reached):
        advice = "check the address in the configuration, and the network; the fetchers try again by themselves"
        return Finding("network", "problem", f"{name}: no answer ({said})", advice)
    advice = "the fetchers try again by themselves; take out what is gone for good"
    return Finding("network", "note", f"{name}: {len(silent)} of {len(reached)} hosts did not answer ({said})", advice)


def _clock(offsets: Sequence[int]) -> Iterator[Finding]:
    """The median over all hosts, so that one wrong clock elsewhere does not count."""
    from statistics import median

    if not offsets:
        yield Finding("clock", "note", "not compared, as no host told its time")
        return
    offset = median(offsets)
    seconds = abs(offset) / SECOND
    if abs(offset) <= _CLOCK_NOTE:
        yield Finding("clock", "ok", f"agrees with {len(offsets)} hosts within {max(1, round(seconds))} s")
        return
    what = f"{seconds:,.0f} s {'ahead of' if offset > 0 else 'behind'} {len(offsets)} hosts"
    state = "problem" if abs(offset) > _CLOCK_PROBLEM else "note"
    yield Finding("clock", state, what, "set the clock, such as with `timedatectl set-ntp true`")  # type: ignore[arg-type]
