"""Copy signals out of a store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.detecting import Watcher, recompute
from monitor.instants import HOUR, MINUTE, SECOND, parse
from monitor.records import AnalysedPost, Signal
from monitor.store.reader import open_reader
from tests.detecting.stores import BIN, END, covered, look_and_keep, stored, write
from tests.store.factories import analysed

FIRST = END - 5 * HOUR


def petition(
    authors: int, apart: int, *, cluster: int = 77, beats: tuple[str, ...] = ("courts",)
) -> list[AnalysedPost]:
    return [
        analysed(
            number, at=FIRST + number * apart, collected_at=FIRST + number * apart + SECOND, author=f"a{number}",
            cluster=cluster, beats=beats, source="x" if number % 4 == 0 else "bluesky",
        )
        for number in range(authors)
    ]  # fmt: skip


def copies_of(path: Path, now: int = END) -> Iterator[Signal]:
    with open_reader(path) as reader:
        return iter([signal for signal in recompute(reader, END - 6 * HOUR, now).signals if signal.kind == "copies"])


def test_a_petition_is_one_signal_that_rises_and_ends(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    write(path, petition(48, MINUTE), covered("bluesky", (END - 6 * HOUR, END)))
    (signal,) = copies_of(path)
    evidence: dict[str, Any] = signal.evidence
    assert (signal.beat, signal.level) == ("courts", "high")
    assert FIRST + 4 * MINUTE < signal.opened_at <= FIRST + 5 * MINUTE
    assert signal.closed_at == FIRST + 47 * MINUTE + HOUR
    assert (evidence["n"], evidence["authors"]) == (48, 48)
    assert evidence["first_at"] == "2026-11-20T07:00:00Z"
    assert parse(evidence["window"][0]) == FIRST
    assert {part["source"]: part["n"] for part in evidence["sources"]} == {"bluesky": 36, "x": 12}
    assert [version["level"] for version in evidence["before"]] == ["low", "medium"]
    assert evidence["before"][0]["evidence"]["authors"] == 14
    with open_reader(path) as reader:
        first = reader.post(evidence["posts"][0])
    assert first is not None
    assert first.at == FIRST


def test_looking_as_it_grows_finds_it_once(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    write(path, [], covered("bluesky", (END - 6 * HOUR, END)))
    posts = petition(48, MINUTE)
    with open_reader(path) as reader:
        watcher = Watcher(reader, since=END - 6 * HOUR)
        for now in range(FIRST, END + 1, BIN):
            write(path, [post for post in posts if now - BIN <= post.post.collected_at < now])
            look_and_keep(path, watcher, now)
    (signal,) = stored(path)
    (expected,) = copies_of(path)
    assert signal == expected


def test_few_authors_or_slow_copies_are_none(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    slow = [
        post._replace(post=post.post._replace(native_id=f"s{post.post.native_id}")) for post in petition(20, 5 * MINUTE)
    ]
    write(path, [*petition(4, MINUTE, cluster=76), *slow], covered("bluesky", (END - 6 * HOUR, END)))
    assert list(copies_of(path)) == []


def test_copies_of_no_beat_are_none(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    write(path, petition(20, MINUTE, beats=()), covered("bluesky", (END - 6 * HOUR, END)))
    assert list(copies_of(path)) == []
