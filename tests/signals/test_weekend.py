"""How weekends differ from weekdays."""

from __future__ import annotations

import pytest

from monitor.instants import DAY, from_datetime
from monitor.signals.season import BINS_A_DAY
from monitor.signals.volume import BIN
from monitor.signals.weekend import Weekend
from tests.signals.series import START


def test_each_kind_of_day_has_its_own_factor_once_a_day_of_it_is_known() -> None:
    weekend = Weekend()
    first = from_datetime(START)
    factors = {}
    for number in range(9 * BINS_A_DAY):
        instant = first + number * BIN
        factors[number] = weekend.factor(number, instant)
        saturday_or_sunday = (instant - first) // DAY % 7 >= 5
        weekend.note(instant, 6.0 if saturday_or_sunday else 10.0, 8.0)
    assert factors[5 * BINS_A_DAY - 1] == pytest.approx(1.25), "a weekday"
    assert factors[5 * BINS_A_DAY] == 1.0, "a first Saturday, of which nothing is known"
    assert factors[7 * BINS_A_DAY - 1] == pytest.approx(0.75), "a Sunday"
    assert factors[7 * BINS_A_DAY] == pytest.approx(1.25), "a Monday, from its first minutes on"
