"""Unusual volume: detections and anomaly scores of a series of posts in five-minute bins.

The method is told in docs/methods.md under Volume signals: a hidden Markov model of steps for low and medium, and for
high a self-normalised score whose family goes back to S-H-ESD (Hochenbaum, Vallis and Kejariwal 2017).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from monitor.records import RANKS, Significance
from monitor.signals.history import BIN, BINS_A_DAY
from monitor.signals.volume_detector import Detection, Evidence, Judgement, VolumeDetector

__all__ = ["BIN", "Detection", "Evidence", "Judgement", "VolumeDetector", "detect", "novelty"]

_DAY = BINS_A_DAY * BIN
SILENCE: dict[Significance, int] = {"low": _DAY, "medium": _DAY // 2, "high": _DAY}
"""For so many milliseconds after a detection of a level only a higher one speaks."""


def detect(times: Sequence[datetime], counts: Sequence[float]) -> list[Detection]:
    """The moments at which the volume was unusual, oldest first.

    Args:
        times: starts of five-minute bins, oldest first; a bin that was not collected is left out. Those without a zone
            are taken as UTC, as is what NumPy has in their place, and so are the times of what is found.
        counts: posts in each of them.

    Raises:
        TypeError: a time is none.
        ValueError: the two differ in length, some times have a zone and others have none, times do not rise, or a
            count is negative or not finite.
    """
    return [detection for _, detection in _judge(times, counts) if detection]


def novelty(times: Sequence[datetime], counts: Sequence[float]) -> list[float]:
    """An anomaly score from 0 to 1 for each bin; it is 0.5 or more where `detect` gives the level high.

    Takes and raises what `detect` does.
    """
    return [
        judgement.novelty if detection and detection.level == "high" else min(judgement.novelty, 0.49)
        for judgement, detection in _judge(times, counts)
    ]


def _judge(times: Sequence[datetime], counts: Sequence[float]) -> Iterator[tuple[Judgement, Detection | None]]:
    """What each bin says, and the detection where it is spoken of."""
    if len(times) != len(counts):
        raise ValueError(f"{len(times)} times for {len(counts)} counts")
    detector = VolumeDetector()
    spoken = _Spoken()
    for time, count in zip(_moments(times), counts, strict=True):
        judgement = detector.feed(time, count)
        may_speak = judgement.level is not None and spoken.may_speak(judgement.level, time)
        yield judgement, detector.detection() if may_speak else None


def _moments(times: Sequence[datetime]) -> list[datetime]:
    moments: list[datetime] = []
    for index, time in enumerate(times):
        moment = time if isinstance(time, datetime) else _of_numpy(time)
        if moment is None:
            raise TypeError(f"time {index} is no datetime: {time!r}")
        moments.append(moment)
        if (moment.tzinfo is None) != (moments[0].tzinfo is None):
            raise ValueError(f"time {index} and the first one must both have a zone or both have none: {time!r}")
    return moments


def _of_numpy(time: object) -> datetime | None:
    """A `numpy.datetime64`, told by its name, since NumPy need not be installed; None where it is none, or no time."""
    if type(time).__name__ != "datetime64":
        return None
    moment = time.astype("datetime64[us]").item()  # type: ignore[attr-defined]
    return moment if isinstance(moment, datetime) else None


class _Spoken:
    """When each level was last spoken of."""

    def __init__(self) -> None:
        self._last: dict[Significance, datetime] = {}

    def may_speak(self, level: Significance, at: datetime) -> bool:
        """Whether a level may be spoken of now; it then has been."""
        for known, moment in self._last.items():
            since = (at - moment).total_seconds() * 1000
            if RANKS[known] >= RANKS[level] and since < SILENCE[known] - BIN / 2:
                return False
        self._last[level] = at
        return True
