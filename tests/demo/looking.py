"""Looking at a demo's store as the app does."""

from __future__ import annotations

from monitor.demo import DemoStore
from monitor.records import BeatSnapshot, Snapshot
from monitor.snapshot import build_snapshot
from monitor.store.reader import open_reader
from monitor.text.sentiment import NAME

SPECIAL = "open-source-ai"
SPLIT = {"x": 84, "bluesky": 106, "news": 188, "youtube": 91}


def snapshot(store: DemoStore, as_of: int | None = None) -> Snapshot:
    reader = open_reader(store.path)
    try:
        return build_snapshot(
            reader,
            store.as_of if as_of is None else as_of,
            beats=store.config.beats,
            config_hash=store.config.hash,
            rules_hash=store.config.rules_hash,
            scorer=NAME,
        )
    finally:
        reader.close()


def beat_of(snapshot: Snapshot, slug: str) -> BeatSnapshot:
    return next(beat for beat in snapshot.beats if beat.slug == slug)


def split_of(beat: BeatSnapshot) -> dict[str, int]:
    """The sources that the beat has posts of."""
    return {source: volume for source, volume in beat.by_source if volume}
