from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.share_intervals import Belief, interval

numbers = st.floats(-1, 1)
variances = st.floats(1e-6, 0.1)


@given(numbers, variances)
def test_of_one_belief_it_is_the_normal_interval(mean: float, variance: float) -> None:
    low, high = interval([Belief(1.0, mean, variance)])
    reach = 1.959964 * sqrt(variance)
    assert low == pytest.approx(mean - reach, abs=1e-6)
    assert high == pytest.approx(mean + reach, abs=1e-6)


@given(st.lists(st.tuples(st.floats(0.01, 1), numbers, variances), min_size=1, max_size=5))
def test_it_lies_within_what_any_of_the_beliefs_says(beliefs: list[tuple[float, float, float]]) -> None:
    whole = sum(likely for likely, _, _ in beliefs)
    alone = [interval([Belief(1.0, mean, variance)]) for _, mean, variance in beliefs]
    low, high = interval([Belief(likely / whole, mean, variance) for likely, mean, variance in beliefs])
    assert min(below for below, _ in alone) - 1e-6 <= low <= high <= max(above for _, above in alone) + 1e-6


def test_it_reaches_to_the_side_where_something_else_is_believed() -> None:
    low, high = interval([Belief(0.8, 0.3, 0.001), Belief(0.2, 0.5, 0.001)])
    assert 0.3 - low < 0.07
    assert high > 0.5
