from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.config import load
from monitor.records import Beat, Rule
from monitor.sources.x_queries import LONGEST_QUERY, LONGEST_RULE, queries_of

ONLY = "lang:en -is:retweet"


def beat(*terms: str, **rule: tuple[str, ...]) -> Beat:
    return Beat("b", "B", "C", Rule(any=terms, **rule))


def queries(*beats: Beat, longest: int = LONGEST_QUERY, restriction: str = "") -> tuple[str, ...]:
    return queries_of(beats, longest, restriction)


def test_words_phrases_and_hashtags_are_joined():
    rule = beat("llama", "Open-Weights", "#OpenSource", "gpt 4.1", "don't", "p(doom)")
    (query,) = queries(rule, restriction=ONLY)
    assert query == f'(llama OR "open weights" OR #opensource OR "gpt 4.1" OR "don\'t" OR "p(doom)") {ONLY}'


def test_what_x_would_take_for_something_else_is_quoted():
    assert queries(beat("or", "lang:de", "-is", "$tsla", "#c++", "a.i.", "(doom)")) == (
        '("or" OR "lang:de" OR "tsla" OR "c++" OR "a.i." OR "(doom)")',
    )


def test_what_cannot_be_searched_for_is_left_out():
    assert queries(beat("/gpt-?4/", "...", "", "#"), beat("robot", weak=("robot",))) == ("(robot)",)
    assert queries(beat(), beat("/a/")) == ()


def test_quotes_and_backslashes_cannot_end_a_phrase():
    assert queries(beat('say "hi" OR x', "a\\b c")) == ('("say hi or x" OR "a b c")',)


def test_a_phrase_stands_for_those_that_contain_it():
    (query,) = queries(
        beat("ai safety institute", "ai safety", "safety first"), beat("the ai safety", "unsafe ai safetynet")
    )
    assert query == '("ai safety" OR "safety first" OR "unsafe ai safetynet")'


def test_a_term_of_several_beats_is_asked_for_once():
    assert queries(beat("llama", "qwen"), beat("Qwen")) == ("(llama OR qwen)",)


def test_a_rule_that_needs_several_terms_at_once_is_a_clause():
    rule = beat("model", "a b", all=("open", "big lab"))
    assert queries(beat("llama"), rule) == ('(llama OR ((model OR "a b") open "big lab"))',)
    assert queries(beat(all=("open", "lab"))) == ("((open lab))",)
    assert queries(beat(all=("open",), weak=("lab",))) == ()


def test_queries_are_packed_up_to_the_limit():
    terms = [f"word{number:03}" for number in range(100)]
    packed = queries(beat(*terms), longest=200, restriction=ONLY)
    assert all(len(query) <= 200 and query.endswith(f") {ONLY}") for query in packed)
    assert " OR ".join(query.removesuffix(f") {ONLY}")[1:] for query in packed).split(" OR ") == terms
    assert len(packed[0]) > 190


def test_a_clause_that_is_too_long_is_split_and_a_term_that_is_too_long_is_left_out():
    split = queries(beat(*(f"word{number}" for number in range(9)), all=("open",)), longest=60)
    assert all(len(query) <= 60 and "open" in query for query in split)
    assert sum(query.count("word") for query in split) == 9
    assert queries(beat("x" * 600, "llama")) == ("(llama)",)


@given(st.lists(st.lists(st.text(max_size=30), max_size=8), max_size=5), st.lists(st.text(max_size=20), max_size=2))
def test_any_rules_give_queries_within_the_limit(rules, needed):
    for query in queries(*(beat(*terms, all=tuple(needed)) for terms in rules), longest=120, restriction=ONLY):
        assert len(query) <= 120
        assert query.count('"') % 2 == 0


def test_the_shipped_beats_fit_into_a_few_queries():
    beats = load(None).beats.beats
    assert len(queries_of(beats, LONGEST_QUERY, ONLY)) < 30
    assert len(queries_of(beats, LONGEST_RULE, ONLY)) < 15
