"""A snapshot and its parts: every number that is shown, as of one moment."""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Literal

    from monitor.nouns.estimates import Baseline, Shares
    from monitor.nouns.kinds import Lens, Significance, SourceState, Span
    from monitor.nouns.stories import StoryCard


class Mark(NamedTuple):
    """Something we did ourselves that can move a number."""

    at: int
    kind: Literal["rules", "source", "scorer", "retag", "import", "outage"]
    what: str


class Signal(NamedTuple):
    """A change that passed a stated test."""

    id: str
    kind: str
    beat: str
    level: Significance
    opened_at: int
    closed_at: int | None
    summary: str
    evidence: dict[str, object]


class BeatSnapshot(NamedTuple):
    """One beat in one window. `by_source` and `volume_hourly` both add up to `volume`."""

    slug: str
    name: str
    category: str
    records: int
    """All posts of the beat in the store, raw under every lens."""
    volume: int
    previous_volume: int
    baseline: Baseline
    """Raw under every lens."""
    unique_texts: int | None
    """None while a live reader is still counting them."""
    unique_authors: int | None
    by_source: tuple[tuple[str, int], ...]
    """In the order of display; a source that was not collected in the whole window is absent."""
    sentiment: Shares
    sentiment_by_source: tuple[tuple[str, Shares], ...]
    volume_hourly: tuple[int | None, ...]
    """One for each of the snapshot's hours; None where nothing was collected."""
    net_sentiment_hourly: tuple[float | None, ...]
    """None where nothing was scored."""
    scored_hourly: tuple[int, ...]
    """The n behind each of `net_sentiment_hourly`."""
    signals: tuple[str, ...] = ()
    raw_volume: int | None = None
    """Posts in the window under every lens; None where `volume` is in posts."""

    @property
    def posts(self) -> int:
        """Posts in the window, raw under every lens: what the mood is of."""
        return self.volume if self.raw_volume is None else self.raw_volume


class Budget(NamedTuple):
    """What a source used up of one of its ceilings in the present period."""

    unit: str
    """Such as `dollars` or `searches`."""
    period: Literal["day", "month"]
    spent: float
    ceiling: float
    resets_at: int
    """When the next period begins."""


class SourceSnapshot(NamedTuple):
    """How a source is doing."""

    slug: str
    name: str
    volume: int
    """Posts in the window, each once; in the units of the lens."""
    state: SourceState
    last_success: int | None
    gaps: tuple[Span, ...]
    """The stretches of the window of a minute and more that were not collected."""
    message: str
    """One sentence for a person: why, and what to do; empty where all is well."""
    budgets: tuple[Budget, ...] = ()
    fraction: float = 1.0
    """What share of the window was read, where a ceiling let only a part be read."""


class Manifest(NamedTuple):
    """What a snapshot was made from, so that it can be made again."""

    version: str
    config_hash: str
    rules_hash: str
    scorer: str
    store_high_water: int
    """Number of the newest change in the store."""
    marks: tuple[Mark, ...]
    """Those inside the window or the baseline's span, oldest first."""


class Snapshot(NamedTuple):
    """Every number that is shown, as of one moment."""

    as_of: int
    window_hours: int
    lens: Lens
    records: int
    """All posts in the store, each once."""
    volume: int
    """Posts in the window, each once however many beats they belong to; in the units of the lens."""
    previous_volume: int
    hours: tuple[int, ...]
    """Starts of the clock hours that the window touches, oldest first."""
    beats: tuple[BeatSnapshot, ...]
    sources: tuple[SourceSnapshot, ...]
    signals: tuple[Signal, ...]
    stories: tuple[StoryCard, ...]
    """Newest first."""
    manifest: Manifest
    baseline: Baseline
    """Of the volume over all beats."""


class BeatHistory(NamedTuple):
    """Volume and mood of one beat over a longer range, raw."""

    slug: str
    range_hours: int
    bins: tuple[int, ...]
    """Starts of the bins, oldest first; a bin is an hour up to a range of seven days, else a day."""
    bin_hours: int
    volume: tuple[int | None, ...]
    net_sentiment: tuple[float | None, ...]
    marks: tuple[Mark, ...]
