"""What corrects the shares of each beat that somebody labelled enough posts of."""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING
from monitor.store.cells import probabilities_of
from monitor.text.calibrations import calibration_of_counts, enough

if TYPE_CHECKING:
    from monitor.store.reader import Reader
    from monitor.store.writer import Writer
    from monitor.text.calibrations import BeatCalibration


def beat_calibrations(reader: Reader) -> dict[int, BeatCalibration]:
    """By numbers of beats. Made of the cells that the rollups count in, so that labels and posts are on one grid."""
    return {
        row.beat_id: calibration_of_counts(row.counts, row.fit, probabilities_of)
        for row in reader.labels().calibrating()
        if enough(row.counts)
    }


def keep_calibrations(reader: Reader, writer: Writer) -> None:
    """Make what corrects the beats and write it down, after labels or scores changed."""
    rows = reader.labels().calibrating()
    found = beat_calibrations(reader)
    writer.keep_fits([row._replace(fit=found[row.beat_id].written()) for row in rows if row.beat_id in found])
