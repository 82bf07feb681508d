"""What a source is: the seam between the wire and the fetchers.

A source is one file with a pure `parse` and a thin `fetch`. It names its parts (a feed, a query, a stream), and reads
one part from a cursor on, in batches. Polling and streaming sources differ only in whether `fetch` ends. When to call
it, how often, with what patience and at what price is the business of `monitor.fetching`.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from monitor.records import Beat, Deletion, Post, Span

if TYPE_CHECKING:
    from monitor.http import Client


class SourceError(Exception):
    """A source's answer could not be used. The message is one sentence for a person, without secrets."""

    def __init__(self, message: str, *, retry_after: float | None = None, permanent: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds to wait before asking again, where the source said so."""
        self.permanent = permanent
        """Whether asking again cannot help until somebody changes something."""


class Part(NamedTuple):
    """One thing to read within a source."""

    source: str
    name: str
    """Unique within the source and stable between runs: cursors and the ledger are kept under it."""
    interval: float
    """Seconds between two polls; for a stream, between two reconnects after it ended of itself."""
    streaming: bool = False
    addresses: tuple[str, ...] = ()
    """Where it is read from, as shipped or configured; whether all are read or tried in turn is its own business."""


class Batch(NamedTuple):
    """What one read brought, committed as a whole together with its cursor."""

    posts: tuple[Post, ...]
    cursor: str | None
    """Where to go on; None leaves the cursor as it was."""
    covered: Span | None
    """The span of time that is complete for this part with this batch."""
    deletions: tuple[Deletion, ...] = ()
    read: int = 0
    """Items looked at, also those that are no posts for us."""
    missed: Span | None = None
    """A span that the source can no longer give, such as before a clamped cursor."""
    next_poll: float | None = None
    """Seconds until the source wants to be asked again, where it said so and it is more than the interval."""
    damaged: int = 0
    """Items among those read that could not be made out."""


class SourceSettings(NamedTuple):
    """What the configuration says about one source."""

    enabled: bool
    options: Mapping[str, object]
    """The source's own keys, already checked against its `OPTIONS`."""


class SourceOption(NamedTuple):
    """A key that a source takes in its `[sources.<slug>]` table."""

    name: str
    kind: type
    """bool, int, float, str, or list for a list of strings."""
    default: object
    help: str


class Source(Protocol):
    """A reader of one source. Registered as an entry point in the group `monitor.sources`, by its slug."""

    slug: str
    name: str
    options: tuple[SourceOption, ...]

    def parts(self, settings: SourceSettings, beats: Sequence[Beat]) -> Sequence[Part]:
        """The parts to read under these settings; empty where there is nothing to do.

        Raises:
            SourceError: something is missing that a person must give, such as a key.
        """
        ...

    def fetch(self, client: "Client", part: Part, cursor: str | None, now: int) -> AsyncIterator[Batch]:
        """Read a part from its cursor on.

        Raises:
            SourceError: the answer could not be used.
        """
        ...
