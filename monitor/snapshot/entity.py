"""What is said of one entity: how often, where, in what mood, in which beats, and the posts that say it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from sys import intern
from typing import TYPE_CHECKING, NamedTuple

from monitor.instants import DAY, HOUR, MINUTE
from monitor.records import NO_SHARES, Baseline, BeatHistory, Shares, Span, StoredPost
from monitor.signals.baseline import DAYS, baseline
from monitor.signals.coverage import gaps
from monitor.snapshot.figures import joined, shares_of_moods
from monitor.snapshot.moment import Moment
from monitor.store.schema import ALL_BEATS
from monitor.text.entities import EXACT, Entity, EntityFinder

if TYPE_CHECKING:
    from monitor.records import Mark
    from monitor.store.counting import Moods
    from monitor.store.mentions import MentionRow
    from monitor.store.reader import Reader

MOST_POSTS = 300
"""How many posts a page lists."""

AT_ONCE = 2_000
"""How many posts are read before others have their turn; about a twentieth of a second."""

_DAY_HOURS = 24


class EntityPage(NamedTuple):
    """What the stored posts of a range say of one entity. A post counts if it says one of its names."""

    slug: str
    entity: Entity | None
    """None where no gazetteer holds the slug."""
    as_of: int
    range_hours: int
    volume: int
    """Posts of the range that say a name."""
    texts: int
    """The same with copies collapsed."""
    all_posts: int
    """All posts of the range in the store."""
    day_volume: int
    """Posts of the last 24 hours that say a name."""
    baseline: Baseline | None
    """Of the last 24 hours; None while it was not read."""
    days: tuple[int, ...]
    """Posts of the same 24 hours on each earlier day that can be compared, the latest first."""
    sentiment: Shares
    by_source: tuple[tuple[str, int, Shares], ...]
    """Slug, posts and mood, in the order of display; a source without posts is absent."""
    by_beat: tuple[tuple[str, int], ...]
    """Slug and posts, most first; a post may be in several beats."""
    history: BeatHistory
    """Posts and mood by hour, or by day in ranges beyond a week; None where nothing was collected."""
    missing: tuple[tuple[str, tuple[Span, ...]], ...]
    """By source, what of the range was not collected."""
    posts: tuple[StoredPost, ...]
    """The newest of the range."""


class Said(NamedTuple):
    """One post that says a name of the entity."""

    id: int
    at: int
    collected_at: int
    source_id: int
    cell: int | None
    beat_ids: str
    unit: int
    """Its cluster of copies; a number of its own where it is in none."""


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
                yield self._page(slug, None, as_of, range_hours, quick=False)
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
            page = self._page(slug, entity, as_of, range_hours, quick=False)
        yield page

    def _reading(self, entity: Entity, read: _Read, as_of: int, range_hours: int) -> Iterator[EntityPage | None]:
        yield from self._read_new(entity)
        if not self._complete:
            with self._reader.moment():
                quick = self._page(entity.slug, entity, as_of, range_hours, quick=True)
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

    def _page(self, slug: str, entity: Entity | None, as_of: int, range_hours: int, *, quick: bool) -> EntityPage:
        reader = self._reader
        moment = Moment(reader, as_of, range_hours, None)
        known_from = reader.pruned_before()
        rows = [] if entity is None else [row for row in self._rows.values() if row.collected_at < as_of]
        inside = [row for row in rows if moment.window[0] <= row.at < as_of]
        newest = sorted(inside, key=lambda row: (row.at, row.id), reverse=True)[:MOST_POSTS]
        usual, days = (None, ()) if quick else _usual(Moment(reader, as_of, _DAY_HOURS, None), rows, known_from)
        moods = _moods((row.source_id, row.cell) for row in inside)
        counts = Counter(row.source_id for row in inside)
        return EntityPage(
            slug=slug,
            entity=entity,
            as_of=as_of,
            range_hours=range_hours,
            volume=len(inside),
            texts=len({row.unit for row in inside}),
            all_posts=reader.count_volumes(moment.selection).get(ALL_BEATS, 0),
            day_volume=sum(row.at >= as_of - DAY for row in inside),
            baseline=usual,
            days=days,
            sentiment=shares_of_moods(joined(moods.values()), None, moment.mistakes) if moods else NO_SHARES,
            by_source=tuple(
                (name, counts[source.id], shares_of_moods(moods.get(source.id, ()), None, moment.mistakes))
                for name, source in moment.known_sources
                if source.id in counts
            ),
            by_beat=_by_beat(inside, reader.beat_slugs()),
            history=_history(slug, moment, inside, reader.marks(moment.window), known_from),
            missing=_missing(moment),
            posts=reader.posts_numbered([row.id for row in newest]),
        )


def _moods(cells: Iterable[tuple[int, int | None]]) -> dict[int, Moods]:
    """Scored posts by cell of each group."""
    sums: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for group, cell in cells:
        if cell is not None:
            sums[group][cell] += 1
    return {group: tuple(sorted(counted.items())) for group, counted in sums.items()}


def _by_beat(rows: Iterable[Said], beats: Mapping[int, str]) -> tuple[tuple[str, int], ...]:
    counts = Counter(slug for row in rows for number in json.loads(row.beat_ids) if (slug := beats.get(number)))
    return tuple(sorted(counts.items(), key=lambda part: (-part[1], part[0])))


def _usual(day: Moment, rows: Iterable[Said], known_from: int) -> tuple[Baseline, tuple[int, ...]]:
    """The same 24 hours on earlier days, over the hours that were collected in both."""
    left_out = {day.hours[position] % DAY for position in day.left_out}
    counts = Counter((day.as_of - 1 - row.at) // DAY for row in rows if (row.at - row.at % HOUR) % DAY not in left_out)
    complete, started = day.comparable(known_from)
    usual = baseline(counts[0], {back: counts[back] for back in range(1, DAYS + 1)}, complete, started)
    return usual, tuple(counts[back] for back in range(1, DAYS + 1) if complete[back - 1])


def _history(slug: str, moment: Moment, rows: Sequence[Said], marks: tuple[Mark, ...], known_from: int) -> BeatHistory:
    bin_hours = 1 if moment.window_hours <= 7 * _DAY_HOURS else _DAY_HOURS
    width = bin_hours * HOUR
    start = moment.window[0]
    bins = tuple(range(start - start % width, moment.as_of, width))
    volumes = Counter(row.at - row.at % width for row in rows)
    moods = _moods((row.at - row.at % width, row.cell) for row in rows)
    collected = {hour - hour % width for hour in moment.collected if hour + HOUR > known_from}
    volume = tuple(volumes[bin_start] if bin_start in volumes or bin_start in collected else None for bin_start in bins)
    net = tuple(shares_of_moods(moods.get(bin_start, ()), None, moment.mistakes).net for bin_start in bins)
    return BeatHistory(slug, moment.window_hours, bins, bin_hours, volume, net, marks)


def _missing(moment: Moment) -> tuple[tuple[str, tuple[Span, ...]], ...]:
    """What each source that is collected at other times lacks of the range; the last minutes are still to come."""
    window = (moment.window[0], max(moment.as_of - HOUR // 2, moment.window[0]))
    found = ((slug, tuple(gaps(spans, window, MINUTE))) for slug, spans in sorted(moment.coverage.items()) if spans)
    return tuple((slug, spans) for slug, spans in found if spans)
