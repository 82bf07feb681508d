"""The app's side of fetching: `monitor fetch` as a process of its own, so that no network runs in the app's event loop.

The fetcher ends with the app (see `monitor.fetching.parent`), and waits by itself while another process fetches for the
store (see `monitor.fetching.lease`). Nothing here needs a thread: the app calls `Supervisor.check` now and then.
"""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from monitor.fetching import log_file
from monitor.fetching.backoff import Backoff
from monitor.own_processes import child_environment, module_command

STEADY = 120.0
"""Seconds after which a fetcher counts as having run well."""

LOOK_AGAIN = 30.0
"""Seconds until the permission to write is looked at again."""


class FetcherChild:
    """A running `monitor fetch --child`."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self.log = log
        """Where its standard error goes."""

    @classmethod
    def start(
        cls,
        store: Path,
        config: Path | None = None,
        *,
        log: Path | None = None,
        arguments: Sequence[str] | None = None,
    ) -> FetcherChild:
        """Start fetching for a store.

        It runs in a session of its own: neither Ctrl-C, Ctrl-Z nor the end of the terminal reaches it but through us.

        Args:
            store: Where it writes.
            config: The configuration file; None for the default one.
            log: Where its standard error goes; None for the log of the store.
            arguments: The command line; None for `monitor fetch --child`.

        Raises:
            OSError: the log or the process could not be made.
        """
        log = log or log_file.log_path(store)
        descriptor = log_file.open_log(log)
        try:
            process = subprocess.Popen(  # noqa: S603
                arguments or command(store, config),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=descriptor,
                env=child_environment(),
                start_new_session=True,
            )
        finally:
            os.close(descriptor)
        return cls(process, log)

    @property
    def pid(self) -> int:
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def stop(self, timeout: float = 5.0) -> int:
        """Ask it to end, kill it where it has not within `timeout` seconds, and return its exit code."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
        finally:
            if self._process.stdin is not None:
                self._process.stdin.close()


def command(store: Path, config: Path | None) -> Sequence[str]:
    """The command line of the background fetcher."""
    chosen = [] if config is None else ["--config", str(config)]
    return module_command("monitor", "--store", str(store), *chosen, "fetch", "--child")


class Running(Protocol):
    """What the supervisor needs of a fetcher; `FetcherChild` is one."""

    def poll(self) -> int | None: ...

    def stop(self, timeout: float = 5.0) -> int: ...


class ChildStatus(NamedTuple):
    """How the background fetcher is doing."""

    running: bool
    restarts: int
    """How often it had to be started again."""
    exit_code: int | None
    """Of the last one that ended; None where none has."""
    retry_in: float | None
    """Seconds until it is started again; None while it runs or where it will not be."""
    message: str
    """One sentence for a person; empty where all is well."""


class Supervisor:
    """Keeps one background fetcher running: starts it again, ever more patiently, when it died."""

    def __init__(
        self,
        store: Path,
        config: Path | None = None,
        *,
        start: Callable[[], Running] | None = None,
        clock: Callable[[], float] = time.monotonic,
        randomness: random.Random | None = None,
    ) -> None:
        self._store = store
        self._log = log_file.log_path(store)
        self._start = start or (lambda: FetcherChild.start(store, config, log=self._log))
        self._clock = clock
        self._backoff = Backoff(randomness or random.Random(), base=2.0, limit=300.0, least=1.0)
        self._child: Running | None = None
        self._started_at = 0.0
        self._due = clock()
        self._stopped = False
        self._starts = 0
        self._exit_code: int | None = None
        self._trouble = ""

    def check(self) -> ChildStatus:
        """Start the fetcher if it is due; to be called about once a second. Returns at once and raises nothing."""
        now = self._clock()
        if self._child is not None:
            self._look_after(self._child, now)
        elif not self._stopped and now >= self._due:
            self._try_start(now)
        log_file.rotate(self._log)
        return self._status(now)

    def stop(self, timeout: float = 5.0) -> None:
        """End the fetcher for good; returns when it has ended, after `timeout` seconds at the latest."""
        self._stopped = True
        child, self._child = self._child, None
        if child is not None:
            self._exit_code = child.stop(timeout)

    def _try_start(self, now: float) -> None:
        if not may_write(self._store):
            self._trouble = "this account may only read the store, so it does not fetch"
            self._due = now + LOOK_AGAIN
            return
        try:
            self._child = self._start()
        except OSError as error:
            self._trouble = f"the fetcher could not be started: {error.strerror or error}"
            self._due = now + self._backoff.failed()
            return
        self._starts += 1
        self._started_at = now

    def _look_after(self, child: Running, now: float) -> None:
        code = child.poll()
        if code is None:
            if now - self._started_at >= STEADY and self._backoff.failures:
                self._backoff.succeeded()
                self._trouble = ""
            return
        child.stop(0.0)
        self._child = None
        self._exit_code = code
        self._trouble = f"the fetcher ended ({_reason(code)}); its log is {self._log}"
        self._due = now + self._backoff.failed()

    def _status(self, now: float) -> ChildStatus:
        running = self._child is not None
        retry_in = None if running or self._stopped else max(0.0, self._due - now)
        restarts = max(0, self._starts - 1)
        return ChildStatus(running, restarts, self._exit_code, retry_in, self._trouble)


def may_write(store: Path) -> bool:
    """Whether this account could write a store, or make it and its folder."""
    try:
        store = store.resolve()
        if store.exists() and not os.access(store, os.W_OK):
            return False
        folder = next(folder for folder in store.parents if folder.exists())
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _reason(code: int) -> str:
    if code < 0:
        return f"signal {-code}"
    return "its configuration has mistakes, see monitor config check" if code == 2 else f"exit code {code}"
