"""Start-up against the least there is: the text snapshot against `import sqlite3`, the app against a blank one.

    python -m tests.bench.starting STORE.db [...]     (made by tests.bench.stores, which puts STORE.toml beside it)

The app runs on a pseudo-terminal of 120x40 until its header shows the number of records. Afterwards it is left alone,
to count what it writes while nothing changes.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

ROUNDS = 7
BLANK = """
from textual.app import App
from textual.widgets import Static
class Blank(App):
    def compose(self):
        yield Static("records")
Blank().run()
"""
_ESCAPES = re.compile(rb"\x1b\[[0-9;:?<>=]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x1b.")


def seconds(command: list[str]) -> float:
    """Median time of a command, its output thrown away."""
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def on_terminal(command: list[str], idle: float) -> tuple[float, float, int]:
    """Seconds until "records" is on screen, resident megabytes of the process, and bytes written while idle."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    started = time.perf_counter()
    output = b""
    while b"records" not in _ESCAPES.sub(b"", output):
        output += os.read(terminal, 65536)
    ready = time.perf_counter() - started
    _drain(terminal, 3.0)
    idle_bytes = _drain(terminal, idle)
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    os.kill(pid, signal.SIGTERM)
    with contextlib.suppress(OSError):
        _drain(terminal, 5.0)
    os.waitpid(pid, 0)
    os.close(terminal)
    return ready, resident, idle_bytes


def _drain(terminal: int, length: float) -> int:
    deadline = time.monotonic() + length
    count = 0
    while (left := deadline - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            count += len(os.read(terminal, 65536))
    return count


def main() -> None:
    least = seconds([sys.executable, "-c", "import sqlite3"])
    with tempfile.NamedTemporaryFile("w", suffix=".py") as blank:
        blank.write(BLANK)
        blank.flush()
        plain = statistics.median(on_terminal([sys.executable, blank.name], 0.1)[0] for _ in range(ROUNDS))
    print(f"import sqlite3 {least * 1e3:.0f} ms; blank app {plain * 1e3:.0f} ms")
    monitor = str(Path(sys.executable).with_name("monitor"))
    for name in sys.argv[1:]:
        given = [monitor, "--store", name, "--config", str(Path(name).with_suffix(".toml"))]
        report = seconds([*given, "snapshot", "--format", "text"])
        runs = [on_terminal(given, 4.0) for _ in range(ROUNDS)]
        ready, resident = (statistics.median(run[place] for run in runs) for place in (0, 1))
        print(
            f"{name}: snapshot {report * 1e3:.0f} ms = {report / least:.2f}x; app ready {ready * 1e3:.0f} ms = "
            f"{ready / plain:.2f}x, {resident:.0f} MB, idle {max(run[2] for run in runs)} bytes"
        )


if __name__ == "__main__":
    main()
