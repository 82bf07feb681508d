"""What `monitor doctor` says of each thing that it looked at."""

from __future__ import annotations

from typing import Literal, NamedTuple

Area = Literal["configuration", "keys", "store", "fetcher", "budgets", "model", "network", "clock", "terminal"]


class Finding(NamedTuple):
    """One thing that was looked at."""

    area: Area
    state: Literal["ok", "note", "problem"]
    what: str
    advice: str = ""
    """What to do; empty where there is nothing to do."""
