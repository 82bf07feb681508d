from __future__ import annotations

import random
import zlib
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text.scorers import NAMES
from monitor.text.sentiment import scorer_named, table_scorer
from monitor.text.sentiment_table import TableScorer
from monitor.text.sentiment_weights import Weights, read_weights, write_weights
from monitor.text.sentiment_words import small_tokens_of, tokens_of
from monitor.text.shares import label_of

SHIPPED = scorer_named("table")
SMALL = Weights(
    about={"name": "small", "data": "none"},
    bias=(-1.0, -1.0),
    words={
        "good": (-2.0, 2.0),
        "bad": (2.0, -2.0),
        "not": (0.5, -0.5),
        "like": (0.0, 0.2),
        "😀": (-1.0, 1.0),
        "!": (0.0, 0.3),
        "loves": (-1.0, 1.0),
    },
    pairs={("like", "good"): (1.0, -1.0)},
    negated={"good": (4.0, -4.0)},
)


def small() -> TableScorer:
    return TableScorer(write_weights(SMALL))


def net(scorer: TableScorer, text: str) -> float:
    """Logarithm of the odds of positive against negative."""
    (row,) = scorer.score([text])
    return log(row[2] / row[0])


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I love this model, it is wonderful", "positive"),
        ("What a horrible, useless disaster", "negative"),
        ("The model was released on Monday", "neutral"),
        ("not good at all", "negative"),
        ("this is not a good idea", "negative"),
        ("thank you so much 😍", "positive"),
        ("😡😡😡", "negative"),
        ("soooo happyyyy", "positive"),
        ("this is so frustrating :(", "negative"),
        ("Regulator sues chip maker over data breach", "negative"),
        ("Start-up soars to record high after breakthrough", "positive"),
        ("Company publishes quarterly report on Tuesday", "neutral"),
        ("", "neutral"),
    ],
)
def test_plain_cases(text: str, label: str) -> None:
    (probabilities,) = SHIPPED.score([text])
    assert label_of(probabilities) == label


@settings(deadline=None)
@given(st.lists(st.text(), max_size=5))
def test_any_texts_give_probabilities(texts: list[str]) -> None:
    scored = SHIPPED.score(texts)
    assert len(scored) == len(texts)
    for row in scored:
        assert sum(row) == pytest.approx(1)
        assert all(0 < share < 1 for share in row)


@given(st.lists(st.text(alphabet="gobadntlike not!😀.' #@", max_size=30), max_size=6), st.randoms())
def test_a_score_depends_on_its_text_alone(texts: list[str], chance: random.Random) -> None:
    scorer = small()
    scored = dict(zip(texts, scorer.score(texts), strict=True))
    chance.shuffle(texts)
    assert scorer.score(texts) == [scored[text] for text in texts]
    assert [small().score([text])[0] for text in texts] == [scored[text] for text in texts]


def test_a_very_long_text_takes_no_time_and_is_not_surer_than_a_post() -> None:
    scorer = small()
    assert net(scorer, "good x " * 200_000) == pytest.approx(net(scorer, "good x " * 20), abs=0.05)


def test_weights_add_up() -> None:
    scorer = small()
    assert net(scorer, "good") == pytest.approx(4.0, abs=0.05)
    assert net(scorer, "good x x x") == pytest.approx(2.0, abs=0.05)
    assert net(scorer, "like good") == pytest.approx((0.2 + 4.0 - 2.0) / 2**0.5, abs=0.05)
    assert net(scorer, "not x good x") == pytest.approx((-1.0 + 4.0 - 8.0) / 2, abs=0.05)
    assert net(scorer, "not x . good") == pytest.approx((-1.0 + 4.0) / 2, abs=0.05)
    assert net(scorer, "not x x x x good") == pytest.approx((-1.0 + 4.0) / 6**0.5, abs=0.05)


@pytest.mark.parametrize(
    "text", ["GOOD", "#good", "goood", "good's", "g\\u006fod", "&#103;ood", "good https://example.com/bad"]
)
def test_forms_of_a_word_are_that_word(text: str) -> None:
    scorer = small()
    assert net(scorer, text) == net(scorer, "good")


def test_apostrophes_and_runs_of_signs() -> None:
    scorer = small()
    assert net(scorer, "😀") == pytest.approx(2, abs=0.05)
    assert net(scorer, "😀😀😀") == net(scorer, "😀")
    assert net(scorer, "don’t") == net(scorer, "don't")


def test_what_drove_a_score() -> None:
    drivers = {
        driver.text: driver.weight for driver in small().explain("Not a good one, I like bad x https://t.co/bad")
    }
    assert drivers["Not"] < 0 < drivers["good"]
    assert drivers["Not … good"] < 0
    assert drivers["bad"] < 0
    assert "a" not in drivers
    text = "like good and not good, bad"
    whole = sum(driver.weight for driver in small().explain(text))
    assert whole == pytest.approx(net(small(), text), abs=0.1)
    strengths = [abs(driver.weight) for driver in small().explain(text)]
    assert strengths == sorted(strengths, reverse=True)
    assert small().explain("x y z") == []


def test_another_table_has_another_name() -> None:
    other = write_weights(SMALL._replace(bias=(0.0, 0.0)))
    assert TableScorer(other).name != small().name
    assert small().name.startswith("small/")


def test_the_shipped_table_fits_its_name_and_size() -> None:
    scorer = scorer_named("table")
    assert scorer.name == NAMES["table"]
    assert scorer.name == table_scorer().name
    with pytest.raises(ValueError, match="no such scorer"):
        scorer_named("oracle")


words = st.text(alphabet=st.characters(exclude_characters="\n", exclude_categories=("Cs",)), min_size=1, max_size=8)
weight = st.tuples(st.floats(-9, 9), st.floats(-9, 9))


@given(st.dictionaries(words, weight, min_size=1, max_size=20), st.data())
def test_a_file_gives_back_what_was_written(known: dict[str, tuple[float, float]], data: st.DataObject) -> None:
    some = st.sampled_from(sorted(known))
    pairs = data.draw(st.dictionaries(st.tuples(some, some), weight, max_size=10))
    negated = data.draw(st.dictionaries(some, weight, max_size=10))
    written = Weights({"name": "a"}, (0.25, -1.5), known, pairs, negated)
    read = read_weights(write_weights(written))
    assert (read.about, read.bias) == (written.about, written.bias)
    for section in ("words", "pairs", "negated"):
        before, after = getattr(written, section), getattr(read, section)
        assert after.keys() == before.keys()
        largest = max((abs(value) for each in before.values() for value in each), default=0)
        for key, values in before.items():
            assert after[key] == pytest.approx(values, abs=largest / 127 / 2 + 1e-9)
    assert write_weights(read_weights(write_weights(written))) == write_weights(written)


def test_damaged_files_are_refused() -> None:
    content = write_weights(SMALL)
    first, rest = content.split(b"\n", 1)
    for damaged in (
        b"",
        b"hello",
        content[:-7],
        content[: len(first) + 1],
        first + b"\n" + zlib.compress(b'{"about":1}\n'),
    ):
        with pytest.raises(ValueError, match="sentiment weights"):
            read_weights(damaged)
    header, body = zlib.decompress(rest).split(b"\n", 1)
    for change in (body[:-1], b"\xff" + body[1:]):
        with pytest.raises(ValueError, match="damaged"):
            read_weights(first + b"\n" + zlib.compress(header + b"\n" + change))
    with pytest.raises(ValueError, match="unknown word"):
        write_weights(SMALL._replace(pairs={("good", "grief"): (0.0, 0.0)}))


@given(st.text(alphabet=st.characters(max_codepoint=127)).filter(lambda text: "&" not in text and "\\" not in text))
def test_tokens_are_the_same_however_they_are_found(text: str) -> None:
    assert tokens_of(text + " ж") == [*tokens_of(text), "ж"]
    assert small_tokens_of(text) == [token.lower() for token in tokens_of(text)]


@given(st.lists(st.sampled_from(["not", "Don't", "good", "GOOD", "@good", "bad", ".", "!!", "😀!", "x", "like"])))
def test_what_moved_a_score_adds_up_to_it(words: list[str]) -> None:
    scorer = TableScorer(write_weights(SMALL._replace(bias=(0.0, 0.0))))
    text = " ".join(words)
    listed = scorer.explain(text)
    assert sum(driver.weight for driver in listed) == pytest.approx(net(scorer, text), abs=0.3)
