"""The counts that a detector knows."""

from __future__ import annotations

from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.history import BINS_A_DAY, DAYS, History

DAY_100 = 100 * BINS_A_DAY


def shown(values: list[float]) -> list[float | None]:
    return [None if isnan(value) else value for value in values]


def test_bins_that_were_not_collected_are_no_numbers() -> None:
    history = History()
    for number, count in ((DAY_100 + 3, 5.0), (DAY_100 + 4, 0.0), (DAY_100 + 7, 2.0)):
        history.put(number, count)
    assert shown(history.between(DAY_100 + 2, DAY_100 + 8)) == [None, 5, 0, None, None, 2]
    assert history.missing() == [(DAY_100 + 5, DAY_100 + 7)]
    assert history.collected == 3
    assert history.known_from() == DAY_100 + 3


def test_what_is_too_old_is_forgotten() -> None:
    history = History()
    history.put(DAY_100, 1)
    history.put(DAY_100 + 1, 1)
    history.put(DAY_100 + DAYS * BINS_A_DAY, 1)
    assert history.collected == 3
    history.put(DAY_100 + (DAYS + 1) * BINS_A_DAY, 9)
    assert history.collected == 3
    assert history.known_from() == DAY_100 + BINS_A_DAY
    history.put(DAY_100 + 5 * DAYS * BINS_A_DAY, 4)
    assert history.collected == 1


@given(st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=1, max_size=700), st.integers(0, 3 * BINS_A_DAY))
def test_filling_is_the_same_as_putting_one_by_one(counts: list[int | None], start: int) -> None:
    filled, put = History(), History()
    filled.fill(DAY_100 + start, [nan if count is None else float(count) for count in counts])
    for number, count in enumerate(counts, DAY_100 + start):
        if count is not None:
            put.put(number, count)
    assert (filled.first, filled.last, filled.collected) == (put.first, put.last, put.collected)
    span = (DAY_100 + start, DAY_100 + start + len(counts))
    assert shown(filled.between(*span)) == shown(put.between(*span)) == counts


def test_more_than_fits_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        History().fill(0, [0.0] * ((DAYS + 1) * BINS_A_DAY + 1))
