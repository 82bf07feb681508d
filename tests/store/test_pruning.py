"""Old posts go; what was counted of them stays on record."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from monitor.instants import DAY, HOUR
from monitor.records import PostQuery
from monitor.snapshot import build_snapshot
from monitor.store import pruning
from monitor.store.errors import StorePruned
from monitor.store.reader import open_reader
from monitor.store.recount import check_integrity, recount
from monitor.store.writer import Changes, Outcome, Writer
from tests.store.factories import BEATS, NOW, analysed

OLD = NOW - 90 * DAY
LIMIT = NOW - 60 * DAY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "monitor.db"


@pytest.fixture
def writer(path: Path) -> Writer:
    writer = Writer(path)
    writer.set_beats(BEATS, NOW)
    old = [
        analysed(number, at=OLD + number * HOUR, text=f"zugzwang {number}", cluster=number + 1) for number in range(10)
    ]
    writer.commit(Changes([*old, analysed(20), analysed(21, beats=("courts", "open-models"))]))
    return writer


def hourly(path: Path) -> list[tuple[int, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT * FROM hourly ORDER BY 1, 2, 3").fetchall()
    connection.close()
    return rows


def test_old_posts_go_and_their_hours_stay(writer: Writer, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = hourly(path)
    with open_reader(path) as reader:
        assert reader.count_older(LIMIT) == 10
        monkeypatch.setattr(pruning.prune_some, "__defaults__", (4,))
        assert list(writer.prune(LIMIT)) == [4, 4, 2, 0]
        assert {stored.post.native_id for stored in reader.posts(PostQuery())} == {"20", "21"}
        assert reader.posts(PostQuery(search="zugzwang")) == ()
        assert reader.count_older(LIMIT) == 0
        assert reader.pruned_before() == LIMIT - LIMIT % HOUR
    assert hourly(path) == before
    assert recount(path) == []
    assert check_integrity(path) == []


def test_nothing_of_the_old_words_stays_in_the_file(writer: Writer, path: Path) -> None:
    list(writer.prune(LIMIT))
    writer.close()
    assert not any(b"zugzwang" in file.read_bytes() for file in path.parent.iterdir())


def test_what_was_pruned_does_not_come_back_and_is_not_counted_twice(writer: Writer, path: Path) -> None:
    list(writer.prune(LIMIT))
    before = hourly(path)
    again = [analysed(3, at=OLD + 3 * HOUR), analysed(30, at=LIMIT - HOUR), analysed(31, at=LIMIT + HOUR)]
    assert writer.commit(Changes(again)) == Outcome(1, 0, 0, 0)
    assert len(hourly(path)) == len(before) + 4
    assert recount(path) == []


def test_the_limit_never_goes_back(writer: Writer, path: Path) -> None:
    list(writer.prune(LIMIT))
    list(writer.prune(LIMIT - 10 * DAY))
    with open_reader(path) as reader:
        assert reader.pruned_before() == LIMIT - LIMIT % HOUR


def test_a_past_moment_whose_posts_are_gone_is_refused(writer: Writer, path: Path) -> None:
    list(writer.prune(LIMIT))
    with open_reader(path) as reader:
        made = {"beats": BEATS, "config_hash": "", "rules_hash": "", "scorer": ""}
        with pytest.raises(StorePruned, match="were pruned"):
            build_snapshot(reader, OLD + DAY, **made)
        assert build_snapshot(reader, NOW, **made).volume == 2
