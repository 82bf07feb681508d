"""Overlap and lockstep of beats."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.instants import from_datetime
from monitor.signals.coupling import grown_overlap, locksteps, overlaps, residual
from tests.signals.series import START

HOURS = 14 * 24
FIRST = from_datetime(START)


def hourly(generator: random.Random, noise: list[float], an_hour: float = 60) -> list[int | None]:
    """Hourly posts with a daily season and a weekend, moved by a common or an own noise of the log rate."""
    found: list[int | None] = []
    for number in range(HOURS):
        season = math.exp(0.6 * math.sin(2 * math.pi * (number % 24) / 24)) * (0.6 if number // 24 % 7 >= 5 else 1.0)
        mean = an_hour * season * math.exp(noise[number])
        found.append(max(0, round(generator.gauss(mean, math.sqrt(2 * mean)))))
    return found


def wandering(generator: random.Random, persistence: float = 0.8, spread: float = 0.3) -> list[float]:
    level, found = 0.0, []
    for _ in range(HOURS):
        level = persistence * level + math.sqrt(1 - persistence**2) * generator.gauss(0, spread)
        found.append(level)
    return found


def test_two_beats_that_follow_one_noise_are_in_lockstep() -> None:
    generator = random.Random(1)
    common = wandering(generator, spread=0.5)
    [pair] = locksteps({"a": hourly(generator, common), "b": hourly(generator, common)}, FIRST)
    assert (pair.first, pair.second, pair.verdict, pair.lag) == ("a", "b", "lockstep", 0)
    assert pair.r >= 0.6
    assert pair.effective_hours < pair.hours


def test_one_that_follows_hours_later_is_coupled_with_its_lag() -> None:
    generator = random.Random(2)
    common = wandering(generator, persistence=0.5, spread=0.6)
    late = [*common[-3:], *common[:-3]]
    [pair] = locksteps({"a": hourly(generator, common), "b": hourly(generator, late)}, FIRST)
    assert (pair.verdict, pair.lag) == ("coupled", 3)


def test_beats_that_share_only_the_season_are_hardly_ever_coupled() -> None:
    generator = random.Random(3)
    wrong = 0
    for _ in range(30):
        pairs = locksteps({name: hourly(generator, wandering(generator)) for name in "ab"}, FIRST)
        wrong += any(pair.verdict for pair in pairs)
    assert wrong <= 2


def test_quiet_beats_are_not_judged() -> None:
    generator = random.Random(4)
    common = wandering(generator)
    assert locksteps({"a": hourly(generator, common, 15), "b": hourly(generator, common, 200)}, FIRST) == []


def test_hours_that_were_not_collected_are_left_out() -> None:
    generator = random.Random(5)
    common = wandering(generator, spread=0.5)
    holed: list[int | None] = [
        None if 100 <= number < 130 else posts for number, posts in enumerate(hourly(generator, common))
    ]
    left = residual(holed, FIRST)
    assert [number for number, value in enumerate(left) if value is None and number >= 24] == list(range(100, 130))
    [pair] = locksteps({"a": holed, "b": hourly(generator, common)}, FIRST)
    assert pair.verdict == "lockstep"


def test_an_unrelated_beat_changes_no_correlation() -> None:
    generator = random.Random(6)
    common = wandering(generator)
    counts = {name: hourly(generator, common) for name in "ab"}
    [alone] = locksteps(counts, FIRST)
    more = locksteps({**counts, "c": hourly(generator, wandering(generator))}, FIRST)
    [again] = [pair for pair in more if (pair.first, pair.second) == ("a", "b")]
    assert (again.r, again.p, again.lag) == (alone.r, alone.p, alone.lag)


def test_refuses_beats_over_different_hours() -> None:
    with pytest.raises(ValueError, match="same hours"):
        locksteps({"a": [1], "b": [1, 2]}, FIRST)


def test_a_flat_series_has_no_residual() -> None:
    assert residual([50] * HOURS, FIRST) == [None] * HOURS


def test_the_weekend_is_a_season_of_its_own() -> None:
    """What quietens at every weekend leaves next to nothing once the weekends are known."""
    generator = random.Random(7)
    hours = [(100 if number // 24 % 7 < 5 else 25) + generator.randint(-5, 5) for number in range(28 * 24)]
    left = residual(hours, FIRST)
    assert sum(abs(value or 0.0) > 3.9 for value in left[14 * 24 :]) < 14


def test_overlap_counts_shared_clusters() -> None:
    everything = {"a": set(range(100)), "b": set(range(80, 120)), "c": set(range(300, 400))}
    [found] = overlaps(everything)
    assert (found.first, found.second, found.shared) == ("a", "b", frozenset(range(80, 100)))
    assert found.jaccard == pytest.approx(20 / 120)
    assert found.containment == pytest.approx(0.5)
    assert found.lift == pytest.approx(20 / (100 * 40 / 220))


@given(st.dictionaries(st.sampled_from("abcd"), st.sets(st.integers(0, 30))))
def test_overlap_lies_between_nothing_and_everything(clusters: dict[str, set[int]]) -> None:
    for pair in overlaps(clusters):
        assert 0 < pair.jaccard <= pair.containment <= 1
        assert pair.shared == clusters[pair.first] & clusters[pair.second]


def test_two_beats_that_come_to_share_much_more() -> None:
    grown = grown_overlap(60, 600, 80, 4200)
    assert grown is not None
    assert grown.ratio == pytest.approx(0.1 / (80 / 4200))
    assert grown.p <= 1e-8
    fresh = grown_overlap(60, 600, 0, 4200)
    assert fresh is not None
    assert fresh.ratio is None


def test_an_overlap_as_usual_of_a_few_or_without_a_past_is_none() -> None:
    assert grown_overlap(60, 600, 400, 4200) is None
    assert grown_overlap(10, 60, 0, 4200) is None
    assert grown_overlap(60, 600, 0, 0) is None
