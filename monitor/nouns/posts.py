"""Posts: as a source gives them, analysed, stored and asked for."""

from typing import Literal, NamedTuple

from monitor.nouns.kinds import Label, Probabilities


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
    other only. An item that is known by one of them is the same post. A name that begins with `~` is weak: it does not
    join two items that each have a name that is not."""


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
