"""The demo's store: exact at the start, moved by whole hours, kept in the cache folder alone."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from monitor import paths
from monitor.demo import DemoStore, clean_up, prepare_demo
from monitor.demo.sample import load_sample
from monitor.instants import DAY, HOUR, MINUTE
from tests.demo.looking import SPECIAL, SPLIT, beat_of, snapshot, split_of


def test_the_sample_shows_exactly_what_it_promises(sample_store: DemoStore) -> None:
    beat = beat_of(snapshot(sample_store), SPECIAL)
    assert beat.volume == 469
    assert split_of(beat) == SPLIT
    assert sum(count or 0 for count in beat.volume_hourly) == 469
    assert dict(load_sample().volume) == SPLIT


@pytest.mark.parametrize("minutes", [0, 1, 29.5, 59.99])
def test_a_demo_started_at_any_minute_shows_the_same(minutes: float) -> None:
    now = load_sample().as_of + 3 * DAY + 5 * HOUR + int(minutes * MINUTE)
    store = prepare_demo(now)
    try:
        whole = snapshot(store)
        assert store.as_of == now
        assert split_of(beat_of(whole, SPECIAL)) == SPLIT
        assert {source.slug for source in whole.sources if source.state == "ok"} == {
            "x",
            "bluesky",
            "news",
            "youtube",
            "hackernews",
        }
        assert whole.stories[0].published_at < now
    finally:
        clean_up(store)
    assert not store.path.exists()


def test_the_outage_is_a_gap_in_every_beat_and_source(sample_store: DemoStore) -> None:
    whole = snapshot(sample_store)
    start, end = load_sample().outage
    dark = [hour for hour in whole.hours if start <= hour and hour + HOUR <= end]
    assert len(dark) == 2
    for beat in whole.beats:
        for hour, volume, mood in zip(whole.hours, beat.volume_hourly, beat.net_sentiment_hourly, strict=True):
            assert (volume is None) == (hour in dark)
            assert hour not in dark or mood is None
    for source in whole.sources:
        if source.state == "ok":
            assert any(gap[0] <= start and end - 20 * MINUTE <= gap[1] for gap in source.gaps)


def test_the_baseline_knows_three_fridays(sample_store: DemoStore) -> None:
    baseline = beat_of(snapshot(sample_store), SPECIAL).baseline
    assert baseline.state == "ok"
    assert baseline.same_weekday
    assert baseline.days == 3
    assert baseline.ratio is not None
    assert 1.3 < baseline.ratio < 1.9


def test_two_snapshots_of_the_sample_are_equal(sample_store: DemoStore) -> None:
    assert snapshot(sample_store) == snapshot(prepare_demo())


def test_the_second_start_reuses_the_store(sample_store: DemoStore) -> None:
    before = sample_store.path.stat()
    after = prepare_demo().path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_nothing_is_written_outside_the_cache_folder(tmp_path: Path) -> None:
    store = prepare_demo(load_sample().as_of + 9 * DAY)
    snapshot(store)
    assert store.path.is_relative_to(paths.cache_directory())
    clean_up(store)
    assert list(tmp_path.iterdir()) == []


def test_the_users_configuration_changes_nothing(tmp_path: Path, sample_store: DemoStore) -> None:
    expected = snapshot(sample_store)
    folder = tmp_path / ".config" / "discourse-monitor"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("[beats.open-source-ai]\nenabled = false\n")
    assert snapshot(prepare_demo()) == expected


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_cache_folder_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    monkeypatch.setenv("XDG_CACHE_HOME", str(locked))
    _check_without_cache(locked)


def test_a_cache_folder_that_is_a_file_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "file"
    place.write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(place))
    _check_without_cache(place)


def _check_without_cache(place: Path) -> None:
    store = prepare_demo()
    assert not store.path.is_relative_to(place)
    assert beat_of(snapshot(store), SPECIAL).volume == 469
    clean_up(store)
    assert not store.path.parent.exists()


def test_the_store_of_a_demo_that_was_killed_is_removed(sample_store: DemoStore) -> None:
    abandoned = sample_store.path.with_name("live-999999999.db")
    abandoned.write_bytes(b"")
    clean_up(prepare_demo(load_sample().as_of))
    assert not abandoned.exists()


def test_only_what_nobody_builds_any_more_is_removed(sample_store: DemoStore) -> None:
    abandoned, fresh = (sample_store.path.with_name(f"building-{name}.db") for name in ("old", "new"))
    for path in (abandoned, fresh):
        path.write_bytes(b"")
    os.utime(abandoned, (1e9, 1e9))
    clean_up(prepare_demo(load_sample().as_of))
    assert (abandoned.exists(), fresh.exists()) == (False, True)
    fresh.unlink()


def test_the_moved_store_counts_right(sample_store: DemoStore) -> None:
    store = prepare_demo(load_sample().as_of + 7 * HOUR + 40 * MINUTE)
    try:
        with sqlite3.connect(store.path) as connection:
            posts = connection.execute(
                "SELECT at / 3600000, count(*) FROM post_beats WHERE beat_id = 0 GROUP BY 1 ORDER BY 1"
            ).fetchall()
            hours = connection.execute(
                "SELECT hour, posts FROM hourly WHERE beat_id = 0 AND source_id = 0 AND posts > 0 ORDER BY hour"
            ).fetchall()
        connection.close()
        assert posts == hours
    finally:
        clean_up(store)
