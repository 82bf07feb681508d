"""Finding terms: by the words of a text as by one search for all of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text.terms import TermError, TermFinder, canonical, lower

_PIECES = st.sampled_from(["ai", "open", "source", "models", "é", "c++", "#", "$", "'s", "🤖", "_", "4o", "ς", "’"])
_BETWEEN = st.sampled_from(["", " ", "-", "‑", " - ", ".", "\n", "'", ", "])
_WRITTEN = st.lists(st.tuples(_PIECES, _BETWEEN), min_size=1, max_size=9).map(
    lambda parts: "".join(piece + between for piece, between in parts)
)


def _canonical(written: list[str]) -> list[str]:
    terms = []
    for term in written:
        try:
            terms.append(canonical(term))
        except TermError:
            continue
    return terms


def _terms_of(finder: TermFinder, texts: list[str]) -> set[str]:
    return {term for text in texts for term in finder.terms_in(text)}


@settings(max_examples=500)
@given(st.lists(_WRITTEN, max_size=6), st.lists(_WRITTEN, min_size=1, max_size=4))
def test_the_words_of_a_text_tell_the_terms_that_a_search_finds(written: list[str], texts: list[str]) -> None:
    finder = TermFinder(_canonical(written))
    for text in (*texts, *written):
        found = finder.find(text)
        assert _terms_of(finder, finder.held_in(lower(text))) == {one.term for one in found}
        assert finder.find_at_once(text) == found


@pytest.mark.parametrize(
    ("terms", "text", "held"),
    [
        (["open source"], "Open-Source wins", {"open source"}),
        (["open source"], "open. Source", set()),
        (["open source", "open source ai", "open"], "open source AI", {"open source", "open source ai", "open"}),
        (["a a", "a a b"], "a a a b", {"a a", "a a b"}),
        (["#ai"], "#ai", {"#ai"}),
        (["#ai"], "ai", set()),
        (["ai"], "#AI", {"ai"}),
        (["artists'"], "the artists' work", {"artists'"}),
        (["🤖"], "a 🤖", {"🤖"}),
        (["c++"], "c++", {"c++"}),
        (["résumé"], "my Résumé", {"résumé"}),
        (["ai"], "éai", set()),
    ],
)
def test_terms_are_held_where_their_words_stand(terms: list[str], text: str, held: set[str]) -> None:
    finder = TermFinder(map(canonical, terms))
    assert _terms_of(finder, finder.held_in(lower(text))) == held


def test_no_terms_are_held_where_there_are_none() -> None:
    assert TermFinder([]).held_in("open source") == []
    assert TermFinder([]).find_at_once("open source") == []
    assert TermFinder([]).find("open source") == []
