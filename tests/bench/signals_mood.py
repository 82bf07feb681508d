"""False alerts and power of `monitor.signals.mood` on simulated votes, judged every hour.

nice python -m tests.bench.signals_mood [--weeks N] [--trials N] [--seed S]

Twenty-five beats; the share of each drifts as much as the method states to allow, either from one calendar day to the
next or as a process that wanders from hour to hour. An alert counts once a day and beat.
"""

from __future__ import annotations

import argparse
import math
import random
from itertools import accumulate
from typing import Literal

from monitor.signals.mood import DRIFT, Votes, detect_all

BEATS = 25
WEEK = 7 * 24
Drift = Literal["none", "daily", "hourly"]


def shares(generator: random.Random, share: float, hours: int, drift: Drift) -> list[float]:
    """The share of each hour; the means of 24 hours vary by DRIFT p (1 - p)."""
    if drift == "none":
        return [share] * hours
    spread = 1 / DRIFT - 1
    if drift == "daily":
        days = [generator.betavariate(share * spread, (1 - share) * spread) for _ in range(-(-hours // 24))]
        return [days[hour // 24] for hour in range(hours)]
    persistence = math.exp(-1 / 24)
    scale = math.sqrt(DRIFT * share * (1 - share) / (2 * math.exp(-1)))
    level, found = generator.gauss(0, 1), []
    for _ in range(hours):
        level = persistence * level + math.sqrt(1 - persistence**2) * generator.gauss(0, 1)
        found.append(min(max(share + scale * level, 0.001), 0.999))
    return found


class Beat:
    """The votes of one beat, hour by hour."""

    def __init__(self, generator: random.Random, a_day: int, every: list[float]) -> None:
        votes = [binomial(generator, 20 * a_day // 24, 0.05) for _ in every]
        positive = [binomial(generator, n, share) for n, share in zip(votes, every, strict=True)]
        self._votes = [0, *accumulate(votes)]
        self._positive = [0, *accumulate(positive)]

    def between(self, start: int, end: int) -> Votes:
        return self._positive[end] - self._positive[start], self._votes[end] - self._votes[start]

    def at(self, hour: int) -> tuple[Votes, list[Votes]]:
        """The votes of 24 hours, and of each of the seven days before."""
        days = [self.between(hour - 24 * (back + 1), hour - 24 * back) for back in range(7, 0, -1)]
        return self.between(hour - 24, hour), days


def binomial(generator: random.Random, n: int, share: float) -> int:
    return sum(generator.random() < share for _ in range(n))


def plain(votes: Votes, days: list[Votes]) -> bool:
    """Whether a beat is so far from any shift that judging it would only cost time; it then counts as p = 1."""
    past = sum(k for k, _ in days) / max(1, sum(n for _, n in days))
    return abs(votes[0] / max(1, votes[1]) - past) < 0.04


def alert(beats: dict[str, Beat], hour: int) -> set[str]:
    """The beats that are told to have shifted."""
    looks = {slug: beat.at(hour) for slug, beat in beats.items()}
    votes = {slug: (0, 0) if plain(*look) else look[0] for slug, look in looks.items()}
    judged = detect_all(votes, {slug: look[1] for slug, look in looks.items()})
    return {slug for slug, mood in judged.items() if mood.level}


def false_alerts(generator: random.Random, a_day: int, share: float, drift: Drift, weeks: int) -> float:
    """Alerts a week over all beats, none of which shifts."""
    hours = WEEK * (weeks + 1) + 24
    beats = {str(number): Beat(generator, a_day, shares(generator, share, hours, drift)) for number in range(BEATS)}
    last: dict[str, int] = {}
    alerts = 0
    for hour in range(WEEK + 24, hours + 1):
        for slug in alert(beats, hour):
            if hour - last.get(slug, -24) >= 24:
                alerts += 1
                last[slug] = hour
    return alerts / weeks


def power(generator: random.Random, a_day: int, drift: Drift, trials: int, to: float = 0.24) -> tuple[float, float]:
    """The share of rises from 12 % found within 24 hours, and just at their end, beside 24 beats that stay the same."""
    soon = end = 0
    hours = WEEK + 24
    for _ in range(trials):
        every = shares(generator, 0.12, hours, drift)
        every[-24:] = [share * to / 0.12 for share in every[-24:]]
        beats = {"one": Beat(generator, a_day, [*every[:24], *every])}
        others = {str(number): (0, 1000) for number in range(BEATS - 1)}
        past = dict.fromkeys(others, [(0, 1000)] * 7)
        found = []
        for hour in range(hours, hours + 25):
            votes, days = beats["one"].at(hour)
            judged = detect_all({"one": votes, **dict.fromkeys(others, (0, 0))}, {"one": days, **past})
            found.append(judged["one"].level is not None)
        soon += any(found[1:])
        end += found[-1]
    return soon / trials, end / trials


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--trials", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    drifts: tuple[Drift, ...] = ("none", "daily", "hourly")
    print(f"false alerts a week over {BEATS} beats, level low")
    for share in (0.12, 0.3):
        for a_day in (200, 500):
            generator = random.Random(options.seed)
            cells = [f"{drift} {false_alerts(generator, a_day, share, drift, options.weeks):.2f}" for drift in drifts]
            print(f"  share {share:.0%}, {a_day} a day, drift", "  ".join(cells), flush=True)
    print("rise from 12 to 24 %: found within 24 hours, and at their end")
    for a_day in (200, 300, 500):
        generator = random.Random(options.seed)
        cells = []
        for drift in drifts:
            soon, end = power(generator, a_day, drift, options.trials)
            cells.append(f"{drift} {soon:.2f}, {end:.2f}")
        print(f"  {a_day} a day, drift", "  ".join(cells), flush=True)


if __name__ == "__main__":
    main()
