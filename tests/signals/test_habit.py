"""What is learned of a beat's usual day, weekend and scatter."""

from __future__ import annotations

import random
from math import nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.instants import DAY, from_datetime
from monitor.signals.habit import LEAST_VARIANCE, Habit, is_weekend, learn, trimmed_mean
from monitor.signals.history import BINS_A_DAY
from tests.signals.series import START, draw, rates

FIRST = from_datetime(START) // DAY
DAYS = 28


def learned(seed: int, an_hour: float, phi: float = 2.0) -> tuple[Habit, list[float]]:
    generator = random.Random(seed)
    expected = rates(generator, an_hour, DAYS)
    return learn([float(count) for count in draw(generator, expected, phi)], FIRST), expected


@pytest.mark.parametrize("an_hour", [20, 200])
def test_the_day_and_the_weekend_are_found(an_hour: float) -> None:
    habit, expected = learned(1, an_hour)
    for day in (1, 5):
        known = [
            expected[week * 7 * BINS_A_DAY + day * BINS_A_DAY + hour * 12] for week in range(4) for hour in (4, 16)
        ]
        night, noon = sum(known[::2]) / 4, sum(known[1::2]) / 4
        found = habit.rates(FIRST + day)
        assert found[16 * 12] / found[4 * 12] == pytest.approx(noon / night, rel=0.6)
    assert habit.factors[1] / habit.factors[0] == pytest.approx((0.77 / 1.09) ** 0.5, rel=0.08)
    assert sum(habit.rates(FIRST)) == pytest.approx(an_hour * 24 * 1.09, rel=0.1)


def test_scatter_within_the_hour_and_from_hour_to_hour_are_told_apart() -> None:
    assert learned(2, 300, 2.0)[0].phi == pytest.approx(2.0, rel=0.15)
    assert learned(2, 300, 4.0)[0].phi == pytest.approx(4.0, rel=0.2)
    generator = random.Random(3)
    wild = [mean * generator.choice((0.4, 1.6)) for day in range(DAYS) for mean in [25.0] * 12 for _ in range(24)]
    assert learned(2, 300)[0].variance < 0.09
    assert learn([float(count) for count in draw(generator, wild)], FIRST).variance >= LEAST_VARIANCE


def test_an_hour_that_is_clearly_its_own_is_kept_as_it_is() -> None:
    generator = random.Random(4)
    counts = [float(generator.randrange(3, 6)) for _ in range(DAYS * BINS_A_DAY)]
    for day in range(DAYS):
        for number in range(9 * 12, 10 * 12):
            counts[day * BINS_A_DAY + number] += 30
    found = learn(counts, FIRST).rates(FIRST)
    assert found[9 * 12 + 6] > 25
    assert found[13 * 12] < 6


def test_an_hour_that_was_never_collected_is_like_the_others() -> None:
    counts = [4.0] * (7 * BINS_A_DAY)
    for day in range(7):
        counts[day * BINS_A_DAY : day * BINS_A_DAY + 36] = [nan] * 36
    found = learn(counts, FIRST).rates(FIRST)
    assert min(found) == pytest.approx(4, rel=0.1)
    assert max(found) == pytest.approx(4, rel=0.1)


def test_some_loud_hours_do_not_make_a_loud_habit() -> None:
    generator = random.Random(5)
    quiet = [float(count) for count in draw(generator, rates(generator, 100, DAYS))]
    loud = list(quiet)
    for day in range(0, DAYS, 3):
        start = day * BINS_A_DAY + generator.randrange(200)
        loud[start : start + 48] = [count * 4 for count in loud[start : start + 48]]
    assert sum(learn(loud, FIRST).rates(FIRST)) <= 1.15 * sum(learn(quiet, FIRST).rates(FIRST))


def test_hours_of_steps_leave_hardly_a_trace() -> None:
    generator = random.Random(6)
    counts = [float(count) for count in draw(generator, [4.0] * DAYS * BINS_A_DAY)]
    stepped = list(counts)
    for day in range(1, DAYS, 3):
        start = day * BINS_A_DAY + 14 * 12
        stepped[start : start + 4 * 12] = [4 * count for count in counts[start : start + 4 * 12]]
    quiet, loud = learn(counts, FIRST), learn(stepped, FIRST)
    assert max(loud.rates(FIRST)) < 1.25 * max(quiet.rates(FIRST))
    assert loud.variance < 1.5 * quiet.variance


def test_silence_is_a_habit_too() -> None:
    habit = learn([0.0] * (3 * BINS_A_DAY), FIRST)
    assert 0 < max(habit.rates(FIRST)) < 0.05


@settings(max_examples=20)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=30), st.integers(2, 9), st.integers(0, 6))
def test_any_past_gives_rates_above_zero(counts: list[int], days: int, first: int) -> None:
    size = days * BINS_A_DAY
    past = [float(counts[number * number % len(counts)]) for number in range(size)]
    past[: size // 3] = [nan] * (size // 3)
    habit = learn(past, FIRST + first)
    assert min(habit.rates(FIRST + first + days)) > 0
    assert habit.phi > 1
    assert habit.variance >= LEAST_VARIANCE


def test_days_of_the_weekend() -> None:
    assert [is_weekend(FIRST + day) for day in range(7)] == [False] * 5 + [True] * 2


def test_a_trimmed_mean_leaves_out_the_ends() -> None:
    assert trimmed_mean([1, 2, 3, 4, 1000]) == 3
