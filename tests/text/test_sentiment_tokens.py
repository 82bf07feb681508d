from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.sentiment_tokens import Tokens
from monitor.text.sentiment_words import small_tokens_of, tokens_of

WORDS = {
    "good": 3,
    "bad": -5,
    "not": 7,
    "don't": 11,
    "like": 13,
    "loves": 17,
    "!": 19,
    "?": 23,
    "😀": 29,
    "@": 31,
    "0": 7,
}


def known() -> Tokens:
    return Tokens(WORDS, {("like", "good"): 100, ("@", "!"): 200}, {"good": 1000, "bad": 2000, "unheard": 4000})


@pytest.mark.parametrize(
    ("token", "word"),
    [
        ("GOOD", "good"),
        ("#Good", "good"),
        ("gooood", "good"),
        ("good's", "good"),
        ("good'", "good"),
        ("lloves", "loves"),
        ("Don't", "don't"),
        ("@anybody", "@"),
        ("1984", "0"),
        ("3rd", "0"),
    ],
)
def test_a_token_counts_as_the_word_that_it_is_a_form_of(token: str, word: str) -> None:
    tokens = known()
    assert tokens[token] == tokens[word]
    assert tokens[token][0] == WORDS[word]


def test_what_is_not_known_weighs_nothing() -> None:
    tokens = known()
    assert tokens["nowhere"] == tokens["#elsewhere"] == tokens["ж"]
    assert tokens["nowhere"][0] == 0
    assert tokens["…"][0] == 0


def test_each_sign_of_a_run_counts_once() -> None:
    tokens = known()
    assert tokens["?!!!"][0] == WORDS["?"] + WORDS["!"]
    assert tokens["😀…😀"][0] == WORDS["😀"]


def test_pairs_are_found_in_every_form_and_in_one_order() -> None:
    tokens = known()
    assert tokens.pair("LIKE", "#good") == 100
    assert tokens.pair("@somebody", "!") == 200
    assert tokens.pair("good", "like") == tokens.pair("nowhere", "good") == tokens.pair("?!", "good") == 0


texts = st.lists(
    st.sampled_from(["not", "Don't", "good", "BAD", "goood", "x", "like", "#", "@x", "7", "!", "?!", "😀", ".", "’"])
).map(" ".join)


@given(texts)
def test_what_negators_turn_adds_up(text: str) -> None:
    tokens, words = known(), tokens_of(text)
    assert tokens.turned([tokens[word][1] for word in words]) == sum(weight for _, _, weight in tokens.reached(words))


def test_punctuation_ends_the_reach_of_a_negator() -> None:
    tokens = known()
    for text, weight in (("not x good", 1000), ("not ?! good", 0), ("not 😀 bad", 0), ("not a b c d good", 0)):
        assert tokens.turned([tokens[word][1] for word in tokens_of(text)]) == weight


@given(st.text() | st.text(alphabet="aGoOdİıΣσςßǅ'’@#!. \u0301\u200d&;lt\\u0069://") | texts)
def test_small_letters_make_no_difference(text: str) -> None:
    tokens = known()
    assert [tokens[token] for token in small_tokens_of(text)] == [tokens[token] for token in tokens_of(text)]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.text.sentiment_tokens._MOST_REMEMBERED", 50)
    tokens = known()
    before = tokens["good"], tokens["?!"], tokens["@x"]
    for number in range(500):
        tokens[f"word{number}"], tokens[f"@{number}"], tokens["!" * number + "…"]
        assert len(tokens) <= 50
    assert (tokens["good"], tokens["?!"], tokens["@x"]) == before


def test_mentions_take_no_memory() -> None:
    tokens = known()
    before = len(tokens)
    assert all(tokens[f"@{number}"] == tokens["@"] for number in range(500))
    assert len(tokens) == before
