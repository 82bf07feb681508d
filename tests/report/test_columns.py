from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.report.columns import Column, cells, cut, table, wrap

LINES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40)


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("▁█╱", 3), ("🙂", 2), ("", 0), ("a\u200bb", 2)]
)
def test_cells_are_counted(text: str, width: int) -> None:
    assert cells(text) == width


@given(LINES, st.integers(1, 30))
def test_what_was_cut_fits(text: str, width: int) -> None:
    assert cells(cut(text, width)) <= width
    assert cut(text, cells(text)) == text


def test_a_wide_character_is_not_halved() -> None:
    assert cut("日本語", 4) == "日…"
    assert cut("日本語", 5) == "日本…"
    assert cut("abcdef", 5, ascii=True) == "ab..."


@given(LINES, st.integers(4, 30))
def test_wrapped_lines_fit_and_lose_no_character(text: str, width: int) -> None:
    lines = wrap(text, width, first="- ")
    assert all(cells(line) <= width for line in lines)
    assert "".join("".join(line[2:] for line in lines).split()) == "".join(text.split())


def test_texts_are_fitted_in_cells() -> None:
    assert Column("日本", ["a", "日本語"], "left").fitted(6) == ["日本  ", "a     ", "日本語"]
    assert Column("日本", ["a", "日本語"]).fitted(5) == [" 日本", "    a", "日本…"]


def test_only_the_columns_that_may_be_are_cut() -> None:
    columns = [Column("Name", ["a long name", "b"], "left", least=5), Column("Posts", ["1,234", "5"])]
    assert table(columns, 14) == ["Name     Posts", "a long…  1,234", "b            5"]
