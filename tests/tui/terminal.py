"""A program on a pseudo-terminal, with what it writes and what a person would see."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyte

FABRICATED = Path(__file__).with_name("fabricated.py")
ROOT = Path(__file__).parents[2]

_UNKNOWN_TO_THE_EMULATOR = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")


class Terminal:
    """Starts a command on a pseudo-terminal and keeps what it has written."""

    def __init__(
        self,
        arguments: Sequence[str] = (),
        *,
        columns: int = 120,
        rows: int = 40,
        environment: Mapping[str, str] | None = None,
        unset: Sequence[str] = ("NO_COLOR", "SSH_CONNECTION", "SSH_TTY"),
        ignore_hang_up: bool = False,
    ) -> None:
        self.written = b""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.status: int | None = None
        child_environment = {
            **{name: value for name, value in os.environ.items() if name not in (*unset, "LINES", "COLUMNS")},
            "TERM": "xterm-256color",
            "PYTHONPATH": str(ROOT),
            **(environment or {}),
        }
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            if ignore_hang_up:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
            time.sleep(0.05)
            os.execvpe(sys.executable, [sys.executable, str(FABRICATED), *arguments], child_environment)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def pump(self, seconds: float) -> int:
        """Read for this long; gives back how many bytes came."""
        before = len(self.written)
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.fd], [], [], left)[0]:
                continue
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                break
            if not data:
                break
            self.written += data
            self._stream.feed(_UNKNOWN_TO_THE_EMULATOR.sub(b"", data))
        return len(self.written) - before

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def wait_for(self, words: str, seconds: float = 20.0) -> None:
        """Read until these words are on screen."""
        until = time.monotonic() + seconds
        while words not in self.text:
            assert time.monotonic() < until, f"{words!r} never came:\n{self.text}"
            self.pump(0.05)

    def settle(self, quiet: float = 1.0) -> None:
        """Read until nothing has come for a while."""
        while self.pump(quiet):
            pass

    def press(self, keys: str) -> None:
        os.write(self.fd, keys.encode())

    def end(self, seconds: float = 10.0) -> int:
        """Wait for the end of the program; its exit code, or the negative number of the signal that killed it."""
        until = time.monotonic() + seconds
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            else:
                assert time.monotonic() < until, "the program lives on"
                self.pump(0.05)
        return self.status

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self.fd)
        self.fd = -1

    def close(self) -> None:
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self.fd >= 0:
            os.close(self.fd)
