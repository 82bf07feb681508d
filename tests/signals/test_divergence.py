"""Sources in opposite moods."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.divergence import divergences, net_sentiment, widened


def test_opposite_moods_are_found_with_their_intervals() -> None:
    [found] = divergences({"news": (200, 60, 400), "bluesky": (50, 220, 400), "arxiv": (10, 10, 400)})
    assert (found.positive.source, found.negative.source) == ("news", "bluesky")
    assert found.difference == pytest.approx(0.35 + 0.425)
    assert found.negative.high < 0 < found.positive.low
    assert found.level == "high"


def test_two_shades_of_one_mood_are_none() -> None:
    assert divergences({"news": (300, 20, 400), "bluesky": (120, 60, 400)}) == []


def test_few_votes_are_none() -> None:
    assert divergences({"news": (30, 0, 40), "bluesky": (0, 30, 40)}) == []


def test_sources_of_one_mood_hardly_ever_diverge() -> None:
    generator = random.Random(2)
    wrong = 0
    for _ in range(200):
        draws = {name: [generator.random() for _ in range(150)] for name in ("x", "bluesky", "news", "youtube")}
        votes = {name: (sum(v < 0.3 for v in each), sum(v > 0.7 for v in each), 150) for name, each in draws.items()}
        wrong += bool(divergences(votes))
    assert wrong <= 4


def test_a_unanimous_source_is_not_certain() -> None:
    assert net_sentiment("x", 60, 0, 60).low < 1


def test_refuses_more_moods_than_votes() -> None:
    with pytest.raises(ValueError, match="votes"):
        net_sentiment("x", 3, 3, 5)


@given(positive=st.integers(0, 500), negative=st.integers(0, 500), neutral=st.integers(0, 500))
def test_an_interval_holds_its_point(positive: int, negative: int, neutral: int) -> None:
    net = net_sentiment("x", positive, negative, positive + negative + neutral)
    assert -1 <= net.low <= net.net <= net.high <= 1


def test_sources_are_wider_apart_than_before_or_not() -> None:
    before = {"news": (600.0, 560.0, 2000), "bluesky": (500.0, 520.0, 2000)}
    now = {"news": (160.0, 60.0, 400), "bluesky": (50.0, 190.0, 400)}
    wider = widened(now, before, "news", "bluesky")
    assert wider is not None
    assert wider.clear
    assert wider.before == pytest.approx(0.02 + 0.01)
    always = {name: (5 * a, 5 * b, 5 * n) for name, (a, b, n) in now.items()}
    same = widened(now, always, "news", "bluesky")
    assert same is not None
    assert not same.clear
    assert widened(now, {"news": (3.0, 3.0, 9)}, "news", "bluesky") is None
