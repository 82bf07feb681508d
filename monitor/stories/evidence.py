"""What a store can say to the claims of one story: figures and posts as of the moment of the story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from monitor.instants import DAY, HOUR
from monitor.nouns.estimates import Shares
from monitor.nouns.kinds import Label
from monitor.nouns.snapshots import Manifest
from monitor.records import PostQuery, StoredPost
from monitor.signals.coverage import union
from monitor.snapshot import build_snapshot
from monitor.snapshot.building import Provenance
from monitor.snapshot.counter import by_beat
from monitor.store.counting import Selection
from monitor.store.errors import StorePruned
from monitor.store.evidence import CopiedText
from monitor.store.reader import Reader
from monitor.store.schema import ALL_BEATS
from monitor.stories.quotations import Match, match, searches
from monitor.stories.sources_named import sources_in
from monitor.text.entities import EXACT, EntityFinder

GENERAL = "general"
"""The beat of stories across beats, which are held against all posts."""
LOOK_BACK = 7 * DAY
"""How long before the story the posts may lie that it speaks of without a time."""
MOST_CANDIDATES = 200
MOST_COUNTED = 5_000
"""Posts with a phrase that are counted in one window."""
MOST_READ = 2_000
"""Posts of one window that are read for the entities that they name."""
LARGEST_COUNT = 1 << 53
"""More than anything was ever liked; no source says more."""


class Figures(NamedTuple):
    """What was counted and estimated of a beat, or of all posts, in one window."""

    name: str
    volume: int
    previous: int
    usual: float | None
    ratio: float | None
    """Of the volume to the usual one."""
    records: int
    texts: int | None
    authors: int | None
    by_source: Mapping[str, int]
    shares: Shares | None
    shares_by_source: Mapping[str, Shares]
    is_late: bool
    """Whether it counts what was collected after the moment, because nothing was before it."""


class Found(NamedTuple):
    """A post that has the words of a quotation, or nearly."""

    post: StoredPost
    match: Match


class Evidence:
    """A store as of one moment."""

    def __init__(self, reader: Reader, provenance: Provenance, as_of: int, now: int) -> None:
        self.as_of = as_of
        self.now = now
        self._reader = reader
        self._provenance = provenance
        self._names = {beat.slug: beat.name for beat in provenance.beats.beats}
        self.figures = lru_cache(maxsize=32)(self._figures)

    def manifest(self) -> Manifest:
        """What the figures at the moment are made from."""
        beats, config_hash, rules_hash, scorer = self._provenance
        snapshot = build_snapshot(
            self._reader,
            self.as_of,
            beats=beats,
            config_hash=config_hash,
            rules_hash=rules_hash,
            scorer=scorer,
            chosen=(GENERAL,),
            brief=True,
        )
        return snapshot.manifest

    @property
    def names(self) -> Mapping[str, str]:
        """Of the beats, by slug."""
        return self._names

    def is_beat(self, slug: str) -> bool:
        """Whether there is such a beat."""
        return slug in self._names

    def _figures(self, beat: str | None, hours: int = 24, back: int = 0) -> Figures | None:
        """The figures of a window that ends `back` milliseconds before the moment; None where nothing was collected."""
        if beat == GENERAL:
            beat = None
        if beat is not None and beat not in self._names:
            return None
        end = self.as_of - back
        try:
            found = self._as_of(beat, hours, end)
        except StorePruned:
            return None
        return found or self._as_stored_now(beat, hours, end)

    def _as_of(self, beat: str | None, hours: int, end: int) -> Figures | None:
        beats, config_hash, rules_hash, scorer = self._provenance
        snapshot = build_snapshot(
            self._reader,
            end,
            beats=beats,
            config_hash=config_hash,
            rules_hash=rules_hash,
            scorer=scorer,
            window_hours=hours,
            chosen=() if beat is None else (beat,),
        )
        if beat is None:
            known = any(any(count is not None for count in each.volume_hourly) for each in snapshot.beats)
            by_source = {each.slug: each.volume for each in snapshot.sources if each.state != "off" or each.volume}
            every = (snapshot.volume, snapshot.previous_volume, snapshot.baseline.volume, snapshot.baseline.ratio)
            counts = (snapshot.records, None, None)
            return Figures("all beats", *every, *counts, by_source, None, {}, False) if known else None
        (one,) = snapshot.beats
        if all(count is None for count in one.volume_hourly):
            return None
        return Figures(
            one.name,
            one.volume,
            one.previous_volume,
            one.baseline.volume,
            one.baseline.ratio,
            one.records,
            one.unique_texts,
            one.unique_authors,
            dict(one.by_source),
            one.sentiment,
            dict(one.sentiment_by_source),
            False,
        )

    def _as_stored_now(self, beat: str | None, hours: int, end: int) -> Figures | None:
        """Volumes of posts that were collected later, as after an import of old ones."""
        from monitor.snapshot.calibrations import beat_calibrations
        from monitor.snapshot.figures import joined, moods_by_beat, shares_of_moods
        from monitor.text.scorers import mistakes_like

        rows = self._reader.beats()
        number = ALL_BEATS if beat is None else rows[beat].id if beat in rows else -1
        slugs = {row.id: row.slug for row in self._reader.sources(end)}
        selection = Selection((end - hours * HOUR, end), None)
        counts = self._reader.count_window(selection)
        volume = by_beat(counts.by_source).get(number, 0)
        if not volume:
            return None
        previous = selection._replace(span=(end - 2 * hours * HOUR, end - hours * HOUR))
        moods = moods_by_beat(counts).get(number, {})
        known = beat_calibrations(self._reader).get(number) if self._reader.has_labels() else None
        mistakes = mistakes_like(self._reader.scorer())
        by_source = {slugs[source]: posts for (one, source), posts in counts.by_source.items() if one == number}
        return Figures(
            self._names.get(beat, beat) if beat else "all beats",
            volume,
            self._reader.count_volumes(previous).get(number, 0),
            None,
            None,
            self._reader.count_records(selection).get(number, 0),
            None,
            None,
            by_source,
            shares_of_moods(joined(moods.values()), known, mistakes) if moods else None,
            {
                slugs[source]: shares_of_moods(cells, known, mistakes)
                for source, cells in moods.items()
                if source in slugs
            },
            True,
        )

    def quoted(self, words: str) -> tuple[Found, ...]:
        """Posts from before the moment that say what is quoted: verbatim, else the most similar ones first."""
        whole, any_part = searches(words)
        if not whole:
            return ()
        found = self._held(words, self._search(whole))
        verbatim = sorted((each for each in found if each.match.is_verbatim), key=lambda each: each.post.at)
        if verbatim:
            return tuple(verbatim)
        near = self._held(words, self._search(any_part))
        return tuple(sorted(near, key=lambda each: (-each.match.share, each.post.at)))

    def _held(self, words: str, posts: Sequence[StoredPost]) -> list[Found]:
        return [Found(post, match(words, f"{post.post.title or ''}\n{post.post.text}")) for post in posts]

    def _search(self, search: str, since: int | None = None, beat: str | None = None) -> tuple[StoredPost, ...]:
        beats = (beat,) if beat is not None and beat != GENERAL else ()
        query = PostQuery(search, beats=beats, since=since, until=self.as_of, limit=MOST_CANDIDATES)
        return self._reader.posts(query)

    def copied(self, beat: str | None, hours: int) -> tuple[CopiedText, ...]:
        """The texts that were posted more than once, the one by most authors first."""
        return self._reader.copied_texts(None if beat == GENERAL else beat, self._span(hours), self.as_of)

    def post(self, post_id: int) -> StoredPost | None:
        """A post by its number."""
        return self._reader.post(post_id)

    def _span(self, hours: int) -> tuple[int, int]:
        return self.as_of - hours * HOUR, self.as_of

    def texts_saying(self, phrase: str, beat: str | None, hours: int) -> int | None:
        """How many distinct texts have a phrase; None where there are more posts than are looked at."""
        return _texts(self._matching('"' + phrase.replace('"', "") + '"', beat, hours))

    def texts_naming(self, slug: str, entities: EntityFinder, beat: str | None, hours: int) -> int | None:
        """How many distinct texts name an entity; None where there are more posts than are looked at."""
        names = [name.removeprefix(EXACT).replace('"', "") for name in entities.entities[slug].names]
        posts = self._matching(" OR ".join(f'"{name}"' for name in names), beat, hours)
        if posts is None:
            return None
        said = ((post, f"{post.post.title or ''}\n{post.post.text}") for post in posts)
        return _texts([post for post, text in said if any(each.slug == slug for each in entities.find(text))])

    def most_named(self, entities: EntityFinder, beat: str | None, hours: int) -> str | None:
        """The entity that most texts name, sources left out.

        None where none is named, or there are more posts than are looked at.
        """
        posts = self._matching("", beat, hours, MOST_READ)
        found: dict[str, set[int]] = {}
        for post in posts or ():
            text = f"{post.post.title or ''}\n{post.post.text}"
            for slug in {mention.slug for mention in entities.find(text)}:
                found.setdefault(slug, set()).add(_text_of(post))
        others = [slug for slug in found if not sources_in(f"on {entities.entities[slug].name}")]
        return max(others, key=lambda slug: (len(found[slug]), slug), default=None)

    def _matching(self, search: str, beat: str | None, hours: int, most: int = MOST_COUNTED) -> list[StoredPost] | None:
        beats = (beat,) if beat is not None and beat != GENERAL else ()
        start, end = self._span(hours)
        query = PostQuery(search, beats=beats, since=start, until=end, limit=most, collected_before=self.as_of)
        posts = [post for post in self._reader.posts(query) if not post.deleted]
        return posts if len(posts) < most else None

    def saying(self, phrase: str, beat: str | None) -> tuple[StoredPost, ...]:
        """Posts of the days before the moment that have a phrase, newest first."""
        return self._search('"' + phrase.replace('"', "") + '"', self.as_of - LOOK_BACK, beat)

    def naming(self, names: Sequence[str]) -> tuple[StoredPost, ...]:
        """Posts of the days before the moment that have all of the names."""
        search = " AND ".join('"' + name.replace('"', "") + '"' for name in names)
        return self._search(search, self.as_of - LOOK_BACK)

    def with_count(self, count: str, value: int) -> tuple[StoredPost, ...]:
        """Posts of the days before the moment with exactly so many likes (or replies, and so on)."""
        if value > LARGEST_COUNT:
            return ()
        return self._reader.posts_with_count(count, value, (self.as_of - LOOK_BACK, self.as_of))

    def in_mood(
        self, beat: str | None, sources: tuple[str, ...], mood: Label | None, hours: int
    ) -> tuple[StoredPost, ...]:
        """Posts of a beat that were scored as of a mood, or all of them, newest first."""
        beats = (beat,) if beat is not None and beat != GENERAL else ()
        since = self.as_of - max(hours * HOUR, LOOK_BACK)
        query = PostQuery(
            beats=beats,
            sources=sources,
            since=since,
            until=self.as_of,
            sentiment=mood,
            limit=MOST_CANDIDATES,
        )
        return tuple(post for post in self._reader.posts(query) if not post.deleted)

    def is_silent(self) -> bool:
        """Whether the store has no post at all of the days before the moment, so that it can say nothing of them."""
        return not self._reader.posts(PostQuery(since=self.as_of - LOOK_BACK, until=self.as_of, limit=1))

    def was_collected(self, source: str, hours: int) -> bool:
        """Whether any of the hours before the moment was collected from a source."""
        span = (self.as_of - hours * HOUR, self.as_of)
        return bool(union(self._reader.coverage(span, self.as_of).get(source, [])))

    def at_addresses(self, urls: Sequence[str]) -> Mapping[str, StoredPost]:
        """Posts by their addresses."""
        return {str(post.post.url): post for post in self._reader.posts_at_addresses(urls)}


def _texts(posts: Sequence[StoredPost] | None) -> int | None:
    if posts is None:
        return None
    return len({_text_of(post) for post in posts})


def _text_of(post: StoredPost) -> int:
    """A number that copies share."""
    return -post.id if post.cluster is None else post.cluster


def independent(posts: Sequence[StoredPost]) -> list[StoredPost]:
    """The posts of which no two share a text or an author."""
    chosen: list[StoredPost] = []
    clusters: set[int] = set()
    authors: set[tuple[str, str]] = set()
    for post in posts:
        author = (post.post.source, post.post.author) if post.post.author is not None else None
        if post.cluster in clusters or author in authors:
            continue
        chosen.append(post)
        if post.cluster is not None:
            clusters.add(post.cluster)
        if author is not None:
            authors.add(author)
    return chosen
