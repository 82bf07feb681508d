"""Whom and what the posts of one beat name."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from monitor.instants import DAY
from monitor.text.entities import EntityFinder

if TYPE_CHECKING:
    from monitor.store.reader import Reader


class NameCount(NamedTuple):
    """One entity in the posts of a beat."""

    slug: str
    name: str
    kind: str
    posts: int


class BeatNames(NamedTuple):
    """The entities that the posts of a beat name within 24 hours."""

    beat: str
    of: int
    """All posts of the beat in the window, deleted ones included."""
    rows: tuple[NameCount, ...]
    """Most posts first."""
    as_of: int = 0
    """Where the 24 hours end."""


def names_of_beat(reader: Reader, finder: EntityFinder, beat: str, as_of: int) -> BeatNames:
    """Count the posts of a beat that name each entity, in the 24 hours up to a moment; raw, over all sources.

    Raises:
        StoreError: the store cannot be read.
    """
    with reader.moment():
        row = reader.beats().get(beat)
        posts = [] if row is None else reader.signal_data().worded(row.id, (as_of - DAY, as_of))
    counts: Counter[str] = Counter()
    for post in posts:
        counts.update({mention.slug for mention in finder.find(post.words)})
    ordered = sorted(counts.items(), key=lambda part: (-part[1], part[0]))
    entities = finder.entities
    rows = (NameCount(slug, entities[slug].name, entities[slug].kind, n) for slug, n in ordered)
    return BeatNames(beat, len(posts), tuple(rows), as_of)
