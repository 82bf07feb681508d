"""The rows of the beats table as plain lines."""

from __future__ import annotations

import pytest
from fabricated import BEATS, NOW, beat_snapshot, snapshot

from monitor.glyphs import mood_trace
from monitor.records import NO_SHARES, Baseline, Mark
from monitor.tui.lines import width_of
from monitor.tui.widgets.beat_title import beat_title_line
from monitor.tui.widgets.beats_table import BeatsTable, beat_row, columns_for, net_style, parts_of_split
from monitor.tui.widgets.header import HeaderState, header_line
from monitor.tui.widgets.split import part_row, parts_of, sum_row

BEAT = beat_snapshot(5, *BEATS[5], NOW, frozenset())


def text(line: tuple[tuple[str, str], ...]) -> str:
    return "".join(piece for piece, _ in line)


@pytest.mark.parametrize("width", [80, 99, 100, 120, 150, 170, 200, 260])
@pytest.mark.parametrize("hours", [24, 25])
def test_a_row_never_runs_over_its_width(width: int, hours: int) -> None:
    beat = BEAT._replace(
        volume_hourly=BEAT.volume_hourly[:hours], net_sentiment_hourly=BEAT.net_sentiment_hourly[:hours]
    )
    assert width_of(beat_row(beat, columns_for(width, hours), chosen=True)) <= width


def test_wider_tables_lose_no_column() -> None:
    kept: set[str] = set()
    for width in range(60, 240):
        columns = columns_for(width, 25)
        shown = {name for name, room in zip(columns._fields, columns, strict=True) if room}
        assert {"name", "volume", "change", "net"} <= shown
        assert "bars" in shown or width < 76
        kept |= shown
    assert kept == set(columns_for(240, 25)._fields)


def test_gaps_are_hatched_in_bars_and_mood() -> None:
    assert text(beat_row(BEAT, columns_for(120, 25), chosen=False)).count("╱") == 6


def test_what_was_never_collected_is_no_zero() -> None:
    nothing = BEAT._replace(volume=0, volume_hourly=(None,) * 25, net_sentiment_hourly=(None,) * 25)
    row = text(beat_row(nothing, columns_for(120, 25), chosen=False))
    assert "not collected yet" in row
    assert " 0 " not in row[:40]


def test_learning_is_said_where_nothing_can_be_compared() -> None:
    new = BEAT._replace(baseline=Baseline(None, None, 1, "learning"))
    assert "learning" in text(beat_row(new, columns_for(120, 25), chosen=False))


def test_mood_is_coloured_only_where_its_sign_is_sure() -> None:
    sure = BEAT.sentiment._replace(net=0.2, net_low=0.05, net_high=0.35)
    assert net_style(sure) == "good"
    assert net_style(sure._replace(net_low=-0.05)) == "muted"
    assert net_style(sure._replace(net=-0.2, net_low=-0.3, net_high=-0.1)) == "bad"
    assert net_style(NO_SHARES) == "muted"


def test_the_parts_of_the_split_add_up() -> None:
    by_source = (("x", 3), ("news", 4), ("reddit", 5), ("myblog", 6))
    assert parts_of_split(by_source) == [("x", 3), ("bluesky", 0), ("news", 4), ("youtube", 0), ("other", 11)]


@pytest.mark.parametrize("width", [44, 52, 64, 80])
def test_split_rows_keep_their_width_whatever_the_state(width: int) -> None:
    given = snapshot(NOW)
    parts = parts_of(given.beats[0], given, frozenset({"bluesky"}))
    for part in parts:
        assert width_of(part_row(part, width, chosen=True, focused=True)) <= width
    assert width_of(sum_row(given.beats[0], width)) <= width


def test_unknown_sources_are_listed_after_the_named_ones() -> None:
    beat = BEAT._replace(by_source=(*BEAT.by_source, ("myblog", 2)))
    assert parts_of(beat, snapshot(NOW), frozenset())[-1].name == "myblog"


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 160, 200])
def test_the_header_keeps_its_width_and_the_volume(width: int) -> None:
    line = header_line(HeaderState("monitor", snapshot(NOW)), width)
    assert width_of(line) == width
    assert "3,961" in text(line)


def test_the_header_names_the_most_pressing_trouble_first() -> None:
    words = text(header_line(HeaderState("monitor", snapshot(NOW)), 200))
    assert words.index("YouTube stale 2h") < words.index("X, Reddit no key")


def test_the_mood_line_is_level_at_zero_and_shows_gaps() -> None:
    assert mood_trace([-0.6, -0.3, 0.0, 0.3, 0.6, 2.0]) == "⎽⎼─⎻⎺⎺"
    assert mood_trace([None, None], [None, 4]) == "╱·"
    assert mood_trace([0.5], ascii=True).isascii()


def heads(table: BeatsTable, width: int) -> str:
    return text(table.heads(width)[0])


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_heads_say_what_is_compared_across_what_and_that_the_mood_is_uncalibrated(width: int) -> None:
    table, given = BeatsTable(), snapshot(NOW)
    table.show(given)
    assert "uncalibrated" in heads(table, width)
    assert "(posts)" not in heads(table, width)
    assert "┊" not in heads(table, width)
    marked = given.manifest._replace(marks=(Mark(NOW, "outage", "no network"),))
    table.show(given._replace(lens="text", manifest=marked))
    assert "vs usual┊ (posts)" in heads(table, width)
    assert "uncalibrated" in heads(table, width)


def test_under_another_lens_the_change_is_said_to_be_of_raw_posts_and_of_how_many() -> None:
    usual = Baseline(266.0, 2.09, 3, "ok")
    beat = BEAT._replace(volume=500, raw_volume=556, baseline=usual)
    assert "raw posts 556, +109 % on usual 266" in text(beat_title_line(beat, "text", 24, 0, 140, active=False))
    assert "raw posts" not in text(beat_title_line(beat, "raw", 24, 0, 140, active=False))
    given = snapshot(NOW)._replace(lens="text", baseline=usual)
    assert "unique texts in 24 h  raw posts 556, +109 %" in text(header_line(HeaderState("m", given), 200))
    table = BeatsTable()
    table.show(given)
    assert "500 unique texts in 24 h; raw posts: 556, +109 % on usual" in table.copy_of(beat)


@pytest.mark.parametrize("name", [name for _, name in BEATS])
def test_the_title_of_a_beat_says_uncalibrated_at_80_columns(name: str) -> None:
    line = text(beat_title_line(BEAT._replace(name=name), "raw", 24, 0, 80, active=False))
    assert "uncalibrated" in line
    assert "authors" in line


def test_the_sum_of_the_split_says_how_many_were_scored_and_how_many_not() -> None:
    beat = BEAT._replace(volume=300, raw_volume=500, sentiment=BEAT.sentiment._replace(n=400))
    assert "400 scored, 100 not (20 %), uncalibrated" in text(sum_row(beat, 80))
    assert "400 scored, 20 % not" in text(sum_row(beat, 52))
    assert "400 scored" in text(sum_row(beat, 44))
    assert "none of 500 scored" in text(sum_row(beat._replace(sentiment=NO_SHARES), 80))


def test_the_narrow_header_names_its_number() -> None:
    given = snapshot(NOW)
    assert f"{given.volume:,} posts" in text(header_line(HeaderState("monitor", given), 80))
