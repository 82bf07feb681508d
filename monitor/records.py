"""The nouns of the monitor: immutable values that pass between the rooms.

They are named tuples rather than frozen dataclasses: as immutable and as typed, but they compare in C, which the screen
does at each refresh, and a class costs an eighth of the start-up time, which the snapshot command pays at every call.

Every moment is an *instant*: whole milliseconds since 1970-01-01 UTC (see `monitor.instants`). Every span is half open.
"""

from typing import Literal, NamedTuple

Lens = Literal["raw", "text", "author"]
"""What is counted: posts, unique texts (copies collapsed) or unique authors."""

Label = Literal["negative", "neutral", "positive"]

SourceState = Literal["ok", "waiting", "stale", "failing", "off", "no-key", "over-budget"]

Significance = Literal["low", "medium", "high"]

Probabilities = tuple[float, float, float]
"""Of negative, neutral and positive; they sum to one."""

Span = tuple[int, int]
"""A half-open span of time, as two instants."""

GENERAL = "general"
"""The slug of the beat of posts that match the umbrella rule and no other beat."""


class Source(NamedTuple):
    """A network or a kind of publication that posts come from."""

    slug: str
    name: str


SOURCES: tuple[Source, ...] = (
    Source("x", "X"),
    Source("bluesky", "Bluesky"),
    Source("news", "News"),
    Source("youtube", "YouTube"),
    Source("reddit", "Reddit"),
    Source("hackernews", "Hacker News"),
    Source("arxiv", "arXiv"),
    Source("mastodon", "Mastodon"),
)
"""The sources that are always named, in the order in which they are shown; others follow by slug."""


class Engagement(NamedTuple):
    """What an audience did with a post, as last seen; None where the source does not say."""

    likes: int | None = None
    reposts: int | None = None
    replies: int | None = None
    quotes: int | None = None
    views: int | None = None


class Post(NamedTuple):
    """One public post, article, video or comment, as a source gave it."""

    source: str
    """Slug of the source."""
    native_id: str
    """The source's own identifier, unique within the source."""
    text: str
    published_at: int
    """When the author says it was published; sources have been seen to claim the future."""
    collected_at: int
    """When it was first read by us."""
    title: str | None = None
    url: str | None = None
    author: str | None = None
    """The source's identifier of the author: a handle, a DID, a byline."""
    author_name: str | None = None
    lang: str | None = None
    """BCP 47 tag as the source declares it; None where it does not."""
    engagement: Engagement = Engagement()
    aliases: tuple[str, ...] = ()
    """Other names under which the same item may come from this source, such as its canonical URL; compared with each
    other only. An item that is known by one of them is the same post."""


class Deletion(NamedTuple):
    """A source's word that a post, or everything of an author, is gone. One of the two identifiers is set."""

    source: str
    native_id: str | None = None
    author: str | None = None


class AnalysedPost(NamedTuple):
    """A cleaned post with what was read from its text."""

    post: Post
    """With clean text, and `lang` either declared, detected or None for unknown."""
    beats: tuple[str, ...]
    """Slugs; General where only the umbrella rule matched; empty where nothing did."""
    probabilities: Probabilities | None
    """None where the post was not scored, which is the case for every language but English."""
    cluster: int | None
    """Number shared by copies of one text; None where there is no text to compare."""


class Rule(NamedTuple):
    """When a text belongs to a beat: at least one of `any`, each of `all`, none of `none`.

    A term is a word or phrase (`open weights`), a hashtag (`#opensource`), or a regular expression between slashes
    (`/gpt-?\\d/`). A weak term (in `weak`) counts like one of `any`, but only in a text that the umbrella rule matches.
    """

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()


class Beat(NamedTuple):
    """A topic that is followed."""

    slug: str
    name: str
    category: str
    rule: Rule


class Beats(NamedTuple):
    """All beats with the umbrella rule, which says whether a text is about the field at all."""

    beats: tuple[Beat, ...]
    """In the order of the configuration, General last."""
    umbrella: Rule


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


class StoredPost(NamedTuple):
    """A post as the store holds it."""

    id: int
    """Number within the store; never used twice."""
    post: Post
    """Without text, title, author and URL once it was deleted."""
    at: int
    """When it counts: `published_at`, or `collected_at` where the source claims the future."""
    beats: tuple[str, ...]
    probabilities: Probabilities | None
    cluster: int | None
    deleted: bool


class PostQuery(NamedTuple):
    """Which posts to list. Empty fields do not restrict."""

    search: str = ""
    """Words to search for, in FTS5 syntax where it parses as such, else taken word by word."""
    beats: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    sentiment: Label | None = None
    limit: int = 50
    order: Literal["newest", "engagement"] = "newest"
    collected_before: int | None = None


class Mark(NamedTuple):
    """Something we did ourselves that can move a number."""

    at: int
    kind: Literal["rules", "source", "scorer", "retag", "import", "outage"]
    what: str


class Shares(NamedTuple):
    """How the scored posts of a group split over the three classes: an estimate with its 95 % interval.

    All shares are None where n is 0.
    """

    positive: float | None
    neutral: float | None
    negative: float | None
    net: float | None
    """Positive share minus negative share, from -1 to 1."""
    net_low: float | None
    net_high: float | None
    n: int
    """How many posts were scored."""
    calibrated: bool = False
    """Whether labelled posts of this beat corrected the estimate."""


NO_SHARES = Shares(None, None, None, None, None, None, 0)


class Baseline(NamedTuple):
    """What is usual for a beat: the median of the same 24 hours on earlier days."""

    volume: float | None
    """Median number of posts; None while there is none to give."""
    ratio: float | None
    """This window's posts to the baseline's, over hours collected in both; None where that cannot be computed."""
    days: int
    """How many earlier days went into the median."""
    state: Literal["ok", "learning", "gap"]
    same_weekday: bool = False
    """Whether only days of the same weekday were taken."""
    low: float | None = None
    """The smallest of the days that went in."""
    high: float | None = None
    """The largest of the days that went in."""


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


class StoryCard(NamedTuple):
    """A story as it stands in a list."""

    slug: str
    title: str
    dek: str
    beat: str | None
    """Slug; None for a story across beats."""
    category: str | None
    significance: Significance | None
    published_at: int
    url: str | None
    origin: Literal["sample", "imported", "drafted", "stub"]


class Story(NamedTuple):
    """A short narrative about a beat."""

    card: StoryCard
    body: str
    """Plain paragraphs, parted by empty lines."""


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
