"""What a snapshot says about gaps, splits, sources and baselines."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.instants import DAY, HOUR, MINUTE
from monitor.records import Attempt, Beat, Beats, BeatSnapshot, Rule, Snapshot
from monitor.snapshot import build_snapshot
from monitor.snapshot.history import build_history
from monitor.store.reader import open_reader
from monitor.store.registry import SourceRegistration
from monitor.store.writer import Changes, Writer
from tests.store.factories import BEATS, NOW, analysed

TEN = NOW - NOW % HOUR + HOUR
"""A full hour."""


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    writer = Writer(tmp_path / "monitor.db")
    writer.set_beats(BEATS, NOW)
    return writer


def take(writer: Writer, as_of: int = TEN, beats: Beats = BEATS, **choices: object) -> Snapshot:
    with open_reader(writer.path) as reader:
        return build_snapshot(reader, as_of, beats=beats, config_hash="", rules_hash="", scorer="", **choices)  # type: ignore[arg-type]


def cover(writer: Writer, source: str, start: int, end: int) -> None:
    writer.commit(Changes(attempts=[Attempt(source, "stream", (start, end), "ok", end - 1)]))


def beat(snapshot: Snapshot, slug: str = "open-models") -> BeatSnapshot:
    return next(beat for beat in snapshot.beats if beat.slug == slug)


def test_an_empty_store_has_gaps_and_no_zeros(writer: Writer) -> None:
    snapshot = take(writer)
    assert [one.slug for one in snapshot.beats] == ["open-models", "courts", "general"]
    for one in snapshot.beats:
        assert one.volume_hourly == one.net_sentiment_hourly == (None,) * 24
        assert one.sentiment.n == 0
        assert one.sentiment.net is None
        assert one.by_source == ()
        assert one.baseline.state == "learning"
    assert [(source.slug, source.state) for source in snapshot.sources][:2] == [("x", "off"), ("bluesky", "off")]


def test_hours_are_those_the_window_touches(writer: Writer) -> None:
    assert take(writer, TEN).hours == tuple(range(TEN - DAY, TEN, HOUR))
    assert len(take(writer, NOW).hours) == 25
    assert take(writer, NOW).hours[0] == TEN - DAY - HOUR


def test_collected_hours_without_posts_are_zero_and_others_are_null(writer: Writer) -> None:
    cover(writer, "bluesky", TEN - 3 * HOUR, TEN - 2 * HOUR + MINUTE)
    writer.commit(Changes([analysed(1, at=TEN - 5 * HOUR)]))
    hourly = beat(take(writer)).volume_hourly
    assert hourly[-6:] == (None, 1, None, 0, 0, None)
    assert beat(take(writer), "courts").volume_hourly[-6:] == (None, None, None, 0, 0, None)


def test_the_split_names_collected_sources_only(writer: Writer) -> None:
    cover(writer, "bluesky", TEN - DAY, TEN)
    cover(writer, "news", TEN - 3 * DAY, TEN - 2 * DAY)
    writer.commit(Changes([analysed(1, at=TEN - HOUR), analysed(2, source="x", at=TEN - HOUR, beats=("courts",))]))
    assert beat(take(writer)).by_source == (("x", 0), ("bluesky", 1))
    assert beat(take(writer, sources=frozenset({"bluesky"}))).by_source == (("bluesky", 1),)


def test_a_new_beat_begins_with_a_gap(writer: Writer) -> None:
    cover(writer, "bluesky", TEN - DAY, TEN)
    more = Beats((Beat("chips", "Chips", "", Rule(any=("gpu",))), *BEATS.beats), BEATS.umbrella)
    assert beat(take(writer, beats=more), "chips").volume_hourly == (None,) * 24
    writer.set_beats(more, TEN - 2 * HOUR)
    assert beat(take(writer, beats=more), "chips").volume_hourly == (None,) * 22 + (0, 0)
    writer.finish_retagging(TEN - 1, "all posts were tagged again")
    assert beat(take(writer, beats=more), "chips").volume_hourly == (0,) * 24
    assert [mark.kind for mark in take(writer, beats=more).manifest.marks] == ["rules", "retag"]


def test_a_post_from_the_future_counts_when_it_was_collected(writer: Writer) -> None:
    writer.commit(Changes([analysed(1, at=TEN + 5 * DAY, collected_at=TEN - MINUTE)]))
    assert beat(take(writer)).volume == 1


def test_what_was_not_known_yet_is_not_counted(writer: Writer) -> None:
    writer.commit(Changes([analysed(1, at=TEN - 5 * HOUR, collected_at=TEN - HOUR)]))
    assert take(writer, TEN - HOUR).records == 0
    assert take(writer, TEN - HOUR + 1).records == 1


def test_the_baseline_is_the_median_of_the_same_weekday(writer: Writer) -> None:
    cover(writer, "bluesky", TEN - 29 * DAY, TEN)
    posts = []
    for day in range(29):
        count = {0: 6, 7: 2, 14: 4, 21: 3, 28: 9}.get(day, 1)
        posts += [
            analysed(100 * day + n, at=TEN - day * DAY - HOUR, collected_at=TEN - 30 * MINUTE) for n in range(count)
        ]
    writer.commit(Changes(posts))
    found = beat(take(writer)).baseline
    assert (found.volume, found.days, found.state, found.same_weekday) == (3.5, 4, "ok", True)
    assert found.ratio == pytest.approx(6 / 3.5)
    assert (found.low, found.high) == (2, 9)


def test_few_days_are_learning_and_holes_are_gaps(writer: Writer) -> None:
    cover(writer, "bluesky", TEN - 2 * DAY, TEN)
    assert beat(take(writer)).baseline.state == "learning"
    for day in range(3, 9):
        cover(writer, "news", TEN - day * DAY, TEN - day * DAY + 12 * HOUR)
    assert beat(take(writer)).baseline.state == "gap"


def test_an_outage_now_leaves_those_hours_out_of_the_baseline(writer: Writer) -> None:
    cover(writer, "bluesky", TEN - 10 * DAY, TEN - 6 * HOUR)
    cover(writer, "bluesky", TEN - 4 * HOUR, TEN)
    posts = []
    for day in range(9):
        for hour in (2, 5):
            if day or hour != 5:
                at = TEN - day * DAY - hour * HOUR + MINUTE
                posts.append(analysed(10 * day + hour, at=at, collected_at=TEN - MINUTE))
    writer.commit(Changes(posts))
    shown = beat(take(writer))
    assert (shown.baseline.volume, shown.baseline.ratio) == (1.0, 1.0)
    assert shown.volume_hourly[18:20] == (None, None)


def test_sources_tell_how_they_are(writer: Writer) -> None:
    writer.register_sources(
        [
            SourceRegistration("bluesky", "Bluesky", 30),
            SourceRegistration("news", "News", 300),
            SourceRegistration("hackernews", "Hacker News", 60),
            SourceRegistration("reddit", "Reddit", 60),
            SourceRegistration("x", "X", None, "no-key", "set a key"),
        ]
    )
    cover(writer, "bluesky", TEN - DAY, TEN - MINUTE)
    cover(writer, "news", TEN - DAY, TEN - 3 * HOUR)
    cover(writer, "reddit", TEN - DAY, TEN - 3 * HOUR)
    cover(writer, "youtube", TEN - DAY, TEN - 3 * HOUR)
    writer.commit(Changes(attempts=[Attempt("reddit", "feed", None, "failed", TEN - HOUR, message="no answer")]))
    states = {source.slug: (source.state, source.message) for source in take(writer).sources}
    assert states["bluesky"] == ("ok", "")
    assert states["news"][0] == "stale"
    assert states["hackernews"][0] == "waiting"
    assert states["reddit"][0] == "failing"
    assert states["reddit"][1].startswith("no answer. ")
    assert states["x"] == ("no-key", "set a key")
    assert states["youtube"] == ("ok", "")
    assert states["arxiv"][0] == "off"
    gaps = {source.slug: source.gaps for source in take(writer).sources}
    assert gaps["bluesky"] == ()
    assert gaps["news"] == ((TEN - 3 * HOUR, TEN),)


def test_windows_of_other_lengths(writer: Writer) -> None:
    writer.commit(Changes([analysed(n, at=TEN - n * HOUR - MINUTE, collected_at=TEN - 30) for n in range(100)]))
    assert beat(take(writer, window_hours=6)).volume == 6
    assert beat(take(writer, window_hours=72)).volume == 72
    assert beat(take(writer, window_hours=6)).previous_volume == 6
    with pytest.raises(ValueError, match="too long"):
        take(writer, window_hours=48, lens="text")


def test_history_in_hours_and_in_days(writer: Writer) -> None:
    cover(writer, "bluesky", TEN - 30 * DAY, TEN)
    writer.commit(Changes([analysed(n, at=TEN - n * DAY - MINUTE, collected_at=TEN - 30) for n in range(20)]))
    with open_reader(writer.path) as reader:
        week = build_history(reader, "open-models", TEN, 7 * 24)
        month = build_history(reader, "open-models", TEN, 30 * 24)
        unknown = build_history(reader, "nobody", TEN, 24)
    assert (len(week.bins), week.bin_hours, sum(posts or 0 for posts in week.volume)) == (168, 1, 7)
    assert (len(month.bins), month.bin_hours, sum(posts or 0 for posts in month.volume)) == (31, 24, 20)
    assert None not in month.volume
    assert set(unknown.volume) == {None}


def test_gaps_are_told_to_the_minute(writer: Writer) -> None:
    writer.register_sources([SourceRegistration("bluesky", "Bluesky", 30)])
    cover(writer, "bluesky", TEN - DAY, TEN - 3 * HOUR)
    cover(writer, "bluesky", TEN - 3 * HOUR + 20 * MINUTE, TEN - HOUR)
    cover(writer, "bluesky", TEN - HOUR + 30_000, TEN)
    (bluesky,) = (source for source in take(writer).sources if source.slug == "bluesky")
    assert bluesky.gaps == ((TEN - 3 * HOUR, TEN - 3 * HOUR + 20 * MINUTE),)


def test_under_another_lens_the_raw_volume_is_kept(writer: Writer) -> None:
    writer.commit(Changes([analysed(number, at=TEN - 2 * HOUR, collected_at=TEN - HOUR) for number in (1, 2, 3)]))
    raw, texts = beat(take(writer)), beat(take(writer, lens="text"))
    assert (raw.volume, raw.raw_volume, raw.posts) == (3, None, 3)
    assert (texts.volume, texts.raw_volume, texts.posts) == (1, 3, 3)
