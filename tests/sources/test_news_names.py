from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.instants import HOUR
from monitor.sources.news_names import names_of
from tests.sources.conftest import NOW

TITLE = "A new model is out, and it is open"


def same(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    return not set(first).isdisjoint(second)


@pytest.mark.parametrize(
    "other",
    [
        "http://example.com/a",
        "https://www.example.com/a/",
        "https://example.com/a?utm_source=feed",
        "https://EXAMPLE.com:443/a#top",
    ],
)
def test_an_article_is_known_by_its_address_however_it_is_written(other):
    assert same(names_of("https://example.com/a", None, None, NOW), names_of(other, None, None, NOW))


def test_other_pages_are_other_articles():
    assert not same(
        names_of("https://example.com/a?id=1", None, None, NOW), names_of("https://example.com/a?id=2", None, None, NOW)
    )


def test_an_article_is_known_by_its_title_in_its_publication():
    fed = names_of("https://example.com/a", "example.com", TITLE, NOW)
    searched = names_of(None, "example.com", TITLE.upper().replace(",", " –"), NOW)
    assert same(fed, searched)
    assert not same(fed, names_of(None, "example.org", TITLE, NOW))


def test_a_short_title_tells_nothing():
    assert names_of(None, "example.com", "The morning briefing", NOW) == ()


@given(st.integers(0, 24), st.integers(-4 * HOUR, 4 * HOUR))
def test_the_same_title_within_four_hours_is_one_article(start, apart):
    at = NOW + start * HOUR
    assert same(names_of(None, "example.com", TITLE, at), names_of(None, "example.com", TITLE, at + apart))


@given(st.integers(0, 24 * HOUR), st.integers(16 * HOUR, 1000 * HOUR))
def test_a_column_that_comes_again_is_another_article(start, apart):
    at = NOW + start
    assert not same(names_of(None, "example.com", TITLE, at), names_of(None, "example.com", TITLE, at + apart))
