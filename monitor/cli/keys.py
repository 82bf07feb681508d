"""Single keys from a terminal, without Enter."""

from __future__ import annotations

import os
import re
import signal
import sys
from types import TracebackType
from typing import Any, Self

END = ""
"""What is read when the terminal is gone, or its end of input was typed."""

_END_OF_INPUT = "\x04"
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?")


class Keys:
    """Takes standard input key by key while it is entered; Ctrl-C stays an interrupt. Not for an input that is no
    terminal."""

    def __init__(self) -> None:
        self._before: list[Any] | None = None
        self._waiting = ""

    def __enter__(self) -> Self:
        if sys.platform != "win32":
            import termios

            self._before = termios.tcgetattr(sys.stdin)
            self._take()
            signal.signal(signal.SIGCONT, lambda number, frame: self._take())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if sys.platform != "win32" and self._before is not None:
            import termios
            from contextlib import suppress

            signal.signal(signal.SIGCONT, signal.SIG_DFL)
            with suppress(termios.error):
                termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)

    def _take(self) -> None:
        """Anew after the process was stopped, as the shell puts its own mode in place."""
        if sys.platform != "win32":
            import tty

            tty.setcbreak(sys.stdin)

    def read(self) -> str:
        """Wait for a key and give its character. Keys that send several, such as arrows, are passed over."""
        if sys.platform == "win32":
            import msvcrt

            return msvcrt.getwch()
        while not self._waiting:
            try:
                arrived = os.read(sys.stdin.fileno(), 1024).decode("utf-8", "ignore")
            except OSError:
                return END
            if not arrived:
                return END
            self._waiting = _SEQUENCE.sub("", arrived)
        key, self._waiting = self._waiting[0], self._waiting[1:]
        return END if key == _END_OF_INPUT else key
