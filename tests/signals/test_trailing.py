"""Quantiles over a trailing span, and the season, against doing it the slow way."""

from __future__ import annotations

from math import isnan
from statistics import median

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.signals.season import BINS_A_DAY, DAYS, Season
from monitor.signals.trailing import TrailingQuantiles


@given(
    values=st.lists(st.none() | st.floats(-100, 100), max_size=120),
    bins=st.integers(1, 30),
    lag=st.integers(1, 10),
    share=st.floats(0, 1),
)
def test_quantiles_are_those_of_the_bins_within(values: list[float | None], bins: int, lag: int, share: float) -> None:
    trailing = TrailingQuantiles(bins, lag)
    for number, value in enumerate(values):
        if value is None:
            continue
        trailing.advance(number)
        within = sorted(
            each for each in values[max(0, number - lag - bins + 1) : max(0, number - lag + 1)] if each is not None
        )
        assert len(trailing) == len(within)
        [found] = trailing.quantiles([share])
        if within:
            assert found == within[min(len(within) - 1, int(share * len(within)))]
        else:
            assert isnan(found)
        trailing.put(value)


@settings(max_examples=10)
@given(missing=st.sets(st.integers(0, 4 * BINS_A_DAY - 1), max_size=200), seed=st.integers(0, 1000))
def test_the_season_is_the_median_around_the_same_time(missing: set[int], seed: int) -> None:
    values = {number: float((number * 7919 + seed) % 101) for number in range(4 * BINS_A_DAY) if number not in missing}
    season = Season()
    for number, value in values.items():
        season.advance(number)
        if number % 50 == 0:
            around = [
                values[number - BINS_A_DAY * day + step]
                for day in range(1, DAYS + 1)
                for step in range(-6, 7)
                if number - BINS_A_DAY * day + step in values
            ]
            found = season.usual()
            assert found == median(around) if around else isnan(found)
        season.put(value)
    assert season.collected == len(values)
    gone = [number for start, end in season.missing() for number in range(start, end)]
    first, last = min(values), max(values)
    assert gone == [number for number in range(first, last) if number in missing]
