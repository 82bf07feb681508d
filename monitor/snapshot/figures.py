"""The figures of each beat and of each source, from what was counted."""

from __future__ import annotations

from functools import lru_cache

from monitor.instants import HOUR, MINUTE
from monitor.light_typing import TYPE_CHECKING, NamedTuple
from monitor.nouns.estimates import NO_SHARES, Baseline, Shares
from monitor.nouns.snapshots import BeatSnapshot, SourceSnapshot
from monitor.nouns.sources import SOURCES
from monitor.signals.baseline import baseline
from monitor.signals.coverage import gaps, union
from monitor.source_states import source_state
from monitor.store.cells import probabilities_of
from monitor.store.schema import ALL_BEATS
from monitor.text.scorers import IN_USE
from monitor.text.shares import shares_of_counts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from monitor.records import Beat
    from monitor.snapshot.moment import Moment
    from monitor.store.counting import Moods, WindowCounts
    from monitor.store.standing import Standing
    from monitor.text.shares import Calibration


class Tables(NamedTuple):
    """What was counted, by numbers of beats; beat 0 is all posts, each once."""

    counts: WindowCounts
    volumes: Mapping[int, int]
    moods: Mapping[int, Mapping[int, Moods]]
    """By source within each beat."""
    previous: Mapping[int, int]
    records: Mapping[int, int]
    days: Mapping[int, Mapping[int, int]]
    raw_volumes: Mapping[tuple[int, int], int]
    """By beat and hour, raw under every lens."""
    raw_totals: Mapping[int, int] | None
    """By beat, raw; None under the lens raw, where `volumes` are."""
    uniques: tuple[Mapping[int, int], Mapping[int, int]] | None
    """Unique texts and unique authors; None where they were not counted."""
    split: frozenset[int]
    """Numbers of the sources that every split names."""
    calibrations: Mapping[int, Calibration]
    """Of the beats that somebody labelled posts of."""


def beat_snapshot(moment: Moment, tables: Tables, beat: Beat, signals: tuple[str, ...]) -> BeatSnapshot:
    """The figures of a beat; all at zero where the store does not know it yet."""
    row = moment.beats.get(beat.slug)
    beat_id = row.id if row is not None else -1
    covered_from = row.covered_from if row is not None else moment.as_of
    counts = tables.counts
    moods = tables.moods.get(beat_id, {})
    hourly_moods = [counts.moods_by_hour.get((beat_id, hour), ()) for hour in moment.hours]
    known = tables.calibrations.get(beat_id)
    texts, authors = (None, None) if tables.uniques is None else (unique.get(beat_id, 0) for unique in tables.uniques)
    return BeatSnapshot(
        slug=beat.slug,
        name=beat.name,
        category=beat.category,
        records=tables.records.get(beat_id, 0),
        volume=tables.volumes.get(beat_id, 0),
        previous_volume=tables.previous.get(beat_id, 0),
        baseline=beat_baseline(moment, tables, beat_id, covered_from),
        unique_texts=texts,
        unique_authors=authors,
        by_source=_split(moment, tables, beat_id),
        sentiment=shares_of_moods(joined(moods.values()), known, moment.mistakes),
        sentiment_by_source=tuple(
            (slug, shares_of_moods(moods[row.id], known, moment.mistakes))
            for slug, row in moment.known_sources
            if row.id in moods
        ),
        volume_hourly=tuple(_hourly_volume(moment, counts, beat_id, covered_from)),
        net_sentiment_hourly=tuple([shares_of_moods(cells, known, moment.mistakes).net for cells in hourly_moods]),
        scored_hourly=tuple([sum([posts for _, posts in cells]) for cells in hourly_moods]),
        signals=signals,
        raw_volume=None if tables.raw_totals is None else tables.raw_totals.get(beat_id, 0),
    )


def _hourly_volume(moment: Moment, counts: WindowCounts, beat_id: int, covered_from: int) -> Iterable[int | None]:
    """An hour without posts is a gap, not zero, where the beat was not collected in it."""
    for hour in moment.hours:
        posts = counts.by_hour.get((beat_id, hour), 0)
        yield posts if posts or (hour in moment.collected and hour + HOUR > covered_from) else None


def split_sources(moment: Moment, counts: WindowCounts) -> frozenset[int]:
    """Numbers of the sources that every split names: of which there are posts, or which were collected at all."""
    return frozenset(
        row.id
        for slug, row in moment.known_sources
        if counts.by_source.get((ALL_BEATS, row.id)) or moment.collected_of(slug)
    )


def _split(moment: Moment, tables: Tables, beat_id: int) -> tuple[tuple[str, int], ...]:
    """Posts by source; a source that was not collected in the whole window is left out."""
    split = []
    for slug, row in moment.known_sources:
        if moment.admitted is None or slug in moment.admitted:
            posts = tables.counts.by_source.get((beat_id, row.id), 0)
            if posts or row.id in tables.split:
                split.append((slug, posts))
    return tuple(split)


def beat_baseline(moment: Moment, tables: Tables, beat_id: int, covered_from: int) -> Baseline:
    """What is usual for a beat whose posts begin to be complete at `covered_from`."""
    if moment.window_hours > 24:
        return Baseline(None, None, 0, "learning")
    complete, started = moment.comparable(covered_from)
    volume = sum(tables.raw_volumes.get((beat_id, hour), 0) for hour in moment.collected)
    return baseline(volume, tables.days.get(beat_id, {}), complete, started)


def source_snapshots(
    moment: Moment, counts: WindowCounts, standings: Mapping[str, Standing]
) -> tuple[SourceSnapshot, ...]:
    """How each source is doing, in the order of display."""
    snapshots = []
    for slug in moment.source_order:
        row = moment.rows.get(slug)
        covered = moment.coverage.get(slug, [])
        in_window = [span for span in covered if span[1] > moment.window[0]]
        standing = standings.get(slug)
        state, message = source_state(row, in_window, moment.as_of, standing)
        missing = gaps(union(covered), moment.window, MINUTE)
        if state == "ok" and missing and missing[-1][1] == moment.as_of and moment.as_of - missing[-1][0] <= HOUR:
            missing = missing[:-1]
        name = row.name if row is not None else next(source.name for source in SOURCES if source.slug == slug)
        volume = 0 if row is None else counts.by_source.get((ALL_BEATS, row.id), 0)
        last_success = None if row is None else row.last_success
        shown = SourceSnapshot(slug, name, volume, state, last_success, missing, message)
        if standing is not None:
            shown = shown._replace(budgets=standing.budgets, fraction=standing.fraction)
        snapshots.append(shown)
    return tuple(snapshots)


def moods_by_beat(counts: WindowCounts) -> dict[int, dict[int, Moods]]:
    """The moods of each beat by source, without those that are empty."""
    moods: dict[int, dict[int, Moods]] = {}
    for (beat_id, source_id), cells in counts.moods_by_source.items():
        if cells:
            moods.setdefault(beat_id, {})[source_id] = cells
    return moods


def joined(moods: Collection[Moods]) -> Moods:
    """The cells of several groups as those of one."""
    if len(moods) == 1:
        return next(iter(moods))
    sums: dict[int, int] = {}
    for cells in moods:
        for cell, posts in cells:
            sums[cell] = sums.get(cell, 0) + posts
    return tuple(sorted(sums.items()))


@lru_cache(maxsize=16384)
def shares_of_moods(moods: Moods, calibration: Calibration | None = None, mistakes: str = IN_USE) -> Shares:
    """The shares of a group of posts that were counted by cell, corrected by what labelled posts of its beat say.

    Without such posts they are corrected by the mistakes that the scorer is known to make; see `shares_of_counts`.
    """
    if not moods:
        return NO_SHARES
    return shares_of_counts({probabilities_of(cell): posts for cell, posts in moods}, calibration, mistakes)
