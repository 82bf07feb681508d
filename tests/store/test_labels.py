from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from monitor.instants import DAY, HOUR
from monitor.records import Deletion, Label
from monitor.store.labels import CalibrationRow, Labels, NewLabel
from monitor.store.reader import Reader, open_reader
from monitor.store.writer import Changes, Writer
from tests.store.factories import BEATS, NOW, PROBABILITIES, analysed

MONTH = (NOW - 30 * DAY, NOW)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Posts 1 to 8 of one beat, every fourth without a score, 9 to 12 of two."""
    path = tmp_path / "monitor.db"
    one = [analysed(number, mood=number, author=f"author-{number}") for number in range(8)]
    two = [analysed(number, mood=1, source="news", beats=("open-models", "courts")) for number in range(8, 12)]
    with Writer(path) as writer:
        writer.set_beats(BEATS, 0)
        writer.commit(Changes([*one, *two]))
    return path


def number_of(reader: Reader, slug: str) -> int:
    return reader.beats()[slug].id


def labels_of(path: Path, slug: str) -> dict[int, str]:
    with open_reader(path) as reader:
        return {row.post_id: row.label for row in reader.labels().of_beat(number_of(reader, slug))}


def label(path: Path, post_id: int, word: Label | None, *beats: str) -> tuple[int, ...]:
    with Writer(path) as writer:
        return writer.put_labels([NewLabel(post_id, word, beats or ("open-models",))], NOW)


def test_labels_are_read_with_what_the_scorer_said(store: Path) -> None:
    assert label(store, 1, "positive") == (1,)
    assert label(store, 2, "neutral") == (2,)
    with open_reader(store) as reader:
        rows = reader.labels().of_beat(number_of(reader, "open-models"))
    assert [(row.post_id, row.label, row.labelled_at) for row in rows] == [(1, "positive", NOW), (2, "neutral", NOW)]
    assert [row.probabilities for row in rows] == [pytest.approx(PROBABILITIES[0]), pytest.approx(PROBABILITIES[1])]


def test_another_label_takes_the_place_of_the_first_and_none_takes_it_back(store: Path) -> None:
    label(store, 1, "positive")
    label(store, 1, "negative")
    assert labels_of(store, "open-models") == {1: "negative"}
    label(store, 1, None)
    assert labels_of(store, "open-models") == {}


def test_what_is_not_there_or_not_scored_gets_no_label(store: Path) -> None:
    assert label(store, 4, "positive") == ()
    assert label(store, 99, "positive") == ()
    assert labels_of(store, "open-models") == {}


def test_a_word_that_is_no_label_is_refused(store: Path) -> None:
    with pytest.raises(ValueError, match="angry"):
        label(store, 1, "angry")  # type: ignore[arg-type]


def test_a_label_corrects_only_the_beats_that_its_post_was_drawn_for(store: Path) -> None:
    label(store, 9, "positive", "courts")
    assert labels_of(store, "open-models") == {}
    label(store, 9, "positive", "open-models")
    assert labels_of(store, "courts") == labels_of(store, "open-models") == {9: "positive"}


def test_a_post_that_left_the_beat_takes_its_label_along(store: Path) -> None:
    label(store, 9, "positive", "courts", "open-models")
    with Writer(store) as writer:
        writer.retag({9: ("courts",)})
    assert labels_of(store, "open-models") == {}
    assert labels_of(store, "courts") == {9: "positive"}


def test_the_label_of_a_deleted_post_stays_and_that_of_a_forgotten_one_goes(store: Path) -> None:
    label(store, 1, "positive")
    label(store, 2, "neutral")
    with Writer(store) as writer:
        writer.commit(Changes(deletions=[Deletion("bluesky", native_id="0")]))
        writer.forget(author="author-1")
    assert labels_of(store, "open-models") == {1: "positive"}


def test_the_label_of_a_post_that_says_something_else_now_goes(store: Path) -> None:
    label(store, 1, "positive")
    label(store, 2, "positive")
    with Writer(store) as writer:
        writer.commit(Changes([analysed(0, text="other words"), analysed(1, mood=1, author="author-1", url="a:b")]))
    assert labels_of(store, "open-models") == {2: "positive"}


def candidates(store: Path, **choices: int) -> list[int]:
    with open_reader(store) as reader:
        found = reader.labels().candidates(number_of(reader, "open-models"), MONTH, **choices)
    assert all(candidate.source in ("bluesky", "news") for candidate in found)
    return sorted(candidate.key for candidate in found)


def test_candidates_are_the_scored_posts_with_words_of_the_span(store: Path) -> None:
    with Writer(store) as writer:
        writer.commit(Changes([analysed(20, at=NOW - 31 * DAY)], deletions=[Deletion("bluesky", native_id="1")]))
    assert candidates(store) == [1, 3, 5, 6, 7, 9, 10, 11, 12]


def test_a_part_of_very_many_candidates_is_spread_evenly(tmp_path: Path) -> None:
    store = tmp_path / "monitor.db"
    with Writer(store) as writer:
        writer.set_beats(BEATS, 0)
        writer.commit(Changes([analysed(number, at=NOW - number * 1000 - HOUR) for number in range(4000)]))
    found = candidates(store, limit=400)
    assert len(found) == 400
    tenths = Counter((number - 1) // 400 for number in found)
    assert len(tenths) == 10
    assert max(tenths.values()) <= 60


def test_what_calibrates_is_counted_by_cell_and_kept_with_its_fit(store: Path) -> None:
    with open_reader(store) as reader:
        assert not reader.has_labels()
        assert reader.labels().calibrating() == ()
    for post_id in (1, 5):
        label(store, post_id, "negative")
    label(store, 6, "positive")
    with open_reader(store) as reader, Writer(store) as writer:
        assert reader.has_labels()
        (row,) = reader.labels().calibrating()
        assert row.beat_id == number_of(reader, "open-models")
        assert sorted(part.partition(":")[2] for part in row.counts.split()) == ["negative:2", "positive:1"]
        writer.keep_fits([row._replace(fit="a fit")])
        assert reader.labels().calibrating() == (row._replace(fit="a fit"),)
        writer.put_labels([NewLabel(7, "neutral", ("open-models",))], NOW)
        (later,) = reader.labels().calibrating()
        assert isinstance(later, CalibrationRow)
        assert (later.fit, len(later.counts.split())) == ("", 3)


def test_a_store_that_nobody_has_brought_up_to_date_has_no_labels(store: Path) -> None:
    connection = sqlite3.connect(store)
    connection.execute("PRAGMA user_version = 3")
    assert Labels(connection).calibrating() == ()
    assert Labels(connection).of_beat(1) == ()
    assert Labels(connection).sizes() == {}
    connection.close()
    with open_reader(store) as reader:
        assert reader.scorer() is None
