from __future__ import annotations

import pytest

from monitor.text.scorers import CONFUSIONS, NAMES
from monitor.text.sentiment import NAME, Driver, Scorer, estimate_shares, label_of, scorer_named, table_scorer
from monitor.text.shares import LABELS, SCORER

CLEAR = [
    ("I love this model, it is wonderful", "positive"),
    ("What a horrible, useless disaster", "negative"),
    ("The model was released on Monday", "neutral"),
    ("not good at all", "negative"),
    ("", "neutral"),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("text", "label"), CLEAR)
def test_every_scorer_knows_clear_cases(name: str, text: str, label: str) -> None:
    (probabilities,) = scorer_named(name).score([text])
    assert label_of(probabilities) == label


@pytest.mark.parametrize("name", NAMES)
def test_every_scorer_goes_by_its_name_and_explains(name: str) -> None:
    scorer = scorer_named(name)
    assert scorer.name == NAMES[name]
    weights = {driver.text: driver.weight for driver in scorer.explain("a wonderful disaster")}
    assert weights["disaster"] < 0 < weights["wonderful"]


def test_the_scorer_in_use_is_the_one_that_snapshots_name() -> None:
    scorer = Scorer()
    assert scorer.name == NAME == SCORER
    texts = [text for text, _ in CLEAR]
    assert [label_of(row) for row in scorer.score(texts)] == [label for _, label in CLEAR]
    assert scorer.score(iter(texts)) == scorer.score(texts)
    assert all(isinstance(driver, Driver) for driver in scorer.explain("wonderful"))


def test_one_estimates_shares_from_scores() -> None:
    shares = estimate_shares(Scorer().score(["I love it", "I hate it", "It is a chip"] * 20))
    assert shares.n == 60
    assert shares.positive == pytest.approx(1 / 3, abs=0.15)


@pytest.mark.parametrize("name", CONFUSIONS)
def test_confusions_are_shares_of_the_true_classes(name: str) -> None:
    for true in range(len(LABELS)):
        assert sum(row[true] for row in CONFUSIONS[name]) == pytest.approx(1, abs=0.002)


def test_a_damaged_table_and_an_unknown_scorer_are_refused() -> None:
    with pytest.raises(ValueError, match="not a file of sentiment weights"):
        table_scorer(b"something else")
    with pytest.raises(ValueError, match="no such scorer"):
        scorer_named("oracle")


def test_the_likeliest_class_is_the_label() -> None:
    assert label_of((0.5, 0.3, 0.2)) == "negative"
    assert label_of((0.2, 0.5, 0.3)) == "neutral"
    assert label_of((0.2, 0.3, 0.5)) == "positive"


def test_one_text_in_place_of_a_list_is_refused() -> None:
    with pytest.raises(TypeError, match="pass a list"):
        Scorer().score("not a list")
    assert len(Scorer().score(["a list"])) == 1
