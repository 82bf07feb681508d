"""Writes the signals of the sample: `python sample_data/find_signals.py`, or `--check` to see whether they are up to
date.

To be run after `make.py`, and whenever the detectors changed. It takes a minute.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from monitor.demo.building import build_store
from monitor.demo.preparing import demo_config
from monitor.demo.sample import load_sample
from monitor.demo.signals import find_signals, pack_signals
from monitor.text.sentiment import Scorer

FILE = Path(__file__).parent / "signals.json"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the file is out of date")
    arguments = parser.parse_args()
    config = demo_config()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "sample.db"
        build_store(store, config)
        content = pack_signals(find_signals(store, load_sample().as_of), config.rules_hash, Scorer().name)
    if not arguments.check:
        FILE.write_text(content, "utf-8")
        return 0
    if FILE.read_text("utf-8") == content:
        return 0
    print("out of date: sample_data/signals.json", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
