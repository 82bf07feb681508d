"""An event loop whose time runs as fast as there is nothing to do: a day passes in the time that its work takes."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

QUIET = 0.0005
"""Real seconds for which nothing may be ready before the clock moves on to the next timer."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time passes as usual while threads work for the loop, and leaps to the next timer when nothing else is left.

    Servers must run in the same loop, so that whatever was sent is ready to be read at once.
    """

    def __init__(self) -> None:
        self._passed = 0.0
        self._at_work = 0
        self.longest_turn = 0.0
        """The most seconds of processor time for which the loop did not look for what is ready."""
        super().__init__(_Selector(self))

    def time(self) -> float:
        return self._passed

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        self._at_work += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._one_less)
        return future

    def _one_less(self, _: asyncio.Future[Any]) -> None:
        self._at_work -= 1

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Let the time pass that the block takes."""
        before = time.monotonic()
        try:
            yield
        finally:
            self._passed += time.monotonic() - before

    def leap(self, seconds: float) -> None:
        self._passed += seconds

    @property
    def is_at_work(self) -> bool:
        return self._at_work > 0


class _Selector(selectors.DefaultSelector):  # type: ignore[misc]
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop
        self._turn_began = time.thread_time()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._loop.longest_turn = max(self._loop.longest_turn, time.thread_time() - self._turn_began)
        try:
            return self._select(timeout)
        finally:
            self._turn_began = time.thread_time()

    def _select(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        with self._loop.passing():
            ready = super().select(0)
            if ready or timeout == 0:
                return ready
            patience = 0.05 if self._loop.is_at_work or timeout is None else min(timeout, QUIET)
            ready = super().select(patience)
        if not ready and timeout is not None and not self._loop.is_at_work:
            self._loop.leap(timeout)
        return ready
