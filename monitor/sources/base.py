"""What a source is: the seam between the wire and the fetchers.

A source is one file with a pure `parse` and a thin `fetch`. It names its parts (a feed, a query, a stream), and reads
one part from a cursor on, in batches. Polling and streaming sources differ only in whether `fetch` ends. When to call
it, how often, with what patience and within what ceilings is the business of `monitor.fetching`.

What a source needs beyond that it names in attributes that may be left out: `keys` (a tuple of `SourceKey`),
`ceilings` (a tuple of `Ceiling`), and a method `refresh` with the attribute `refreshing` (see `Refreshing`).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, runtime_checkable

from monitor.records import Beat, Deletion, Engagement, Post, Span

if TYPE_CHECKING:
    from monitor.http import Client


class SourceError(Exception):
    """A source's answer could not be used. The message is one sentence for a person, without secrets."""

    def __init__(
        self, message: str, *, retry_after: float | None = None, permanent: bool = False, sent: bool = True
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds to wait before asking again, where the source said so."""
        self.permanent = permanent
        """Whether asking again cannot help until somebody changes something."""
        self.sent = sent
        """Whether the request may have reached the host, which a paid one may have been charged for then."""


class NoKey(SourceError):
    """A key is missing, or the source refused it: nothing will come until a person mends that."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


class OverBudget(SourceError):
    """A ceiling is reached, ours or the source's own: nothing may be asked before its period ends."""

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message, retry_after=retry_after)


class Secret:
    """A key, token or password. It shows itself nowhere but where `reveal` is called, right before it is sent."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(********)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)


class Part(NamedTuple):
    """One thing to read within a source."""

    source: str
    name: str
    """Unique within the source and stable between runs: cursors and the ledger are kept under it."""
    interval: float
    """Seconds between two polls; for a stream, between two reconnects after it ended of itself."""
    streaming: bool = False
    addresses: tuple[str, ...] = ()
    """Where it is read from, or what is searched for; whether all are read or tried in turn is its own business."""


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
    fraction: float = 1.0
    """What share of the span that was asked for was read, where a ceiling let only a part of it be read."""


class SourceSettings(NamedTuple):
    """What the configuration says about one source."""

    enabled: bool
    options: Mapping[str, object]
    """The source's own options, already checked against its `options`."""
    secrets: Mapping[str, Secret] = MappingProxyType({})
    """Those of its `keys` that were found, by name."""


class SourceOption(NamedTuple):
    """A key that a source takes in its `[sources.<slug>]` table."""

    name: str
    kind: type
    """bool, int, float, str, or list for a list of strings."""
    default: object
    help: str


class SourceKey(NamedTuple):
    """A secret that a source takes: from the environment, from a file that the option `<name>_file` of its table
    names, or from the keyring, in this order. Never from the configuration itself."""

    name: str
    environment: str
    """The variable, such as `X_BEARER_TOKEN`."""
    help: str


class Ceiling(NamedTuple):
    """The most that a source may use up in a period: an option of its table."""

    option: str
    """Such as `dollars_per_month`."""
    unit: str
    """What is counted, such as `dollars` or `searches`."""
    period: Literal["day", "month"]
    default: float | None
    """None where nothing may be asked until somebody sets it."""
    help: str
    zone: str = "UTC"
    """Where the day or month begins, as an IANA name."""


class Meter(Protocol):
    """What a source asks before it uses something up. Ceilings hold across restarts and processes."""

    async def spend(self, unit: str, amount: float) -> None:
        """Count an expense, durably, before it is made.

        Raises:
            OverBudget: it would pass a ceiling; nothing was counted, and nothing may be asked.
        """
        ...

    async def refund(self, unit: str, amount: float) -> None:
        """Give back what was counted and not used, such as for posts that did not come."""
        ...

    def fraction(self) -> float:
        """The share of what there is to read that may be read so that the ceilings last: 1.0 while they do."""
        ...


class Unlimited:
    """The meter of a source that has no ceilings."""

    async def spend(self, unit: str, amount: float) -> None:
        """Nothing is counted."""

    async def refund(self, unit: str, amount: float) -> None:
        """Nothing was counted."""

    def fraction(self) -> float:
        return 1.0


class KnownPost(NamedTuple):
    """A stored post that a source is asked about again."""

    native_id: str
    author: str | None
    url: str | None


class Refreshed(NamedTuple):
    """What a source says of posts that it gave before."""

    engagements: Mapping[str, Engagement] = MappingProxyType({})
    """By native id."""
    names: Mapping[str, str] = MappingProxyType({})
    """How authors are called now, by the identifier that their posts carry."""
    gone: tuple[str, ...] = ()
    """Native ids of posts that are no longer there."""


class Refreshing(NamedTuple):
    """How often posts may be asked about again."""

    at_once: int
    """Posts of one call of `refresh`."""
    ages: tuple[float, ...]
    """Seconds after publication at which a post that is shown is asked about."""
    keep_days: int | None = None
    """Days after which the source's terms want every post asked about again, or its words dropped."""


@runtime_checkable
class Refreshable(Protocol):
    """A source that can be asked about posts that it gave before."""

    refreshing: Refreshing

    async def refresh(self, client: "Client", posts: Sequence[KnownPost], now: int) -> Refreshed:
        """Ask about posts, `refreshing.at_once` at most. What is not known to be gone is not said to be.

        Raises:
            SourceError: the answer could not be used.
        """
        ...


class Source(Protocol):
    """A reader of one source. Registered as an entry point in the group `monitor.sources`, by its slug."""

    slug: str
    name: str
    options: tuple[SourceOption, ...]

    def parts(self, settings: SourceSettings, beats: Sequence[Beat]) -> Sequence[Part]:
        """The parts to read under these settings; empty where there is nothing to do.

        Raises:
            NoKey: a key is missing.
            SourceError: the settings cannot be used.
        """
        ...

    def fetch(self, client: "Client", part: Part, cursor: str | None, now: int) -> AsyncIterator[Batch]:
        """Read a part from its cursor on. `client.settings` and `client.meter` are those of this source.

        Raises:
            SourceError: the answer could not be used.
        """
        ...
