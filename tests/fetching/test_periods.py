from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetching.periods import fraction_left, period_at, zone_of
from monitor.instants import DAY, HOUR, parse
from monitor.sources.base import SourceError

ZONES = ["UTC", "America/Los_Angeles", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia"]
INSTANTS = st.integers(parse("2001-01-01T00:00Z"), parse("2037-01-01T00:00Z"))


def span(instant: str, period: str, zone: str) -> tuple[int, int]:
    return period_at(parse(instant), period, zone_of(zone))  # type: ignore[arg-type]


def test_a_day_begins_at_midnight_in_its_zone() -> None:
    day = span("2026-11-21T07:59:59Z", "day", "America/Los_Angeles")
    assert day == (parse("2026-11-20T08:00Z"), parse("2026-11-21T08:00Z"))
    assert span("2026-11-21T08:00Z", "day", "America/Los_Angeles")[0] == day[1]


def test_a_day_on_which_the_clocks_change_is_longer_or_shorter() -> None:
    start, end = span("2026-11-01T12:00Z", "day", "America/Los_Angeles")
    assert end - start == 25 * HOUR
    start, end = span("2026-03-08T12:00Z", "day", "America/Los_Angeles")
    assert end - start == 23 * HOUR


def test_a_month_is_the_calendars() -> None:
    assert span("2028-02-29T23:59Z", "month", "UTC") == (parse("2028-02-01T00:00Z"), parse("2028-03-01T00:00Z"))
    assert span("2026-12-31T23:59Z", "month", "UTC")[1] == parse("2027-01-01T00:00Z")


def test_an_unknown_zone_says_what_to_install() -> None:
    with pytest.raises(SourceError, match=r"Mars/Olympus.*tzdata"):
        zone_of("Mars/Olympus")


@given(INSTANTS, st.sampled_from(["day", "month"]), st.sampled_from(ZONES))
def test_every_instant_lies_in_one_period_and_the_next_begins_where_it_ends(
    instant: int, period: str, zone: str
) -> None:
    place = zone_of(zone)
    start, end = period_at(instant, period, place)  # type: ignore[arg-type]
    assert start <= instant < end
    assert period_at(start, period, place) == (start, end) == period_at(end - 1, period, place)  # type: ignore[arg-type]
    assert period_at(end, period, place)[0] == end  # type: ignore[arg-type]


def test_utc_needs_no_data_of_the_machine() -> None:
    assert not isinstance(zone_of("UTC"), ZoneInfo)


@given(st.floats(0, 10), st.floats(0.001, 10), st.integers(-DAY, 2 * DAY))
def test_a_fraction_is_a_share_and_never_nothing(spent: float, ceiling: float, now: int) -> None:
    fraction = fraction_left(spent, ceiling, (0, DAY), now)
    assert 0 < fraction <= 1
    assert fraction * 20 == int(fraction * 20)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, DAY - 1))
def test_who_spent_more_reads_no_more(one: float, other: float, now: int) -> None:
    less, more = sorted((one, other))
    assert fraction_left(more, 1.0, (0, DAY), now) <= fraction_left(less, 1.0, (0, DAY), now)


@given(st.floats(0, 1), st.integers(0, DAY - 1), st.integers(0, DAY - 1))
def test_who_waits_reads_no_less(spent: float, one: int, other: int) -> None:
    sooner, later = sorted((one, other))
    assert fraction_left(spent, 1.0, (0, DAY), sooner) <= fraction_left(spent, 1.0, (0, DAY), later)


@given(st.integers(0, DAY - 1))
def test_everything_is_read_while_spending_keeps_to_the_clock(now: int) -> None:
    assert fraction_left(now / DAY, 1.0, (0, DAY), now) == 1.0


@pytest.mark.parametrize("demand", [1.5, 2.0, 3.0, 10.0])
def test_the_ceiling_lasts_to_the_end_however_much_there_is_and_the_fraction_stays_even(demand: float) -> None:
    """A day in steps of five minutes, with so many times as much to read as the ceiling allows."""
    step, spent, fractions = DAY // 288, 0.0, []
    for now in range(0, DAY, step):
        fractions.append(fraction_left(spent, 1.0, (0, DAY), now))
        spent += demand / 288 * fractions[-1]
    assert 0.9 < spent < 1.01
    settled = fractions[100:-12]
    assert min(settled) >= max(0.05, 0.6 / demand - 0.05)
    assert max(settled) <= 1 / demand + 0.05
