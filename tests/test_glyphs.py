from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import glyphs
from monitor.instants import DAY, HOUR, MINUTE
from monitor.records import NO_SHARES, Baseline, Shares


def test_volume_bars_tell_gap_from_zero_from_little() -> None:
    assert glyphs.volume_bars([0, None, 1, 4, 8]) == "·╱▁▄█"
    assert glyphs.volume_bars([0, None, 1, 4, 8], ascii=True) == "./_~#"
    assert glyphs.volume_bars([8], top=16) == "▄"
    assert glyphs.volume_bars([]) == ""


@given(st.lists(st.none() | st.integers(0, 10**9), max_size=40))
def test_a_higher_volume_never_has_a_lower_bar(values: list[int | None]) -> None:
    bars = glyphs.volume_bars(values)
    assert len(bars) == len(values)
    pairs = sorted(
        (value, glyphs.LEVELS.find(bar)) for value, bar in zip(values, bars, strict=True) if value is not None
    )
    assert [level for _, level in pairs] == sorted(level for _, level in pairs)


def test_mood_stands_above_or_below_the_middle() -> None:
    assert glyphs.mood_line([0.01, -0.01, 1.0, -1.0]) == "▅▄█▁"
    assert glyphs.mood_line([None, None], [None, 0]) == "╱·"


@given(st.lists(st.integers(0, 10**6), max_size=8), st.integers(0, 40))
def test_share_cells_fill_the_width(counts: list[int], width: int) -> None:
    cells = glyphs.share_cells(counts, width)
    assert sum(cells) == (width if sum(counts) else 0)
    assert all(cell == 0 for cell, count in zip(cells, counts, strict=True) if count == 0)
    if width >= sum(count > 0 for count in counts) and width:
        assert all(cell > 0 for cell, count in zip(cells, counts, strict=True) if count > 0)


def test_a_split_is_drawn_in_the_fills_of_its_sources() -> None:
    assert glyphs.share_bar((("x", 84), ("bluesky", 106), ("news", 188), ("youtube", 91)), 15) == "▓▓▓▒▒▒░░░░░░▪▪▪"
    assert glyphs.share_bar((("x", 0),), 5) == "     "
    assert glyphs.share_bar((("somewhere", 1),), 2) == glyphs.SHARE_FILLS[-1] * 2


@pytest.mark.parametrize(("value", "bar"), [(0, ""), (8, "████"), (4, "██"), (5, "██▌"), (0.001, "▏")])
def test_length_bars(value: float, bar: str) -> None:
    assert glyphs.length_bar(value, 8, 4) == bar


@pytest.mark.parametrize(
    ("number", "text"),
    [
        *((0, "0"), (9_999, "9,999"), (10_000, "10k"), (464_538, "465k"), (999_999, "1.0M"), (12_300_000, "12M")),
        *((999_499_999, "999M"), (999_500_000, "1.0G"), (12_300_000_000, "12G"), (10**12, "1.0T"), (10**14, "100T")),
    ],
)
def test_short_counts(number: int, text: str) -> None:
    assert glyphs.short_count(number) == text
    assert len(text) <= 5


@pytest.mark.parametrize(
    ("ratio", "text"), [(1.58, "+58 %"), (0.88, "−12 %"), (1.001, "0 %"), (16.2, "×16"), (None, ""), (0.0, "−100 %")]
)
def test_changes(ratio: float | None, text: str) -> None:
    assert glyphs.change(ratio) == text


@pytest.mark.parametrize(
    ("usual", "ratio", "mark"),
    [
        (297, 1.58, "▲▲"),
        (297, 1.3, "▲"),
        (297, 1.1, ""),
        (297, 0.75, "▼"),
        (297, 0.5, "▼▼"),
        (2, 2.0, ""),
        (None, None, ""),
    ],
)
def test_arrows_need_more_than_chance(usual: float | None, ratio: float | None, mark: str) -> None:
    assert glyphs.change_mark(Baseline(usual, ratio, 21, "ok")) == mark


def test_net_sentiment_comes_with_its_interval() -> None:
    assert glyphs.net(Shares(0.31, 0.4, 0.49, -0.18, -0.29, -0.07, 272)) == "−18 ±11"
    assert glyphs.net(Shares(0.31, 0.4, 0.49, -0.18, -0.29, -0.07, 272), ascii=True) == "-18 +-11"
    assert glyphs.net(NO_SHARES) == ""


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (0, "now"),
        (-5, "now"),
        (12 * MINUTE, "12m"),
        (2 * HOUR, "2h"),
        (3 * DAY, "3d"),
        (36 * DAY, "5w"),
        (800 * DAY, "2y"),
    ],
)
def test_ages(length: int, text: str) -> None:
    assert glyphs.age(length) == text


def test_the_signs_of_our_own_sentences_in_ascii() -> None:
    assert glyphs.plain("News \u22128 ±8, ×16") == "News -8 +-8, x16"
