"""What the header and the split say of ceilings and samples."""

from __future__ import annotations

import pytest
from fabricated import NOW, snapshot

from monitor.records import Budget, Snapshot
from monitor.tui.lines import Line, width_of
from monitor.tui.screens.source_rows import source_rows
from monitor.tui.widgets.header import HeaderState, header_line
from monitor.tui.widgets.split import part_row, parts_of

DAY = Budget("dollars", "day", 3.2, 5.0, NOW)
MONTH = Budget("dollars", "month", 10.0, 100.0, NOW)
SEARCHES = Budget("searches", "day", 12.0, 100.0, NOW)


def text(line: Line) -> str:
    return "".join(piece for piece, _ in line)


def metered(**changes: object) -> Snapshot:
    """A snapshot in which X is well, with what it has spent."""
    given = snapshot(NOW)
    x = given.sources[0]._replace(state="ok", last_success=NOW, message="", **changes)  # type: ignore[arg-type]
    return given._replace(sources=(x, *given.sources[1:]))


def header(given: Snapshot, width: int = 200) -> str:
    return text(header_line(HeaderState("monitor", given), width))


def row(given: Snapshot, width: int = 90) -> str:
    beat = given.beats[0]._replace(by_source=(("x", 10), ("news", 200)))
    (part,) = [part for part in parts_of(beat, given, frozenset()) if part.slug == "x"]
    line = part_row(part, width, chosen=False, focused=False)
    assert width_of(line) <= width
    return text(line)


def test_money_is_told_on_screen_by_the_tightest_ceiling() -> None:
    assert "X $3.20 of $5 today" in header(metered(budgets=(DAY, MONTH)))
    assert "$3.20 of $5 today" in row(metered(budgets=(DAY, MONTH)))


def test_a_sample_is_told_on_screen() -> None:
    given = metered(budgets=(DAY,), fraction=0.4)
    assert "X $3.20 of $5 today, sampled 40 %" in header(given)
    assert "sampled 40 %" in row(given)


def test_other_ceilings_are_told_in_the_header_when_they_near() -> None:
    assert "searches" not in header(metered(budgets=(SEARCHES,)))
    assert "12 of 100 searches today" in row(metered(budgets=(SEARCHES,)))
    assert "X 85 of 100 searches today" in header(metered(budgets=(SEARCHES._replace(spent=85.0),)))


def test_without_ceilings_nothing_is_added() -> None:
    assert header(metered()) == header(metered(budgets=()))
    assert "sampled" not in header(metered())


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 160, 200])
def test_troubles_come_before_meters_where_room_is_short(width: int) -> None:
    given = metered(budgets=(DAY,), fraction=0.4)
    line = header_line(HeaderState("monitor", given), width)
    assert width_of(line) == width
    assert "3,961" in text(line)
    if "$3.20" not in text(line):
        assert text(line) == header(metered(), width)


@pytest.mark.parametrize("width", [44, 52, 64, 80])
def test_a_row_keeps_its_width(width: int) -> None:
    row(metered(budgets=(DAY,), fraction=0.4), width)


def test_the_working_of_the_totals_says_of_each_source_what_to_do() -> None:
    given = metered(budgets=(DAY, MONTH), fraction=0.4)
    rows = dict(source_rows(given))
    assert rows["X"] == "$3.20 of $5 today; $10 of $100 this month; sampled 40 %"
    off = given.sources[1]._replace(state="no-key", message="set NEWS_KEY.", budgets=(), fraction=1.0)
    assert dict(source_rows(given._replace(sources=(off,)))) == {off.name[:10]: "no key: set NEWS_KEY"}
    spent = off._replace(state="over-budget", message="$3.20 of $5 today; it goes on tomorrow", budgets=(DAY,))
    assert dict(source_rows(given._replace(sources=(spent,))))[off.name[:10]].count("$3.20") == 1
    well = off._replace(state="ok", message="")
    assert source_rows(given._replace(sources=(well,))) == []
