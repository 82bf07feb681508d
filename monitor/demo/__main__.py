"""`python -m monitor.demo STORE`: feed a demo's store until standard input ends."""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path
from random import Random

from monitor.demo.feeding import Feeder
from monitor.demo.preparing import demo_config
from monitor.fetching.parent import watch_parent


def main(store: Path) -> None:
    """Feed until the app that started us is gone."""
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    watch_parent(stopped.set)
    feeder = Feeder(store, demo_config(), lambda: time.time_ns() // 1_000_000, Random())
    feeder.run(stopped)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
