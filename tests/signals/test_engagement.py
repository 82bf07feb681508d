"""Engagement without volume."""

from __future__ import annotations

import random

from monitor.signals.engagement import Reactions, engagement

WEEK = [Reactions(1000 + 40 * day, 300) for day in range(10)]


def test_ten_times_the_reactions_to_as_many_posts() -> None:
    found = engagement(Reactions(12_000, 310), WEEK, top=9_000)
    assert found is not None
    assert found.level == "high"
    assert found.ratio > 9
    assert (found.days, found.top_share) == (10, 0.75)


def test_more_reactions_to_more_posts_are_volume() -> None:
    assert engagement(Reactions(12_000, 3000), WEEK) is None


def test_a_restless_past_asks_for_more() -> None:
    generator = random.Random(1)
    restless = [Reactions(round(generator.lognormvariate(7, 1.2)), 300) for _ in range(28)]
    assert engagement(Reactions(5_000, 310), restless) is None


def test_nothing_is_said_without_a_week_or_of_a_handful() -> None:
    assert engagement(Reactions(12_000, 310), WEEK[:6]) is None
    assert engagement(Reactions(60, 3), [Reactions(2, 3)] * 10) is None
