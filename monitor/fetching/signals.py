"""What signals ask of the fetchers: SIGTERM and SIGINT to end in good order, SIGHUP to read the configuration again."""

from __future__ import annotations

import os
import signal
import threading
import time
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio


class Requests:
    """Requests from outside, by signal or, for a background fetcher, by the end of its parent.

    The first request to end is granted in good order; a second one ends the process at once, which the store survives.
    """

    def __init__(self, *, hangup_ends: bool) -> None:
        """Set up.

        Args:
            hangup_ends: Whether SIGHUP means that the terminal or the parent is gone, rather than a new configuration.
        """
        self._hangup_ends = hangup_ends
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed: asyncio.Event | None = None
        self.reload = False
        """Whether the configuration is to be read again."""
        self.exit_code: int | None = None
        """128 and the number of the signal, once the end was asked for; 0 where the parent is gone."""

    def install(self) -> None:
        """Take over the signals; to be called from the main thread."""
        for name in ("SIGTERM", "SIGINT", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None:
                signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if number == getattr(signal, "SIGHUP", None) and not self._hangup_ends:
            self.reload = True
            self._wake()
        else:
            self.end(128 + number)

    def end(self, exit_code: int) -> None:
        """Ask for the end; may be called from any thread."""
        if self.exit_code is not None and exit_code:
            os._exit(exit_code)
        if self.exit_code is None:
            self.exit_code = exit_code
        self._wake()

    def leave_within(self, seconds: float, exit_code: int) -> None:
        """End the process after some seconds where it has not ended of itself by then."""

        def leave() -> None:
            time.sleep(seconds)
            os._exit(exit_code)

        threading.Thread(target=leave, name="leave", daemon=True).start()

    def _wake(self) -> None:
        loop, changed = self._loop, self._changed
        if loop is not None and changed is not None and not loop.is_closed():
            loop.call_soon_threadsafe(changed.set)

    async def wait(self) -> None:
        """Wait for the next request."""
        import asyncio

        if self._changed is None:
            self._loop, self._changed = asyncio.get_running_loop(), asyncio.Event()
        if self.exit_code is None and not self.reload:
            await self._changed.wait()
        self._changed.clear()
