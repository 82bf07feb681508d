"""From labels in the store to corrected shares in a snapshot."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.live import LiveSnapshots
from monitor.records import Label, Snapshot
from monitor.snapshot import Provenance, build_snapshot
from monitor.snapshot.calibrations import beat_calibrations, keep_calibrations
from monitor.snapshot.history import build_history
from monitor.store.cells import probabilities_of
from monitor.store.labels import NewLabel
from monitor.store.reader import Reader, open_reader
from monitor.store.writer import Changes, Writer
from monitor.text.calibrations import BeatCalibration, calibration_of_counts, enough, missing
from monitor.text.shares import LABELS, shares_of_counts
from tests.store.factories import BEATS, NOW, analysed

CELLS = (80, 71, 53, 35, 44, 26, 17, 8, 0)

counts = st.dictionaries(
    st.tuples(st.sampled_from(CELLS), st.sampled_from(LABELS)), st.integers(1, 40), min_size=1
).map(lambda found: " ".join(f"{cell}:{label}:{posts}" for (cell, label), posts in sorted(found.items())))

groups = st.dictionaries(st.sampled_from(CELLS).map(probabilities_of), st.integers(1, 500), min_size=1)


@given(counts=counts, group=groups)
def test_a_calibration_that_was_written_down_gives_the_very_same_shares(counts: str, group: dict) -> None:  # type: ignore[type-arg]
    made = calibration_of_counts(counts, "", probabilities_of)
    kept = calibration_of_counts(counts, made.written(), probabilities_of)
    assert kept.labelled == made.labelled == sum(int(part.rpartition(":")[2]) for part in counts.split())
    assert shares_of_counts(group, kept) == shares_of_counts(group, made)


@pytest.mark.parametrize("text", ["", "0.0/other 1 2 3", "nonsense", "1.0 1.0"])
def test_what_cannot_be_restored_is_made_anew(text: str) -> None:
    made = calibration_of_counts("80:negative:3 8:positive:2", text, probabilities_of)
    assert made.labelled == 5


def test_a_damaged_text_is_not_restored() -> None:
    text = calibration_of_counts("80:negative:3 8:positive:2", "", probabilities_of).written()
    assert BeatCalibration.restored(text) is not None
    assert BeatCalibration.restored(text.rpartition(" ")[0]) is None
    assert BeatCalibration.restored(f"{text.rpartition(' ')[0]} x") is None


@pytest.mark.parametrize(
    ("labels", "posts", "classes"),
    [
        ({}, 30, {"negative": 5, "neutral": 5, "positive": 5}),
        ({"neutral": 29}, 10, {"negative": 5, "positive": 5}),
        ({"negative": 4, "neutral": 30, "positive": 30}, 1, {"negative": 1}),
        ({"negative": 5, "neutral": 5, "positive": 5}, 15, {}),
    ],
)
def test_too_few_labels_correct_nothing(labels: dict[Label, int], posts: int, classes: dict[str, int]) -> None:
    found = missing(labels)
    assert found is not None
    assert (found.posts, dict(found.classes)) == (posts, classes)
    assert not enough(" ".join(f"80:{label}:{count}" for label, count in labels.items()))


@pytest.mark.parametrize("labels", [{"negative": 5, "neutral": 20, "positive": 5}, {"neutral": 100}])
def test_enough_labels_lack_nothing(labels: dict[Label, int]) -> None:
    assert missing(labels) is None
    assert enough(" ".join(f"80:{label}:{count}" for label, count in labels.items()))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two hundred posts of each of two beats, a third of each mood as the scorer sees it."""
    path = tmp_path / "monitor.db"
    posts = [
        analysed(number, mood=number % 3, beats=("open-models",) if number % 2 else ("courts",), cluster=None)
        for number in range(400)
    ]
    with Writer(path) as writer:
        writer.set_beats(BEATS, 0)
        writer.commit(Changes(posts))
    return path


def snapshot(reader: Reader) -> Snapshot:
    return build_snapshot(reader, NOW, beats=BEATS, config_hash="", rules_hash="", scorer="scorer")


def label_as_neutral(store: Path, number: int) -> None:
    """The first posts of the beat, all called neutral."""
    with Writer(store) as writer, open_reader(store) as reader:
        beat_id = reader.beats()["open-models"].id
        found = sorted(candidate.key for candidate in reader.labels().candidates(beat_id, (0, NOW)))
        writer.put_labels([NewLabel(key, "neutral", ("open-models",)) for key in found[:number]], NOW)


def test_labels_of_a_beat_correct_its_shares_and_those_of_no_other(store: Path) -> None:
    with open_reader(store) as reader:
        before = snapshot(reader)
        assert not any(beat.sentiment.calibrated for beat in before.beats)
        label_as_neutral(store, 100)
        after = snapshot(reader)
        history = build_history(reader, "open-models", NOW, 24)
    ours, other, _ = after.beats
    assert ours.sentiment.calibrated
    assert all(shares.calibrated for _, shares in ours.sentiment_by_source)
    assert (ours.sentiment.neutral or 0) > 0.8 > 0.6 > (before.beats[0].sentiment.neutral or 0)
    assert ours.net_sentiment_hourly != before.beats[0].net_sentiment_hourly
    assert history.net_sentiment[-2] == ours.net_sentiment_hourly[-2]
    assert other == before.beats[1]


def test_shares_are_wider_without_labels(store: Path) -> None:
    with open_reader(store) as reader:
        beat_id = reader.beats()["open-models"].id
        with Writer(store) as writer:
            found = reader.labels().candidates(beat_id, (0, NOW))
            rows = [
                NewLabel(
                    candidate.key, LABELS[max(range(3), key=candidate.probabilities.__getitem__)], ("open-models",)
                )
                for candidate in found
            ]
            writer.put_labels(rows, NOW)
        ours, other, _ = snapshot(reader).beats
    reach = [(beat.sentiment.net_high or 0) - (beat.sentiment.net_low or 0) for beat in (ours, other)]
    assert reach[0] < reach[1] / 2


def test_a_label_that_comes_while_somebody_looks_is_seen(store: Path) -> None:
    with open_reader(store) as reader:
        live = LiveSnapshots(reader, Provenance(BEATS, "", "", "scorer"))
        assert live.build(NOW) == snapshot(reader)
        label_as_neutral(store, 99)
        assert not live.build(NOW).beats[0].sentiment.calibrated
        label_as_neutral(store, 100)
        assert live.build(NOW).beats[0].sentiment.calibrated
        assert live.build(NOW) == snapshot(reader)


def test_what_was_kept_is_used_and_changes_no_figure(store: Path) -> None:
    label_as_neutral(store, 120)
    with open_reader(store) as reader:
        before = snapshot(reader)
        with Writer(store) as writer:
            keep_calibrations(reader, writer)
        (row,) = reader.labels().calibrating()
        assert row.fit
        assert beat_calibrations(reader)[row.beat_id].written() == row.fit
        assert snapshot(reader) == before


def test_the_manifest_names_who_scored_the_posts(store: Path) -> None:
    with open_reader(store) as reader:
        assert snapshot(reader).manifest.scorer == "scorer"
        with Writer(store) as writer:
            writer.set_scorer("other/1", NOW)
        assert snapshot(reader).manifest.scorer == "other/1"
