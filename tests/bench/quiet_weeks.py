"""False signals in weeks in which nothing happens: `python -m tests.bench.quiet_weeks [WEEKS]`, with numpy.

Twenty-five beats of 200 to 1,500 texts a day, looked at every hour as the fetcher does. What is counted are openings:
an alarm with none of the same subject in the 24 hours before. Shares wander from day to day with the variance that the
methods allow for (`drift` 1) and with four times that (`drift` 4). Reactions are Pareto with an exponent of 1.2, times
a factor of each day.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from math import sqrt
from typing import Any

import numpy

from monitor.signals.coupling import grown_overlap, locksteps
from monitor.signals.divergence import divergences, widened
from monitor.signals.dominance import dominating
from monitor.signals.engagement import Reactions, engagement
from monitor.signals.mood import DRIFT
from monitor.signals.phrases import LEAST_POSTS, LEAST_RATIO, LEAST_SHARE, rising

BEATS = 25
DAY = 24
PAST = 7
PHRASES = 2_000

Array = Any
Alarms = Iterator[tuple[int, str]]
"""Hour and subject."""


def wandering(dice: numpy.random.Generator, shares: Array, days: int, drift: float) -> Array:
    """Shares of each day, by beta distributions of the variance `drift * DRIFT * p (1 - p)`."""
    weight = 1 / (DRIFT * drift) - 1
    return numpy.stack([dice.beta(shares * weight, (1 - shares) * weight) for _ in range(days)])


def sums(hourly: Array, start: int, end: int) -> Array:
    return hourly[start:end].sum(axis=0)


def phrases(dice: numpy.random.Generator, hours: int, drift: float) -> Alarms:
    """Phrases of all frequencies, each by itself."""
    a_day = dice.uniform(200, 1500)
    shares = 0.25 / (numpy.arange(PHRASES) + 1.0) ** 0.8
    days = wandering(dice, shares, hours // DAY + 1, drift)
    votes = dice.poisson(a_day / DAY, hours)
    counts = numpy.stack([dice.binomial(votes[hour], days[hour // DAY]) for hour in range(hours)])
    for now in range((PAST + 2) * DAY, hours):
        end = (now - DAY) // DAY * DAY
        n, of = sums(counts, now - DAY, now), int(votes[now - DAY : now].sum())
        before, before_of = sums(counts, end - PAST * DAY, end), int(votes[end - PAST * DAY : end].sum())
        enough = (n >= LEAST_POSTS) & (n >= LEAST_SHARE * of)
        likely = numpy.flatnonzero(enough & (n * before_of >= LEAST_RATIO * before * of))
        present = {str(each): int(n[each]) for each in likely}
        for found in rising(present, of, {str(each): int(before[each]) for each in likely}, before_of, PHRASES):
            yield now, found.phrase


def entities(dice: numpy.random.Generator, hours: int, drift: float) -> Alarms:
    """Twenty entities, the most frequent in up to 45 % of the texts."""
    a_day = dice.uniform(200, 1500)
    shares = dice.uniform(0.2, 0.45) / (numpy.arange(20) + 1.0)
    days = wandering(dice, shares, hours // DAY + 1, drift * 4)
    votes = dice.poisson(a_day / DAY, hours)
    counts = numpy.stack([dice.binomial(votes[hour], days[hour // DAY]) for hour in range(hours)])
    for now in range((PAST + 2) * DAY, hours):
        end = (now - DAY) // DAY * DAY
        n, before = sums(counts, now - DAY, now), sums(counts, end - PAST * DAY, end)
        totals = int(votes[now - DAY : now].sum()), int(votes[end - PAST * DAY : end].sum())
        named = {str(each): int(count) for each, count in enumerate(n)}
        past = {str(each): int(count) for each, count in enumerate(before)}
        for found in dominating(named, totals[0], past, totals[1]):
            yield now, found.entity


def opposites(dice: numpy.random.Generator, hours: int, drift: float) -> Alarms:
    """Six sources of different moods, which each wander."""
    sources = [f"s{number}" for number in range(6)]
    a_day = dice.uniform(200, 1500) * dice.dirichlet(numpy.full(6, 1.5))
    positive = wandering(dice, dice.uniform(0.15, 0.4, 6), hours // DAY + 1, drift)
    negative = wandering(dice, dice.uniform(0.15, 0.4, 6), hours // DAY + 1, drift)
    n = dice.poisson(a_day / DAY, (hours, 6))
    day = numpy.arange(hours) // DAY
    up = dice.binomial(n, positive[day])
    down = dice.binomial(n - up, numpy.minimum(negative[day] / (1 - positive[day]), 1))
    for now in range((PAST + 2) * DAY, hours):
        end = (now - DAY) // DAY * DAY
        tables = []
        for start, stop in ((now - DAY, now), (end - PAST * DAY, end)):
            rows = zip(sums(up, start, stop), sums(down, start, stop), sums(n, start, stop), strict=True)
            tables.append({s: (float(a), float(b), int(c)) for s, (a, b, c) in zip(sources, rows, strict=True)})
        for found in divergences(tables[0]):
            pair = found.positive.source, found.negative.source
            wider = widened(tables[0], tables[1], *pair)
            if wider is not None and wider.clear:
                yield now, "+".join(sorted(pair))


def audiences(dice: numpy.random.Generator, hours: int, drift: float) -> Alarms:
    """Reactions with heavy tails; four weeks before are known."""
    days_before = 28
    total = hours + days_before * DAY
    a_day = dice.uniform(200, 1500)
    factor = dice.lognormal(0, 0.15 * sqrt(drift), total // DAY + 1)
    posts = dice.poisson(a_day / DAY, total)
    hourly = []
    for hour in range(total):
        reactions = numpy.floor(dice.pareto(1.2, posts[hour]) * 3 * factor[hour // DAY])
        hourly.append((int(reactions.sum()), float(numpy.sqrt(reactions).sum()), int(posts[hour])))
    table = numpy.array(hourly)

    def reading(end: int) -> Reactions:
        reactions, felt, count = table[end - DAY : end].sum(axis=0)
        return Reactions(int(reactions), int(count), float(felt))

    for now in range(days_before * DAY, total):
        earlier = [reading(now - day * DAY) for day in range(1, days_before) if now - day * DAY >= DAY]
        if engagement(reading(now), earlier) is not None:
            yield now - days_before * DAY, ""


def pairs(dice: numpy.random.Generator, hours: int, drift: float) -> Alarms:
    """Twelve pairs for each beat: three hundred in all."""
    shares = dice.beta(0.5, 10, 12)
    days = wandering(dice, numpy.maximum(shares, 1e-4), hours // DAY + 1, drift)
    either = dice.poisson(dice.uniform(400, 2500) / DAY, (hours, 12))
    shared = dice.binomial(either, days[numpy.arange(hours) // DAY])
    for now in range((PAST + 2) * DAY, hours):
        end = (now - DAY) // DAY * DAY
        n, of = sums(shared, now - DAY, now), sums(either, now - DAY, now)
        before, before_of = sums(shared, end - PAST * DAY, end), sums(either, end - PAST * DAY, end)
        for each in range(12):
            if grown_overlap(int(n[each]), int(of[each]), int(before[each]), int(before_of[each])) is not None:
                yield now, str(each)


def openings(alarms: Alarms) -> int:
    """Alarms with none of the same subject in the day before."""
    last: dict[str, int] = {}
    count = 0
    for hour, subject in alarms:
        count += hour - last.get(subject, -DAY) >= DAY
        last[subject] = hour
    return count


def lockstep_openings(dice: numpy.random.Generator, days: int) -> int:
    """Beats that share a season and no more, looked at every six hours; a fortnight before is known."""
    hours = (28 + days) * DAY
    season = numpy.exp(0.6 * numpy.sin(2 * numpy.pi * (numpy.arange(hours) % 24) / 24))
    season = season * numpy.where(numpy.arange(hours) // 24 % 7 >= 5, 0.6, 1.0)
    counts: dict[str, list[int | None]] = {}
    for beat in range(BEATS):
        level, rate = 0.0, numpy.empty(hours)
        for hour in range(hours):
            level = 0.8 * level + 0.6 * dice.normal(0, 0.25)
            rate[hour] = level
        counts[f"b{beat}"] = dice.poisson(60 * season * numpy.exp(rate) * dice.gamma(30, 1 / 30, hours)).tolist()
    found = 0
    for end in range(28 * DAY, hours, 6):
        now = {beat: series[end - 14 * DAY : end] for beat, series in counts.items()}
        found += sum(pair.verdict == "lockstep" for pair in locksteps(now, (end - 14 * DAY) * 3_600_000))
    return found


KINDS: dict[str, Callable[[numpy.random.Generator, int, float], Alarms]] = {
    "phrase": phrases, "entity": entities, "divergence": opposites, "engagement": audiences, "overlap": pairs,
}  # fmt: skip


def main() -> None:
    weeks = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    hours = ((PAST + 2) + 7 * weeks) * DAY
    print(f"false signals a week over {BEATS} beats, {weeks} weeks")
    for name, kind in KINDS.items():
        for drift in (1.0, 4.0):
            dice = numpy.random.default_rng(2026)
            length = 7 * weeks * DAY if name == "engagement" else hours
            count = sum(openings(kind(dice, length, drift)) for _ in range(BEATS))
            print(f"{name:11} drift {drift:.0f}: {count / weeks:.2f}", flush=True)
    dice = numpy.random.default_rng(2026)
    print(f"lockstep          : {lockstep_openings(dice, 7 * min(weeks, 2)) / min(weeks, 2):.2f}")


if __name__ == "__main__":
    main()
