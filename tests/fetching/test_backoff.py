from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from monitor.fetching.backoff import PERMANENT, Backoff


def backoff(seed: int = 1, *, base: float = 2.0, limit: float = 60.0) -> Backoff:
    return Backoff(random.Random(seed), base=base, limit=limit)


@given(st.integers(), st.integers(1, 200))
def test_a_wait_lies_between_the_least_and_a_ceiling_that_doubles_up_to_the_limit(seed: int, failures: int) -> None:
    patience = backoff(seed)
    for number in range(failures):
        ceiling = min(60.0, 2.0 * 2**number)
        assert patience.ceiling == ceiling
        assert 0.5 <= patience.failed() <= max(0.5, ceiling)
    assert patience.failures == failures


def test_the_jitter_is_full() -> None:
    waits = []
    for seed in range(400):
        patience = backoff(seed)
        for _ in range(5):
            wait = patience.failed()
        waits.append(wait)
    assert min(waits) < 2
    assert max(waits) > 30
    assert 14 < sum(waits) / len(waits) < 18, "even between nothing and 32 seconds"


def test_a_success_starts_anew() -> None:
    patience = backoff()
    for _ in range(10):
        patience.failed()
    patience.succeeded()
    assert (patience.failures, patience.ceiling) == (0, 2.0)


@given(st.integers(), st.floats(0.1, 1e6))
def test_it_never_asks_earlier_than_the_source_said(seed: int, retry_after: float) -> None:
    wait = backoff(seed).failed(retry_after=retry_after)
    assert retry_after <= wait
    assert wait <= max(2.0, retry_after * 1.1)


def test_a_permanent_error_waits_for_hours() -> None:
    patience = backoff()
    assert patience.failed(permanent=True) >= PERMANENT
    assert patience.permanent
    patience.failed()
    assert not patience.permanent
