"""Posts that keep arriving while somebody looks at the demo."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from monitor.demo import DemoStore, clean_up, prepare_demo
from monitor.demo.child import FeederChild
from monitor.demo.feeding import Feeder
from tests.demo.looking import snapshot


def _now() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
def live_store() -> Iterator[DemoStore]:
    store = prepare_demo(_now())
    yield store
    clean_up(store)


def _wait_for_posts(store: DemoStore, more_than: int, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while snapshot(store, _now() + 1).records <= more_than:
        assert time.monotonic() < deadline, "no post arrived"
        threading.Event().wait(0.05)


def test_a_feeder_brings_posts_that_count_now(live_store: DemoStore) -> None:
    stopped = threading.Event()
    before = snapshot(live_store).records
    feeder = Feeder(live_store.path, live_store.config, _now, Random(4))
    thread = threading.Thread(target=feeder.run, args=(stopped,))
    thread.start()
    try:
        _wait_for_posts(live_store, before)
    finally:
        stopped.set()
        thread.join(10)
    after = snapshot(live_store, _now() + 1)
    assert after.records > before
    assert sum(beat.volume_hourly[-1] or 0 for beat in after.beats) > 0


class _Hours(threading.Event):
    """A clock that nobody waits for: it goes on by what is waited, until a time is over."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.start = _now()
        self.gone = 0.0
        self.waits: list[float] = []
        self._seconds = seconds

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        self.gone += self.waits[-1]
        return self.gone >= self._seconds

    def now(self) -> int:
        return self.start + round(1000 * self.gone)


def test_posts_arrive_at_once_and_later_not_so_many_that_every_beat_rises(live_store: DemoStore) -> None:
    minutes = 8
    hours = _Hours(60.0 * minutes)
    before = snapshot(live_store, hours.now() + 1).records
    Feeder(live_store.path, live_store.config, hours.now, Random(4)).run(hours)
    more = snapshot(live_store, hours.now() + 1).records - before
    assert max(hours.waits[:5]) <= 4
    assert 4 * minutes <= more <= 15 * minutes


def test_the_child_feeds_and_ends_when_it_is_told(live_store: DemoStore) -> None:
    before = snapshot(live_store).records
    child = FeederChild.start(live_store.path)
    try:
        _wait_for_posts(live_store, before)
        assert child.poll() is None
    finally:
        assert child.stop() == 0


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_the_child_ends_when_the_app_is_killed(live_store: DemoStore) -> None:
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from monitor.demo.child import FeederChild\n"
        "print(FeederChild.start(Path(sys.argv[1])).pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    app = subprocess.Popen([sys.executable, "-c", code, str(live_store.path)], stdout=subprocess.PIPE)
    assert app.stdout is not None
    child = int(app.stdout.readline())
    app.send_signal(signal.SIGKILL)
    app.wait()
    app.stdout.close()
    deadline = time.monotonic() + 30
    while _runs(child):
        assert time.monotonic() < deadline, "the feeder outlived the app"
        threading.Event().wait(0.02)


def _runs(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    if status.parent.parent.joinpath("self").exists():
        try:
            return status.read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
