"""Messages through a pipe: their length in eight bytes, then themselves."""

from __future__ import annotations

from struct import Struct
from typing import IO

_LENGTH = Struct(">Q")


def send(pipe: IO[bytes], message: bytes) -> None:
    """Write a message and have it on its way.

    Raises:
        BrokenPipeError: nobody reads any more.
    """
    pipe.write(_LENGTH.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """The next message; None where the pipe has ended, be it within one."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    message = pipe.read(length)
    return message if len(message) == length else None
