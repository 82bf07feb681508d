"""What a beat's posts of a day say: votes, phrases, entities, moods by source; now, and on the days before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from monitor.instants import DAY
from monitor.records import Span
from monitor.store.beat_days import BeatDay
from monitor.text.entities import EntityFinder
from monitor.text.phrases import key_of, phrases_of

if TYPE_CHECKING:
    from monitor.store.beat_posts import WordedPost

DAYS = 7
"""How many whole days before the window the present is held against."""

LEAST_DAYS = 3
"""Fewer of them say nothing: the beat is still learning."""

_LEAST_KEPT = 2
"""Votes of a phrase on a past day from which on it is kept; fewer count as one."""


class Vote(NamedTuple):
    """One cluster of copies, as its earliest post says it."""

    post: WordedPost
    phrases: frozenset[str]
    entities: frozenset[str]


class Present(NamedTuple):
    """What the posts of a window say."""

    span: Span
    posts: Sequence[WordedPost]
    votes: Sequence[Vote]
    phrases: Mapping[str, int]
    """Votes by phrase."""
    entities: Mapping[str, int]
    """Votes by entity."""
    moods: Mapping[str, tuple[float, float, int]]
    """Positive, negative and all scored votes by source; a vote is a cluster within the source."""


class Past(NamedTuple):
    """The days before, as far as they were collected."""

    span: Span
    days: Sequence[BeatDay]

    @property
    def votes(self) -> int:
        return sum(day.votes for day in self.days)

    def phrase(self, phrase: str) -> int:
        """Votes with a phrase, at most: a day on which it had none or one counts as one."""
        key = key_of(phrase)
        return sum(day.phrases.get(key, min(1, day.votes)) for day in self.days)

    def phrase_by_day(self, phrase: str) -> list[int | None]:
        """Votes with a phrase on each day; None where there was one or none, which is not told apart."""
        key = key_of(phrase)
        return [day.phrases.get(key) for day in self.days]

    def entity(self, entity: str) -> int:
        """Votes that name an entity."""
        return sum(day.entities.get(entity, 0) for day in self.days)

    def moods(self) -> dict[str, tuple[float, float, int]]:
        """Positive, negative and all scored votes of the days by source."""
        found: dict[str, tuple[float, float, int]] = {}
        for day in self.days:
            for source, row in day.moods.items():
                known = found.get(source, (0.0, 0.0, 0))
                found[source] = (known[0] + row[0], known[1] + row[1], known[2] + row[2])
        return found


def present_of(posts: Sequence[WordedPost], span: Span, finder: EntityFinder, sources: Mapping[int, str]) -> Present:
    """What some posts say, oldest first; each cluster of copies once."""
    votes: list[Vote] = []
    seen: set[int] = set()
    for post in posts:
        if post.unit not in seen:
            seen.add(post.unit)
            words = post.words
            named = frozenset(mention.slug for mention in finder.find(words))
            votes.append(Vote(post, frozenset(phrases_of(words)), named))
    phrases: Counter[str] = Counter()
    entities: Counter[str] = Counter()
    for vote in votes:
        phrases.update(vote.phrases)
        entities.update(vote.entities)
    return Present(span, posts, votes, phrases, entities, _moods(posts, sources))


def _moods(posts: Iterable[WordedPost], sources: Mapping[int, str]) -> dict[str, tuple[float, float, int]]:
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    seen: set[tuple[int, int]] = set()
    for post in posts:
        if post.label is None or (post.source_id, post.unit) in seen:
            continue
        seen.add((post.source_id, post.unit))
        row = sums[sources.get(post.source_id, str(post.source_id))]
        row[0] += post.label > 0
        row[1] += post.label < 0
        row[2] += 1
    return {source: (row[0], row[1], row[2]) for source, row in sums.items()}


def day_of(present: Present, beat_id: int, made_at: int) -> BeatDay:
    """The figures of a whole day, to be kept."""
    kept = {key_of(phrase): n for phrase, n in present.phrases.items() if n >= _LEAST_KEPT}
    day = present.span[0] // DAY
    return BeatDay(beat_id, day, made_at, len(present.votes), kept, dict(present.entities), dict(present.moods))


def days_before(at: int) -> range:
    """The whole days that the 24 hours up to a moment are held against."""
    end = (at - DAY) // DAY
    return range(end - DAYS, end)
