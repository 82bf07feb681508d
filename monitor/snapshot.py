"""Where every shown number is made: one moment of a store as an immutable `Snapshot`."""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from monitor import __version__
from monitor.instants import DAY, HOUR, MINUTE, hours_touched
from monitor.records import (
    NO_SHARES,
    SOURCES,
    Baseline,
    Beat,
    BeatHistory,
    Beats,
    BeatSnapshot,
    Lens,
    Manifest,
    Shares,
    Snapshot,
    SourceSnapshot,
    Span,
)
from monitor.signals.baseline import DAYS, baseline, days_to_count
from monitor.signals.coverage import collected_hours, gaps, union
from monitor.source_states import source_state
from monitor.store.cells import probabilities_of
from monitor.store.counting import Moods, Selection
from monitor.store.schema import ALL_BEATS
from monitor.text.sentiment import shares_of_counts

if TYPE_CHECKING:
    from monitor.store.counting import WindowCounts
    from monitor.store.reader import BeatRow, Reader, SourceRow

LONGEST_WINDOW_HOURS = 30 * 24
LONGEST_LENS_WINDOW_HOURS = 24


class Provenance(NamedTuple):
    """What a snapshot is made with, besides the store."""

    beats: Beats
    config_hash: str
    rules_hash: str
    scorer: str


class Counter(Protocol):
    """Counts for one moment, from SQL each time (`StoreCounter`) or kept up to date (`monitor.live`)."""

    def window(self, selection: Selection) -> "WindowCounts": ...

    def units(
        self, selection: Selection, lens: Lens
    ) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]: ...

    def uniques(self, selection: Selection) -> tuple[Mapping[int, int], Mapping[int, int]]: ...

    def previous(self, selection: Selection, lens: Lens) -> Mapping[int, int]: ...

    def days(
        self, selection: Selection, days: Collection[int], left_out: frozenset[int]
    ) -> Mapping[int, Mapping[int, int]]: ...

    def records(self, selection: Selection) -> Mapping[int, int]: ...


class StoreCounter:
    """Counts read from the store at every call."""

    def __init__(self, reader: "Reader", *, hourly_moods: bool = True) -> None:
        self._reader = reader
        self._hourly_moods = hourly_moods

    def window(self, selection: Selection) -> "WindowCounts":
        return self._reader.count_window(selection, hourly_moods=self._hourly_moods)

    def units(self, selection: Selection, lens: Lens) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
        """Unique texts or authors by beat and source, and by beat and hour."""
        return self._reader.count_units(selection, lens)

    def uniques(self, selection: Selection) -> tuple[Mapping[int, int], Mapping[int, int]]:
        """Unique texts and unique authors by beat."""
        texts, authors = (self._reader.count_units(selection, lens)[0] for lens in ("text", "author"))
        return _by_beat(texts), _by_beat(authors)

    def previous(self, selection: Selection, lens: Lens) -> Mapping[int, int]:
        if lens == "raw":
            return self._reader.count_volumes(selection)
        return _by_beat(self._reader.count_units(selection, lens)[0])

    def days(
        self, selection: Selection, days: Collection[int], left_out: frozenset[int]
    ) -> Mapping[int, Mapping[int, int]]:
        return self._reader.count_days(selection, days, left_out)

    def records(self, selection: Selection) -> Mapping[int, int]:
        return self._reader.count_records(selection)


def build_snapshot(
    reader: "Reader",
    as_of: int,
    *,
    beats: Beats,
    config_hash: str,
    rules_hash: str,
    scorer: str,
    window_hours: int = 24,
    lens: Lens = "raw",
    sources: frozenset[str] | None = None,
    chosen: tuple[str, ...] = (),
    count_unique: bool = True,
    hourly_moods: bool = True,
) -> Snapshot:
    """Read one moment of a store.

    Args:
        as_of: nothing collected at or after this instant is counted.
        beats: the beats as configured; those the store does not know yet are at zero.
        window_hours: whole hours, up to thirty days; under another lens than raw up to 24.
        sources: count only these sources; None for all.
        chosen: slugs of the beats to list; empty for all.
        count_unique: whether to count unique texts and authors, which costs a look at each post of the window.
        hourly_moods: whether to estimate the mood of each hour; without, `net_sentiment_hourly` is empty of figures.

    Raises:
        ValueError: the window is too long for the lens.
        StoreError: the store cannot be read.
    """
    provenance = Provenance(beats, config_hash, rules_hash, scorer)
    with reader.moment():
        return assemble(
            reader,
            StoreCounter(reader, hourly_moods=hourly_moods),
            as_of,
            provenance,
            window_hours,
            lens,
            sources,
            chosen,
            count_unique,
        )


def assemble(
    reader: "Reader",
    counter: Counter,
    as_of: int,
    provenance: Provenance,
    window_hours: int,
    lens: Lens,
    sources: frozenset[str] | None,
    chosen: tuple[str, ...] = (),
    count_unique: bool = True,
) -> Snapshot:
    """Put a snapshot together from counts, however they are come by."""
    if window_hours > (LONGEST_WINDOW_HOURS if lens == "raw" else LONGEST_LENS_WINDOW_HOURS):
        raise ValueError(f"a window of {window_hours} h is too long for the lens {lens}")
    moment = _Moment(reader, as_of, window_hours, sources)
    raw = counts = counter.window(moment.selection)
    if lens != "raw":
        by_source, by_hour = counter.units(moment.selection, lens)
        counts = raw._replace(by_source=by_source, by_hour=by_hour)
    texts, authors = counter.uniques(moment.selection) if count_unique else (None, None)
    tables = _Tables(
        counts=counts,
        volumes=_by_beat(counts.by_source),
        previous=counter.previous(moment.previous_selection, lens),
        records=counter.records(moment.selection),
        days=counter.days(moment.selection, moment.days_to_count(), moment.left_out) if window_hours <= 24 else {},
        raw_volumes=raw.by_hour,
        texts=texts,
        authors=authors,
    )
    known = moment.beats
    signals = reader.signals(moment.selection.span[0], as_of)
    listed = [beat for beat in provenance.beats.beats if not chosen or beat.slug in chosen]
    beat_snapshots = []
    for beat in listed:
        opened = tuple(signal.id for signal in signals if signal.beat == beat.slug)
        beat_snapshots.append(_beat_snapshot(moment, tables, beat, known.get(beat.slug), opened))
    everything = tables.volumes.get(ALL_BEATS, 0)
    return Snapshot(
        as_of=as_of,
        window_hours=window_hours,
        lens=lens,
        records=tables.records.get(ALL_BEATS, 0),
        volume=everything,
        previous_volume=tables.previous.get(ALL_BEATS, 0),
        hours=moment.hours,
        beats=tuple(beat_snapshots),
        sources=_source_snapshots(moment, counts),
        signals=signals,
        stories=reader.stories(as_of),
        manifest=Manifest(
            __version__,
            provenance.config_hash,
            provenance.rules_hash,
            provenance.scorer,
            reader.high_water(),
            reader.marks((as_of - DAYS * DAY - window_hours * HOUR, as_of)),
        ),
        baseline=_beat_baseline(moment, tables, ALL_BEATS, 0),
    )


class _Tables(NamedTuple):
    counts: "WindowCounts"
    volumes: Mapping[int, int]
    previous: Mapping[int, int]
    records: Mapping[int, int]
    days: Mapping[int, Mapping[int, int]]
    raw_volumes: Mapping[tuple[int, int], int]
    texts: Mapping[int, int] | None
    authors: Mapping[int, int] | None


class _Moment:
    """The window and what of it was collected."""

    def __init__(self, reader: "Reader", as_of: int, window_hours: int, sources: frozenset[str] | None) -> None:
        self.as_of = as_of
        self.window_hours = window_hours
        start = as_of - window_hours * HOUR
        self.window: Span = (start, as_of)
        self.hours = hours_touched(start, as_of)
        self.rows: dict[str, SourceRow] = {row.slug: row for row in reader.sources(as_of)}
        self.slugs = {row.id: row.slug for row in self.rows.values()}
        self.beats: dict[str, BeatRow] = reader.beats()
        self.admitted = sources
        numbers = None if sources is None else frozenset(row.id for slug, row in self.rows.items() if slug in sources)
        known_before = as_of if as_of <= reader.newest_collected_at() else None
        self.selection = Selection(self.window, known_before, numbers)
        self.previous_selection = self.selection._replace(span=(start - window_hours * HOUR, start))
        self.coverage = reader.coverage((start - DAYS * DAY, as_of), as_of)
        self._joined = union(
            span for slug, spans in self.coverage.items() if sources is None or slug in sources for span in spans
        )
        self.collected = collected_hours(self._joined, self.window)
        self.left_out = frozenset(position for position, hour in enumerate(self.hours) if hour not in self.collected)
        self._days = [self._hours_of_day(day) for day in range(1, DAYS + 1)]
        self._comparable: dict[int, tuple[list[bool], list[bool]]] = {}
        self._collected_of: dict[str, frozenset[int]] = {}

    def source_order(self) -> list[str]:
        """Slugs in the order of display."""
        shown = [source.slug for source in SOURCES]
        return shown + sorted(set(self.rows) - set(shown))

    def collected_of(self, source: str) -> frozenset[int]:
        """The hours of the window that a source was collected in."""
        if source not in self._collected_of:
            self._collected_of[source] = collected_hours(self.coverage.get(source, []), self.window)
        return self._collected_of[source]

    def _hours_of_day(self, day: int) -> frozenset[int]:
        start, end = self.window
        hours = collected_hours(self._joined, (start - day * DAY, end - day * DAY))
        return frozenset(hour + day * DAY for hour in hours)

    def comparable(self, covered_from: int) -> tuple[list[bool], list[bool]]:
        """For each earlier day: whether it was collected in all hours of this window that were, and whether at all.

        Args:
            covered_from: where the beat's posts begin to be complete.
        """
        if covered_from not in self._comparable:
            self._comparable[covered_from] = self._compare(covered_from)
        return self._comparable[covered_from]

    def days_to_count(self) -> range:
        """How many days back the baselines of all beats, and of all posts, look."""
        begins = {0, *(row.covered_from for row in self.beats.values())}
        return days_to_count(self.comparable(begin)[0] for begin in begins)

    def _compare(self, covered_from: int) -> tuple[list[bool], list[bool]]:
        hours = {hour for hour in self.collected if hour + HOUR > covered_from}
        complete, started = [], []
        for day, collected in enumerate(self._days, 1):
            then = collected if covered_from <= self.window[0] - day * DAY else frozenset()
            complete.append(bool(hours) and hours <= then)
            started.append(bool(then))
        return complete, started


def _by_beat(by_source: Mapping[tuple[int, int], int]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for (beat_id, _), posts in by_source.items():
        sums[beat_id] = sums.get(beat_id, 0) + posts
    return sums


def _beat_snapshot(
    moment: _Moment, tables: _Tables, beat: Beat, row: "BeatRow | None", signals: tuple[str, ...]
) -> BeatSnapshot:
    beat_id = row.id if row is not None else -1
    covered_from = row.covered_from if row is not None else moment.as_of
    counts = tables.counts
    hourly = [counts.by_hour.get((beat_id, hour), 0) for hour in moment.hours]
    collected = [hour in moment.collected and hour + HOUR > covered_from for hour in moment.hours]
    moods = [counts.moods_by_hour.get((beat_id, hour), ()) for hour in moment.hours]
    moods_by_source = {
        moment.slugs[source_id]: cells
        for (beat, source_id), cells in counts.moods_by_source.items()
        if beat == beat_id and cells
    }
    return BeatSnapshot(
        slug=beat.slug,
        name=beat.name,
        category=beat.category,
        records=tables.records.get(beat_id, 0),
        volume=tables.volumes.get(beat_id, 0),
        previous_volume=tables.previous.get(beat_id, 0),
        baseline=_beat_baseline(moment, tables, beat_id, covered_from),
        unique_texts=None if tables.texts is None else tables.texts.get(beat_id, 0),
        unique_authors=None if tables.authors is None else tables.authors.get(beat_id, 0),
        by_source=_split(moment, counts, beat_id),
        sentiment=shares_of_moods(_joined_moods(moods_by_source.values())),
        sentiment_by_source=tuple(
            (slug, shares_of_moods(moods_by_source[slug])) for slug in moment.source_order() if slug in moods_by_source
        ),
        volume_hourly=tuple(
            posts if posts or was_collected else None for posts, was_collected in zip(hourly, collected, strict=True)
        ),
        net_sentiment_hourly=tuple(shares_of_moods(cells).net for cells in moods),
        scored_hourly=tuple(sum(posts for _, posts in cells) for cells in moods),
        signals=signals,
    )


def _split(moment: _Moment, counts: "WindowCounts", beat_id: int) -> tuple[tuple[str, int], ...]:
    """Posts by source; a source that was not collected in the whole window is left out."""
    split = []
    for slug in moment.source_order():
        row = moment.rows.get(slug)
        if row is None or (moment.admitted is not None and slug not in moment.admitted):
            continue
        posts = counts.by_source.get((beat_id, row.id), 0)
        if posts or counts.by_source.get((ALL_BEATS, row.id)) or moment.collected_of(slug):
            split.append((slug, posts))
    return tuple(split)


def _beat_baseline(moment: _Moment, tables: _Tables, beat_id: int, covered_from: int) -> Baseline:
    if moment.window_hours > 24:
        return Baseline(None, None, 0, "learning")
    complete, started = moment.comparable(covered_from)
    volume = sum(tables.raw_volumes.get((beat_id, hour), 0) for hour in moment.collected)
    return baseline(volume, tables.days.get(beat_id, {}), complete, started)


def _source_snapshots(moment: _Moment, counts: "WindowCounts") -> tuple[SourceSnapshot, ...]:
    snapshots = []
    for slug in moment.source_order():
        row = moment.rows.get(slug)
        covered = moment.coverage.get(slug, [])
        in_window = [span for span in covered if span[1] > moment.window[0]]
        state, message = source_state(row, in_window, moment.as_of)
        missing = gaps(union(covered), moment.window, MINUTE)
        if state == "ok" and missing and missing[-1][1] == moment.as_of and moment.as_of - missing[-1][0] <= HOUR:
            missing = missing[:-1]
        name = row.name if row is not None else next(source.name for source in SOURCES if source.slug == slug)
        volume = 0 if row is None else counts.by_source.get((ALL_BEATS, row.id), 0)
        last_success = None if row is None else row.last_success
        snapshots.append(SourceSnapshot(slug, name, volume, state, last_success, missing, message))
    return tuple(snapshots)


def _joined_moods(moods: Iterable[Moods]) -> Moods:
    sums: dict[int, int] = {}
    for cells in moods:
        for cell, posts in cells:
            sums[cell] = sums.get(cell, 0) + posts
    return tuple(sorted(sums.items()))


@lru_cache(maxsize=16384)
def shares_of_moods(moods: Moods) -> Shares:
    """The shares of a group of posts that were counted by cell."""
    if not moods:
        return NO_SHARES
    return shares_of_counts({probabilities_of(cell): posts for cell, posts in moods})


def build_history(
    reader: "Reader", slug: str, as_of: int, range_hours: int, *, sources: frozenset[str] | None = None
) -> BeatHistory:
    """Volume and mood of one beat over a longer range, raw: by clock hour up to seven days, else by day (UTC).

    Raises:
        StoreError: the store cannot be read.
    """
    bin_hours = 1 if range_hours <= 7 * 24 else 24
    width = bin_hours * HOUR
    with reader.moment():
        moment = _Moment(reader, as_of, range_hours, sources)
        row = moment.beats.get(slug)
        start = moment.window[0]
        bins = tuple(range(start - start % width, as_of, width))
        marks = reader.marks(moment.window)
        if row is None:
            empty = (None,) * len(bins)
            return BeatHistory(slug, range_hours, bins, bin_hours, empty, empty, marks)
        volumes, moods = reader.count_bins(moment.selection, row.id, bin_hours)
    collected = {hour - hour % width for hour in moment.collected if hour + HOUR > row.covered_from}
    volume = tuple(volumes.get(start) if start in volumes else (0 if start in collected else None) for start in bins)
    net = tuple(shares_of_moods(moods.get(start, ())).net for start in bins)
    return BeatHistory(slug, range_hours, bins, bin_hours, volume, net, marks)
