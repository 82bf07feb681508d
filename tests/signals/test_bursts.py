"""Bursts of one text by many authors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.instants import MINUTE
from monitor.signals.bursts import Copy, bursts


def copies(*minutes_and_authors: tuple[float, str], cluster: int = 1) -> list[Copy]:
    return [
        Copy(number, cluster, author, "x" if number % 2 else "bluesky", round(minutes * MINUTE))
        for number, (minutes, author) in enumerate(minutes_and_authors)
    ]


def test_five_authors_within_ten_minutes_are_a_burst() -> None:
    [burst] = bursts(copies((0, "a"), (2, "b"), (4, "c"), (6, "d"), (8, "e"), (9, "e")))
    assert (burst.posts, burst.authors) == (6, 5)
    assert (burst.first.author, burst.first.at, burst.last_at) == ("a", 0, 9 * MINUTE)
    assert burst.fastest == 8 * MINUTE
    assert dict(burst.sources) == {"x": 3, "bluesky": 3}


def test_one_author_with_many_posts_is_none() -> None:
    assert bursts(copies(*((minute, "a") for minute in range(9)))) == []


def test_slow_copies_are_none() -> None:
    assert bursts(copies(*((3 * number, f"author-{number}") for number in range(30)))) == []


def test_different_texts_do_not_add_up() -> None:
    assert bursts(copies((0, "a"), (1, "b"), (2, "c")) + copies((0, "d"), (1, "e"), (2, "f"), cluster=2)) == []


def test_two_waves_are_two_bursts() -> None:
    first = [(minute, f"one-{minute}") for minute in range(5)]
    second = [(600 + minute, f"two-{minute}") for minute in range(6)]
    found = bursts(copies(*first, *second))
    assert [burst.authors for burst in found] == [6, 5], "the one with more authors first"


def test_a_long_wave_is_one_burst() -> None:
    [burst] = bursts(copies(*((minute, f"author-{minute}") for minute in range(60))), authors=5, within=5 * MINUTE)
    assert (burst.authors, burst.fastest) == (60, 4 * MINUTE)


@pytest.mark.parametrize(("authors", "within"), [(1, MINUTE), (5, 0)])
def test_refuses_what_is_no_burst(authors: int, within: int) -> None:
    with pytest.raises(ValueError, match="two authors"):
        bursts([], authors, within)


@given(
    posts=st.lists(st.tuples(st.integers(0, 200), st.sampled_from("abcdefg")), max_size=40),
    authors=st.integers(2, 5),
    within=st.integers(1, 60),
)
def test_a_burst_holds_what_it_promises(posts: list[tuple[int, str]], authors: int, within: int) -> None:
    every = copies(*posts)
    found = bursts(every, authors, within * MINUTE)
    assert sum(burst.posts for burst in found) <= len(every)
    for burst in found:
        assert burst.authors >= authors
        assert burst.fastest <= within * MINUTE
        assert burst.first.at <= burst.last_at
        assert sum(count for _, count in burst.sources) == burst.posts
    quick = any(
        len({each.author for each in every if start.at <= each.at <= start.at + within * MINUTE}) >= authors
        for start in every
    )
    assert quick == bool(found)
