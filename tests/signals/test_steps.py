"""The odds that a step is under way."""

from __future__ import annotations

from math import nan

import pytest

from monitor.signals.habit import Habit
from monitor.signals.steps import Steps, Surprise

HABIT = Habit((10.0,) * 24, (1.0, 1.0), 2.0, 0.06)
RATE = 100 / 12


def after(counts: list[float], least: float = 0.0) -> Surprise | None:
    steps = Steps(HABIT, 10.0, 1.5)
    for count in counts:
        steps.feed(count, RATE)
    return steps.surprise(least)


def test_nothing_surprises_in_the_usual() -> None:
    assert after([8.0] * 60, least=-20.0) is None


def test_a_fourfold_step_is_sure_within_a_quarter_of_an_hour() -> None:
    found = after([8.0] * 60 + [33.0] * 3)
    assert found is not None
    assert found.log_odds > 3
    assert (found.bins, found.posts) == (3, 99)
    assert found.expected == pytest.approx(25, rel=0.1)


def test_a_smaller_step_takes_longer() -> None:
    early, late = (after([8.0] * 60 + [24.0] * bins, least=-20.0) for bins in (2, 12))
    assert early is not None
    assert late is not None
    assert early.log_odds + 1 < late.log_odds


def test_the_more_the_surer() -> None:
    odds = []
    for count in (16.0, 20.0, 30.0, 60.0, 500.0):
        found = after([8.0] * 30 + [count] * 2, least=-50.0)
        assert found is not None
        odds.append(found.log_odds)
    assert odds == sorted(odds)


def test_a_rise_of_a_few_posts_is_none_however_sure() -> None:
    steps = Steps(HABIT, 10.0, 1.5)
    for count in [0.0] * 50 + [3.0] * 2:
        steps.feed(count, 0.01)
    assert steps.surprise(-50.0) is None


def test_a_bin_that_was_not_collected_says_nothing_and_is_left_out_of_the_window() -> None:
    found = after([8.0] * 60 + [33.0, nan, 33.0])
    assert found is not None
    assert found.posts == 66
    assert found.expected == pytest.approx(2 * RATE, rel=0.1)


def test_extremes_leave_odds_behind() -> None:
    steps = Steps(HABIT, 10.0, 1.5)
    for count, usual in ((1e6, 0.0), (0.0, 1e5), (1e7, 1e5), (3.0, 1.0)):
        steps.feed(count, usual)
        found = steps.surprise(-1e9)
        assert found is None or abs(found.log_odds) < 1e4
