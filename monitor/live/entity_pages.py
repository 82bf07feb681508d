"""Pages of entities, each made from the posts that were read for the one before and those that are new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from sys import intern
from typing import TYPE_CHECKING, NamedTuple

from monitor.instants import DAY, HOUR
from monitor.signals.baseline import DAYS
from monitor.snapshot.entity import EntityPage, Said, entity_page
from monitor.text.entities import EXACT, Entity, EntityFinder

if TYPE_CHECKING:
    from monitor.store.mentions import MentionRow
    from monitor.store.reader import Reader

AT_ONCE = 2_000
"""How many posts are read before others have their turn; about a twentieth of a second."""

_DAY_HOURS = 24


class _Read(NamedTuple):
    """Which posts were read."""

    slug: str
    hour: int
    begins: int
    """No post that counts before this moment is wanted."""
    first: int
    """The number of the first of the posts that a quick page needs; those from here on are read before the others."""


class EntityPages:
    """Makes pages of entities from one store, and remembers the posts of the last entity, so that only new ones and
    those that changed are read for its next page."""

    def __init__(self, reader: Reader, finder: EntityFinder) -> None:
        self._reader = reader
        self._finder = finder
        self._read: _Read | None = None
        self._rows: dict[int, Said] = {}
        self._last = 0
        self._change = 0
        self._complete = False

    def knows(self, slug: str, as_of: int) -> bool:
        """Whether the posts of this entity were read before, so that its page is made in no time."""
        read = self._read
        known = read is not None and (read.slug, read.hour, read.begins) == (slug, as_of // HOUR, self._begins(as_of))
        return known and self._complete

    def page(self, slug: str, as_of: int, range_hours: int, *, quickly: bool = False) -> EntityPage:
        """The page of an entity, however long it takes; see `pages`.

        Args:
            quickly: the first page that can be had.
        """
        pages = (page for page in self.pages(slug, as_of, range_hours) if page is not None)
        if quickly:
            return next(pages)
        *_, last = pages
        return last

    def pages(self, slug: str, as_of: int, range_hours: int) -> Iterator[EntityPage | None]:
        """The page of an entity; where its posts were not read before, one without a baseline comes first.

        None is yielded after each spell of reading, so that others get their turn; the pages need not be waited for.
        Posts are looked for by all names in the search index, and counted where the gazetteer's rules find the entity
        in their words, so that a name which is part of another's does not count.

        Raises:
            StoreError: the store cannot be read.
        """
        entity = self._finder.entities.get(slug)
        if entity is None:
            with self._reader.moment():
                yield entity_page(self._reader, slug, None, (), as_of, range_hours)
            return
        read = self._read
        if read is None or not self.knows(slug, as_of):
            read = self._forget(slug, as_of, range_hours)
        for step in self._reading(entity, read, as_of, range_hours):
            yield step
            if self._read is not read:
                # Another entity was asked for meanwhile, which took the place of this one.
                yield from self.pages(slug, as_of, range_hours)
                return
        with self._reader.moment():
            self._take_up_changes(entity)
            page = entity_page(self._reader, slug, entity, self._rows.values(), as_of, range_hours)
        yield page

    def _reading(self, entity: Entity, read: _Read, as_of: int, range_hours: int) -> Iterator[EntityPage | None]:
        yield from self._read_new(entity)
        if not self._complete:
            with self._reader.moment():
                quick = entity_page(
                    self._reader, entity.slug, entity, self._rows.values(), as_of, range_hours, quick=True
                )
            yield quick
            yield from self._read_old(entity, read)
            self._complete = True

    def _forget(self, slug: str, as_of: int, range_hours: int) -> _Read:
        with self._reader.moment():
            begins = self._begins(as_of)
            first = self._reader.signal_data().first_number(max(as_of - max(range_hours, _DAY_HOURS) * HOUR, begins))
            self._change = self._reader.follow().newest()[1]
        self._read = read = _Read(slug, as_of // HOUR, begins, first)
        self._rows, self._last, self._complete = {}, first - 1, False
        return read

    def _begins(self, as_of: int) -> int:
        """From when on all posts are read: what the longest range and the baseline need."""
        hour = as_of - as_of % HOUR
        return max(hour - (DAYS + 2) * DAY, self._reader.pruned_before())

    def _read_new(self, entity: Entity) -> Iterator[None]:
        """Have the posts read that came since the last one that was."""
        while True:
            with self._reader.moment():
                newest = self._reader.follow().newest()[0]
                rows = self._candidates(entity, self._last, newest + 1)
            self._take(entity, rows)
            if len(rows) < AT_ONCE:
                self._last = max(self._last, newest)
                return
            self._last = rows[-1].id
            yield

    def _read_old(self, entity: Entity, read: _Read) -> Iterator[None]:
        """Have those read that a quick page does not need."""
        with self._reader.moment():
            last = self._reader.signal_data().first_number(read.begins) - 1
        rows = None
        while rows is None or len(rows) == AT_ONCE:
            with self._reader.moment():
                rows = self._candidates(entity, last, read.first)
            self._take(entity, rows)
            last = rows[-1].id if rows else last
            yield

    def _take_up_changes(self, entity: Entity) -> None:
        """Leave out what was removed or erased since it was read, and read again what was changed."""
        follower = self._reader.follow()
        newest = follower.newest()[1]
        if newest == self._change:
            return
        if follower.oldest_change() > self._change + 1:
            numbers = set(self._rows)
        else:
            numbers = {change.post_id for change in follower.changes_after(self._change)}
        for number in numbers:
            self._rows.pop(number, None)
        self._take(entity, self._reader.signal_data().mentions_in(n for n in numbers if n <= self._last))
        self._change = newest

    def _candidates(self, entity: Entity, after: int, before: int) -> list[MentionRow]:
        names = [name.removeprefix(EXACT) for name in entity.names]
        return self._reader.signal_data().mentions(names, after, before, AT_ONCE)

    def _take(self, entity: Entity, rows: Iterable[MentionRow]) -> None:
        begins = self._read.begins if self._read else 0
        for row in rows:
            if row.at >= begins and any(mention.slug == entity.slug for mention in self._finder.find(row.words)):
                unit = -row.id if row.cluster is None else row.cluster
                beats = intern(row.beat_ids)
                self._rows[row.id] = Said(row.id, row.at, row.collected_at, row.source_id, row.cell, beats, unit)
