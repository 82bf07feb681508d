"""Phrases of texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.text.phrases import FUNCTION_WORDS, LONGEST, key_of, phrases_of


def test_words_pairs_and_triples_without_function_words_at_their_ends() -> None:
    found = phrases_of("The state of the art in open weights")
    assert found == {"state", "art", "open", "weights", "open weights", "art in open"}
    assert "models like gemma" in phrases_of("models like Gemma")


def test_marks_links_and_mentions_part_phrases() -> None:
    found = phrases_of("Open weights. Llama, see https://example.org/open-source @sama GPT-5's tests")
    assert found == {"open", "weights", "open weights", "llama", "gpt-5's", "tests", "gpt-5's tests"}


def test_numbers_alone_and_short_words_are_no_phrases_but_parts() -> None:
    assert phrases_of("AI 2027 report") == {"report", "ai 2027", "2027 report", "ai 2027 report"}


@given(st.text(max_size=300))
def test_any_text_has_phrases_of_a_few_words_and_stable_keys(text: str) -> None:
    for phrase in phrases_of(text):
        words = phrase.split(" ")
        assert 1 <= len(words) <= LONGEST
        assert words[0] not in FUNCTION_WORDS
        assert words[-1] not in FUNCTION_WORDS
        assert 0 <= key_of(phrase) < 1 << 63


def test_keys_are_the_same_in_every_process() -> None:
    assert key_of("open weights") == key_of("open weights") != key_of("open weight")
