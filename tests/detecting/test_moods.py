"""Mood signals out of a store: one vote a cluster, all beats together, what the sources and what their mix changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.detecting import Watcher, recompute
from monitor.instants import DAY, HOUR, MINUTE, SECOND
from monitor.records import AnalysedPost, Signal, Span
from monitor.store.reader import open_reader
from tests.detecting.stores import END, covered, look_and_keep, stored, write
from tests.store.factories import analysed

START = END - 11 * DAY
SHIFT = END - 20 * HOUR
NEUTRAL, POSITIVE = 1, 2


def told(span: Span, a_day: int, share: float, *, first: int, source: str = "bluesky") -> Iterator[AnalysedPost]:
    """Posts at even distances of which a share is positive; none is a copy."""
    dice = Random(f"{span} {share} {source}")
    for number, at in enumerate(range(span[0], span[1], DAY // a_day), first):
        mood = POSITIVE if dice.random() < share else NEUTRAL
        yield analysed(
            number, source=source, at=at, collected_at=at + SECOND, mood=mood, cluster=number, author=f"a{number}"
        )


def copies(at: int, times: int, *, first: int) -> Iterator[AnalysedPost]:
    """One positive text by many, spread over hours."""
    for number in range(first, first + times):
        moment = at + (number - first) * 4 * MINUTE
        yield analysed(number, at=moment, collected_at=moment + SECOND, mood=POSITIVE, cluster=7, author=f"c{number}")


def moods_of(path: Path, now: int = END, since: int = END - DAY) -> list[Signal]:
    with open_reader(path) as reader:
        return [signal for signal in recompute(reader, since, now).signals if signal.kind == "mood"]


@pytest.fixture(scope="module")
def shifted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("moods") / "store.db"
    posts = [
        *told((START, SHIFT), 400, 0.12, first=1),
        *told((SHIFT, END), 400, 0.4, first=50_000),
    ]
    write(path, posts, covered("bluesky", (START, END)))
    return path


def test_a_shift_is_one_signal_with_its_working(shifted: Path) -> None:
    (signal,) = moods_of(shifted)
    evidence: dict[str, Any] = signal.evidence
    assert SHIFT < signal.opened_at <= END
    assert signal.opened_at % HOUR == 0
    assert signal.closed_at is None
    assert evidence["n"] == pytest.approx(400, abs=2)
    assert evidence["previous_n"] == pytest.approx(7 * 400, abs=10)
    assert evidence["effective_n"] < evidence["n"]
    assert evidence["ratio"] == pytest.approx(evidence["share"] / evidence["expected"], rel=0.01)
    low, high = evidence["difference_ci95"]
    assert low < evidence["difference"] < high
    mix = evidence["mood_or_mix"]
    assert mix["within"] + mix["mix"] == pytest.approx(mix["difference"], abs=0.001)
    assert mix["mix"] == pytest.approx(0, abs=1e-6)
    assert len(evidence["posts"]) == 10
    assert set(evidence["not_collected"]["window"]) == set()


def test_looking_hourly_with_restarts_finds_the_same_signal_once(shifted: Path) -> None:
    expected = moods_of(shifted)
    with open_reader(shifted) as reader:
        watcher = Watcher(reader, since=END - DAY)
        for hour in range(END - 20 * HOUR, END + 1, HOUR):
            if hour % (7 * HOUR) == 0:
                watcher = Watcher(reader)
            look_and_keep(shifted, watcher, hour)
    found = [signal for signal in stored(shifted) if signal.kind == "mood"]
    assert [(signal.id, signal.level) for signal in found] == [(signal.id, signal.level) for signal in expected]


def test_copies_are_one_vote(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    posts = [*told((START, END), 400, 0.12, first=1), *copies(END - 20 * HOUR, 250, first=90_000)]
    write(path, posts, covered("bluesky", (START, END)))
    assert moods_of(path) == []
    with open_reader(path) as reader, reader.moment():
        beat = reader.beats()["open-models"].id
        votes = [vote for vote in reader.signal_data().votes((END - DAY, END)) if vote.beat_id == beat]
    assert sum(vote.n for vote in votes) == pytest.approx(401, abs=3)


def test_a_change_of_the_mix_is_told_from_one_of_the_mood(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    posts = [
        *told((START, END), 300, 0.1, first=1),
        *told((START, END - DAY), 30, 0.8, first=50_000, source="news"),
        *told((END - DAY, END), 400, 0.8, first=70_000, source="news"),
    ]
    write(path, posts, [*covered("bluesky", (START, END)), *covered("news", (START, END))])
    (signal,) = moods_of(path)
    evidence: dict[str, Any] = signal.evidence
    mix = evidence["mood_or_mix"]
    assert mix["mix"] > 5 * abs(mix["within"])


def test_too_few_posts_are_no_signal(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    posts = [*told((START, SHIFT), 60, 0.1, first=1), *told((SHIFT, END), 60, 0.6, first=50_000)]
    write(path, posts, covered("bluesky", (START, END)))
    assert moods_of(path) == []
