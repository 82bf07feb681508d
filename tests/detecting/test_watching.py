"""Signals out of a real store: found in time, once, with their evidence, and with nothing of the future in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.detecting import KINDS, Watcher, recompute
from monitor.detecting.records import opened, raised
from monitor.instants import DAY, HOUR, MINUTE, parse
from monitor.records import Attempt, Mark, Signal
from monitor.store.reader import open_reader
from monitor.store.spending import Limit
from monitor.store.writer import Changes, Writer
from tests.detecting.stores import (
    BIN,
    END,
    OUTAGE,
    SPIKE,
    SPIKE_LENGTH,
    START,
    covered,
    look_and_keep,
    steady,
    stored,
    write,
)


def all_of(path: Path, now: int = END, since: int = END - DAY) -> tuple[Signal, ...]:
    with open_reader(path) as reader:
        return recompute(reader, since, now).signals


def only(signals: tuple[Signal, ...], kind: str = "volume") -> Signal:
    (signal,) = (signal for signal in signals if signal.kind == kind)
    return signal


def test_a_spike_is_one_signal_with_its_working(spiky: Path) -> None:
    signal = only(all_of(spiky))
    evidence: dict[str, Any] = signal.evidence
    assert signal.beat == "open-models"
    assert SPIKE < signal.opened_at <= SPIKE + 30 * MINUTE
    assert signal.closed_at is not None
    assert SPIKE + SPIKE_LENGTH + 3 * HOUR <= signal.closed_at <= SPIKE + SPIKE_LENGTH + 8 * HOUR
    assert signal.id == f"volume-open-models-20261120T02{signal.opened_at % HOUR // MINUTE:02}00Z"
    start, end = (parse(moment) for moment in evidence["window"])
    with open_reader(spiky) as reader, reader.moment():
        beat = reader.beats()["open-models"].id
        posts = reader.signal_data().window(beat, (start, end))
    assert evidence["n"] == len(posts)
    assert evidence["ratio"] == pytest.approx(evidence["n"] / evidence["expected"], rel=0.01)
    assert evidence["ratio_ci95"][0] < evidence["ratio"] < evidence["ratio_ci95"][1]
    assert [part["source"] for part in evidence["sources"]] == ["x", "bluesky"]
    assert sum(part["n"] for part in evidence["sources"]) == len(posts)
    assert evidence["sources"][0]["part"] > 0.9
    assert set(evidence["posts"]) <= {post.id for post in posts}
    assert evidence["posts"]
    assert evidence["unique_authors"] == evidence["unique_texts"] == len(posts)
    assert evidence["not_collected"]["window"] == {}
    assert len(evidence["not_collected"]["baseline"]) == 1
    assert parse(evidence["not_collected"]["baseline"][0][0]) == OUTAGE[0]
    assert parse(evidence["baseline"][0]) >= START
    assert evidence["explained_by"] is None
    assert evidence["same_time_before"]["days"] >= 3
    assert evidence["same_time_before"]["high"] < evidence["n"]


def test_looking_every_five_minutes_with_restarts_finds_the_same_signals_once(spiky: Path) -> None:
    expected = all_of(spiky, since=SPIKE - HOUR)
    with open_reader(spiky) as reader:
        watcher = Watcher(reader, since=SPIKE - HOUR)
        for moment in range(SPIKE, END + 1, BIN):
            if moment in (SPIKE + 20 * MINUTE, SPIKE + 3 * HOUR):
                watcher = Watcher(reader)
            look_and_keep(spiky, watcher, moment)
    found = stored(spiky)
    assert [(signal.id, signal.level) for signal in found] == [(signal.id, signal.level) for signal in expected]
    assert only(found) == only(expected), "to the last digit of its evidence, whenever one began"


def test_a_fetcher_that_was_away_finds_what_it_missed(spiky: Path) -> None:
    with open_reader(spiky) as reader:
        assert look_and_keep(spiky, Watcher(reader, since=SPIKE - HOUR), SPIKE) == ()
        missed = look_and_keep(spiky, Watcher(reader), END)
        again = look_and_keep(spiky, Watcher(reader), END)
    assert only(missed).opened_at < SPIKE + 30 * MINUTE
    assert again == ()


def test_nothing_of_the_future_is_used(spiky: Path, tmp_path: Path) -> None:
    moment = SPIKE + 40 * MINUTE
    early = tmp_path / "early.db"
    write(
        early,
        [
            *(post for post in steady((START, END), 2, first=1) if post.post.published_at < moment),
            *(post for post in steady((START, END), 1.5, first=100_000, source="x") if post.post.published_at < moment),
            *(
                post
                for post in steady((SPIKE, SPIKE + SPIKE_LENGTH), 16, first=200_000, source="x")
                if post.post.published_at < moment
            ),
        ],
        [*covered("bluesky", (START, moment)), *covered("x", (START, moment))],
    )
    then, now = only(all_of(early, moment)), only(all_of(spiky))
    assert then.closed_at is None
    assert (then.id, then.evidence["n"], then.evidence["expected"]) == (
        now.id,
        _first(now)["n"],
        _first(now)["expected"],
    )


def _first(signal: Signal) -> dict[str, Any]:
    """The evidence with which a signal opened."""
    before: Any = signal.evidence.get("before")
    found: dict[str, Any] = before[0]["evidence"] if before else signal.evidence
    return found


def test_an_unrelated_beat_changes_nothing(spiky: Path) -> None:
    before = all_of(spiky)
    with Writer(spiky) as writer:
        writer.commit(Changes(posts=tuple(steady((START, END), 1, first=900_000, beats=("courts",)))))
    assert all_of(spiky) == before


def test_an_outage_and_its_end_are_no_signal(spiky: Path) -> None:
    assert all_of(spiky, now=SPIKE, since=OUTAGE[0] - DAY) == ()


def test_a_signal_that_rose_is_read_as_it_was(tmp_path: Path) -> None:
    signal = opened("volume", "open-models", "low", SPIKE, "more", {"n": 30})
    signal = raised(signal, "medium", SPIKE + HOUR, "much more", {"n": 60})
    signal = raised(signal, "high", SPIKE + 2 * HOUR, "far more", {"n": 90})._replace(closed_at=SPIKE + 4 * HOUR)
    with Writer(tmp_path / "store.db") as writer:
        writer.put_signals([signal])

    def read(as_of: int) -> Signal:
        (found,) = stored(tmp_path / "store.db", as_of)
        return found

    assert stored(tmp_path / "store.db", SPIKE) == ()
    opening = read(SPIKE + HOUR)
    assert (opening.level, opening.summary, opening.closed_at) == ("low", "more", None)
    assert opening.evidence == {"n": 30, "word": "unusual"}
    middle = read(SPIKE + 2 * HOUR)
    assert (middle.level, middle.evidence["n"], middle.evidence["word"]) == ("medium", 60, "very unusual")
    assert read(SPIKE + 2 * HOUR + 1).closed_at is None
    assert read(SPIKE + 5 * HOUR) == signal


def test_a_mark_in_the_window_explains_the_signal(spiky: Path) -> None:
    with Writer(spiky) as writer:
        writer.add_marks([Mark(SPIKE - MINUTE, "rules", "the rule of open-models changed")])
    evidence = only(all_of(spiky)).evidence
    assert evidence["explained_by"] == "rules: the rule of open-models changed"
    assert evidence["marks"] == [
        {"at": "2026-11-20T01:59:00Z", "kind": "rules", "what": "the rule of open-models changed"}
    ]


def test_a_source_that_comes_back_explains_the_signal(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    write(
        path,
        [
            *steady((START, END), 2, first=1),
            *steady((START, SPIKE - 8 * HOUR), 8, first=100_000, source="x"),
            *steady((SPIKE, END), 16, first=200_000, source="x"),
        ],
        [*covered("bluesky"), *covered("x", (START, SPIKE - 8 * HOUR)), *covered("x", (SPIKE, END))],
    )
    evidence: dict[str, Any] = only(all_of(path)).evidence
    assert evidence["explained_by"] == "x is collected again after a pause"


def test_a_window_that_one_source_missed_says_so(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    write(
        path,
        [*steady((START, END), 2, first=1), *steady((SPIKE, SPIKE + HOUR), 16, first=200_000)],
        [*covered("bluesky"), *covered("x", (START, SPIKE - HOUR)), *covered("x", (SPIKE + 2 * HOUR, END))],
    )
    evidence: dict[str, Any] = only(all_of(path)).evidence
    assert set(evidence["not_collected"]["window"]) == {"x"}


def test_the_slowest_live_source_is_waited_for_but_not_for_long(spiky: Path) -> None:
    with Writer(spiky) as writer:
        slow = Attempt("news", "feeds", (START, END - 7 * MINUTE), "ok", END)
        writer.commit(Changes(attempts=(slow, *covered("bluesky", (END - HOUR, END + 20 * MINUTE)))))
    with open_reader(spiky) as reader:
        assert Watcher(reader).look(END + 1).until == END - 10 * MINUTE
        assert Watcher(reader).look(END + 15 * MINUTE).until == END + 5 * MINUTE


def test_an_empty_store_has_no_signals(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    write(path, [])
    with open_reader(path) as reader:
        watcher = Watcher(reader)
        assert watcher.look(END).signals == ()
        assert watcher.look(END + HOUR).signals == ()


def test_a_change_of_the_past_has_the_detectors_learn_again(spiky: Path) -> None:
    with open_reader(spiky) as reader:
        watcher = Watcher(reader, since=SPIKE - HOUR)
        look_and_keep(spiky, watcher, SPIKE)
        with Writer(spiky) as writer:
            writer.finish_retagging(SPIKE, "all stored posts tagged again")
        found = look_and_keep(spiky, watcher, END)
    assert only(found).opened_at < SPIKE + 30 * MINUTE


def test_learning_can_be_given_up(spiky: Path) -> None:
    class Enough(Exception):
        pass

    def stop() -> None:
        raise Enough

    with open_reader(spiky) as reader, pytest.raises(Enough):
        Watcher(reader, pause=stop).look(END)


def test_signals_found_anew_replace_those_of_the_same_kinds(spiky: Path) -> None:
    look = all_of(spiky)
    other = Signal("story-open-models-1", "story", "open-models", "low", SPIKE, None, "of another program", {})
    wrong = only(look)._replace(id="volume-open-models-wrong")
    with Writer(spiky) as writer:
        writer.put_signals([other, wrong])
        writer.replace_signals(END - DAY, KINDS, look, END)
    assert {signal.id for signal in stored(spiky)} == {other.id, *(signal.id for signal in look)}
    with open_reader(spiky) as reader:
        assert reader.signal_data().watched_until() == END


def test_five_beats_that_move_within_an_hour_are_ours_until_shown_otherwise(tmp_path: Path) -> None:
    from monitor.records import Beat, Beats, Rule

    slugs = [f"beat-{number}" for number in range(5)]
    beats = Beats(
        (*(Beat(slug, slug, "Technical", Rule(any=(slug,))) for slug in slugs),
         Beat("general", "General", "General", Rule())),
        Rule(any=("ai",)),
    )  # fmt: skip
    path = tmp_path / "store.db"
    start = END - 4 * DAY
    with Writer(path) as writer:
        writer.set_beats(beats, start)
        posts = list(steady((start, END), 2, first=1, beats=tuple(slugs)))
        posts += steady((END - HOUR, END), 16, first=100_000, beats=tuple(slugs))
        writer.commit(Changes(posts=tuple(posts), attempts=tuple(covered("bluesky", (start, END)))))
    signals = [signal for signal in all_of(path) if signal.kind == "volume"]
    assert [signal.beat for signal in signals] == slugs
    for signal in signals:
        assert signal.evidence["joint"] == slugs
        assert "ours until shown otherwise" in str(signal.evidence["explained_by"])


@pytest.mark.parametrize("fraction", [0.1, 1.0])
def test_another_share_of_a_source_is_not_another_volume(tmp_path: Path, fraction: float) -> None:
    """X is read at a tenth for days, and then in full; had nobody written that down, it would be a spike."""
    path = tmp_path / "store.db"
    back = END - 10 * HOUR
    posts = [
        *steady((START, END), 2.0, first=0),
        *steady((START, back), 1.0, first=200_000, source="x"),
        *steady((back, END), 8.0, first=300_000, source="x"),
    ]
    attempts = [
        attempt._replace(fraction=fraction) if attempt.covered and attempt.covered[0] < back else attempt
        for attempt in covered("x")
    ]
    write(path, posts, [*covered("bluesky"), *attempts])
    with Writer(path) as writer:
        writer.set_ceilings("x", [Limit("dollars", "day", START, END + DAY, 5.0)])
    found = [signal for signal in all_of(path) if signal.kind == "volume"]
    assert bool(found) == (fraction == 1.0)


def test_a_spike_is_found_in_what_is_read_in_full_while_another_source_is_sampled(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    posts = [
        *steady((START, END), 4.0, first=0),
        *steady((SPIKE, SPIKE + SPIKE_LENGTH), 30.0, first=100_000),
        *steady((START, END), 1.0, first=200_000, source="x"),
    ]
    write(path, posts, [*covered("bluesky"), *(attempt._replace(fraction=0.1) for attempt in covered("x"))])
    with Writer(path) as writer:
        writer.set_ceilings("x", [Limit("dollars", "day", START, END + DAY, 5.0)])
    evidence: dict[str, Any] = only(all_of(path)).evidence
    assert evidence["sampled"] == ["x"]
    assert [part["source"] for part in evidence["sources"]] == ["bluesky"]
    assert evidence["n"] == evidence["sources"][0]["n"]
