from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from monitor.instants import DAY
from monitor.live import LiveSnapshots
from monitor.records import Deletion, Mark, Snapshot
from monitor.snapshot import Provenance, build_snapshot
from monitor.store.labels import NewLabel
from monitor.store.reader import Reader, open_reader
from monitor.store.recount import recount
from monitor.store.rescoring import Rescored
from monitor.store.schema import TABLES, VIEWS
from monitor.store.writer import Changes, Writer
from tests.store.factories import BEATS, NOW, PROBABILITIES, analysed

SPAN = (NOW - DAY, NOW + DAY)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "monitor.db"
    with Writer(path) as writer:
        writer.set_beats(BEATS, 0)
        writer.commit(
            Changes(
                [
                    analysed(number, mood=number // 4, beats=("open-models", "courts")[: number % 3])
                    for number in range(12)
                ]
            )
        )
    return path


def moods(reader: Reader) -> list[tuple[int, float | None]]:
    shown = build_snapshot(reader, NOW, beats=BEATS, config_hash="", rules_hash="", scorer="")
    return [(beat.sentiment.n, beat.sentiment.net) for beat in shown.beats]


def rescore(store: Path, shift: int) -> int:
    with open_reader(store) as reader, Writer(store) as writer:
        words = reader.words_after(0, 1000)
        return writer.rescore([Rescored(post, PROBABILITIES[((post.id - 1) // 4 + shift) % 4]) for post in words])


def test_every_count_follows_other_scores(store: Path) -> None:
    with open_reader(store) as reader:
        before = moods(reader)
        assert rescore(store, 1) == 12
        assert recount(store) == []
        assert moods(reader) != before
        assert rescore(store, 1) == 0
        assert rescore(store, 0) == 12
        assert recount(store) == []
        assert moods(reader) == before


def test_one_who_looks_meanwhile_sees_the_same_as_a_newcomer(store: Path) -> None:
    provenance = Provenance(BEATS, "", "", "")

    def fresh(reader: Reader) -> Snapshot:
        return LiveSnapshots(reader, provenance).build(NOW)

    with open_reader(store) as reader:
        live = LiveSnapshots(reader, provenance)
        live.build(NOW)
        rescore(store, 2)
        assert live.build(NOW) == fresh(reader)


def test_a_post_that_says_something_else_by_now_keeps_the_score_of_its_words(store: Path) -> None:
    with open_reader(store) as reader, Writer(store) as writer:
        words = reader.words_after(0, 3)
        writer.commit(
            Changes([analysed(0, text="other words", mood=2)], deletions=[Deletion("bluesky", native_id="1")])
        )
        writer.forget(url="nothing")
        assert writer.rescore([Rescored(post, PROBABILITIES[1]) for post in words]) == 1
        assert reader.post(words[0].id).probabilities == pytest.approx(PROBABILITIES[2])  # type: ignore[union-attr]
    assert recount(store) == []


def test_deleted_posts_have_no_words_to_score(store: Path) -> None:
    with open_reader(store) as reader, Writer(store) as writer:
        assert [post.id for post in reader.words_after(8, 3)] == [9, 10, 11]
        writer.commit(Changes(deletions=[Deletion("bluesky", native_id="9")]))
        assert [post.id for post in reader.words_after(8, 3)] == [9, 11, 12]


def test_a_scorer_that_changes_leaves_a_mark_once(store: Path) -> None:
    with Writer(store) as writer, open_reader(store) as reader:
        assert reader.scorer() is None
        assert writer.set_scorer("one/1", NOW) == ()
        assert writer.set_scorer("one/1", NOW + 1) == ()
        assert writer.set_scorer("two/1", NOW + 2) == (
            Mark(
                NOW + 2,
                "scorer",
                "new posts are scored by two/1, those stored before by one/1; `monitor rescore` scores these again",
            ),
        )
        assert writer.set_scorer("two/1", NOW + 3) == ()
        assert reader.scorer() == "two/1"
        assert [mark.at for mark in reader.marks(SPAN)] == [NOW + 2]


def test_a_finished_rescoring_is_marked_and_nothing_of_the_earlier_scorer_is_left(store: Path) -> None:
    with Writer(store) as writer, open_reader(store) as reader:
        writer.set_scorer("one/1", NOW)
        writer.put_labels([NewLabel(1, "positive", ("open-models",)), NewLabel(2, "positive", ("open-models",))], NOW)
        writer.commit(Changes(deletions=[Deletion("bluesky", native_id="1")]))
        writer.finish_rescoring("one/1", NOW, "again")
        assert set(reader.labels().by_post()) == {1, 2}
        writer.finish_rescoring("two/1", NOW + 1, "by two")
        assert reader.scorer() == "two/1"
        assert reader.marks(SPAN) == (Mark(NOW, "scorer", "again"), Mark(NOW + 1, "scorer", "by two"))
        assert set(reader.labels().by_post()) == {1}
        assert writer.set_scorer("two/1", NOW + 2) == ()


def test_a_store_of_the_time_when_there_was_one_scorer_knows_who_scored_its_posts(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path)
    connection.executescript(TABLES + VIEWS)
    connection.executescript(
        f"""
        PRAGMA application_id = {0x444D4F4E};
        PRAGMA user_version = 1;
        CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT);
        INSERT INTO _sqlite_migrations VALUES (1, 'discourse-monitor', 'm001_tables', '2026-11-20');
        INSERT INTO beats VALUES (0, '*', 'All posts', '', '', 0, 0);
        INSERT INTO sources VALUES (0, '*', 'All sources', NULL, '', ''), (1, 'x', 'X', 600.0, '', '');
        INSERT INTO meta VALUES ('newest_collected_at', {NOW});
        INSERT INTO posts (source_id, native_id, at, published_at, collected_at, beat_ids, cell, text)
        VALUES (1, 'a', {NOW}, {NOW}, {NOW}, '[]', 8, 'so good');
        """
    )
    connection.close()
    with open_reader(path) as reader:
        assert reader.scorers() == ()
        with Writer(path) as writer:
            assert reader.scorers() == ("vader-3.3.2/1",)
            (mark,) = writer.set_scorer("table-2/1", NOW)
        assert mark.what == (
            "new posts are scored by table-2/1, those stored before by vader-3.3.2/1; "
            "`monitor rescore` scores these again"
        )
        assert reader.scorers() == ("vader-3.3.2/1", "table-2/1")
        with Writer(path) as writer:
            writer.finish_rescoring("table-2/1", NOW, "scored again")
        assert reader.scorers() == ("table-2/1",)
