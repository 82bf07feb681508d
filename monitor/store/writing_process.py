"""`python -m monitor.store.writing_process STORE`: commits the batches that come through standard input.

Packed changes come in, pickled outcomes and errors go out. It ends with its input, so also when the process that
started it is killed; the batch that it holds is committed as a whole before that, or not at all.
"""

from __future__ import annotations

import pickle
import signal
import sys
from contextlib import suppress
from typing import BinaryIO

from monitor.store.errors import StoreError
from monitor.store.packed_changes import unpack
from monitor.store.writer import Writer
from monitor.store.writing_pipe import receive, send


def serve(path: str, batches: BinaryIO, answers: BinaryIO) -> None:
    """Commit batch after batch and answer each with its outcome, or with what kept it from being written."""
    with Writer(path) as writer:
        while (packed := receive(batches)) is not None:
            answer: object
            try:
                answer = writer.commit(unpack(packed))
            except (StoreError, ValueError, KeyError) as error:
                answer = error
            send(answers, pickle.dumps(answer))


def main(path: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(BrokenPipeError), open(1, "wb", closefd=False) as answers:
        serve(path, sys.stdin.buffer, answers)


if __name__ == "__main__":
    main(sys.argv[1])
