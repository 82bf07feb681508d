from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.tui.paragraphs import LEAST, TOO_LONG, WANTED, paragraphs

SENTENCE = "Nine words make a sentence that says very little. "


def test_paragraphs_are_those_of_the_text() -> None:
    assert [found[:2] for found in paragraphs("one\n\n \ntwo three")] == [(0, 3), (7, 16)]


def test_text_that_was_run_together_is_broken_between_sentences() -> None:
    text = SENTENCE * 40
    found = paragraphs(text)
    assert len(found) > 2
    assert [one.is_told for one in found] == [True] + [False] * (len(found) - 1)
    assert all(text[one.start :].startswith("Nine words") for one in found)
    lengths = [len(text[one.start : one.end].split()) for one in found]
    assert all(WANTED <= length < WANTED + 9 for length in lengths[:-1])
    assert lengths[-1] >= LEAST


def test_one_endless_sentence_stays_whole() -> None:
    assert len(paragraphs("word " * (2 * TOO_LONG))) == 1


@given(st.text(alphabet='ab .?!"\n', max_size=60).map(lambda text: text * 30))
def test_nothing_is_lost_and_nothing_twice(text: str) -> None:
    found = paragraphs(text)
    assert (
        "".join(text[one.start : one.end] for one in found).split()
        == "".join(line for line in text.split("\n") if line.strip()).split()
    )
    assert all(one.start < one.end for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
