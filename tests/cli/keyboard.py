"""A command on a pseudo-terminal, driven by keys."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Keyboard:
    """Starts `monitor` on a terminal of its own and keeps what it writes."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], columns: int = 80) -> None:
        self.written = ""
        self._read_up_to = 0
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.environ["PYTHONPATH"] = str(ROOT)
            time.sleep(0.05)
            surroundings = {**environment, "PYTHONPATH": str(ROOT)}
            os.execvpe(sys.executable, [sys.executable, "-m", "monitor", *arguments], surroundings)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def press(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def wait_for(self, words: str, seconds: float = 30.0) -> str:
        """Read until these words have come since the last time; gives what came up to them."""
        until = time.monotonic() + seconds
        while words not in self.written[self._read_up_to :]:
            assert time.monotonic() < until, f"{words!r} never came:\n{self.written[self._read_up_to :]}"
            assert self._pump(0.05), f"ended without {words!r}:\n{self.written}"
        start = self._read_up_to
        self._read_up_to = self.written.index(words, start) + len(words)
        return self.written[start : self._read_up_to]

    def _pump(self, seconds: float) -> bool:
        """Read for a moment; False at the end."""
        if not select.select([self._terminal], [], [], seconds)[0]:
            return True
        try:
            arrived = os.read(self._terminal, 65536)
        except OSError:
            return False
        self.written += arrived.decode().replace("\r\n", "\n")
        return bool(arrived)

    def echoes(self) -> bool:
        """Whether the terminal is as a shell wants it: lines, and what is typed is shown."""
        mode = termios.tcgetattr(self._terminal)[3]
        return bool(mode & termios.ECHO and mode & termios.ICANON)

    def end(self, seconds: float = 20.0) -> int:
        """Wait for the end; the exit code."""
        until = time.monotonic() + seconds
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while self._pump(0.01) and select.select([self._terminal], [], [], 0)[0]:
                    pass
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
            assert time.monotonic() < until, f"it lives on:\n{self.written}"
            self._pump(0.05)

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._terminal)
