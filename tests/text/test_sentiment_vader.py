from __future__ import annotations

from importlib.metadata import version

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text.sentiment import label_of
from monitor.text.sentiment_vader import VaderScorer


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I love this model, it is wonderful", "positive"),
        ("What a horrible, useless disaster", "negative"),
        ("The model was released on Monday", "neutral"),
        ("not good at all", "negative"),
        ("", "neutral"),
    ],
)
def test_plain_cases(text: str, label: str) -> None:
    (probabilities,) = VaderScorer().score([text])
    assert label_of(probabilities) == label


@settings(deadline=None)
@given(st.lists(st.text(), max_size=5))
def test_any_texts_give_probabilities(texts: list[str]) -> None:
    scored = VaderScorer().score(texts)
    assert len(scored) == len(texts)
    for row in scored:
        assert sum(row) == pytest.approx(1)
        assert all(0 < share < 1 for share in row)


def test_a_very_long_text_takes_no_time() -> None:
    assert label_of(VaderScorer().score(["great but " * 200_000])[0]) == "positive"


def test_the_name_says_which_library() -> None:
    assert VaderScorer().name == f"vader-{version('vaderSentiment')}/1"


def test_drivers_come_by_strength_and_are_words_of_the_text() -> None:
    text = "This is a terrible idea, said nobody, and I mostly like it :)"
    drivers = VaderScorer().explain(text)
    assert {"terrible", "like"} <= {driver.text for driver in drivers}
    assert all(driver.text in text for driver in drivers)
    weights = {driver.text: driver.weight for driver in drivers}
    assert weights["terrible"] < 0 < weights["like"]
    strengths = [abs(driver.weight) for driver in drivers]
    assert strengths == sorted(strengths, reverse=True)
    assert "said" not in weights


def test_nothing_drives_a_text_without_a_mood() -> None:
    assert VaderScorer().explain("The model was released on Monday") == []
