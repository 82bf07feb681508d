"""How a background fetcher notices that the app that started it is gone, however that ended.

The app holds the write end of the pipe that is the fetcher's standard input. It never writes: when the app ends, also
by kill -9, the kernel closes the pipe and the fetcher reads the end of the file.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

GRACE = 10.0
"""Seconds that the fetcher has to commit what it holds, after which it ends at once: the store survives that too."""


def watch_parent(gone: Callable[[], None], *, descriptor: int = 0, grace: float = GRACE) -> threading.Thread:
    """Call `gone` from another thread when the pipe ends; end the process if it still runs `grace` seconds later."""

    def wait() -> None:
        _read_to_end(descriptor)
        gone()
        time.sleep(grace)
        os._exit(1)

    thread = threading.Thread(target=wait, name="parent-watch", daemon=True)
    thread.start()
    return thread


def _read_to_end(descriptor: int) -> None:
    try:
        while os.read(descriptor, 1024):
            pass
    except OSError:
        return
