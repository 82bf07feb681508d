"""The feeder as a process of its own, which ends with the app, also when the app is killed."""

from __future__ import annotations

import subprocess
from pathlib import Path

from monitor.own_processes import child_environment, module_command


class FeederChild:
    """A running `python -m monitor.demo STORE`."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @classmethod
    def start(cls, store: Path) -> FeederChild:
        """Start feeding a store. Its errors go into a file beside the store.

        Raises:
            OSError: the process or its log could not be made.
        """
        with store.with_name(store.name + ".log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603
                module_command("monitor.demo", str(store)),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=child_environment(),
                start_new_session=True,
            )
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def stop(self, timeout: float = 5.0) -> int:
        """Ask it to end, kill it where it has not within `timeout` seconds, and return its exit code."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
