"""The running detector of one beat's volume: what each bin says, its level, its evidence.

Each day (UTC) what is usual is learned anew from the four weeks before it. What is said of a moment thus rests on these
weeks and the day so far, and on nothing else that a detector has seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import isfinite, isnan, log
from typing import NamedTuple

from monitor.instants import from_datetime
from monitor.records import Significance, Span
from monitor.signals.habit import is_weekend, learn
from monitor.signals.history import BIN, BINS_A_DAY, BINS_AN_HOUR, DAYS, History
from monitor.signals.steps import Steps, Surprise
from monitor.signals.volume_scales import DAYS as SCALE_DAYS
from monitor.signals.volume_scales import LEAD, Reading, ScaleReading, VolumeScales
from monitor.signals.windows import scaled

LEARNING_BINS = 3 * BINS_A_DAY
"""Bins that must have been collected within the four weeks before anything is said."""

LEAST_EXCESS = 10.0
LEAST_RATIO = 1.5
LOW_ODDS = 0.2
MEDIUM_ODDS = (
    (10.0, 1.85), (20.0, 1.62), (50.0, 1.5), (100.0, 1.15),
    (300.0, 0.7), (1000.0, 1.7), (3000.0, 7.7), (10_000.0, 14.4),
)  # fmt: skip
"""Posts an hour that a day usually holds, and the log odds that make a level medium; between by the log of the posts.

In simulations they give a false alarm on about one day in fifty or fewer. They go by the day and not by the hour: by
day the odds of a step are overwhelming anyhow, and at night a higher bound would miss what a lower one hardly mistakes.
"""
HIGH_Z = 3.6
HIGH_RATIO = 4.0
HIGH_NOVELTY = 1.0
HIGH_ODDS = -1.0
"""A high level needs that a step is not much less likely than none."""


_WARM_UP = 6 * BINS_AN_HOUR
_LEAST_KNOWN = 2 * BINS_A_DAY
_SAME_TIME_DAYS = 14
_LEAST_SAME_TIME = 3


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
    log_odds: float | None
    """Logarithm of the odds that a twofold or fourfold step is under way (see `steps`); None where there is no rise."""
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

    level: Significance | None
    """The level that the present earns, whatever was said before it."""
    novelty: float
    """From 0 to 1; at least 0.5 where the level is high, and only there."""
    hour: float | None
    """Posts of the last hour; None where too little of it was collected."""
    usual: float | None
    """Posts that an hour usually holds at this time; None while unknown."""


class _Day(NamedTuple):
    """What a day is held against."""

    number: int
    """From the epoch on."""
    scales: VolumeScales
    steps: Steps
    rates: list[float]
    """Posts to be expected by bin: the last hour of the day before, and the day."""
    medium: float
    """The log odds from which a level is medium."""


class _Found(NamedTuple):
    """What the last bin showed."""

    time: datetime
    number: int
    level: Significance
    shown: ScaleReading | Surprise
    reading: Reading
    surprise: Surprise | None


class VolumeDetector:
    """Online detector of one series of posts in bins of five minutes.

    Feed it each collected bin once, oldest first; a bin that was not collected is left out. What it says of a moment
    rests on nothing after it. About half a megabyte of state; a bin costs some fifty microseconds, the first bin of a
    day some thirty milliseconds.
    """

    def __init__(self) -> None:
        self._history = History()
        self._start = (0, 0)
        self._day: _Day | None = None
        self._found: _Found | None = None

    def remember(self, start: int, counts: Sequence[float]) -> None:
        """Take up the past at once, before anything is judged.

        Args:
            start: the instant at which the first bin begins.
            counts: posts in bins that follow one another, no more than `DAYS` days; not a number where not collected.

        Raises:
            ValueError: something has been taken up before, or these are too many.
        """
        self._start = (start, start // BIN)
        self._history.fill(start // BIN, counts)

    def feed(self, time: datetime, count: float) -> Judgement:
        """Take up the bin that starts at `time` and judge the series at its end.

        Raises:
            ValueError: the bin is not later than the last one, or the count is negative or not finite.
        """
        number = self._number(time, count)
        before = self._history.last
        self._history.put(number, count)
        self._found = None
        hour = self._hour(number)
        day = self._day_of(number, before)
        if day is None:
            return Judgement(None, 0.0, hour, None)
        place = number % BINS_A_DAY
        usual = sum(day.rates[place + 1 : place + 1 + BINS_AN_HOUR])
        day.steps.feed(count, day.rates[place + BINS_AN_HOUR])
        reading = day.scales.feed(place, count)
        if self._history.collected < LEARNING_BINS:
            return Judgement(None, 0.0, hour, usual)
        surprise = day.steps.surprise(min(LOW_ODDS, HIGH_ODDS))
        if surprise is not None and not self._is_more_than_on_other_days(number, surprise):
            surprise = None
        strongest = _strongest(reading)
        score = reading.novelty / (HIGH_NOVELTY + reading.novelty)
        level, shown = _level(reading, strongest, surprise, day.medium)
        if level is not None and shown is not None:
            self._found = _Found(time, number, level, shown, reading, surprise)
        return Judgement(level, score if level == "high" else min(score, 0.49), hour, usual)

    def detection(self) -> Detection | None:
        """The working of what the last bin showed; None where it earned no level."""
        found = self._found
        if found is None:
            return None
        shown, reading, surprise = found.shown, found.reading, found.surprise
        instant, number = from_datetime(found.time), found.number
        start = self._history.known_from()
        evidence = Evidence(
            n=shown.posts,
            expected=shown.expected,
            ratio=shown.posts / shown.expected if shown.expected > 0 else None,
            z=max((scale.z for scale in reading.scales), default=None),
            novelty=reading.novelty,
            log_odds=surprise.log_odds if surprise else None,
            window=shown.bins * BIN,
            baseline=(instant - (number - start) * BIN, instant),
            baseline_days=self._days_known(number),
            gaps=tuple(
                (instant + (begin - number) * BIN, instant + (end - number) * BIN)
                for begin, end in self._history.missing()
            ),
        )
        return Detection(found.time + timedelta(milliseconds=BIN), found.level, evidence)

    def _number(self, time: datetime, count: float) -> int:
        """The number of a bin, from the epoch on; how far its start lies off the full five minutes does not matter."""
        instant = from_datetime(time)
        if self._history.last is None:
            self._start = (instant, instant // BIN)
        number = self._start[1] + round((instant - self._start[0]) / BIN)
        if self._history.last is not None and number <= self._history.last:
            raise ValueError(f"bins must follow one another by five minutes or more: {time.isoformat()}")
        if not (isfinite(count) and count >= 0):
            raise ValueError(f"not a count of posts: {count!r}")
        return number

    def _hour(self, number: int) -> float | None:
        collected = [count for count in self._history.between(number - BINS_AN_HOUR + 1, number + 1) if count == count]
        hour = scaled(sum(collected), len(collected), BINS_AN_HOUR)
        return None if isnan(hour) else hour

    def _day_of(self, number: int, before: int | None) -> _Day | None:
        """What the day is held against, having taken up all of its bins before this one."""
        today = number // BINS_A_DAY
        if self._day is None or self._day.number != today:
            self._day = self._learned(today)
            before = today * BINS_A_DAY - 1
        day = self._day
        if day is not None and before is not None:
            for skipped in range(before + 1, number):
                count = self._history.between(skipped, skipped + 1)[0]
                day.steps.feed(count, day.rates[skipped % BINS_A_DAY + BINS_AN_HOUR])
                day.scales.feed(skipped % BINS_A_DAY, count)
        return day

    def _learned(self, today: int) -> _Day | None:
        """What a day is held against; None where too little is known of the days before."""
        midnight = today * BINS_A_DAY
        past = self._history.between(midnight - DAYS * BINS_A_DAY, midnight)
        if sum(count == count for count in past) < _LEAST_KNOWN:
            return None
        habit = learn(past, today - DAYS)
        yesterday = habit.rates(today - 1)
        steps = Steps(habit, LEAST_EXCESS, LEAST_RATIO)
        for count, rate in zip(past[-_WARM_UP:], yesterday[-_WARM_UP:], strict=True):
            steps.feed(count, rate)
        scales = VolumeScales(past[-SCALE_DAYS * BINS_A_DAY - LEAD :])
        rates = habit.rates(today)
        medium = medium_odds(sum(rates) * BINS_AN_HOUR / BINS_A_DAY)
        return _Day(today, scales, steps, yesterday[-BINS_AN_HOUR:] + rates, medium)

    def _is_more_than_on_other_days(self, number: int, surprise: Surprise) -> bool:
        """Whether the window holds half as much again as the same minutes on half of the earlier days.

        What comes at one time every day, within minutes, is no rise. Days of the other kind, of weekdays and weekends,
        count as long as there are too few of this one.
        """
        start = self._history.known_from()
        totals: tuple[list[float], list[float]] = ([], [])
        for back in range(1, _SAME_TIME_DAYS + 1):
            end = number + 1 - back * BINS_A_DAY
            if end - surprise.bins < start:
                break
            total = sum(self._history.between(end - surprise.bins, end))
            if not isnan(total):
                totals[is_weekend(number // BINS_A_DAY - back)].append(total)
        comparable = totals[is_weekend(number // BINS_A_DAY)]
        if len(comparable) < _LEAST_SAME_TIME:
            comparable = totals[0] + totals[1]
        if len(comparable) < _LEAST_SAME_TIME:
            return True
        return surprise.posts >= LEAST_RATIO * sorted(comparable)[(len(comparable) - 1) // 2]

    def _days_known(self, number: int) -> int:
        """Earlier days of which the hour around this time of day was collected in part."""
        start = self._history.known_from()
        around = BINS_AN_HOUR // 2
        days = 0
        for back in range(1, DAYS + 1):
            centre = number - back * BINS_A_DAY
            if centre + around < start:
                break
            days += any(count == count for count in self._history.between(max(centre - around, start), centre + around))
        return days


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


def medium_odds(usual: float) -> float:
    """The log odds of a step from which a level is medium on a day that usually holds so many posts an hour."""
    for (few, at_few), (many, at_many) in pairwise(MEDIUM_ODDS):
        if usual <= many:
            return at_few + (at_many - at_few) * log(max(usual, few) / few) / log(many / few)
    return MEDIUM_ODDS[-1][1]


def _level(
    reading: Reading, strongest: ScaleReading | None, surprise: Surprise | None, medium: float
) -> tuple[Significance | None, ScaleReading | Surprise | None]:
    """The level that the present earns, with the window that it rests on."""
    if surprise is None:
        return None, None
    if strongest is not None and reading.novelty >= HIGH_NOVELTY and surprise.log_odds >= HIGH_ODDS:
        return "high", strongest
    if surprise.log_odds < LOW_ODDS:
        return None, None
    return ("medium" if surprise.log_odds >= medium else "low"), surprise
