"""Signals of what beats say, out of stores: rising phrases, dominance, opposite moods, engagement."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.detecting import Watcher, recompute
from monitor.detecting.hourly import slot_of
from monitor.instants import DAY, HOUR, MINUTE, parse
from monitor.records import AnalysedPost, Engagement, Signal
from monitor.store.reader import open_reader
from monitor.store.writer import Changes, Writer
from monitor.text.entities import Entity
from tests.detecting.stores import look_and_keep, stored
from tests.detecting.talk import END, EVENT, START, Twist, collected, saying, talk
from tests.store.factories import BEATS, PROBABILITIES

LLAMA = (Entity("llama", "Llama", "model", ("Llama",)),)
KINDS = ("phrase", "entity", "divergence", "engagement")


def store(path: Path, posts: Iterable[AnalysedPost], *, since: int = START) -> Path:
    with Writer(path) as writer:
        writer.set_beats(BEATS, since)
        writer.commit(Changes(posts=tuple(posts), attempts=tuple(collected((since, END)))))
    return path


def found(path: Path, now: int = END + 20 * MINUTE, *, since: int = END - 12 * HOUR) -> list[Signal]:
    """The signals that come up while one looks every hour, as they are in the end."""
    signals: dict[str, Signal] = {}
    with open_reader(path) as reader:
        watcher = Watcher(reader, since=since, entities=LLAMA)
        for moment in [*range(since + HOUR, now, HOUR), now]:
            signals |= {signal.id: signal for signal in watcher.look(moment).signals}
    return sorted((each for each in signals.values() if each.kind in KINDS), key=lambda each: each.opened_at)


def evidence_of(signal: Signal) -> dict[str, Any]:
    return signal.evidence


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store(tmp_path_factory.mktemp("quiet") / "store.db", talk(15))


@pytest.fixture(scope="module")
def rising(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rising") / "store.db"
    return store(path, talk(15, twist=saying("about Llama licences", 0.6)))


def test_a_quiet_beat_has_no_signal(quiet: Path) -> None:
    assert found(quiet) == []


def test_a_phrase_that_rises_is_one_signal_with_counts_and_posts(rising: Path) -> None:
    (signal,) = (each for each in found(rising) if each.kind == "phrase")
    evidence = evidence_of(signal)
    assert evidence["subject"] == "llama licences"
    assert {row["phrase"] for row in evidence["phrases"]} >= {"llama licences", "llama", "licences"}
    assert evidence["previous_of"] > 7 * 300
    assert evidence["n"] >= 12
    assert evidence["of"] > 300
    assert evidence["previous_n"] <= 7
    assert evidence["baseline_days"] == 7
    assert evidence["q"] < 0.001
    assert evidence["word"] in ("unusual", "very unusual")
    assert EVENT < signal.opened_at <= END
    assert parse(evidence["window"][1]) == signal.opened_at or "before" in evidence
    with open_reader(rising) as reader:
        posts = [reader.post(number) for number in evidence["posts"]]
    assert all(post is not None and "Llama licences" in post.post.text for post in posts)


def test_it_closes_some_hours_after_it_is_rare_again(tmp_path: Path) -> None:
    event = (END - 60 * HOUR, END - 54 * HOUR)
    path = store(tmp_path / "store.db", talk(15, twist=saying("about Llama licences", 0.4), event=event))
    with open_reader(path) as reader:
        look = recompute(reader, event[0] - HOUR, END + 20 * MINUTE, entities=LLAMA)
    (signal,) = (each for each in look.signals if each.kind == "phrase")
    assert signal.closed_at is not None
    assert event[1] + DAY - 6 * HOUR < signal.closed_at <= END


def test_yesterday_reads_as_it_was(rising: Path, tmp_path: Path) -> None:
    signals = found(rising)
    path = store(tmp_path / "store.db", ())
    with Writer(path) as writer:
        writer.put_signals(signals, END)
    (whole,) = (signal for signal in stored(path) if signal.kind == "phrase")
    earlier = whole.evidence.get("before")
    assert isinstance(earlier, list)
    assert earlier
    with open_reader(path) as reader:
        (then,) = (signal for signal in reader.signals(0, whole.opened_at + 1) if signal.kind == "phrase")
    assert evidence_of(then)["n"] < evidence_of(whole)["n"]


def test_nothing_of_the_future_is_used(rising: Path) -> None:
    whole = [signal for signal in found(rising) if signal.kind == "phrase"]
    (first,) = whole
    cut = [signal for signal in found(rising, first.opened_at + 11 * MINUTE) if signal.kind == "phrase"]
    assert [signal.id for signal in cut] == [first.id]
    before = evidence_of(first).get("before")
    was = before[0]["evidence"] if before else first.evidence
    assert {**cut[0].evidence} == was


def test_an_unrelated_beat_changes_nothing(rising: Path, tmp_path: Path) -> None:
    other = store(
        tmp_path / "store.db",
        [
            *talk(15, twist=saying("about Llama licences", 0.6)),
            *talk(10, beat="courts", first=100_000, twist=saying("about subpoenas galore", 0.5)),
        ],
    )
    mine = [signal for signal in found(other) if signal.beat == "open-models"]
    alone = found(rising)
    assert [(signal.id, evidence_of(signal)["n"], evidence_of(signal)["q"]) for signal in mine] == [
        (signal.id, evidence_of(signal)["n"], evidence_of(signal)["q"]) for signal in alone
    ]


def test_a_new_beat_is_still_learning(tmp_path: Path) -> None:
    since = END - 3 * DAY
    posts = [post for post in talk(15, twist=saying("about Llama licences", 0.6)) if post.post.published_at >= since]
    assert found(store(tmp_path / "store.db", posts, since=since)) == []


def test_many_posts_of_one_author_or_one_text_are_no_rise(tmp_path: Path) -> None:
    def by_one(post: AnalysedPost, dice: Random) -> AnalysedPost:
        said = saying("about Llama licences", 0.4)(post, dice)
        return post if said is post else said._replace(post=said.post._replace(author="one"))

    def of_one_text(post: AnalysedPost, dice: Random) -> AnalysedPost:
        said = saying("about Llama licences", 0.4)(post, dice)
        return post if said is post else said._replace(cluster=7)

    for number, twist in enumerate((by_one, of_one_text)):
        assert found(store(tmp_path / f"{number}.db", talk(15, twist=twist))) == []


def test_one_entity_in_most_posts_is_dominance(tmp_path: Path) -> None:
    path = store(tmp_path / "store.db", talk(15, twist=saying("Llama", 0.8), event=(END - 30 * HOUR, END)), since=START)
    signals = [signal for signal in found(path, since=END - 36 * HOUR) if signal.kind == "entity"]
    (signal,) = signals
    evidence = evidence_of(signal)
    assert (evidence["subject"], evidence["entity"], signal.level) == ("llama", "Llama", "high")
    assert evidence["share_ci95"][0] < evidence["share"] < evidence["share_ci95"][1]
    assert evidence["before"][0]["level"] in ("low", "medium")
    assert "Llama in" in signal.summary


def test_a_beat_that_is_always_about_one_entity_says_nothing(tmp_path: Path) -> None:
    path = store(tmp_path / "store.db", talk(15, twist=saying("Llama", 0.8), event=(START, END)))
    assert [signal for signal in found(path) if signal.kind == "entity"] == []


def _apart(post: AnalysedPost, dice: Random) -> AnalysedPost:
    """News turns positive, Bluesky negative."""
    if post.post.source == "x" or dice.random() < 0.3:
        return post
    return post._replace(probabilities=PROBABILITIES[2 if post.post.source == "news" else 0])


def test_sources_that_come_to_tell_it_in_opposite_moods_diverge(tmp_path: Path) -> None:
    path = store(tmp_path / "store.db", talk(30, twist=_apart, event=(END - 24 * HOUR, END)))
    (signal,) = (each for each in found(path, since=END - 30 * HOUR) if each.kind == "divergence")
    evidence = evidence_of(signal)
    assert evidence["subject"] == "bluesky+news"
    upper, lower = evidence["nets"]
    assert (upper["source"], lower["source"]) == ("news", "bluesky")
    assert lower["ci95"][1] < 0 < upper["ci95"][0]
    assert evidence["posts"]


def test_sources_that_always_differ_are_no_signal(tmp_path: Path) -> None:
    path = store(tmp_path / "store.db", talk(30, twist=_apart, event=(START, END)))
    assert [signal for signal in found(path) if signal.kind == "divergence"] == []


def _loved(post: AnalysedPost, dice: Random) -> AnalysedPost:
    return post._replace(
        post=post.post._replace(engagement=Engagement(40 * (post.post.engagement.likes or 1), 9, 0, 0))
    )


def _engaged(path: Path, twist: Twist | None) -> list[Signal]:
    """Looks at the same hour of each of the last ten days, and keeps what audiences had done by then."""
    store(path, talk(15, twist=twist))
    last = END - 2 * HOUR + slot_of("open-models") + 11 * MINUTE
    with open_reader(path) as reader:
        watcher = Watcher(reader, since=last - 10 * DAY - HOUR, entities=LLAMA)
        found = [look_and_keep(path, watcher, last - day * DAY) for day in range(10, -1, -1)]
    return [signal for look in found for signal in look if signal.kind == "engagement"]


def test_an_audience_that_reacts_far_more_to_as_many_posts(tmp_path: Path) -> None:
    (signal,) = _engaged(tmp_path / "store.db", _loved)
    evidence = evidence_of(signal)
    assert evidence["ratio"] >= 3
    assert evidence["baseline_days"] >= 7
    assert evidence["top_share"] < 0.5
    assert "reactions" in signal.summary


def test_figures_of_past_days_are_kept_and_read_back(rising: Path, tmp_path: Path) -> None:
    with open_reader(rising) as reader:
        look = Watcher(reader, since=END - 12 * HOUR, entities=LLAMA).look(END + 20 * MINUTE)
    assert {day.day for day in look.figures.days} >= set(range((END - DAY) // DAY - 7, (END - DAY) // DAY))
    path = store(tmp_path / "store.db", ())
    with Writer(path) as writer:
        writer.put_signals((), END, look.figures)
    first = look.figures.days[0]
    with open_reader(path) as reader:
        kept = reader.signal_data().days(first.beat_id, first.day, first.day + 1)
    assert kept == {first.day: first}


def test_an_ordinary_audience_is_none(tmp_path: Path) -> None:
    assert _engaged(tmp_path / "store.db", None) == []
