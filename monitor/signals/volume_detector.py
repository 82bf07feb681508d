"""The running detector of one beat's volume: levels, gates, learning, silence, evidence."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import isfinite, isnan, sqrt
from typing import NamedTuple

from monitor.instants import MINUTE, from_datetime
from monitor.records import Significance, Span
from monitor.signals.nowcast import Nowcast, Surprise
from monitor.signals.season import BINS_A_DAY, DAYS
from monitor.signals.volume_scales import Reading, ScaleReading, VolumeScales
from monitor.signals.weekend import Weekend

BIN = 5 * MINUTE
"""Length of a bin in milliseconds."""

LEARNING_BINS = 3 * BINS_A_DAY
"""Bins that must have been collected within the last fifteen days before anything is said."""

SILENCE_BINS = BINS_A_DAY
"""For this long after a detection only a higher level speaks."""

LEAST_EXCESS = 10.0
LEAST_RATIO = 1.5
LOW_EVIDENCE = 4.75
MEDIUM_EVIDENCE = 6.25
HIGH_Z = 3.6
HIGH_RATIO = 4.0
HIGH_NOVELTY = 1.0

RANK: dict[Significance, int] = {"low": 1, "medium": 2, "high": 3}


class Evidence(NamedTuple):
    """The working of one detection."""

    n: float
    """Posts in the window; scaled up where up to a third of its bins were not collected."""
    expected: float
    """Posts that were to be expected in it, from the season and, at low and medium, from the hours before."""
    ratio: float | None
    """Of the two; None where nothing was expected."""
    z: float | None
    """Robust standard deviations above the same time of day, the largest over the windows; None while unknown."""
    novelty: float
    """The present against the extremes of the two weeks before; 1 is as extreme as those."""
    log_evidence: float | None
    """Log likelihood ratio of a twofold or fourfold rise to none (see `nowcast`); None where there is no rise."""
    window: int
    """Length of the window in milliseconds; it ends with the detection."""
    baseline: Span
    """The span that the baseline was taken from."""
    baseline_days: int
    """Earlier days that have a value around this time of day."""
    gaps: tuple[Span, ...]
    """Stretches of that span that were not collected and are left out."""


class Detection(NamedTuple):
    """A moment at which the volume was unusual."""

    time: datetime
    """The end of the bin that gave the alarm."""
    level: Significance
    evidence: Evidence


class Judgement(NamedTuple):
    """What one bin says."""

    detection: Detection | None
    novelty: float
    """From 0 to 1; at least 0.5 where a detection of level high is given, and only there."""
    level: Significance | None
    """The level that the present alone would earn, whether it was spoken of within the last day or not."""
    hour: float | None
    """Posts of the last hour; None where too little of it was collected."""
    usual: float | None
    """Posts that an hour usually holds at this time; None while unknown."""


class VolumeDetector:
    """Online detector of one series of posts in bins of five minutes.

    Feed it each collected bin once, oldest first; a bin that was not collected is left out. What it says of a moment
    rests on nothing after it. About a megabyte of state; a bin costs some hundred microseconds.
    """

    def __init__(self) -> None:
        self._scales = VolumeScales()
        self._weekend = Weekend()
        self._nowcast = Nowcast(LEAST_EXCESS, LEAST_RATIO)
        self._start: datetime | None = None
        self._bin = -1
        self._spoken: dict[int, int] = {}

    def feed(self, time: datetime, count: float) -> Judgement:
        """Take up the bin that starts at `time` and judge the series at its end.

        Raises:
            ValueError: the bin is not later than the last one, or the count is negative or not finite.
        """
        number = self._number(time)
        if not (isfinite(count) and count >= 0):
            raise ValueError(f"not a count of posts: {count!r}")
        self._nowcast.skip(number - self._bin - 1)
        self._bin = number
        reading = self._scales.feed(number, count)
        instant = from_datetime(time)
        usual_root = reading.usual_root * self._weekend.factor(number, instant)
        self._weekend.note(instant, sqrt(reading.hour), reading.usual_root)
        surprise = self._nowcast.feed(count, usual_root * usual_root / 12)
        usual = None if isnan(usual_root) else usual_root * usual_root
        hour = None if isnan(reading.hour) else reading.hour
        if self._scales.season.collected < LEARNING_BINS:
            return Judgement(None, 0.0, None, hour, usual)
        strongest = _strongest(reading)
        score = reading.novelty / (HIGH_NOVELTY + reading.novelty)
        level, shown = _level(reading, strongest, surprise)
        if level is None or shown is None or not self._may_speak(level):
            return Judgement(None, min(score, 0.49), level, hour, usual)
        self._spoken[RANK[level]] = number
        evidence = self._evidence(time, reading, shown, surprise.evidence if surprise else None)
        detection = Detection(time + timedelta(milliseconds=BIN), level, evidence)
        return Judgement(detection, score if level == "high" else min(score, 0.49), level, hour, usual)

    def _number(self, time: datetime) -> int:
        if self._start is None:
            self._start = time
        number = round((from_datetime(time) - from_datetime(self._start)) / BIN)
        if number <= self._bin:
            raise ValueError(f"bins must follow one another by five minutes or more: {time.isoformat()}")
        return number

    def _may_speak(self, level: Significance) -> bool:
        return not any(
            rank >= RANK[level] and self._bin - spoken < SILENCE_BINS for rank, spoken in self._spoken.items()
        )

    def _evidence(
        self,
        time: datetime,
        reading: Reading,
        shown: ScaleReading | Surprise,
        log_evidence: float | None,
    ) -> Evidence:
        season = self._scales.season
        instant = from_datetime(time)
        gaps = [
            (instant + (start - self._bin) * BIN, instant + (end - self._bin) * BIN) for start, end in season.missing()
        ]
        span = min(self._bin, DAYS * BINS_A_DAY)
        return Evidence(
            n=shown.posts,
            expected=shown.expected,
            ratio=shown.posts / shown.expected if shown.expected > 0 else None,
            z=max((scale.z for scale in reading.scales), default=None),
            novelty=reading.novelty,
            log_evidence=log_evidence,
            window=shown.bins * BIN,
            baseline=(instant - span * BIN, instant),
            baseline_days=season.days(),
            gaps=tuple(gaps),
        )


def _strongest(reading: Reading) -> ScaleReading | None:
    """The window furthest out of those that a high level may rest on."""
    passing = [
        scale
        for scale in reading.scales
        if scale.z >= HIGH_Z
        and scale.posts - scale.expected >= LEAST_EXCESS
        and scale.posts >= HIGH_RATIO * scale.expected
    ]
    return max(passing, key=lambda scale: scale.z, default=None)


def _level(
    reading: Reading, strongest: ScaleReading | None, surprise: Surprise | None
) -> tuple[Significance | None, ScaleReading | Surprise | None]:
    """The level that the present earns, with the window that it rests on."""
    if strongest is not None and reading.novelty >= HIGH_NOVELTY:
        return "high", strongest
    if surprise is None or surprise.evidence < LOW_EVIDENCE:
        return None, None
    return ("medium" if surprise.evidence >= MEDIUM_EVIDENCE else "low"), surprise
