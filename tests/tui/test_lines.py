"""Lines of styled text: fitting, wrapping, and which cells of one changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from monitor.tui.lines import changed_cells, clip, fit, outside, right, rule, spread, steady, width_of, wrap

ANY_TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("C", "M", "Z")), max_size=40)


@given(ANY_TEXT, st.integers(1, 30))
def test_clip_gives_exactly_the_width(text: str, width: int) -> None:
    assert cell_len(clip(text, width)) == width


@given(ANY_TEXT, st.integers(1, 30))
def test_right_gives_exactly_the_width(text: str, width: int) -> None:
    assert cell_len(right(text, width)) == width


@given(st.lists(st.tuples(ANY_TEXT, st.just("text")), max_size=6), st.integers(1, 60))
def test_fit_gives_exactly_the_width(pieces: list[tuple[str, str]], width: int) -> None:
    assert width_of(fit(pieces, width)) == width


def test_clip_says_that_something_is_missing() -> None:
    assert clip("open weights", 8) == "open we…"
    assert clip("開放的な重み", 6) == "開放… "
    assert clip("short", 8) == "short   "


def test_equal_lines_have_no_changed_cells() -> None:
    assert changed_cells((("a", "text"), ("b", "text")), (("ab", "text"),)) is None


def test_only_the_cells_between_the_first_and_the_last_change_count() -> None:
    assert changed_cells((("volume 100 posts", "text"),), (("volume 109 posts", "text"),)) == (9, 10)
    assert changed_cells((("ab", "text"), ("c", "good")), (("ab", "text"), ("c", "bad"))) == (2, 3)


def test_a_line_with_wide_characters_is_taken_whole() -> None:
    assert changed_cells((("重 1", "text"),), (("重 2", "text"),)) == (0, 4)


def test_a_rule_keeps_its_title_and_gives_up_the_far_end() -> None:
    assert width_of(rule([("Stories", "")], [("newest", "")], 40)) == 40
    text = "".join(piece for piece, _ in rule([("Stories of a day", "")], [("newest", "")], 20))
    assert "Stories of a day" in text
    assert "newest" not in text


def test_an_active_rule_differs_in_shape_too() -> None:
    plain = "".join(piece for piece, _ in rule([("x", "")], (), 10))
    active = "".join(piece for piece, _ in rule([("x", "")], (), 10, active=True))
    assert "─" in plain
    assert "━" in active


def test_spread_cuts_the_far_end_first() -> None:
    text = "".join(piece for piece, _ in spread([("left part", "")], [("far end", "")], 14))
    assert text.startswith("left part")
    assert len(text) == 14


@given(st.lists(ANY_TEXT, max_size=12), st.integers(2, 40))
def test_wrapping_loses_no_character_and_keeps_the_width(words: list[str], width: int) -> None:
    lines = wrap(" ".join(words), width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join("".join(words).split())


def test_text_from_outside_is_one_clean_line() -> None:
    assert outside("a\x1b]0;owned\x07b\n\tc\u202e") == "ab c"


def test_what_terminals_disagree_about_is_left_out() -> None:
    assert steady("family 👨\u200d👩\u200d👧 flag 🏳\ufe0f\u200d🌈 hand 👩🏽\u200d🔬!") == "family 👨 flag 🏳 hand 👩!"
    assert steady("zero\u200bwidth\u2060 \ufeffmarks\u00ad") == "zerowidth marks"
    assert steady("क्\u200dष पढ़ें") == "क्ष पढ़ें"
    assert steady("plain") == "plain"
