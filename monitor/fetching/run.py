"""`monitor fetch` as a process: the lease, the log, the signals and the exit code. The work is in `service`."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from monitor.fetching.events import Events, Level, goes_to_journal
from monitor.fetching.lease import Lease, LeaseError, holder
from monitor.fetching.parent import watch_parent
from monitor.fetching.signals import Requests

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.sources.base import Source

LOOK_AGAIN = 1.0
"""Seconds between two looks at a lease that another process holds."""

LEAVE_WITHIN = 2.0
"""Seconds for what is still open when everything is committed, such as the look-up of a name, after an asked end."""

DONE, FAILED, WRONG_USAGE = 0, 1, 2


def run(
    store: Path,
    config: Path | None = None,
    *,
    once: bool = False,
    sources: Sequence[str] = (),
    child: bool = False,
    verbose: bool = False,
    jitter: float = 0.0,
    stream: TextIO | None = None,
) -> int:
    """Fetch for a store until a signal comes, or once; gives the exit code.

    Args:
        store: Where to write; made where there is none.
        config: The configuration file; None for the default one.
        once: Whether to poll everything once and end.
        sources: Slugs of the sources to read; empty for all.
        child: Whether this is the background fetcher of an app: it waits for the lease, and ends with its standard
            input.
        verbose: Whether to say every batch.
        jitter: Seconds within which to begin, at a moment that is drawn, so that many do not ask at the same one.
        stream: Where events go; None for standard error.
    """
    stream = stream or sys.stderr
    requests = Requests(hangup_ends=child or stream.isatty())
    requests.install()
    if child:
        watch_parent(partial(requests.end, DONE))
    level: Level = "debug" if verbose else "warning" if once else "info"
    events = Events(stream, _now, level, goes_to_journal(stream, os.environ.get("JOURNAL_STREAM", "")))
    lease = Lease(store)
    try:
        if jitter:
            delay = random.uniform(0, jitter)
            events.event("delay", seconds=round(delay))
            _pause(delay, requests)
        if not _take(lease, store, requests, events, wait=child, once=once):
            return FAILED if requests.exit_code is None else requests.exit_code
        return _fetch(store, config, lease, requests, events, sources, once=once)
    except LeaseError as error:
        events.event("no-lease", "error", message=error)
        return FAILED
    finally:
        lease.release()


def _take(lease: Lease, store: Path, requests: Requests, events: Events, *, wait: bool, once: bool) -> bool:
    """Take the lease; in the background wait for it as long as it takes."""
    command = "monitor fetch" + (" --child" if wait else " --once" if once else "")
    waiting_for = ""
    while not lease.try_acquire(command):
        found = holder(store)
        who = found.describe() if found else "another process"
        if not wait:
            message = f"{who} already fetches for this store; nothing was read"
            events.event("held", "error", store=store, exit=FAILED, message=message)
            return False
        if who != waiting_for:
            waiting_for = who
            events.event("waiting", message=f"{who} fetches for this store")
        _pause(LOOK_AGAIN, requests)
        if requests.exit_code is not None:
            return False
    if waiting_for:
        events.event("taken-over", store=store, message=f"{waiting_for} no longer fetches for this store")
    return requests.exit_code is None


def _pause(seconds: float, requests: Requests) -> None:
    """Wait, unless the end is asked for."""
    until = time.monotonic() + seconds
    while requests.exit_code is None and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, LOOK_AGAIN / 5))


def _fetch(
    store: Path,
    config: Path | None,
    lease: Lease,
    requests: Requests,
    events: Events,
    only: Sequence[str],
    *,
    once: bool,
) -> int:
    """What is done once the lease is held; only now is everything loaded that takes time and memory."""
    import asyncio

    from monitor.config import ConfigError
    from monitor.fetching.service import Service, Setting, sources_read, store_cursor
    from monitor.sources.registry import load_sources
    from monitor.store.errors import StoreError
    from monitor.store.reader import open_reader
    from monitor.store.writer import Writer
    from monitor.text.scorer_choice import ScorerError

    installed = load_sources()
    for trouble in installed.troubles:
        events.event("broken-source", "error", source=trouble.slug, message=trouble.message)
    unknown = [slug for slug in only if slug not in installed]
    if unknown:
        events.event("unknown-source", "error", message=_unknown(unknown, list(installed)))
        return WRONG_USAGE
    load = partial(_load_config, config, list(installed.values()))
    try:
        loaded = load()
    except ConfigError as error:
        for problem in error.problems:
            events.event("configuration", "error", message=problem)
        return WRONG_USAGE
    setting = Setting(
        lease=lease,
        sources=installed,
        load=load,
        open_writer=partial(Writer, store),
        cursor=partial(store_cursor, store),
        read_before=lambda: sources_read(store, _now()),
        requests=requests,
        events=events,
        clock=_now,
        randomness=random.Random(),
        only=tuple(only),
        open_reader=partial(open_reader, store),
    )
    events.event("start", store=store, pid=os.getpid(), config=loaded.hash)

    async def work() -> int:
        code = await Service(setting, loaded).run(once=once)
        if requests.exit_code is not None:
            requests.leave_within(LEAVE_WITHIN, code)
        return code

    try:
        code = asyncio.run(work())
    except StoreError as error:
        events.event("store", "error", message=error)
        return FAILED
    except ScorerError as error:
        events.event("scorer", "error", message=error)
        return FAILED
    events.event("stop", exit=code)
    return code


def _load_config(path: Path | None, sources: Sequence[Source]) -> Config:
    from monitor.config import ConfigError, load
    from monitor.config.sources import check_sources

    config = load(path)
    problems = check_sources(config, sources)
    if problems:
        raise ConfigError(problems)
    return config


def _unknown(unknown: Sequence[str], installed: Sequence[str]) -> str:
    from monitor.slugs import suggestion

    parts = [f"no source is called {slug}{suggestion(slug, installed)}" for slug in unknown]
    return "; ".join(parts) + "; there are: " + ", ".join(sorted(installed))


def _now() -> int:
    return time.time_ns() // 1_000_000
