from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.instants import DAY, HOUR, SECOND
from monitor.sources.x_sampling import SMALLEST, Volume, affordable_a_day


def test_what_can_be_afforded_in_a_day():
    assert affordable_a_day({"dollars_per_day": 2.0}, 0.005) == 400
    assert affordable_a_day({"dollars_per_day": 2, "dollars_per_month": 31}, 0.005) == 200
    assert affordable_a_day({"dollars_per_day": None}, 0.005) == float("inf")


def test_with_nothing_known_a_probe_is_taken_unless_money_is_no_matter():
    assert Volume().share(400, queries=26, most=500) == pytest.approx(1 / 360)
    assert Volume().share(26 * 500 * 4, queries=26, most=500) == 1.0
    assert Volume().share(float("inf"), queries=26, most=500) == 1.0


def test_the_share_is_what_the_volume_leaves():
    volume = Volume()
    volume.note(999, HOUR)
    assert volume.share(240, queries=10, most=500) == pytest.approx(0.001)
    assert volume.share(2400, queries=1, most=500) == pytest.approx(0.1)
    assert volume.share(1e9, queries=10, most=500) == 1.0


def test_a_short_look_without_any_is_no_proof():
    volume = Volume()
    volume.note(0, 5 * SECOND)
    assert volume.share(400, queries=26, most=500) < 0.001
    for _ in range(1000):
        volume.note(0, HOUR)
    assert volume.share(400, queries=26, most=500) == 1.0


def test_what_was_seen_is_forgotten_in_time():
    volume = Volume()
    volume.note(100_000, HOUR)
    for _ in range(500):
        volume.note(10, HOUR)
    assert volume.share(240, queries=1, most=500) == pytest.approx(1.0, rel=0.2)


def test_what_an_earlier_process_saw_is_a_beginning():
    volume, later = Volume(), Volume()
    volume.note(100, HOUR)
    later.remember(*volume.seen)
    assert later.seen == volume.seen
    later.remember(5.0, 5.0)
    assert later.seen == volume.seen


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 7 * DAY))), st.floats(0.001, 1e9))
def test_the_share_is_always_one(seen, affordable):
    volume = Volume()
    for posts, span in seen:
        volume.note(posts, span)
    assert SMALLEST <= volume.share(affordable, queries=26, most=500) <= 1
