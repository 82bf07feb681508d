"""The sample's signals: found once by `sample_data/find_signals.py`, as nobody would wait for that at the start.

The file says with which rules and scorer they were found. Those that rest on others than the present ones are left out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from monitor import instants
from monitor.detecting import recompute
from monitor.instants import DAY
from monitor.records import Signal
from monitor.store.reader import open_reader

SINCE = 14 * DAY
"""How far back from the sample's moment signals are looked for."""

_OF_MOODS = ("mood", "divergence")
"""The kinds of signals that rest on the scorer."""


_OF_MOODS = ("mood", "divergence")
"""Kinds that rest on how posts were scored."""


def find_signals(store: Path, as_of: int) -> tuple[Signal, ...]:
    """The signals of the sample's store, oldest first; takes a minute."""
    with open_reader(store) as reader:
        found = recompute(reader, as_of - SINCE, as_of).signals
    return tuple(sorted(found, key=lambda signal: (signal.opened_at, signal.id)))


def pack_signals(signals: tuple[Signal, ...], rules_hash: str, scorer: str) -> str:
    """The content of the file."""
    rows = [
        {
            **signal._asdict(),
            "opened_at": instants.render(signal.opened_at),
            "closed_at": None if signal.closed_at is None else instants.render(signal.closed_at),
        }
        for signal in signals
    ]
    content = {"rules_hash": rules_hash, "scorer": scorer, "signals": rows}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def read_signals(path: Path, rules_hash: str, scorer: str) -> list[Signal]:
    """The signals in the file that rest on these rules, and where they are about moods on this scorer."""
    content = json.loads(path.read_text("utf-8"))
    if content["rules_hash"] != rules_hash:
        return []
    return [_signal(row) for row in content["signals"] if row["kind"] not in _OF_MOODS or content["scorer"] == scorer]


def _signal(row: dict[str, Any]) -> Signal:
    closed_at = row["closed_at"]
    return Signal(
        **{
            **row,
            "opened_at": instants.parse(row["opened_at"]),
            "closed_at": None if closed_at is None else instants.parse(closed_at),
        }
    )
