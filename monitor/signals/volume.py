"""Unusual volume: detections and anomaly scores of a series of posts in five-minute bins.

The method is told in docs/methods.md under Volume signals. Its families go back to S-H-ESD (Hochenbaum, Vallis and
Kejariwal 2017), here online and on several scales, and to the sequential probability ratio test (Wald 1945).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from monitor.signals.volume_detector import BIN, Detection, Evidence, Judgement, VolumeDetector

__all__ = ["BIN", "Detection", "Evidence", "Judgement", "VolumeDetector", "detect", "novelty"]


def detect(times: Sequence[datetime], counts: Sequence[float]) -> list[Detection]:
    """The moments at which the volume was unusual, oldest first.

    Args:
        times: starts of five-minute bins (UTC), oldest first; a bin that was not collected is left out.
        counts: posts in each of them.

    Raises:
        ValueError: the two differ in length, times do not rise, or a count is negative or not finite.
    """
    return [judgement.detection for judgement in _judge(times, counts) if judgement.detection]


def novelty(times: Sequence[datetime], counts: Sequence[float]) -> list[float]:
    """An anomaly score from 0 to 1 for each bin; it is 0.5 or more where `detect` gives the level high.

    Takes and raises what `detect` does.
    """
    return [judgement.novelty for judgement in _judge(times, counts)]


def _judge(times: Sequence[datetime], counts: Sequence[float]) -> Iterable[Judgement]:
    if len(times) != len(counts):
        raise ValueError(f"{len(times)} times for {len(counts)} counts")
    detector = VolumeDetector()
    return (detector.feed(time, count) for time, count in zip(times, counts, strict=True))
