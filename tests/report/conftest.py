from __future__ import annotations

import pytest

from monitor.instants import HOUR, parse
from monitor.records import (
    NO_SHARES,
    Baseline,
    BeatSnapshot,
    Manifest,
    Mark,
    Shares,
    Signal,
    Snapshot,
    SourceSnapshot,
    StoryCard,
)

AS_OF = parse("2026-11-21T09:00:00Z")
HOURS = tuple(range(AS_OF - 24 * HOUR, AS_OF, HOUR))
GAP = (AS_OF - 12 * HOUR, AS_OF - 10 * HOUR)


@pytest.fixture
def snapshot() -> Snapshot:
    """A day with a loud beat, a quiet one, an empty one, a wide name, a gap, and sources in several states."""
    loud = (*[20] * 11, 9, None, None, *[24] * 10)
    shares = Shares(0.31, 0.48, 0.21, 0.1, 0.05, 0.15, 469)
    negative = Shares(0.1, 0.6, 0.3, -0.2, -0.31, -0.09, 31)
    split = (("x", 84), ("bluesky", 106), ("news", 188), ("youtube", 91), ("hackernews", 0))
    beats = (
        beat("ai-regulation", "AI Regulation", 31, Baseline(30.0, 1.04, 21, "ok"), negative, split_of=31),
        beat(
            "open-source-ai", "Open Source AI", 469, Baseline(297.0, 1.5789473, 21, "ok", True, 200.0, 380.5), shares
        )._replace(
            by_source=split,
            sentiment_by_source=(("x", shares._replace(n=84)),),
            volume_hourly=loud,
            net_sentiment_hourly=tuple(None if volume is None else 0.123456 for volume in loud),
            scored_hourly=tuple(volume or 0 for volume in loud),
            signals=("volume-1",),
        ),
        beat("nihongo", "日本語の人工知能", 2, Baseline(1.0, 2.0, 2, "learning"), NO_SHARES, split_of=2),
        beat("general", "General", 0, Baseline(None, None, 0, "gap"), NO_SHARES),
    )
    return Snapshot(
        as_of=AS_OF,
        window_hours=24,
        lens="raw",
        records=464_538,
        volume=500,
        previous_volume=402,
        hours=HOURS,
        beats=beats,
        sources=(
            SourceSnapshot("x", "X", 84, "no-key", None, (), "There is no key; set X_BEARER_TOKEN."),
            SourceSnapshot("bluesky", "Bluesky", 106, "ok", AS_OF - 30_000, (GAP,), ""),
            SourceSnapshot("news", "News", 188, "ok", AS_OF - 5 * 60_000, (), ""),
            SourceSnapshot("youtube", "YouTube", 91, "stale", AS_OF - 2 * HOUR, (), "Nothing new for two hours."),
            SourceSnapshot("hackernews", "Hacker News", 0, "ok", AS_OF - 60_000, (), ""),
        ),
        signals=(
            Signal(
                "volume-1", "volume", "open-source-ai", "medium", AS_OF - HOUR, None, "Half more than usual", {"z": 4.2}
            ),
        ),
        stories=(
            StoryCard(
                "one",
                "A story with a long title " * 4,
                "Dek",
                "open-source-ai",
                "Technical",
                "high",
                AS_OF - HOUR,
                None,
                "sample",
            ),
            StoryCard(
                "two", "Across beats", "Dek", None, None, None, AS_OF - 48 * HOUR, "https://example.org/2", "imported"
            ),
        ),
        manifest=Manifest(
            "0.1.0", "c" * 12, "d" * 12, "vader", 12345, (Mark(AS_OF - 3 * HOUR, "rules", "a rule was edited"),)
        ),
        baseline=Baseline(470.0, 1.0638297872, 21, "ok"),
    )


def beat(slug: str, name: str, volume: int, baseline: Baseline, shares: Shares, *, split_of: int = 0) -> BeatSnapshot:
    """A beat all of whose posts came from Bluesky in the last hour."""
    return BeatSnapshot(
        slug=slug,
        name=name,
        category="Technical",
        records=volume * 60,
        volume=volume,
        previous_volume=volume,
        baseline=baseline,
        unique_texts=volume,
        unique_authors=volume,
        by_source=(("bluesky", split_of), ("news", 0), ("youtube", 0), ("hackernews", 0)),
        sentiment=shares,
        sentiment_by_source=(),
        volume_hourly=(*[0] * 12, None, None, *[0] * 9, volume),
        net_sentiment_hourly=(*[None] * 23, shares.net),
        scored_hourly=(*[0] * 23, shares.n),
    )
