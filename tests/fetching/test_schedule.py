from __future__ import annotations

import asyncio
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetching.schedule import JITTER, START_WITHIN, Gate, Gates, first_waits, host_of, next_wait
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


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://example.com/feed?key=1", "example.com"),
        ("http://me:word@example.com:8080/", "example.com:8080"),
        ("ws://[::1]:80/subscribe", "[::1]:80"),
        ("open weights", ""),
        ("http://[::1", ""),
    ],
)
def test_the_host_of_an_address(address: str, host: str) -> None:
    assert host_of(address) == host


async def test_a_gate_that_was_left_or_given_up_lets_others_through() -> None:
    gates = Gates(at_once=1, of_a_host=1)
    gate, other = (gates.gate(Part("news", name, 60.0, addresses=(f"https://{name}/",))) for name in ("a", "b"))
    async with gate:
        waiting = asyncio.create_task(_pass(other))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with asyncio.timeout(5):
        await _pass(other)
        await _pass(gate)


async def _pass(gate: Gate) -> None:
    async with gate:
        pass
