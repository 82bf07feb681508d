"""Tail areas of the beta distribution and intervals of shares, against values computed elsewhere."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.signals.beta import adjusted, chance_above, newcombe, regularised, wilson

SHAPES = st.floats(0.5, 3000)


@pytest.mark.parametrize(
    ("x", "a", "b", "expected"),
    [
        (0.5, 2, 3, 0.6875),
        (0.25, 1, 1, 0.25),
        (0.1, 0.5, 0.5, 2 / math.pi * math.asin(math.sqrt(0.1))),
        (0.3, 1, 7, 1 - 0.7**7),
        (0.9, 6, 1, 0.9**6),
        (0.4, 4, 4, sum(math.comb(7, k) * 0.4**k * 0.6 ** (7 - k) for k in range(4, 8))),
        (0.13, 61, 441, sum(math.comb(501, k) * 0.13**k * 0.87 ** (501 - k) for k in range(61, 502))),
        (0.0, 2, 3, 0.0),
        (1.0, 2, 3, 1.0),
    ],
)
def test_tail_areas(x: float, a: float, b: float, expected: float) -> None:
    assert regularised(x, a, b) == pytest.approx(expected, abs=1e-12)


@given(x=st.floats(0, 1), a=SHAPES, b=SHAPES)
def test_both_tails_make_one(x: float, a: float, b: float) -> None:
    assert regularised(x, a, b) + regularised(1 - x, b, a) == pytest.approx(1, abs=1e-8)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [((3, 2), (2, 3), 53 / 70), ((1, 1), (1, 1), 0.5), ((2, 1), (1, 1), 2 / 3), ((1, 1), (1, 3), 0.75)],
)
def test_comparing_two_shares(first: tuple[float, float], second: tuple[float, float], expected: float) -> None:
    assert chance_above(first, second) == pytest.approx(expected, abs=2e-5)


def test_comparing_with_a_factor_agrees_with_sampling() -> None:
    generator = random.Random(5)
    first, second, draws = (49.0, 153.0), (60.0, 440.0), 40_000
    above = sum(generator.betavariate(*first) > 1.8 * generator.betavariate(*second) for _ in range(draws)) / draws
    assert chance_above(first, second, 1.8) == pytest.approx(above, abs=0.01)


def test_far_tails_are_not_lost() -> None:
    rare = chance_above((60.5, 440.5), (240.5, 760.5))
    assert rare == pytest.approx(1 - chance_above((240.5, 760.5), (60.5, 440.5)), abs=1e-9)
    assert 1e-9 < rare < 1e-6


@settings(max_examples=40)
@given(first=st.tuples(SHAPES, SHAPES), second=st.tuples(SHAPES, SHAPES))
def test_one_is_above_or_the_other(first: tuple[float, float], second: tuple[float, float]) -> None:
    assert chance_above(first, second) + chance_above(second, first) == pytest.approx(1, abs=5e-4)


def test_newcombe_as_published() -> None:
    """Newcombe (1998), table II, method 10: 56/70 against 48/80."""
    low, high = newcombe((56, 70), (48, 80))
    assert (low, high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))


@given(data=st.data(), n1=st.integers(1, 5000), n2=st.integers(1, 5000))
def test_intervals_hold_their_point(data: st.DataObject, n1: int, n2: int) -> None:
    k1, k2 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    low, high = newcombe((k1, n1), (k2, n2))
    assert -1 <= low <= k1 / n1 - k2 / n2 + 1e-12
    assert k1 / n1 - k2 / n2 - 1e-12 <= high <= 1
    low, high = wilson(k1, n1)
    assert 0 <= low <= k1 / n1 + 1e-12
    assert k1 / n1 - 1e-12 <= high <= 1


def test_q_values_as_published() -> None:
    """Benjamini and Hochberg (1995), section 3.1: at 5 % the four smallest of these fifteen pass."""
    p_values = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0,
    ]  # fmt: skip
    assert sum(q <= 0.05 for q in adjusted(p_values)) == 4


@given(st.lists(st.floats(0, 1), max_size=40))
def test_q_values_keep_the_order_and_are_no_smaller(p_values: list[float]) -> None:
    q_values = adjusted(p_values)
    assert all(p <= q + 1e-12 <= 1 + 1e-9 for p, q in zip(p_values, q_values, strict=True))
    pairs = sorted(zip(p_values, q_values, strict=True))
    assert [q for _, q in pairs] == sorted(q for _, q in pairs)
