"""A count that moves while a long command works, on standard error and only where that is a terminal."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import Self

_BETWEEN = 0.2
"""Seconds between two updates."""


class Progress:
    """One line that is written over; it is gone at the end."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shown_at = 0.0
        self._visible = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._width:
            self._put("")

    def show(self, count: int) -> None:
        """Say how far it is."""
        moment = time.monotonic()
        if self._visible and moment - self._shown_at >= _BETWEEN:
            self._shown_at = moment
            self._put(f"{count:,} {self._what}")

    def _put(self, line: str) -> None:
        sys.stderr.write(f"\r{line.ljust(self._width)}\r{line}")
        sys.stderr.flush()
        self._width = len(line)
