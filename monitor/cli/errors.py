"""What ends a command early, with the exit code that stands for it."""

from __future__ import annotations

DONE, FAILED, WRONG_USAGE = 0, 1, 2
INTERRUPTED, BROKEN_PIPE, TERMINATED = 130, 141, 143
"""A signal's number after 128, as a shell reports it: of Ctrl-C, of a reader that left, of a request to end."""


class CommandError(Exception):
    """The command failed. The message is one sentence for a person."""

    exit_code = FAILED


class UsageError(CommandError):
    """The command was called wrongly."""

    exit_code = WRONG_USAGE


class Terminated(BaseException):
    """A request to end, raised where the program is when it arrives."""
