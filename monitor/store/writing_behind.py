"""Committing batches in a thread of their own, so that the next one is made ready while SQLite writes the last.

SQLite lets other threads run while it works and while it waits for the disk. Only one batch is on its way at a time, so
that memory does not grow with the file and batches are committed in their order.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from types import TracebackType

from monitor.store.writer import Changes, Outcome

_TURN_SECONDS = 0.0005
"""A thread that comes back from SQLite waits so long at most; with Python's 5 ms it would mostly wait."""


class WritingBehind(AbstractContextManager["WritingBehind"]):
    """Commits batches one after the other in a thread; leaving it waits for the one that is on its way."""

    def __init__(self, commit: Callable[[Changes], Outcome]) -> None:
        self._commit = commit
        self._pool = ThreadPoolExecutor(1, "monitor-writing")
        self._under_way: Future[Outcome] | None = None
        self._turn = sys.getswitchinterval()

    def __enter__(self) -> WritingBehind:
        sys.setswitchinterval(_TURN_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown()
        sys.setswitchinterval(self._turn)

    def commit(self, changes: Changes) -> Outcome | None:
        """Hand over a batch once the one before it is written; the outcome of that one, None for the first.

        Raises:
            StoreError: the batch before could not be written; this one is not begun.
        """
        before = self.finish()
        self._under_way = self._pool.submit(self._commit, changes)
        return before

    def finish(self) -> Outcome | None:
        """Wait for the last batch; its outcome, None if there was none.

        Raises:
            StoreError: it could not be written.
        """
        under_way, self._under_way = self._under_way, None
        return None if under_way is None else under_way.result()
