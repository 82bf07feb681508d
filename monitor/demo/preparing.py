"""The store that the demo shows: made once for each version of the sample and kept in the cache folder.

The sample was taken on the hour. For a demo that starts now, a copy is moved along the time axis by whole hours, so
that the sample's moment becomes the start of the present hour; the posts of the sample's next hour fill what has passed
of it. They stand second for second where posts leave the 24 hours at their other end, so that the volume and the split
of "Open Source AI" at the start are those of the sample, whatever the minute.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from monitor import paths
from monitor.config import Config, load
from monitor.demo import sample as shipped
from monitor.demo.names import sample_names
from monitor.instants import HOUR

_SUFFIXES = ("", "-wal", "-shm", ".log")
_ABANDONED_SECONDS = 3600.0
"""After this long nobody is building a store any more."""


class DemoStore(NamedTuple):
    """A store to look at."""

    path: Path
    as_of: int
    """The moment to look at it first."""
    hours: int
    """By how many hours the sample was moved."""
    config: Config
    """The shipped beats alone, whatever the user's configuration says."""
    temporary: tuple[Path, ...] = ()
    """What `clean_up` removes."""


def demo_config() -> Config:
    """The configuration of somebody who configured nothing but the names of the sample."""
    return load(Path(os.devnull))._replace(entities=sample_names())


def prepare_demo(now: int | None = None) -> DemoStore:
    """The demo's store; made at the first call, which takes some seconds.

    Args:
        now: the moment that the demo starts at; None for the sample's own moment, whose store is shared and only read.

    Raises:
        StoreError: no store can be written, neither in the cache folder nor in a temporary one.
        OSError: the same.
    """
    config = demo_config()
    folder, temporary = _writable_folder()
    base = folder / f"sample-{shipped.fingerprint()}.db"
    if not base.exists():
        _build(base, config)
    as_of = shipped.load_sample().as_of
    if now is None:
        return DemoStore(base, as_of, 0, config, temporary)
    _remove_abandoned(folder)
    path = folder / f"live-{os.getpid()}.db"
    _remove_store(path)
    shutil.copyfile(base, path)
    hours = (now - as_of) // HOUR
    _bring_to(path, hours, now, config)
    return DemoStore(path, now, hours, config, (*temporary, path))


def clean_up(store: DemoStore) -> None:
    """Remove what was made for one demo alone."""
    for path in store.temporary:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            _remove_store(path)


def _bring_to(path: Path, hours: int, now: int, config: Config) -> None:
    from monitor.demo.feeding import fill_present_hour
    from monitor.store.shift import shift_times

    shift_times(path, hours)
    fill_present_hour(path, hours, now, config)


def _build(base: Path, config: Config) -> None:
    """Build beside and move into place, so that two that start at once do not disturb each other."""
    from monitor.demo.building import build_store

    for old in base.parent.glob("sample-*.db*"):
        _remove(old)
    descriptor, name = tempfile.mkstemp(dir=base.parent, prefix="building-", suffix=".db")
    os.close(descriptor)
    beside = Path(name)
    try:
        build_store(beside, config)
        if not base.exists():
            beside.replace(base)
    finally:
        _remove_store(beside)


def _writable_folder() -> tuple[Path, tuple[Path, ...]]:
    """The demo's place in the cache folder, else a temporary one, which is to be removed."""
    folder = paths.cache_directory() / "demo"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder, ()
    except OSError:
        made = Path(tempfile.mkdtemp(prefix="discourse-monitor-demo-"))
        return made, (made,)


def _remove_abandoned(folder: Path) -> None:
    """Remove the stores of demos that ended without doing so, finished or not."""
    for unfinished in folder.glob("building-*.db*"):
        with suppress(OSError):
            if time.time() - unfinished.stat().st_mtime > _ABANDONED_SECONDS:
                unfinished.unlink()
    for path in _live_stores(folder):
        if not _runs(int(path.stem.removeprefix("live-"))):
            _remove_store(path)


def _live_stores(folder: Path) -> Iterator[Path]:
    for path in folder.glob("live-*.db"):
        if path.stem.removeprefix("live-").isdecimal():
            yield path


def _runs(process: int) -> bool:
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _remove_store(path: Path) -> None:
    for suffix in _SUFFIXES:
        _remove(path.with_name(path.name + suffix))


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
