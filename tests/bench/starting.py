"""Start-up against the least there is: the text snapshot against `import sqlite3`, the app against a blank one.

    python -m tests.bench.starting STORE.db [...]     (made by tests.bench.stores, which puts STORE.toml beside it)

What is compared runs in turns, so that a machine that is busy for a while is so for both. Printed are the medians, the
ratio of the medians, the range of the ratios of single turns, and the ratio of processor time, which a busy machine
moves less. The app runs on a pseudo-terminal of 120x40 until its header shows the number of records. Afterwards it is
left alone, to count what it writes while nothing is collected; a full minute may move numbers, since posts age.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import resource
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROUNDS = 7
IDLE_SECONDS = 4.0
PATIENCE_SECONDS = 20.0
BLANK = """
from textual.app import App
from textual.widgets import Static
class Blank(App):
    def compose(self):
        yield Static("records")
Blank().run()
"""
_ESCAPES = re.compile(rb"\x1b\[[0-9;:?<>=]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x1b.")


class Start(NamedTuple):
    """How one start went."""

    seconds: float
    processor_seconds: float
    resident_mb: float = 0.0
    idle_bytes: int = 0


def report(command: list[str]) -> Start:
    """Run a command to its end, its output into a pipe."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.PIPE, check=True)
    taken = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Start(taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def on_terminal(command: list[str], idle: float) -> Start:
    """Run a command on a terminal until "records" is on screen, and leave it alone for some seconds.

    Raises:
        TimeoutError: nothing like that was on screen after a while.
    """
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.execvp(command[0], command)
    try:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        started = time.perf_counter()
        output = b""
        while b"records" not in _ESCAPES.sub(b"", output):
            if not select.select([terminal], [], [], PATIENCE_SECONDS)[0]:
                raise TimeoutError(f"no records on screen: {_ESCAPES.sub(b'', output)[-300:]!r}")
            output += os.read(terminal, 65536)
        ready = time.perf_counter() - started
        ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
        processor = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
        _drain(terminal, 3.0 if idle else 0.2)
        idle_bytes = _drain(terminal, idle)
        resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    finally:
        os.kill(pid, signal.SIGTERM)
        with contextlib.suppress(OSError):
            _drain(terminal, 5.0)
        os.waitpid(pid, 0)
        os.close(terminal)
    return Start(ready, processor, resident, idle_bytes)


def _drain(terminal: int, length: float) -> int:
    deadline = time.monotonic() + length
    count = 0
    while (left := deadline - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            count += len(os.read(terminal, 65536))
    return count


def compare(ours: Callable[[], Start], least: Callable[[], Start]) -> tuple[str, list[Start]]:
    """What is to be said of so many turns of both, and ours."""
    ours(), least()
    pairs = [(ours(), least()) for _ in range(ROUNDS)]
    ratios = sorted(one.seconds / other.seconds for one, other in pairs)
    times = [statistics.median(start.seconds for start in starts) for starts in zip(*pairs, strict=True)]
    processor = [statistics.median(start.processor_seconds for start in starts) for starts in zip(*pairs, strict=True)]
    text = (
        f"{times[0] * 1e3:.0f} ms against {times[1] * 1e3:.0f} = {times[0] / times[1]:.2f}x "
        f"({ratios[0]:.2f}-{ratios[-1]:.2f}), processor {processor[0] / processor[1]:.2f}x"
    )
    return text, [one for one, _ in pairs]


def main() -> None:
    monitor = str(Path(sys.executable).with_name("monitor"))
    with tempfile.NamedTemporaryFile("w", suffix=".py") as blank:
        blank.write(BLANK)
        blank.flush()
        for name in sys.argv[1:]:
            given = [monitor, "--store", name, "--config", str(Path(name).with_suffix(".toml"))]
            snapshot, _ = compare(
                lambda given=given: report([*given, "snapshot", "--format", "text"]),
                lambda: report([sys.executable, "-c", "import sqlite3"]),
            )
            app, starts = compare(
                lambda given=given: on_terminal(given, IDLE_SECONDS),
                lambda: on_terminal([sys.executable, blank.name], 0.0),
            )
            resident = statistics.median(start.resident_mb for start in starts)
            idle = sorted(start.idle_bytes for start in starts)
            print(f"{name}: snapshot {snapshot}; app ready {app}, {resident:.0f} MB, idle {idle} bytes", flush=True)


if __name__ == "__main__":
    main()
