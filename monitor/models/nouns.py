"""What is asked of a model, what it answers, and what can go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Kind = Literal["configuration", "budget", "unreachable", "declined", "cut", "unreadable"]


class ModelError(Exception):
    """There is no answer. The message is one sentence for a person, without secrets."""

    def __init__(self, kind: Kind, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after = retry_after
        """Seconds after which it may be asked again, where that is known."""


class Question(NamedTuple):
    """One question; it holds all that the model gets to know."""

    system: str
    """What it shall do, in our words alone."""
    user: str
    """What it shall do it with."""
    schema: Mapping[str, Any] | None = None
    """Of the JSON object that it shall answer; None for plain text."""
    most_tokens: int | None = None
    """Of the answer, thinking included; None for what the configuration says."""


class Usage(NamedTuple):
    """Tokens that were read and written."""

    read: int
    written: int


class Reply(NamedTuple):
    """An answer, whole and read."""

    text: str
    data: Any
    """What the schema describes; None where none was given."""
    model: str
    """As the host names it."""
    tokens: int
    """Read and written, of all that it took to get the answer."""


End = Literal["whole", "cut", "declined", "other"]
"""Whether a model came to the end of its answer; `other` where it stopped for something else."""


class Heard(NamedTuple):
    """What a host answered, before it is looked at."""

    text: str
    end: End
    why: str
    """How the host calls that."""
    model: str
    usage: Usage | None
    """None where the host does not say."""
