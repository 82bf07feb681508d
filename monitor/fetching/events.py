"""What the fetchers say: one line an event, `key=value`, for a log file, journald or a person.

Every value is cleaned of control characters and of what looks like a secret, since parts, addresses and messages come
from configuration and from outside.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Literal, TextIO

from monitor import instants
from monitor.config.secrets import without_secrets

Level = Literal["debug", "info", "warning", "error"]

LEVELS: tuple[Level, ...] = ("debug", "info", "warning", "error")
_PRIORITIES = {"debug": 7, "info": 6, "warning": 4, "error": 3}
_LONGEST = 500


def one_line(value: object) -> str:
    """A value as it may stand in a log: printable, on one line, without secrets, of bounded length."""
    text = "".join(character if character.isprintable() else " " for character in str(value)[: 4 * _LONGEST])
    text = without_secrets(text).strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def render(event: str, level: Level, fields: dict[str, object]) -> str:
    """`level=info event=name key=value ...`; values with spaces, quotes or equals signs stand in double quotes."""
    pairs = [f"level={level}", f"event={event}"]
    pairs += [f"{key}={_quoted(one_line(value))}" for key, value in fields.items() if value is not None]
    return " ".join(pairs)


def _quoted(text: str) -> str:
    if text and not re.search(r"[\s\"'=\\]", text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Events:
    """Writes events from `level` on to a stream.

    Under journald, which notes the time itself and reads a priority before the line, the time is left out and the
    priority is given (sd-daemon(3)).
    """

    def __init__(self, stream: TextIO, clock: Callable[[], int], level: Level = "info", journal: bool = False) -> None:
        self._stream = stream
        self._clock = clock
        self._least = LEVELS.index(level)
        self._journal = journal

    def event(self, name: str, level: Level = "info", **fields: object) -> None:
        """Say that something happened. A log that cannot be written to stops nothing."""
        if LEVELS.index(level) < self._least:
            return
        line = render(name, level, fields)
        head = f"<{_PRIORITIES[level]}>" if self._journal else instants.render(self._clock() // 1000 * 1000) + " "
        try:
            self._stream.write(head + line + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            self._least = len(LEVELS)


def goes_to_journal(stream: TextIO, stated: str) -> bool:
    """Whether a stream is the journal, by the device and inode in the variable JOURNAL_STREAM (systemd.exec(5))."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return stated == f"{status.st_dev}:{status.st_ino}"
