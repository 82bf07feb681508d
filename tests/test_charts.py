"""Charts as terminal text: what stands where, and that a gap is no zero."""

from __future__ import annotations

import pytest

from monitor.charts import SMALLEST, chart_text
from monitor.instants import HOUR, parse
from monitor.records import BeatHistory, Mark

END = parse("2026-11-21T09:00:00Z")


def history(
    volume: list[int | None], net: list[float | None] | None = None, *, bin_hours: int = 1, marks: tuple[Mark, ...] = ()
) -> BeatHistory:
    count = len(volume)
    bins = tuple(END - (count - index) * bin_hours * HOUR for index in range(count))
    moods = net if net is not None else [None] * count
    return BeatHistory("a", count * bin_hours, bins, bin_hours, tuple(volume), tuple(moods), marks)


def text(given: BeatHistory, width: int = 60, height: int = 9) -> list[str]:
    return ["".join(piece for piece, _ in line) for line in chart_text(given, width, height)]


@pytest.mark.parametrize(("width", "height"), [(60, 9), (24, 4), (120, 20), (77, 7)])
@pytest.mark.parametrize("count", [2, 24, 25, 168])
def test_fills_exactly_what_it_is_given(width: int, height: int, count: int) -> None:
    lines = text(history([7] * count, [0.1] * count), width, height)
    assert len(lines) == height
    assert {len(line) for line in lines} == {width}


def test_no_room_and_nothing_to_draw_give_no_lines() -> None:
    assert chart_text(history([1] * 24), SMALLEST[0] - 1, 9) == ()
    assert chart_text(history([1] * 24), 60, SMALLEST[1] - 1) == ()
    assert chart_text(history([1]), 60, 9) == ()


def test_a_gap_is_hatched_and_a_zero_is_not() -> None:
    with_gap = text(history([8] * 10 + [None] * 4 + [8] * 10))
    with_zero = text(history([8] * 10 + [0] * 4 + [8] * 10))
    assert all("╱" in line for line in with_gap[:-1])
    assert not any("╱" in line for line in with_zero)


def test_only_gaps_are_hatched_all_over() -> None:
    lines = text(history([None] * 24))
    assert set(lines[0][6:]) == {"╱"}


def test_the_axis_begins_at_zero_and_ends_at_a_round_number() -> None:
    lines = text(history([3, 57] * 12), height=6)
    assert lines[0].startswith("   60┤")
    assert lines[4].startswith("    0┤")
    assert "█" in lines[4]


def test_mood_above_and_below_zero_is_named_so() -> None:
    named = chart_text(history([5] * 24, [0.5] * 12 + [-0.5] * 12), 60, 16)
    parts = {part for line in named for _, part in line}
    assert {"positive", "negative", "volume", "axis", "label"} <= parts


def test_a_low_chart_has_no_mood() -> None:
    parts = {part for line in chart_text(history([5] * 24, [0.5] * 24), 60, 6) for _, part in line}
    assert "positive" not in parts


def test_a_mark_stands_in_its_column() -> None:
    mark = Mark(END - 12 * HOUR, "rules", "a rule was edited")
    columns = {line.index("┊") for line in text(history([0] * 24, marks=(mark,)))[:-1] if "┊" in line}
    assert len(columns) == 1
    assert abs(columns.pop() - (6 + 27)) <= 1


def test_a_mark_outside_the_range_is_left_out() -> None:
    mark = Mark(END - 48 * HOUR, "rules", "a rule was edited")
    assert not any("┊" in line for line in text(history([0] * 24, marks=(mark,))))


@pytest.mark.parametrize(("count", "bin_hours", "words"), [(24, 1, "03:00"), (168, 1, "Mon 16"), (30, 24, "Nov")])
def test_times_stand_below(count: int, bin_hours: int, words: str) -> None:
    assert words in text(history([4] * count, bin_hours=bin_hours), width=90)[-1]
