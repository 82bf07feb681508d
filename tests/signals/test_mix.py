"""Mood or mix: the split is exact and puts the change where it was made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.mix import split

PAIR = st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
PERIOD = st.dictionaries(st.sampled_from(["x", "bluesky", "news", "arxiv"]), PAIR)


def test_all_mood() -> None:
    found = split({"x": (40, 100), "news": (60, 100)}, {"x": (20, 100), "news": (40, 100)})
    assert found is not None
    assert found.difference == pytest.approx(0.2)
    assert found.within == pytest.approx(0.2)
    assert found.mix == pytest.approx(0)


def test_all_mix() -> None:
    found = split({"x": (20, 100), "news": (240, 300)}, {"x": (60, 300), "news": (80, 100)})
    assert found is not None
    assert found.within == pytest.approx(0)
    assert found.mix == pytest.approx(found.difference) == pytest.approx(0.3)


def test_a_source_that_was_lost_adds_nothing_but_mix() -> None:
    found = split({"x": (20, 100)}, {"x": (20, 100), "news": (90, 100)})
    assert found is not None
    assert found.within == 0
    lost = next(part for part in found.sources if part.source == "news")
    assert (lost.within, lost.votes, lost.previous_votes) == (0, 0, 100)
    assert lost.mix < 0, "the source that was lost was the more positive one"


def test_nothing_is_split_without_votes() -> None:
    assert split({}, {"x": (1, 2)}) is None
    assert split({"x": (1, 2)}, {"x": (0, 0)}) is None


@given(present=PERIOD, previous=PERIOD)
def test_the_parts_add_up(present: dict[str, tuple[int, int]], previous: dict[str, tuple[int, int]]) -> None:
    found = split(present, previous)
    n1, n0 = sum(n for _, n in present.values()), sum(n for _, n in previous.values())
    if found is None:
        assert not (n1 and n0)
        return
    shares = sum(k for k, _ in present.values()) / n1, sum(k for k, _ in previous.values()) / n0
    assert found.difference == pytest.approx(shares[0] - shares[1])
    assert found.within + found.mix == pytest.approx(found.difference)
    assert sum(part.within for part in found.sources) == pytest.approx(found.within)
    assert sum(part.mix for part in found.sources) == pytest.approx(found.mix, abs=1e-9)


@given(present=PERIOD, previous=PERIOD)
def test_looking_back_in_time_changes_the_signs_only(
    present: dict[str, tuple[int, int]], previous: dict[str, tuple[int, int]]
) -> None:
    there, back = split(present, previous), split(previous, present)
    if there is not None and back is not None:
        assert there.within == pytest.approx(-back.within)
        assert there.mix == pytest.approx(-back.mix, abs=1e-9)
