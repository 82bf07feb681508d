from __future__ import annotations

import json

from monitor.records import NO_SHARES, Budget, Snapshot
from monitor.report.json_form import snapshot_json


def test_the_keys_stand_in_the_order_that_is_documented(snapshot: Snapshot) -> None:
    tree = json.loads(snapshot_json(snapshot))
    assert list(tree) == [
        *("schema", "as_of", "window_hours", "lens", "records", "volume", "previous_volume", "hours", "beats"),
        *("sources", "signals", "stories", "manifest", "baseline"),
    ]
    assert list(tree["beats"][1])[:15] == [
        *("slug", "name", "category", "records", "volume", "previous_volume", "baseline", "unique_texts"),
        *("unique_authors", "sources", "sentiment", "sentiment_by_source", "volume_hourly", "net_sentiment_hourly"),
        "signals",
    ]
    assert list(tree["sources"][0]) == [
        *("slug", "name", "volume", "state", "last_success", "gaps", "message", "budgets", "fraction")
    ]
    assert list(tree["manifest"]) == ["version", "config_hash", "rules_hash", "scorer", "store_high_water", "marks"]


def test_a_beat_is_written_with_its_numbers(snapshot: Snapshot) -> None:
    tree = json.loads(snapshot_json(snapshot))
    beat = tree["beats"][1]
    assert tree["as_of"] == "2026-11-21T09:00:00Z"
    assert tree["hours"][0] == "2026-11-20T09:00:00Z"
    assert beat["baseline"] == {
        "volume": 297,
        "ratio": 1.5789,
        "days": 21,
        "state": "ok",
        "same_weekday": True,
        "low": 200,
        "high": 380.5,
    }
    assert sum(beat["sources"].values()) == sum(volume or 0 for volume in beat["volume_hourly"]) == beat["volume"]
    assert beat["sentiment"] == {
        "positive": 0.31,
        "neutral": 0.48,
        "negative": 0.21,
        "net": 0.1,
        "n": 469,
        "net_ci95": [0.05, 0.15],
        "calibrated": False,
    }
    assert beat["volume_hourly"][12:14] == [None, None]
    assert beat["net_sentiment_hourly"][0] == 0.1235
    assert beat["sentiment_by_source"]["x"]["n"] == 84
    assert beat["signals"] == ["volume-1"]


def test_without_a_scored_post_all_shares_are_null(snapshot: Snapshot) -> None:
    tree = json.loads(snapshot_json(snapshot))
    assert tree["beats"][3]["sentiment"] == {
        **dict.fromkeys(["positive", "neutral", "negative", "net"]),
        "n": 0,
        "net_ci95": None,
        "calibrated": False,
    }
    assert snapshot.beats[3].sentiment == NO_SHARES


def test_gaps_states_stories_and_marks(snapshot: Snapshot) -> None:
    tree = json.loads(snapshot_json(snapshot))
    assert tree["sources"][0]["last_success"] is None
    assert tree["sources"][1]["gaps"] == [["2026-11-20T21:00:00Z", "2026-11-20T23:00:00Z"]]
    assert tree["stories"][1]["beat"] is None
    assert tree["stories"][0]["published_at"] == "2026-11-21T08:00:00Z"
    assert tree["signals"][0]["closed_at"] is None
    assert tree["signals"][0]["evidence"] == {"z": 4.2}
    assert tree["manifest"]["marks"] == [{"at": "2026-11-21T06:00:00Z", "kind": "rules", "what": "a rule was edited"}]


def test_noise_behind_the_fourth_decimal_and_negative_zero_do_not_show(snapshot: Snapshot) -> None:
    first = snapshot.beats[1]
    noisy = first.sentiment._replace(positive=0.31 + 1e-12, net=0.1 - 1e-12)
    again = snapshot._replace(beats=(snapshot.beats[0], first._replace(sentiment=noisy), *snapshot.beats[2:]))
    assert snapshot_json(again) == snapshot_json(snapshot)
    zero = first._replace(sentiment=first.sentiment._replace(net=-1e-9))
    assert "-0.0" not in snapshot_json(snapshot._replace(beats=(zero,)))


def test_what_is_spent_and_what_a_sample_stands_for_is_written(snapshot: Snapshot) -> None:
    budget = Budget("dollars", "day", 3.2, 5.0, snapshot.as_of)
    x = snapshot.sources[0]._replace(budgets=(budget,), fraction=0.4)
    sampled = snapshot._replace(sources=(x, *snapshot.sources[1:]))
    first, second, *_ = json.loads(snapshot_json(sampled))["sources"]
    assert first["budgets"] == [
        {"unit": "dollars", "period": "day", "spent": 3.2, "ceiling": 5.0, "resets_at": "2026-11-21T09:00:00Z"}
    ]
    assert (first["volume"], first["fraction"], first["scaled_volume"]) == (84, 0.4, 210)
    assert (second["budgets"], second["fraction"]) == ([], 1.0)
    assert "scaled_volume" not in second
    (first, *_) = json.loads(snapshot_json(sampled._replace(lens="author")))["sources"]
    assert "scaled_volume" not in first
