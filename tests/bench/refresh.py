"""Dashboard refresh after 50 new posts, on stores of several sizes, as ratios to the smallest.

python -m tests.bench.refresh SMALL.db [LARGER.db ...]     (made by tests.bench.stores; they are copied first)
"""

from __future__ import annotations

import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from monitor.instants import SECOND
from monitor.live import LiveSnapshots
from monitor.snapshot import Provenance, build_snapshot
from monitor.store.reader import open_reader
from monitor.store.writer import Changes, Writer
from tests.bench.stores import BEATS, one

ROUNDS = 20
PROVENANCE = Provenance(BEATS, "configuration", "rules", "scorer")


def measure(path: Path) -> dict[str, float]:
    """Milliseconds: the first snapshot, reading the window, and the median refresh."""
    generator = random.Random(3)
    with Writer(path) as writer, open_reader(path) as reader:
        live = LiveSnapshots(reader, PROVENANCE)
        end = reader.newest_collected_at() + SECOND
        started = time.perf_counter()
        live.first(end)
        first = time.perf_counter() - started
        live.build(end)
        window = time.perf_counter() - started - first
        refreshes = []
        for round_number in range(1, ROUNDS + 1):
            now = end + round_number * 5 * SECOND
            base = 10**8 + round_number * 50
            writer.commit(Changes([one(base + number, now - 3 * SECOND, generator) for number in range(50)]))
            started = time.perf_counter()
            shown = live.build(now)
            refreshes.append(time.perf_counter() - started)
        fresh = build_snapshot(
            reader, now, beats=BEATS, config_hash="configuration", rules_hash="rules", scorer="scorer"
        )
        assert shown == fresh
    return {
        "first": first * 1e3,
        "window": window * 1e3,
        "refresh": statistics.median(refreshes) * 1e3,
        "resident_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    baseline = None
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "monitor.db"
            shutil.copy(name, copy)
            figures = measure(copy)
        baseline = baseline or figures["refresh"]
        print(
            f"{name}: first {figures['first']:.1f} ms, window {figures['window']:.0f} ms, "
            f"refresh {figures['refresh']:.2f} ms = {figures['refresh'] / baseline:.2f}x, "
            f"at most {figures['resident_mb']:.0f} MB"
        )


if __name__ == "__main__":
    main()
