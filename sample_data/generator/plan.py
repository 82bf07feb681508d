"""What is posted when: volumes, daily and weekly rhythm, and the events that the sample is made to show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.dice import Dice
from monitor.instants import DAY, HOUR, MINUTE, SECOND, to_datetime

SPECIAL = "open-source-ai"
"""The beat whose volume in the last day is fixed."""

SOURCES = ("x", "bluesky", "news", "youtube", "hackernews")


class Slot(NamedTuple):
    """A post that is to be written."""

    beat: str
    source: str
    at: int
    mood: str
    """`good`, `bad` or `meh`."""
    copy: str = ""
    """Posts with the same word here share one text."""


class Topic(NamedTuple):
    """How a beat usually goes."""

    posts: float
    """On an ordinary weekday."""
    mix: tuple[float, float, float, float, float]
    """Shares of the sources, in the order of `SOURCES`."""
    moods: tuple[float, float, float]
    """Shares of good, bad and meh among social posts."""


_SOCIAL = (0.30, 0.34, 0.19, 0.09, 0.08)
_PRESS = (0.22, 0.22, 0.42, 0.08, 0.06)
_BUILDERS = (0.22, 0.27, 0.19, 0.12, 0.20)
_SCREEN = (0.25, 0.27, 0.22, 0.22, 0.04)

TOPICS: Mapping[str, Topic] = {
    SPECIAL: Topic(280, (0.11, 0.15, 0.54, 0.20, 0.0), (0.24, 0.30, 0.46)),
    "ai-safety-alignment": Topic(46, _BUILDERS, (0.22, 0.33, 0.45)),
    "ai-science": Topic(36, _PRESS, (0.42, 0.14, 0.44)),
    "ai-robotics": Topic(38, _SCREEN, (0.40, 0.20, 0.40)),
    "ai-software-development": Topic(84, _BUILDERS, (0.30, 0.32, 0.38)),
    "ai-hardware-compute": Topic(58, _BUILDERS, (0.24, 0.32, 0.44)),
    "ai-agents-autonomy": Topic(56, _BUILDERS, (0.30, 0.30, 0.40)),
    "ai-regulation": Topic(88, _PRESS, (0.22, 0.33, 0.45)),
    "ai-law": Topic(40, _PRESS, (0.20, 0.32, 0.48)),
    "ai-privacy": Topic(76, _SOCIAL, (0.24, 0.34, 0.42)),
    "ai-military": Topic(28, _PRESS, (0.12, 0.46, 0.42)),
    "ai-geopolitics": Topic(38, _PRESS, (0.16, 0.36, 0.48)),
    "ai-misinformation": Topic(52, _SOCIAL, (0.18, 0.44, 0.38)),
    "ai-creative-industries": Topic(60, _SOCIAL, (0.26, 0.40, 0.34)),
    "ai-social-media": Topic(36, _SOCIAL, (0.18, 0.44, 0.38)),
    "ai-in-education": Topic(50, _SCREEN, (0.34, 0.30, 0.36)),
    "ai-job-displacement": Topic(64, _SOCIAL, (0.16, 0.48, 0.36)),
    "ai-industry-business": Topic(72, _PRESS, (0.28, 0.28, 0.44)),
    "ai-in-healthcare": Topic(50, _PRESS, (0.38, 0.26, 0.36)),
    "ai-environment": Topic(36, _PRESS, (0.26, 0.38, 0.36)),
    "ai-finance": Topic(38, _SOCIAL, (0.22, 0.38, 0.40)),
    "ai-consciousness": Topic(28, _SOCIAL, (0.30, 0.22, 0.48)),
    "ai-ethics": Topic(28, _SOCIAL, (0.26, 0.34, 0.40)),
    "ai-bias-fairness": Topic(30, _PRESS, (0.26, 0.38, 0.36)),
    "general": Topic(44, _SOCIAL, (0.34, 0.22, 0.44)),
}

_LAST_MOODS = {SPECIAL: (0.76, 0.07, 0.17)}
"""The mood shift of the last day; smaller beats have too few posts for one to be told."""

_WEEK = (1.03, 1.06, 1.04, 1.00, 0.97, 0.66, 0.62)
"""Monday to Sunday."""

_SOCIAL_DAY = (44, 36, 28, 22, 18, 17, 20, 27, 36, 43, 48, 52, 58, 66, 74, 78, 80, 78, 74, 70, 68, 66, 60, 52)
_PRESS_DAY = (16, 12, 11, 12, 18, 30, 48, 66, 78, 84, 84, 80, 78, 82, 84, 80, 72, 60, 46, 36, 30, 26, 22, 18)
_RHYTHM = {
    "x": _SOCIAL_DAY,
    "bluesky": _SOCIAL_DAY,
    "news": _PRESS_DAY,
    "youtube": (30, 24, 20, 18, 18, 20, 24, 30, 36, 40, 44, 50, 58, 66, 72, 78, 82, 84, 80, 72, 62, 52, 44, 36),
    "hackernews": (40, 36, 30, 26, 22, 22, 26, 34, 42, 48, 52, 56, 64, 74, 82, 84, 82, 78, 72, 66, 60, 54, 50, 44),
}


class Event(NamedTuple):
    """A stretch of time in which a beat is louder than usual."""

    beat: str
    days_back: int
    first_hour: int
    """Of the 24 hours, counted from their start."""
    hours: int
    factor: float


EVENTS = (
    Event("ai-hardware-compute", 0, 6, 4, 6.0),
    Event("ai-regulation", 10, 4, 6, 4.0),
    Event("ai-in-healthcare", 5, 7, 5, 7.0),
    Event("ai-misinformation", 8, 9, 4, 7.0),
)

_SPIKE = 3.1
"""How much louder the special beat is in the last hours before the sample was taken."""
_SPIKE_HOURS = 6


class Calendar(NamedTuple):
    """The fixed points in time."""

    as_of: int
    history_days: int
    outage: tuple[int, int]

    def collected(self, instant: int) -> bool:
        return not self.outage[0] <= instant < self.outage[1]


def plan_history(calendar: Calendar) -> list[Slot]:
    """The days before the last one, in order of time."""
    slots = [
        slot
        for days_back in range(1, calendar.history_days + 1)
        for beat in TOPICS
        for slot in _usual_day(calendar, beat, days_back)
    ]
    return sorted(slots, key=lambda slot: slot.at)


def plan_last_day(calendar: Calendar, volume: Mapping[str, int], dice: Dice) -> list[Slot]:
    """The 24 hours before the sample was taken, in order of time."""
    slots = [slot for beat in TOPICS if beat != SPECIAL for slot in _usual_day(calendar, beat, 0)]
    special = list(_special_day(calendar, volume, dice))
    slots += _with_copies(sorted(special, key=lambda slot: slot.at), dice)
    slots += _petition(calendar, dice)
    return sorted(slots, key=lambda slot: slot.at)


def plan_next_hour(calendar: Calendar, last_day: list[Slot], dice: Dice) -> list[Slot]:
    """The hour after the sample was taken.

    What the special beat loses at the one end of its 24 hours comes back at the other, at the same second and in the
    same source. So a demo that starts within that hour shows the same volume and split as one that starts on the hour.
    """
    first = [slot for slot in last_day if slot.at < calendar.as_of - DAY + HOUR]
    slots = [_moody(slot._replace(at=slot.at + DAY, copy=""), True, dice) for slot in first]
    return sorted(slots, key=lambda slot: slot.at)


def plan_later(calendar: Calendar, posts: int, dice: Dice) -> list[Slot]:
    """Posts for those who keep looking; only their order counts."""
    topics = [(beat, topic.posts * (1.2 if beat == SPECIAL else 1.0)) for beat, topic in TOPICS.items()]
    slots = []
    for number in range(posts):
        beat = dice.weighted(topics)
        source = dice.weighted(list(zip(SOURCES, TOPICS[beat].mix, strict=True)))
        slots.append(_moody(Slot(beat, source, calendar.as_of + HOUR + number * SECOND, ""), True, dice))
    return slots


def _usual_day(calendar: Calendar, beat: str, days_back: int) -> Iterator[Slot]:
    dice = Dice(f"{beat}, {days_back} days before")
    topic = TOPICS[beat]
    start = calendar.as_of - (days_back + 1) * DAY
    swing = 0.82 + 0.36 * dice.unit()
    for source, share in zip(SOURCES, topic.mix, strict=True):
        hours = [start + number * HOUR for number in range(24)]
        means = [
            topic.posts * share * _rhythm(source, hour) * swing * _loudness(beat, days_back, number)
            for number, hour in enumerate(hours)
        ]
        for hour in _spread(hours, means, dice):
            at = hour + dice.below(HOUR)
            if calendar.collected(at):
                yield _moody(Slot(beat, source, at, ""), days_back == 0, dice)


def _spread(hours: Sequence[int], means: Sequence[float], dice: Dice) -> Iterator[int]:
    """The hours of posts that come as evenly as chance allows, so that no burst is there that is not planned."""
    reached, due = 0.0, dice.unit()
    for hour, mean in zip(hours, means, strict=True):
        reached += mean
        while due < reached:
            yield hour
            due = math.floor(due) + 1 + dice.unit()


def _special_day(calendar: Calendar, volume: Mapping[str, int], dice: Dice) -> Iterator[Slot]:
    start = calendar.as_of - DAY
    for source, posts in volume.items():
        weights = []
        for number in range(24):
            hour = start + number * HOUR
            factor = 1 + (_SPIKE - 1) * max(0, number - 23 + _SPIKE_HOURS) / _SPIKE_HOURS
            weights.append((hour, _rhythm(source, hour) * factor))
        found = 0
        while found < posts:
            at = dice.weighted(weights) + dice.below(HOUR // SECOND) * SECOND
            if calendar.collected(at):
                found += 1
                yield _moody(Slot(SPECIAL, source, at, ""), True, dice)


def _with_copies(slots: list[Slot], dice: Dice) -> list[Slot]:
    """Five wire stories that five outlets each print, and two posts that people paste."""
    groups = [("news", f"wire {number}", 5) for number in range(5)] + [
        ("x", "copied thread", 10),
        ("bluesky", "copied list", 8),
    ]
    for source, name, size in groups:
        free = [index for index, slot in enumerate(slots) if slot.source == source and not slot.copy]
        first = dice.between(len(free) // 3, len(free) - size - 1) if source == "news" else len(free) * 7 // 10
        for index in free[first : first + size]:
            slots[index] = slots[index]._replace(copy=name)
    return slots


def _petition(calendar: Calendar, dice: Dice) -> Iterator[Slot]:
    """One text by many authors within an hour."""
    start = calendar.as_of - DAY + 9 * HOUR + 5 * MINUTE
    for _ in range(48):
        at = start + int(dice.unit() ** 1.6 * 44 * MINUTE)
        yield Slot("ai-creative-industries", "bluesky" if dice.chance(0.75) else "x", at, "bad", "copied petition")


def _moody(slot: Slot, last: bool, dice: Dice) -> Slot:
    moods = _LAST_MOODS.get(slot.beat) if last else None
    return slot._replace(
        mood=dice.weighted(list(zip(("good", "bad", "meh"), moods or TOPICS[slot.beat].moods, strict=True)))
    )


def _rhythm(source: str, hour: int) -> float:
    """The share of an ordinary weekday's posts that fall into a clock hour."""
    moment = to_datetime(hour)
    return _RHYTHM[source][moment.hour] / sum(_RHYTHM[source]) * _WEEK[moment.weekday()]


def _loudness(beat: str, days_back: int, number: int) -> float:
    for event in EVENTS:
        if event.beat == beat and event.days_back == days_back and 0 <= number - event.first_hour < event.hours:
            return event.factor
    return 1.0
