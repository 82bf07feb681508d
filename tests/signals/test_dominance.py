"""One entity in most of a beat's posts."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.dominance import dominating


def test_an_entity_in_three_quarters_of_the_posts() -> None:
    (found,) = dominating({"openai": 300, "google": 40}, 400, {"openai": 500, "google": 300}, 2800)
    assert (found.entity, found.level, found.n, found.of) == ("openai", "high", 300, 400)
    assert found.share_low < found.share == 0.75 < found.share_high
    assert found.q < 1e-6


def test_one_that_always_dominates_or_a_small_beat_is_none() -> None:
    assert dominating({"openai": 300}, 400, {"openai": 1900}, 2800) == []
    assert dominating({"openai": 30}, 35, {"openai": 10}, 300) == []


def test_shares_that_wander_hardly_ever_dominate() -> None:
    dice = random.Random(4)
    wrong = 0
    for _ in range(300):
        usual = dice.uniform(0.2, 0.45)
        days = [dice.betavariate(usual * 99, (1 - usual) * 99) for _ in range(8)]
        counts = [sum(dice.random() < share for _ in range(200)) for share in days]
        wrong += bool(dominating({"a": counts[0]}, 200, {"a": sum(counts[1:])}, 1400))
    assert wrong <= 2


@given(n=st.integers(0, 400), before=st.integers(0, 2800))
def test_what_is_told_was_rarer_before_and_lies_in_its_interval(n: int, before: int) -> None:
    for found in dominating({"a": n}, 400, {"a": before}, 2800):
        assert found.share >= 0.5
        assert found.previous_share < found.share
        assert found.share_low <= found.share <= found.share_high
