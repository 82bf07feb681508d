"""Committing batches in a process of its own, so that the next one is made ready while SQLite writes the last.

A thread would not do: half of the work of a commit is Python's, and two threads that take turns at it are slower than
one. Only one batch is on its way at a time, so that memory does not grow with the file and batches are committed in
their order. The process ends when the pipe to it does, however that comes about, and finishes its batch before.
"""

from __future__ import annotations

import os
import pickle
import subprocess
from contextlib import AbstractContextManager, suppress
from types import TracebackType

from monitor.own_processes import child_environment, module_command
from monitor.store.errors import StoreError
from monitor.store.packed_changes import pack
from monitor.store.writer import Changes, Outcome, Writer
from monitor.store.writing_pipe import receive, send

LEAST_POSTS = 5_000
"""A batch of fewer posts is written sooner than a process has started."""


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class WritingAside(AbstractContextManager["WritingAside"]):
    """Commits batches one after the other; leaving it waits for the one that is on its way.

    The process is started by the first large batch, and only where there is a second processor for it; without it the
    writer that is given commits by itself.
    """

    def __init__(self, writer: Writer, *, processors: int) -> None:
        self._writer = writer
        self._may_start = processors > 1
        self._process: subprocess.Popen[bytes] | None = None
        self._awaited = False
        self._written: Outcome | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._process is not None:
            _end(self._process)

    def commit(self, changes: Changes) -> Outcome | None:
        """Hand over a batch once the one before it is written; the outcome of that one, None for the first.

        Raises:
            StoreError: a batch could not be written; nothing after it is begun.
            ValueError: a value does not fit into the store.
        """
        before = self.finish()
        if self._process is None and self._may_start and len(changes.posts) >= LEAST_POSTS:
            self._start()
        if self._process is None:
            self._written = self._writer.commit(changes)
        else:
            self._hand_over(self._process, pack(changes))
        return before

    def finish(self) -> Outcome | None:
        """Wait for the last batch; its outcome, None if there was none.

        Raises:
            StoreError: it could not be written.
            ValueError: a value of it does not fit into the store.
        """
        if self._awaited and self._process is not None:
            self._awaited = False
            return self._answer(self._process)
        written, self._written = self._written, None
        return written

    def _start(self) -> None:
        command = module_command("monitor.store.writing_process", str(self._writer.path))
        try:
            # A session of its own: Ctrl-C in the terminal reaches it but through us, after its batch.
            self._process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=child_environment(),
                start_new_session=True,
            )
        except OSError:
            self._may_start = False

    def _hand_over(self, process: subprocess.Popen[bytes], packed: bytes) -> None:
        assert process.stdin is not None  # noqa: S101
        try:
            send(process.stdin, packed)
        except BrokenPipeError:
            raise self._ended(process) from None
        self._awaited = True

    def _answer(self, process: subprocess.Popen[bytes]) -> Outcome:
        assert process.stdout is not None  # noqa: S101
        answer = receive(process.stdout)
        if answer is None:
            raise self._ended(process)
        outcome: Outcome | Exception = pickle.loads(answer)  # noqa: S301
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _ended(self, process: subprocess.Popen[bytes]) -> StoreError:
        return StoreError(
            f"{self._writer.path}: the process that writes has ended early (exit code {_end(process)}); "
            "import the file again, which doubles nothing"
        )


def _end(process: subprocess.Popen[bytes]) -> int:
    """Close the pipes, and wait for what the process still has to write."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
    return process.wait()
