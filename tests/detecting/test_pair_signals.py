"""Signals of pairs of beats, out of stores: overlap and lockstep."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from monitor.detecting.beat_looks import Around
from monitor.detecting.collected import Coverage
from monitor.detecting.locksteps import LockstepLooks, collected_hours
from monitor.detecting.pairs import PairLooks
from monitor.instants import DAY, HOUR, MINUTE, SECOND
from monitor.records import AnalysedPost, Signal, Span
from monitor.store.beat_days import Figures
from monitor.store.reader import open_reader
from monitor.store.writer import Changes, Writer
from tests.detecting.talk import END, START, talk
from tests.store.factories import BEATS, analysed

NAMES = {"open-models": "Open Models", "courts": "Courts"}


def store(path: Path, posts: Iterator[AnalysedPost] | list[AnalysedPost], since: int = START) -> Path:
    with Writer(path) as writer:
        writer.set_beats(BEATS, since)
        writer.commit(Changes(posts=tuple(posts)))
    return path


def around(span: Span) -> Around:
    sources = {1: "bluesky", 2: "news", 3: "x"}
    return Around(Coverage({slug: [span] for slug in sources.values()}), NAMES, sources, 0, lambda window, baseline: {})


def both(post: AnalysedPost, dice: Random) -> AnalysedPost:
    return post._replace(beats=("courts", "open-models")) if dice.random() < 0.4 else post


def look_at_pairs(path: Path, first: int, end: int = END) -> list[Signal]:
    """Looks at each hour; the signals as they are in the end."""
    signals: dict[str, Signal] = {}
    with open_reader(path) as reader:
        looks = PairLooks(())
        for at in range(first, end + 1, HOUR):
            found = looks.look(reader.beats(), at, reader.signal_data(), around((START, END)), lambda: None)
            signals |= {signal.id: signal for signal in found}
    return list(signals.values())


def test_beats_that_come_to_share_posts_overlap(tmp_path: Path) -> None:
    path = store(tmp_path / "store.db", [*talk(15, twist=both), *talk(10, beat="courts", first=100_000)])
    (signal,) = look_at_pairs(path, END - 12 * HOUR)
    evidence: dict[str, Any] = signal.evidence
    # The shared posts are a larger part of the smaller beat, which is the one that the signal is about.
    assert (signal.beat, evidence["subject"]) == ("courts", "open-models")
    assert evidence["n"] >= 15
    assert evidence["lift"] is not None
    assert evidence["baseline_days"] == 7
    assert evidence["previous_n"] == 0
    with open_reader(path) as reader:
        posts = [reader.post(number) for number in evidence["posts"]]
    assert all(post is not None and set(post.beats) == {"courts", "open-models"} for post in posts)


def test_beats_that_always_share_so_much_are_none(tmp_path: Path) -> None:
    always = talk(15, twist=both, event=(START, END))
    path = store(tmp_path / "store.db", [*always, *talk(10, beat="courts", first=100_000)])
    assert look_at_pairs(path, END - 4 * HOUR) == []


def test_what_pairs_shared_is_kept_and_read_back(tmp_path: Path) -> None:
    path = store(tmp_path / "store.db", [*talk(15, twist=both), *talk(10, beat="courts", first=100_000)])
    with open_reader(path) as reader:
        looks = PairLooks(())
        looks.look(reader.beats(), END, reader.signal_data(), around((START, END)), lambda: None)
        made = looks.take_figures()
    assert made
    with Writer(path) as writer:
        writer.put_signals((), None, Figures(pairs=made))
    with open_reader(path) as reader:
        kept = reader.signal_data().pairs(made[0].day, made[0].day + 1)
        again = PairLooks(())
        again.look(reader.beats(), END, reader.signal_data(), around((START, END)), lambda: None)
    assert kept[made[0].day][made[0].first_id, made[0].second_id] == (made[0].shared, made[0].either)
    assert again.take_figures() == ()


FORTNIGHT = 14 * DAY
FIRST = END - 2 * FORTNIGHT


def wandering(seed: int) -> list[float]:
    dice, level, found = Random(seed), 0.0, []
    for _ in range(28 * 24):
        level = 0.8 * level + 0.6 * dice.gauss(0, 0.5)
        found.append(level)
    return found


def moving(beat: str, rates: list[float], first: int) -> Iterator[AnalysedPost]:
    """Posts of a beat at rates that move by the hour."""
    dice = Random(beat)
    number = first
    for place, rate in enumerate(rates):
        for _ in range(round(40 * math.exp(rate))):
            at = FIRST + place * HOUR + dice.randrange(60) * MINUTE
            yield analysed(number, at=at, collected_at=at + SECOND, beats=(beat,), author=None, cluster=number, mood=1)
            number += 1


def look_at_locksteps(path: Path) -> list[Signal]:
    with open_reader(path) as reader:
        looks = LockstepLooks(())
        signals: list[Signal] = []
        signals += looks.look(
            reader.beats(), END + 50 * MINUTE, reader.signal_data(), around((FIRST, END)), lambda: None
        )
    return signals


def test_beats_that_come_to_move_together_are_in_lockstep(tmp_path: Path) -> None:
    common, own = wandering(1), wandering(2)
    half = len(own) // 2
    path = store(
        tmp_path / "store.db",
        [*moving("open-models", common, 1), *moving("courts", [*own[:half], *common[half:]], 500_000)],
        FIRST,
    )
    (signal,) = look_at_locksteps(path)
    evidence: dict[str, Any] = signal.evidence
    assert (signal.beat, evidence["subject"]) == ("courts", "open-models")
    assert evidence["r"] >= 0.6
    assert evidence["previous_r"] < 0.35
    assert evidence["effective_n"] < evidence["n"]


def test_beats_that_always_moved_together_or_never_did_are_none(tmp_path: Path) -> None:
    common, own = wandering(1), wandering(2)
    for name, other in (("always", common), ("never", own)):
        posts = [*moving("open-models", common, 1), *moving("courts", other, 500_000)]
        assert look_at_locksteps(store(tmp_path / f"{name}.db", posts, FIRST)) == []


def test_hours_that_one_of_the_usual_sources_lacks_are_not_compared() -> None:
    span = (0, 10 * HOUR)
    lacking = Coverage({"news": [span], "x": [(0, 4 * HOUR), (6 * HOUR, span[1])], "arxiv": [(0, HOUR)]})
    found = collected_hours(lacking, span)
    assert [hour // HOUR for hour, whole in found.items() if not whole] == [4, 5]
    assert all(collected_hours(Coverage(lacking.by_source, ["x"]), span).values())
