"""Manners towards the terminal: whatever ends the app, the screen is put back, and nothing lives on.

The framework dies of SIGTERM and SIGHUP without leaving the alternate screen, and spins when its terminal vanishes
while SIGHUP is ignored. Here a signal, or the hang-up of the terminal, restores and ends the process at once, without
the event loop, which may be waiting for a terminal that takes nothing any more.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread
from types import FrameType
from typing import Any

RESTORE = (
    b"\x18"  # end whatever sequence was cut off
    b"\x1b[?2026l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l\x1b[?1004l\x1b[?2004l\x1b[?2048l"
    b"\x1b[<u\x1b[0m\x1b[?7h\x1b[?1049l\x1b[?25h"
)
"""Reports of mouse, focus, paste and size off, keyboard and colours back, alternate screen left, cursor shown."""

_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
_HANG_UP_CHECK_MS = 3000


class TerminalGuard:
    """Ends the process well when a signal comes or the terminal goes.

    Args:
        at_end: Ends what runs beside the app; must return soon.
    """

    def __init__(self, at_end: Callable[[], None]) -> None:
        self._at_end = at_end
        self._input = sys.__stdin__.fileno() if sys.__stdin__ else 0
        self._output = sys.__stderr__.fileno() if sys.__stderr__ else 2
        self._terminal = os.dup(self._output)
        self._attributes: list[Any] | None = None
        with suppress(termios.error):
            self._attributes = termios.tcgetattr(self._input)
        self._ending = Lock()

    def install(self) -> None:
        """Take the signals over and watch the terminal. An ignored SIGHUP (nohup) stays ignored."""
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)
        Thread(target=self._watch, name="monitor-terminal", daemon=True).start()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.end(number)

    def _watch(self) -> None:
        """Wait until the terminal hangs up."""
        poller = select.poll()
        poller.register(self._input, 0)
        while True:
            gone = any(event & (select.POLLHUP | select.POLLERR) for _, event in poller.poll(_HANG_UP_CHECK_MS))
            if not gone and self._attributes is not None:
                try:
                    termios.tcgetattr(self._input)
                except termios.error:
                    gone = True
            if gone:
                self.end(signal.SIGHUP)

    def end(self, number: int) -> None:
        """Put the terminal back, end what runs beside the app, and end with 128 + number. Does not return."""
        if not self._ending.acquire(blocking=False):
            return
        try:
            self._restore()
            self._at_end()
        finally:
            os._exit(128 + number)

    def _restore(self) -> None:
        """Give the terminal back, and let nothing that is still queued reach it afterwards."""
        with suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._output)
        if self._attributes is not None:
            with suppress(termios.error):
                termios.tcflush(self._input, termios.TCIFLUSH)
                termios.tcsetattr(self._input, termios.TCSANOW, self._attributes)
        with suppress(OSError):
            if select.select([], [self._terminal], [], 0.5)[1]:
                os.write(self._terminal, RESTORE)


def take_terminal_as_input() -> bool:
    """Make sure that keys come from the terminal, also where standard input is a pipe; False where there is none.

    The framework reads standard input for keys, and reading one that has ended would keep a core busy.
    """
    if os.isatty(0):
        return True
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        return False
    os.dup2(terminal, 0)
    os.close(terminal)
    return True
