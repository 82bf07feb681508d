"""What is said of one entity: how often, where, in what mood, in which beats, and the posts that say it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from monitor.instants import DAY, HOUR, MINUTE
from monitor.records import NO_SHARES, Baseline, BeatHistory, Shares, Span, StoredPost
from monitor.signals.baseline import DAYS, baseline
from monitor.signals.coverage import gaps
from monitor.snapshot.figures import joined, shares_of_moods
from monitor.snapshot.moment import Moment
from monitor.store.schema import ALL_BEATS
from monitor.text.entities import Entity

if TYPE_CHECKING:
    from monitor.records import Mark
    from monitor.store.counting import Moods
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


def entity_page(
    reader: Reader,
    slug: str,
    entity: Entity | None,
    said: Iterable[Said],
    as_of: int,
    range_hours: int,
    *,
    quick: bool = False,
) -> EntityPage:
    """The page of an entity.

    Args:
        reader: what the page says beside its posts is read from here, within its present moment.
        said: the posts that say a name of the entity, since what the range and the baseline need.
        quick: whether to leave the baseline out.
    """
    moment = Moment(reader, as_of, range_hours, None)
    known_from = reader.pruned_before()
    rows = [row for row in said if row.collected_at < as_of]
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
