"""Sums over trailing windows."""

from __future__ import annotations

from math import isnan, nan

from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.windows import Sums, scaled


def test_a_window_is_scaled_to_what_was_not_collected_of_it() -> None:
    assert Sums([1, 2, nan, 3]).last(3) == 7.5
    assert isnan(Sums([nan, nan, 3]).last(3))
    assert scaled(4, 12, 12) == 4


@given(st.lists(st.one_of(st.just(nan), st.integers(0, 50).map(float)), min_size=6, max_size=60), st.integers(1, 6))
def test_trailing_is_the_last_at_each_end(counts: list[float], bins: int) -> None:
    first = bins - 1
    ends = []
    sums = Sums(counts[:first])
    for count in counts[first:]:
        sums.put(count)
        ends.append(sums.last(bins))
    found = Sums(counts).trailing(bins, first)
    assert list(map(str, found)) == list(map(str, ends))
