"""What collecting leaves behind besides posts: the lines of the coverage ledger, and cursors."""

from typing import Literal, NamedTuple

from monitor.nouns.kinds import Span


class Attempt(NamedTuple):
    """One line of the coverage ledger: what a source was asked for and what came of it."""

    source: str
    part: str
    """The feed, query or stream within the source that was asked."""
    covered: Span | None
    """The span whose posts are now known to be complete; None where nothing was covered."""
    outcome: Literal["ok", "failed", "missed", "no-key", "over-budget"]
    """`missed` is a span that the source can no longer give us; `no-key` and `over-budget` are failures that have a
    state of their own."""
    recorded_at: int
    read: int = 0
    """Items that were read."""
    kept: int = 0
    """Items that a beat or the umbrella rule matched."""
    let_go: int = 0
    """Items that matched nothing and were not stored."""
    message: str = ""
    """For a person: what went wrong and what to do; empty where nothing did."""
    fraction: float = 1.0
    """What share of the span was read, where a ceiling let only a part be read."""


class Cursor(NamedTuple):
    """Where to go on reading one part of a source. Committed together with the posts that it stands behind."""

    source: str
    part: str
    value: str
    """The source's own business, opaque to everyone else."""
