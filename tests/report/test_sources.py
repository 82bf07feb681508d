from __future__ import annotations

from typing import Any

import pytest

from monitor.instants import HOUR, MINUTE
from monitor.records import Budget, Snapshot
from monitor.report.columns import cells
from monitor.report.sources import longest_first, sources_text
from monitor.report.text import snapshot_text


def listed(snapshot: Snapshot, width: int, **choices: Any) -> str:
    return sources_text(snapshot.sources, snapshot.as_of, width, **choices)


@pytest.fixture
def sampled(snapshot: Snapshot) -> Snapshot:
    """X is sampled, has spent much, and misses several stretches."""
    end = snapshot.as_of
    gaps = tuple((end - hours * HOUR, end - hours * HOUR + minutes * MINUTE) for hours, minutes in ((20, 5), (10, 185)))
    budgets = (Budget("dollars", "day", 3.2, 5.0, end), Budget("dollars", "month", 40.0, 100.0, end))
    x = snapshot.sources[0]._replace(state="ok", message="", gaps=gaps, budgets=budgets, fraction=0.4)
    return snapshot._replace(sources=(x, *snapshot.sources[1:]))


def test_budgets_and_samples_are_told_and_scaled_figures_are_marked(sampled: Snapshot) -> None:
    words = "$3.20 of $5 today; $40 of $100 this month; sampled 40 %, 210 posts if scaled up"
    assert words in listed(sampled, 100)
    assert words in snapshot_text(sampled, 100)
    row = next(line for line in listed(sampled, 100).splitlines() if line.startswith("X"))
    assert row.split()[1] == "84"
    assert "scaled up" not in listed(sampled, 100, lens="text")


def test_the_longest_gap_comes_first(sampled: Snapshot) -> None:
    words = "not collected: 20 Nov 23:00-21 Nov 02:05 (3 h 5 min), 20 Nov 13:00-13:05 (5 min)"
    assert words in listed(sampled, 100)


def test_many_gaps_are_counted(snapshot: Snapshot) -> None:
    gaps = tuple((place * HOUR, place * HOUR + (place + 1) * MINUTE) for place in range(9))
    assert longest_first(gaps) == tuple(reversed(gaps))
    one = snapshot._replace(sources=(snapshot.sources[0]._replace(gaps=gaps),))
    assert "and 4 shorter ones" in " ".join(listed(one, 60).split())


@pytest.mark.parametrize("width", [10, 40, 60, 100, 200])
def test_no_line_is_longer_than_the_width(sampled: Snapshot, width: int) -> None:
    report = listed(sampled, width)
    assert max(map(cells, report.splitlines())) <= max(width, 40)


def test_without_sources_there_is_no_row(snapshot: Snapshot) -> None:
    assert len(listed(snapshot._replace(sources=()), 80).splitlines()) == 1


def test_ascii_draws_no_other_glyph(sampled: Snapshot) -> None:
    assert listed(sampled, 100, ascii=True).isascii()
