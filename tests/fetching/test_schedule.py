from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.fetching.schedule import JITTER, START_WITHIN, first_waits, next_wait
from monitor.sources.base import Part


def poll(number: int, interval: float = 300.0) -> Part:
    return Part("news", f"feed {number}", interval)


def test_there_may_be_no_parts() -> None:
    assert first_waits([], random.Random(1)) == []


@given(st.integers(1, 200), st.integers())
def test_the_first_polls_are_spread_evenly_and_one_is_at_once(count: int, seed: int) -> None:
    waits = sorted(first_waits([poll(number) for number in range(count)], random.Random(seed)))
    assert waits[0] == 0
    assert waits[-1] < START_WITHIN
    steps = [later - earlier for earlier, later in pairwise(waits)]
    assert all(abs(step - START_WITHIN / count) < 1e-6 for step in steps)


def test_streams_begin_at_once() -> None:
    parts = [poll(1), Part("bluesky", "posts", 2.0, streaming=True), poll(2)]
    assert first_waits(parts, random.Random(1))[1] == 0


@given(st.integers())
def test_the_interval_is_kept_within_the_jitter(seed: int) -> None:
    wait = next_wait(poll(1, 300.0), None, random.Random(seed))
    assert 300 * (1 - JITTER) <= wait <= 300 * (1 + JITTER)


@given(st.integers(), st.floats(0, 1e6))
def test_what_a_source_asks_for_is_never_undercut(seed: int, asked: float) -> None:
    assert next_wait(poll(1, 300.0), asked, random.Random(seed)) >= asked
