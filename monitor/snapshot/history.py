"""Volume and mood of one beat over a longer range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.instants import HOUR
from monitor.records import BeatHistory
from monitor.snapshot.calibrations import beat_calibrations
from monitor.snapshot.figures import shares_of_moods
from monitor.snapshot.moment import Moment

if TYPE_CHECKING:
    from monitor.store.reader import Reader


def build_history(
    reader: Reader, slug: str, as_of: int, range_hours: int, *, sources: frozenset[str] | None = None
) -> BeatHistory:
    """Volume and mood of one beat over a longer range, raw: by clock hour up to seven days, else by day (UTC).

    Raises:
        StoreError: the store cannot be read.
    """
    bin_hours = 1 if range_hours <= 7 * 24 else 24
    width = bin_hours * HOUR
    with reader.moment():
        moment = Moment(reader, as_of, range_hours, sources)
        row = moment.beats.get(slug)
        start = moment.window[0]
        bins = tuple(range(start - start % width, as_of, width))
        marks = reader.marks(moment.window)
        if row is None:
            empty = (None,) * len(bins)
            return BeatHistory(slug, range_hours, bins, bin_hours, empty, empty, marks)
        volumes, moods = reader.count_bins(moment.selection, row.id, bin_hours)
        known = beat_calibrations(reader).get(row.id) if reader.has_labels() else None
    collected = {hour - hour % width for hour in moment.collected if hour + HOUR > row.covered_from}
    volume = tuple(volumes.get(start) if start in volumes else (0 if start in collected else None) for start in bins)
    net = tuple(shares_of_moods(moods.get(start, ()), known, moment.mistakes).net for start in bins)
    return BeatHistory(slug, range_hours, bins, bin_hours, volume, net, marks)
