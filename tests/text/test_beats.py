from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records import GENERAL, Beat, Beats, Rule
from monitor.text.beats import BeatTagger, RuleError, TermSpan, hash_rules

NO_RULE = Rule()


def beat(slug: str, **rule: tuple[str, ...]) -> Beat:
    return Beat(slug, slug.title(), "Tests", Rule(**rule))


def tag(rule: Rule, text: str, umbrella: Rule = NO_RULE) -> bool:
    """Whether the rule matches the text."""
    (slugs,) = BeatTagger(Beats((Beat("one", "One", "Tests", rule),), umbrella)).tag([text])
    return "one" in slugs


def naive_lower(text: str) -> str:
    return "".join(character.lower()[0] for character in text).replace("’", "'").replace("ς", "σ")


def naive_spans(term: str, text: str) -> list[TermSpan]:
    """All places of a word or phrase, tried one after the other."""
    words = [re.escape(word) for word in re.split(r"[\s-]+", naive_lower(term))]
    pattern = re.compile(r"(?<!\w)" + r"[\s\-\u2010-\u2013]+".join(words) + r"(?!\w)")
    lowered = naive_lower(text)
    found = (pattern.match(lowered, start) for start in range(len(text)))
    return [TermSpan(place.start(), place.end(), term) for place in found if place]


pieces = st.sampled_from(
    ["a", "b", "ab", "open", "source", "ai", "#", "c++", ".net", "a.i.", "İ", "ß", "Σ", "é", "_", "9"]
)
gaps = st.sampled_from([" ", "-", "  ", "\n", "", ".", "!", "\u2011", "’"])
term_texts = st.lists(pieces, min_size=1, max_size=3).map(" ".join).filter(lambda term: not term.startswith("#"))
texts = st.lists(st.one_of(pieces, gaps, pieces.map(str.upper)), max_size=14).map("".join)


@given(st.lists(term_texts, min_size=1, max_size=6, unique_by=naive_lower), texts)
def test_every_term_is_found_everywhere(terms: list[str], text: str) -> None:
    tagger = BeatTagger([beat("one", any=tuple(terms))])
    expected = sorted(span for term in terms for span in naive_spans(term, text))
    match = tagger.match(text)
    assert [list(found.spans) for found in match.beats] == ([expected] if expected else [])
    assert tagger.tag([text]) == [("one",) if expected else ()]


rules = st.builds(
    Rule,
    **{field: st.lists(st.sampled_from("abcdefg"), max_size=2, unique=True).map(tuple) for field in Rule._fields},
)


def naive_matches(rule: Rule, words: set[str], weak_that_count: set[str]) -> bool:
    if set(rule.none) & words or not set(rule.all) <= words:
        return False
    if not rule.any and not rule.weak:
        return bool(rule.all)
    return bool(set(rule.any) & words or weak_that_count & set(rule.weak) & words)


def naive_weak(rule: Rule, umbrella: Rule, words: set[str]) -> set[str]:
    """The weak terms of the rule that count in these words."""
    weak = set(rule.weak) & words
    if naive_matches(umbrella._replace(weak=()), words, set()):
        return weak
    if set(umbrella.none) & words:
        return set()
    if any(term != hint for term in weak for hint in set(rule.hints) & words):
        return weak
    return weak - set(umbrella.weak) if set(umbrella.weak) & words else set()


def naive_choice(configured: Sequence[Beat], umbrella: Rule, words: list[str]) -> tuple[str, ...]:
    """Three beats at most by weak terms: those with the most, shared ones counting in parts; then the first."""
    there = set(words)
    weak = {one.slug: naive_weak(one.rule, umbrella, there) for one in configured}
    sure = [one for one in configured if naive_matches(one.rule, there, set())]
    faint = [one for one in configured if one not in sure and naive_matches(one.rule, there, weak[one.slug])]
    shared = Counter(term for one in faint for term in weak[one.slug])
    parts = {one.slug: sum(Fraction(1, shared[term]) for term in weak[one.slug]) for one in faint}
    faint.sort(key=lambda one: (-parts[one.slug], min(map(words.index, weak[one.slug]))))
    chosen = {one.slug for one in (*sure, *faint[: max(0, 3 - len(sure))])}
    return tuple(one.slug for one in configured if one.slug in chosen)


@given(st.lists(rules, max_size=6), rules, st.lists(st.sampled_from("abcdefgh"), max_size=5))
def test_rules_mean_what_they_say(beat_rules: list[Rule], umbrella: Rule, words: list[str]) -> None:
    configured = tuple(Beat(f"beat-{number}", "", "", rule) for number, rule in enumerate(beat_rules))
    tagger = BeatTagger(Beats((*configured, Beat(GENERAL, "General", "General", Rule())), umbrella))
    expected = naive_choice(configured, umbrella, words)
    if not expected and naive_matches(umbrella._replace(weak=()), set(words), set()):
        expected = (GENERAL,)
    text = " ".join(words)
    assert tagger.tag([text]) == [expected]
    assert tagger.match(text).slugs == expected


def test_overlapping_terms_all_count() -> None:
    tagger = BeatTagger(
        [beat("z", any=("source ai",)), beat("a", any=("open source",)), beat("m", any=("open source ai",))]
    )
    assert tagger.tag(["open source ai", "open source", "source ai"]) == [("z", "a", "m"), ("a",), ("z",)]


def test_spaces_stand_for_spaces_and_hyphens() -> None:
    rule = Rule(any=("open source",))
    for text in ("Open-Source!", "open\n  source", "OPEN\u2011SOURCE", "#open source"):
        assert tag(rule, text)
    for text in ("opensource", "open. source", "open sources", "reopen source"):
        assert not tag(rule, text)
    assert tag(Rule(any=("open-source",)), "open source")


def test_words_end_where_no_word_character_follows() -> None:
    assert tag(Rule(any=("c++",)), "I love C++.")
    assert not tag(Rule(any=("c++",)), "c++11")
    assert tag(Rule(any=(".net",)), "on .NET now")
    assert not tag(Rule(any=(".net",)), "asp.net")
    assert tag(Rule(any=("a.i.",)), "the A.I. race")


def test_a_hashtag_is_found_as_a_hashtag_only() -> None:
    assert tag(Rule(any=("#opensource",)), "we like #OpenSource, too")
    assert not tag(Rule(any=("#opensource",)), "we like opensource")
    assert not tag(Rule(any=("#open",)), "we like #opensource")
    assert tag(Rule(any=("opensource",)), "we like #opensource")


def test_regular_expressions() -> None:
    assert tag(Rule(any=(r"/gpt-?\d/",)), "GPT-5 is out")
    assert tag(Rule(any=(r"/gpt-?\d/",), none=("/pizza|pasta/",)), "gpt4 and soup")
    assert not tag(Rule(any=(r"/gpt-?\d/",), none=("/pizza|pasta/",)), "gpt4 and Pasta")
    assert tag(Rule(all=(r"/gpt-?\d/", "court")), "gpt4 in court")
    assert not tag(Rule(any=("/(?-i:AI)/",)), "ai")
    assert not tag(Rule(any=("/late/",)), "x" * 5_000 + "late")


def test_spans_are_offsets_into_the_given_text() -> None:
    tagger = BeatTagger(Beats((beat("one", any=("Open Weights", "/gpt-?4/"), weak=("robot",)),), Rule(any=("ai",))))
    text = "İstanbul: open-weights, GPT-4 ROBOT, AI"
    (found,) = tagger.match(text).beats
    assert [(text[start:end], term) for start, end, term in found.spans] == [
        ("open-weights", "Open Weights"),
        ("GPT-4", "/gpt-?4/"),
        ("ROBOT", "robot"),
    ]
    assert tagger.match(text).umbrella == (TermSpan(37, 39, "ai"),)


def test_general_shows_what_the_umbrella_found() -> None:
    tagger = BeatTagger(
        Beats((beat("one", any=("x",)), Beat(GENERAL, "General", "General", Rule())), Rule(any=("ai",)))
    )
    assert [(found.slug, found.spans) for found in tagger.match("so, AI").beats] == [(GENERAL, (TermSpan(4, 6, "ai"),))]


def test_weak_terms_need_the_umbrella() -> None:
    rule, umbrella = Rule(weak=("robot",)), Rule(any=("ai",), none=("ai weiwei",))
    assert tag(rule, "an AI robot", umbrella)
    assert not tag(rule, "a robot", umbrella)
    assert not tag(rule, "Ai Weiwei's robot", umbrella)
    assert not tag(rule, "an AI robot")


def test_a_hint_lets_weak_terms_count_that_are_not_the_hint_itself() -> None:
    umbrella = Rule(any=("ai",), none=("monet",), weak=("robot", "claude"))
    rule = Rule(weak=("robot", "warehouse"))
    assert tag(rule, "a robot in the warehouse", umbrella)
    assert tag(rule, "Claude likes the robot in the warehouse", umbrella)
    assert tag(rule, "an AI robot", umbrella)
    assert not tag(rule, "a robot, and Claude", umbrella)
    assert not tag(rule, "a warehouse", umbrella)
    assert not tag(rule, "Claude Monet's warehouse", umbrella)
    general = BeatTagger(Beats((Beat(GENERAL, "General", "General", Rule()),), umbrella))
    assert general.tag(["Claude, robot", "ai"]) == [(), (GENERAL,)]


def test_a_hint_of_a_beat_lets_its_own_weak_terms_count() -> None:
    rule = Rule(weak=("insurer", "doctor", "scribe"), hints=("scribe", "machine", "doctor insurer"))
    assert tag(rule, "the machine and the insurer")
    assert tag(rule, "the scribe and the insurer")
    for text in ("the machine", "the scribe, the scribe", "the insurer and the doctor", "a doctor-insurer"):
        assert not tag(rule, text)
    assert not tag(rule, "the machine and Ai Weiwei's doctor", Rule(any=("ai",), none=("ai weiwei",)))
    assert not tag(rule, "AI: the machine", Rule(any=("ai",)))
    assert not tag(rule._replace(all=("nurse",)), "the machine and the insurer")
    assert not tag(rule._replace(none=("nurse",)), "the machine, the insurer and the nurse")
    (found,) = BeatTagger([beat("one", **rule._asdict())]).match("the machine and the insurer").beats
    assert found.spans == (TermSpan(4, 11, "machine"), TermSpan(20, 27, "insurer"))


def test_a_hint_of_a_beat_says_nothing_of_other_beats() -> None:
    tagger = BeatTagger([beat("one", weak=("insurer",), hints=("machine",)), beat("two", weak=("insurer",))])
    assert tagger.tag(["the machine and the insurer"]) == [("one",)]


def test_weak_terms_add_no_fourth_beat_and_the_best_are_kept() -> None:
    weak = {"a": ("art",), "b": ("bank", "bond"), "c": ("cat",), "d": ("dog",), "e": ("exam",)}
    beats = (*(beat(slug, weak=terms) for slug, terms in weak.items()), beat("f", any=("flood",)))
    tagger = BeatTagger(Beats(beats, Rule(any=("ai",))))
    assert tagger.tag(["AI: exam, dog, cat, art, art"]) == [("c", "d", "e")]
    assert tagger.tag(["AI: exam, dog, cat, bank, bond"]) == [("b", "d", "e")]
    assert tagger.tag(["AI: exam, dog, cat, flood"]) == [("d", "e", "f")]
    assert tagger.match("AI: exam, dog, cat, flood").slugs == ("d", "e", "f")
    sure = BeatTagger([beat(letter, any=(letter,)) for letter in "abcde"])
    assert sure.tag(["a b c d e"]) == [("a", "b", "c", "d", "e")]


def test_the_hint_is_among_what_the_umbrella_found() -> None:
    tagger = BeatTagger(Beats((beat("one", weak=("warehouse",)),), Rule(any=("ai",), weak=("robot",))))
    found = tagger.match("robot, warehouse")
    assert found.umbrella == (TermSpan(0, 5, "robot"),)
    assert found.beats[0].spans == (TermSpan(7, 16, "warehouse"),)


@pytest.mark.parametrize(
    "term",
    ["", "  ", "#", "-x", "x-", "#two words", "/(/", "/a*/", "//", "/(a+)+b/", "/(ab|cd)*e/", r"/(x)\1/",
     "/.*a.*b.*c/", "/(a{1,16}){1,16}b/", r"/(\w+\s){1,9}x/", "/(?:a?){99}b/"],
)  # fmt: skip
@pytest.mark.parametrize("field", Rule._fields)
def test_terms_that_cannot_be_used_are_refused(field: str, term: str) -> None:
    with pytest.raises(RuleError) as caught:
        BeatTagger([beat("fine", any=("ok",)), beat("wrong", **{field: ("ok", term)})])
    assert (caught.value.beat, caught.value.term) == ("wrong", term)
    assert caught.value.reason


@pytest.mark.parametrize(
    "term", [r"/\bgpt-?[45]o?\b/", "/colou?r/", "/(?:deep|open)seek/", r"/ai.{0,30}bill/", r"/a\w+ act/"]
)
def test_reasonable_expressions_are_taken(term: str) -> None:
    tagger = BeatTagger([beat("one", any=(term,))])
    started = time.process_time()
    tagger.tag(["a" * 20_000, "ai " * 10_000, "deepopen" * 3_000])
    assert time.process_time() - started < 5


def test_general_takes_no_terms() -> None:
    with pytest.raises(RuleError):
        BeatTagger([beat(GENERAL, any=("ai",))])


def test_the_hash_follows_what_the_rules_mean() -> None:
    umbrella = Rule(any=("ai",))
    first, second = beat("one", any=("open source", "b")), beat("two", weak=("c",))
    original = hash_rules(Beats((first, second), umbrella))
    assert re.fullmatch("[0-9a-f]{12}", original)
    assert BeatTagger(Beats((first, second), umbrella)).rules_hash == original
    same = Beats((second, beat("one", any=("b", "Open-Source"))._replace(name="Other")), umbrella)
    assert hash_rules(same) == original
    for other in (
        Beats((first,), umbrella),
        Beats((first, second), Rule(any=("a.i.",))),
        Beats((first, beat("two", any=("c",))), umbrella),
        Beats((first, beat("three", weak=("c",))), umbrella),
        Beats((first, second._replace(rule=Rule(weak=("c",), hints=("d",)))), umbrella),
    ):
        assert hash_rules(other) != original


def test_no_beats_at_all() -> None:
    assert BeatTagger([]).tag(["anything", ""]) == [(), ()]


def test_a_single_text_in_place_of_a_list_is_told() -> None:
    with pytest.raises(TypeError, match=r"\[text\]"):
        BeatTagger([beat("one", any=("one",))]).tag("one")
