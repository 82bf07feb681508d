"""Putting a snapshot together."""

from __future__ import annotations

from monitor import __version__
from monitor.instants import DAY, HOUR
from monitor.light_typing import TYPE_CHECKING, NamedTuple
from monitor.nouns.snapshots import Manifest, Snapshot
from monitor.signals.baseline import DAYS
from monitor.snapshot.counter import StoreCounter, by_beat
from monitor.snapshot.figures import (
    Tables,
    beat_baseline,
    beat_snapshot,
    moods_by_beat,
    source_snapshots,
    split_sources,
)
from monitor.snapshot.moment import Moment
from monitor.store.schema import ALL_BEATS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.records import Beats, Lens
    from monitor.store.reader import Reader
    from monitor.text.shares import Calibration

LONGEST_WINDOW_HOURS = 30 * 24
LONGEST_LENS_WINDOW_HOURS = 24


class Provenance(NamedTuple):
    """What a snapshot is made with, besides the store."""

    beats: Beats
    config_hash: str
    rules_hash: str
    scorer: str
    """The name of the configured scorer, for a store that does not say who scored its posts."""


def build_snapshot(
    reader: Reader,
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
    brief: bool = False,
) -> Snapshot:
    """Read one moment of a store.

    Args:
        as_of: nothing collected at or after this instant is counted.
        beats: the beats as configured; those the store does not know yet are at zero.
        window_hours: whole hours, up to thirty days; under another lens than raw up to 24.
        sources: count only these sources; None for all.
        chosen: slugs of the beats to list, with their signals and stories; empty for all.
        brief: leave out what the text report does not show: unique texts and authors, and moods by source and by hour.

    Raises:
        ValueError: the window is too long for the lens.
        StorePruned: posts that the moment needs were removed.
        StoreError: the store cannot be read.
    """
    provenance = Provenance(beats, config_hash, rules_hash, scorer)
    with reader.moment():
        return assemble(
            reader,
            StoreCounter(reader, moods_in_detail=not brief, uniques=not brief),
            as_of,
            provenance,
            window_hours=window_hours,
            lens=lens,
            sources=sources,
            chosen=chosen,
        )


def assemble(
    reader: Reader,
    counter: StoreCounter,
    as_of: int,
    provenance: Provenance,
    *,
    window_hours: int = 24,
    lens: Lens = "raw",
    sources: frozenset[str] | None = None,
    chosen: tuple[str, ...] = (),
) -> Snapshot:
    """Put a snapshot together from counts, however they are come by; the rest is as in `build_snapshot`."""
    if window_hours > (LONGEST_WINDOW_HOURS if lens == "raw" else LONGEST_LENS_WINDOW_HOURS):
        raise ValueError(f"a window of {window_hours} h is too long for the lens {lens}")
    moment = Moment(reader, as_of, window_hours, sources)
    raw = counts = counter.window(moment.selection)
    if lens != "raw":
        by_source, by_hour = counter.units(moment.selection, lens)
        counts = raw._replace(by_source=by_source, by_hour=by_hour)
    tables = Tables(
        counts=counts,
        volumes=by_beat(counts.by_source),
        moods=moods_by_beat(counts),
        previous=counter.previous(moment.previous_selection, lens),
        records=counter.records(moment.selection),
        days=counter.days(moment.selection, moment.days_to_count(), moment.left_out) if window_hours <= 24 else {},
        raw_volumes=raw.by_hour,
        raw_totals=None if lens == "raw" else by_beat(raw.by_source),
        uniques=counter.uniques(moment.selection),
        split=split_sources(moment, counts),
        calibrations=_calibrations(reader),
    )
    signals, stories = reader.signals(moment.selection.span[0], as_of), reader.stories(as_of)
    if chosen:
        signals = tuple(signal for signal in signals if {signal.beat, signal.evidence.get("with")}.intersection(chosen))
        stories = tuple(story for story in stories if story.beat in chosen)
    listed = [beat for beat in provenance.beats.beats if not chosen or beat.slug in chosen]
    beat_snapshots = []
    for beat in listed:
        opened = tuple(signal.id for signal in signals if signal.beat == beat.slug)
        beat_snapshots.append(beat_snapshot(moment, tables, beat, opened))
    return Snapshot(
        as_of=as_of,
        window_hours=window_hours,
        lens=lens,
        records=tables.records.get(ALL_BEATS, 0),
        volume=tables.volumes.get(ALL_BEATS, 0),
        previous_volume=tables.previous.get(ALL_BEATS, 0),
        hours=moment.hours,
        beats=tuple(beat_snapshots),
        sources=source_snapshots(moment, counts, reader.standings(moment.window, as_of)),
        signals=signals,
        stories=stories,
        manifest=Manifest(
            __version__,
            provenance.config_hash,
            provenance.rules_hash,
            reader.scorer() or provenance.scorer,
            reader.high_water(),
            reader.marks((as_of - DAYS * DAY - window_hours * HOUR, as_of)),
        ),
        baseline=beat_baseline(moment, tables, ALL_BEATS, 0),
    )


def _calibrations(reader: Reader) -> Mapping[int, Calibration]:
    if not reader.has_labels():
        return {}
    from monitor.snapshot.calibrations import beat_calibrations

    return beat_calibrations(reader)
