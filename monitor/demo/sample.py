"""What the shipped sample says about itself, and where its files are."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from monitor import __version__, instants
from monitor.paths import shipped
from monitor.records import Span
from monitor.store.connection import SCHEMA_VERSION
from monitor.text.sentiment import NAME as SCORER


class Sample(NamedTuple):
    """The fixed points of the sample."""

    as_of: int
    """The moment it was taken at, on the hour."""
    start: int
    """Its first moment."""
    outage: Span
    """Nothing was collected in it from any source."""
    volume: Mapping[str, int]
    """Posts of the beat "Open Source AI" in the last 24 hours, by source."""


def folder() -> Path:
    return shipped("sample_data")


@cache
def load_sample() -> Sample:
    """Read `sample.toml`."""
    table = tomllib.loads((folder() / "sample.toml").read_text("utf-8"))
    as_of = instants.parse(table["as_of"])
    first, last = (instants.parse(moment) for moment in table["outage"])
    start = as_of - (table["history_days"] + 1) * instants.DAY
    return Sample(as_of, start, (first, last), table["volume"])


def files() -> list[Path]:
    """The files that the demo's store is made from, in a fixed order."""
    root = folder()
    single = [root / name for name in ("sample.toml", "beats.toml", "history.json.z", "later.jsonl", "signals.json")]
    return single + [path for part in ("last_day", "stories") for path in sorted((root / part).rglob("*.*"))]


def fingerprint() -> str:
    """A name for the content of the sample and what is made of it by this program: 16 hexadecimal digits."""
    digest = hashlib.sha256(f"{__version__} {SCHEMA_VERSION} {SCORER}".encode())
    for path in files():
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
