"""Figures of past days: kept as they were made, for as long as something is held against them, without any text."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from monitor.store.beat_days import AloneHour, BeatDay, BeatHour, Figures, PairDay
from monitor.store.reader import open_reader
from monitor.store.writer import Changes, Writer
from monitor.text.phrases import key_of
from tests.store.factories import BEATS, NOW, analysed

DAY = BeatDay(
    1, 20_000, 5, 300, {key_of("open weights"): 12, key_of("llama"): 70_000}, {"llama": 9}, {"x": (3.0, 2.0, 9)}
)
HOUR = 3_600_000


def keep(path: Path, figures: Figures) -> None:
    with Writer(path) as writer:
        writer.put_signals((), None, figures)


def test_figures_come_back_as_they_were_kept(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    audience = BeatHour(1, 480_000 * HOUR, 300, 900, 412.5)
    pair, alone = PairDay(20_000, 1, 2, 14, 600), AloneHour(2, 480_000, 7)
    keep(path, Figures((DAY,), (audience,), (pair,), (alone,)))
    with open_reader(path) as reader:
        data = reader.signal_data()
        # A count that does not fit into two bytes is kept as the largest that does.
        expected = DAY._replace(phrases={key_of("open weights"): 12, key_of("llama"): 65_535})
        assert data.days(1, 20_000, 20_001) == {20_000: expected}
        assert data.audiences(1, [audience.at, audience.at - 1]) == [audience]
        assert data.pairs(20_000, 20_001) == {20_000: {(1, 2): (14, 600)}}
        assert data.kept_alone(480_000, 480_001) == {480_000: {2: 7}}
        assert data.days(2, 20_000, 20_001) == {}


def test_what_nothing_is_held_against_is_let_go(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    for day in range(20_000, 20_030):
        hour = 24 * day
        keep(
            path,
            Figures(
                (DAY._replace(day=day),),
                (BeatHour(1, hour * HOUR, 1, 1, 1.0),),
                (PairDay(day, 1, 2, 1, 2),),
                (AloneHour(1, hour, 1),),
            ),
        )
    with open_reader(path) as reader:
        data = reader.signal_data()
        assert sorted(data.days(1, 0, 30_000)) == list(range(20_019, 20_030))
        assert sorted(data.pairs(0, 30_000)) == list(range(20_019, 20_030))
        assert len(data.kept_alone(0, 30_000 * 24)) == 30


def test_the_days_of_forgotten_posts_are_let_go(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    day, hour = NOW // (24 * HOUR), NOW // HOUR
    figures = [
        Figures((DAY._replace(day=each),), (), (PairDay(each, 1, 2, 1, 2),), (AloneHour(1, 24 * each + hour % 24, 1),))
        for each in (day - 1, day)
    ]
    with Writer(path) as writer:
        writer.set_beats(BEATS, 0)
        writer.commit(Changes(posts=(analysed(1, at=NOW, author="grace"),)))
        for each in figures:
            writer.put_signals((), None, each)
        assert writer.forget(author="grace") == 1
    with open_reader(path) as reader:
        data = reader.signal_data()
        assert list(data.days(1, 0, 30_000)) == list(data.pairs(0, 30_000)) == [day - 1]
        assert list(data.kept_alone(0, 30_000 * 24)) == [hour - 24]


def test_no_text_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    keep(path, Figures((DAY,)))
    assert b"open weights" not in path.read_bytes()


def test_a_store_of_an_older_schema_has_none(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    keep(path, Figures((DAY,)))
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 5")
    connection.execute("DROP TABLE beat_days")
    connection.commit()
    connection.close()
    with open_reader(path) as reader:
        assert reader.signal_data().days(1, 0, 30_000) == {}
