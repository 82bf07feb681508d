"""Rising phrases."""

from __future__ import annotations

import random

import pytest

from monitor.signals.phrases import rising


def test_a_phrase_from_nothing_to_a_third_of_posts() -> None:
    [found] = rising({"open weights": 130, "ai": 300}, 400, {"ai": 2100}, 2800)
    assert (found.phrase, found.n, found.of, found.previous_n, found.previous_of) == ("open weights", 130, 400, 0, 2800)
    assert found.ratio is None
    assert found.level == "high"


def test_a_handful_and_a_small_rise_are_none() -> None:
    assert rising({"rare": 6}, 400, {"rare": 0}, 2800) == []
    assert rising({"usual": 130}, 400, {"usual": 800}, 2800) == []


def test_ordinary_fluctuation_of_many_phrases_is_none() -> None:
    generator = random.Random(3)
    shares = {f"phrase-{number}": generator.random() ** 3 / 2 for number in range(300)}
    present = {phrase: sum(generator.random() < share for _ in range(400)) for phrase, share in shares.items()}
    previous = {phrase: sum(generator.random() < share for _ in range(2800)) for phrase, share in shares.items()}
    assert len(rising(present, 400, previous, 2800)) <= 1


def test_the_clearest_comes_first() -> None:
    found = rising({"a": 60, "b": 200}, 400, {"a": 20, "b": 20}, 2800)
    assert [each.phrase for each in found] == ["b", "a"]
    assert found[1].ratio == pytest.approx(21)


def test_without_a_past_nothing_rises() -> None:
    assert rising({"a": 60}, 400, {}, 0) == []


def test_refuses_more_votes_than_there_are() -> None:
    with pytest.raises(ValueError, match="votes"):
        rising({"a": 60}, 40, {}, 400)
