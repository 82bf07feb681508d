"""Listing posts: filters, order, and searches written by people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.records import Engagement, PostQuery
from monitor.store.reader import Reader, open_reader
from monitor.store.writer import Changes, Writer
from tests.store.factories import BEATS, HOUR, NOW, analysed


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with Writer(tmp_path / "monitor.db") as writer:
        writer.set_beats(BEATS, NOW)
        writer.commit(
            Changes(
                [
                    analysed(1, text="open weights for all", at=NOW - 3 * HOUR, mood=2),
                    analysed(2, text="C++ and C# lawsuit", source="news", beats=("courts",), at=NOW - HOUR, mood=0),
                    analysed(3, text="quiet", at=NOW - 2 * HOUR, mood=3, engagement=Engagement(likes=9)),
                ]
            )
        )
    with open_reader(tmp_path / "monitor.db") as reader:
        yield reader


def numbers(reader: Reader, **query: object) -> list[str]:
    return [stored.post.native_id for stored in reader.posts(PostQuery(**query))]  # type: ignore[arg-type]


def test_newest_first_and_most_engaged_first(reader: Reader) -> None:
    assert numbers(reader) == ["2", "3", "1"]
    assert numbers(reader, order="engagement") == ["3", "2", "1"]
    assert numbers(reader, limit=1) == ["2"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"beats": ("courts",)}, ["2"]),
        ({"beats": ("nowhere",)}, []),
        ({"sources": ("news",)}, ["2"]),
        ({"sentiment": "positive"}, ["1"]),
        ({"sentiment": "negative"}, ["2"]),
        ({"since": NOW - 2 * HOUR}, ["2", "3"]),
        ({"until": NOW - 2 * HOUR}, ["1"]),
        ({"collected_before": NOW - 2 * HOUR}, ["1"]),
        ({"search": "weights"}, ["1"]),
        ({"search": "weights OR lawsuit"}, ["2", "1"]),
        ({"search": "weights", "beats": ("courts",)}, []),
        ({"search": "C++ lawsuit"}, ["2"]),
        ({"search": '"unclosed'}, []),
        ({"search": "text:lawsuit"}, ["2"]),
        ({"search": "nocolumn:lawsuit"}, []),
        ({"search": "* AND ("}, ["2"]),
    ],
)
def test_filters(reader: Reader, query: dict[str, object], found: list[str]) -> None:
    assert numbers(reader, **query) == found


def test_one_post_by_its_number(reader: Reader) -> None:
    first = reader.posts(PostQuery())[0]
    assert reader.post(first.id) == first
    assert reader.post(10**9) is None
