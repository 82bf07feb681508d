from __future__ import annotations

import pytest

from monitor.instants import MINUTE
from monitor.records import Snapshot
from monitor.report.columns import cells
from monitor.report.text import snapshot_text


def line_of(report: str, start: str) -> str:
    return next(line for line in report.splitlines() if line.startswith(start))


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("width", [40, 41, 47, 60, 72, 80, 100, 101, 120, 160, 200, 400])
def test_no_line_is_longer_than_the_width(snapshot: Snapshot, width: int, ascii_only: bool) -> None:
    report = snapshot_text(snapshot, width, ascii=ascii_only)
    assert max(map(cells, report.splitlines())) <= width
    assert report.endswith("\n")
    assert not any(line != line.rstrip() for line in report.splitlines())


def test_a_width_that_is_too_small_is_taken_as_forty(snapshot: Snapshot) -> None:
    assert snapshot_text(snapshot, 1) == snapshot_text(snapshot, 40)


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_the_figures_of_a_beat_stand_in_the_report(snapshot: Snapshot, width: int) -> None:
    report = snapshot_text(snapshot, width)
    assert "500 posts, +6 % on usual" in report
    assert "464,538 records" in report
    row = line_of(report, "Open Source")
    assert "469" in row
    assert "+58 % ▲▲" in row
    assert "Not collected: X (no key); Bluesky 20 Nov 21:00-23:00" in " ".join(report.split())
    if width >= 80:
        assert "+10 ±5" in row
        assert "╱╱" in row
        assert report.count("84") == 2


def test_the_loudest_beat_comes_first(snapshot: Snapshot) -> None:
    lines = snapshot_text(snapshot, 120).splitlines()
    table = [line.split("  ")[0] for line in lines[lines.index("") + 3 :]]
    assert table.index("Open Source AI") < table.index("AI Regulation") < table.index("General")


@pytest.mark.parametrize("width", [80, 120])
def test_signals_say_their_kind_and_those_that_closed_come_last(snapshot: Snapshot, width: int) -> None:
    (one,) = snapshot.signals
    closed = one._replace(
        id="mood-1", kind="mood", summary="Brighter than before", closed_at=one.opened_at + 30 * MINUTE
    )
    lines = snapshot_text(snapshot._replace(signals=(closed, one)), width).splitlines()
    first = lines.index("Signals") + 1
    assert lines[first : first + 2] == [
        "medium  volume  Half more than usual",
        "medium  mood    Brighter than before, closed 21 Nov 08:30",
    ]


def test_wide_characters_keep_the_columns_aligned(snapshot: Snapshot) -> None:
    report = snapshot_text(snapshot, 120)
    header = line_of(report, "Beat")
    end = header.index("24 h") + len("24 h")
    for name, volume in (("Open Source AI", "469"), ("日本語", "2"), ("General", "0")):
        row = line_of(report, name)
        before = row[: row.index(f" {volume} ") + 1 + len(volume)]
        assert cells(before) == end


def test_not_collected_is_not_zero(snapshot: Snapshot) -> None:
    row = line_of(snapshot_text(snapshot, 200), "AI Regulation").split()
    assert row[-5:] == ["–", "31", "0", "0", "0"]


def test_the_sources_say_what_to_do(snapshot: Snapshot) -> None:
    report = snapshot_text(snapshot, 100)
    assert "There is no key; set X_BEARER_TOKEN." in report
    assert "stale" in line_of(report, "YouTube")
    assert "2h ago" in line_of(report, "YouTube")
    assert "Mark 21 Nov 06:00  rules: a rule was edited" in report


def test_a_comparison_across_a_mark_is_flagged_where_it_stands(snapshot: Snapshot) -> None:
    flag = "crosses what we changed or missed ourselves"
    before_sources = snapshot_text(snapshot, 200).split("Last success")[0]
    assert flag in before_sources
    unmarked = snapshot._replace(manifest=snapshot.manifest._replace(marks=()))
    assert flag not in snapshot_text(unmarked, 200)
    unknown = [beat._replace(baseline=beat.baseline._replace(ratio=None)) for beat in snapshot.beats]
    assert flag not in snapshot_text(snapshot._replace(beats=tuple(unknown)), 200)


def test_ascii_draws_no_other_glyph(snapshot: Snapshot) -> None:
    plain = snapshot._replace(beats=tuple(beat for beat in snapshot.beats if beat.slug != "nihongo"))
    assert snapshot_text(plain, 120, ascii=True).isascii()


def test_a_long_window_is_drawn_in_few_bars(snapshot: Snapshot) -> None:
    beats = tuple(
        beat._replace(volume_hourly=beat.volume_hourly * 30, net_sentiment_hourly=(), scored_hourly=())
        for beat in snapshot.beats
    )
    report = snapshot_text(snapshot._replace(beats=beats, window_hours=720), 120)
    assert "30 d" in report.splitlines()[0]
    assert max(map(cells, report.splitlines())) <= 120


def test_an_empty_store_gives_a_report(snapshot: Snapshot) -> None:
    empty = snapshot._replace(beats=(), sources=(), signals=(), stories=(), volume=0, previous_volume=0, records=0)
    assert "0 posts" in snapshot_text(empty, 80)


def test_under_another_lens_the_comparison_names_the_raw_posts_that_it_is_of(snapshot: Snapshot) -> None:
    report = " ".join(snapshot_text(snapshot._replace(lens="text"), 200).split())
    usual = snapshot.baseline
    assert f"500 unique texts · {snapshot.previous_volume:,} in the 24 h before" in report
    assert f"raw posts: {usual.compared:,}, +6 % on usual {usual.volume:,.0f}, median" in report
    assert "464,538 records, raw" in report
    assert "vs usual, posts" in report
