"""The app on real stores: absent, damaged, empty, growing, removed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from running import Running
from textual.pilot import Pilot

from monitor.config import Config, load
from monitor.instants import MINUTE, parse
from monitor.records import AnalysedPost, Post, PostQuery
from monitor.store.errors import StoreDamaged, StoreMissing
from monitor.store.writer import Changes, Writer
from monitor.tui.app import MonitorApp
from monitor.tui.reading import ReadingThread
from monitor.tui.store_source import StoreSource

NOW = parse("2026-11-21T09:41:00Z")


@pytest.fixture
def config() -> Config:
    return load(Path(os.devnull))


def write(path: Path, config: Config, posts: int = 3, start: int = 0) -> None:
    """Put posts of one beat into a store, made where there is none."""
    with Writer(path) as writer:
        writer.set_beats(config.beats, NOW - 60 * MINUTE)
        writer.commit(
            Changes(
                posts=tuple(
                    AnalysedPost(
                        Post("bluesky", str(number), f"open weights, part {number}", at := NOW - number * MINUTE, at),
                        ("open-source-ai",),
                        (0.2, 0.3, 0.5),
                        number + 1,
                    )
                    for number in range(start + 1, start + posts + 1)
                )
            )
        )


def test_a_store_gives_snapshot_history_and_posts(tmp_path: Path, config: Config) -> None:
    path = tmp_path / "monitor.db"
    write(path, config)
    source = StoreSource(path, config, "test")
    snapshot = source.build(NOW, "raw", None)
    assert snapshot.volume == 3
    assert source.first(NOW, "raw", None).volume == 3
    assert sum(count or 0 for count in source.history("open-source-ai", NOW, 24, None).volume) == 3
    assert len(source.posts(PostQuery(beats=("open-source-ai",)))) == 3
    assert source.story("none") is None
    version = source.data_version()
    write(path, config, start=3)
    assert source.data_version() != version
    source.close()


def test_a_missing_and_a_damaged_store_are_sentences(tmp_path: Path, config: Config) -> None:
    with pytest.raises(StoreMissing, match=r"monitor\.db"):
        StoreSource(tmp_path / "monitor.db", config, "test")
    (tmp_path / "damaged.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreDamaged, match=r"damaged\.db"):
        StoreSource(tmp_path / "damaged.db", config, "test")


def test_a_store_that_was_removed_or_replaced_is_noticed(tmp_path: Path, config: Config) -> None:
    path, other = tmp_path / "monitor.db", tmp_path / "other.db"
    write(path, config)
    write(other, config)
    source = StoreSource(path, config, "test")
    source.data_version()
    other.replace(path)
    with pytest.raises(StoreMissing, match="was replaced"):
        source.data_version()
    path.unlink()
    with pytest.raises(StoreMissing, match="was removed"):
        source.data_version()
    source.close()


async def test_the_app_picks_up_a_store_that_appears_and_grows(tmp_path: Path, config: Config) -> None:
    path = tmp_path / "monitor.db"
    app = MonitorApp(ReadingThread(lambda: StoreSource(path, config, "test"), lambda: NOW), store_name="monitor")
    async with app.run_test(size=(120, 40)) as pilot:
        one = running_of(app, pilot)
        await one.until(lambda: "monitor.db" in one.dashboard.header.text)
        write(path, config)
        app.reading_thread.poke()
        await one.until(lambda: " 3 posts in 24 h" in one.dashboard.header.text)
        assert "open weights, part 1" in one.dashboard.posts.text
        write(path, config, posts=2, start=3)
        app.reading_thread.poke()
        await one.until(lambda: " 5 posts in 24 h" in one.dashboard.header.text)


def running_of(app: MonitorApp, pilot: Pilot[None]) -> Running:
    from fabricated import FabricatedSource

    return Running(app, FabricatedSource(), pilot)
