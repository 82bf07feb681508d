"""The demo shows what its sample holds: a spike, a shift of mood and a petition, as signals with their evidence."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from monitor.demo import DemoStore, clean_up, prepare_demo
from monitor.demo.sample import folder, load_sample
from monitor.demo.signals import read_signals
from monitor.instants import DAY, HOUR, MINUTE, parse
from monitor.records import Signal
from monitor.store.reader import open_reader
from monitor.text.sentiment import Scorer
from tests.demo.looking import SPECIAL, snapshot


def kinds(signals: tuple[Signal, ...]) -> set[tuple[str, str]]:
    return {(signal.kind, signal.beat) for signal in signals}


EXPECTED = {("volume", SPECIAL), ("mood", SPECIAL), ("copies", "ai-creative-industries")}


def test_the_sample_shows_its_spike_its_mood_and_its_petition(sample_store: DemoStore) -> None:
    shown = snapshot(sample_store)
    assert kinds(shown.signals) >= EXPECTED
    (petition,) = (signal for signal in shown.signals if signal.kind == "copies")
    assert petition.evidence["authors"] == 48
    for signal in shown.signals:
        assert signal.opened_at < sample_store.as_of
        assert signal.evidence["n"]
        with open_reader(sample_store.path) as reader:
            posts = [reader.post(number) for number in signal.evidence["posts"]]  # type: ignore[attr-defined]
        start, end = (parse(moment) for moment in signal.evidence["window"])  # type: ignore[attr-defined]
        assert all(post is not None and signal.beat in post.beats and start <= post.at < end for post in posts)


def about(signal: Signal) -> tuple[str, str, object]:
    return signal.beat, signal.kind, signal.evidence.get("subject")


def test_a_demo_that_starts_now_has_them_moved(sample_store: DemoStore) -> None:
    store = prepare_demo(load_sample().as_of + 3 * DAY + 5 * HOUR + 20 * MINUTE)
    try:
        moved = snapshot(store).signals
        assert kinds(moved) >= EXPECTED
        assert all(parse(signal.evidence["window"][1]) <= store.as_of for signal in moved)  # type: ignore[index]
        before = {about(signal): signal for signal in snapshot(sample_store).signals}
        for signal in moved:
            assert signal.opened_at == before[about(signal)].opened_at + store.hours * HOUR
    finally:
        clean_up(store)


def test_what_is_planned_is_found_and_no_noise() -> None:
    """But for the rise of the beat about healthcare, which in no half hour brings the ten posts that a signal takes."""
    config = prepare_demo().config
    found = read_signals(folder() / "signals.json", config.rules_hash, Scorer().name)
    assert kinds(tuple(found)) == EXPECTED | {
        ("volume", "ai-creative-industries"),
        ("volume", "ai-hardware-compute"),
        ("volume", "ai-misinformation"),
        ("volume", "ai-regulation"),
        ("divergence", SPECIAL),
    }


def test_signals_of_other_rules_or_of_another_scorer_are_left_out() -> None:
    config = prepare_demo().config
    file = folder() / "signals.json"
    found = read_signals(file, config.rules_hash, "another scorer")
    assert {signal.kind for signal in found} == {"volume", "copies"}
    assert read_signals(file, "other rules", "another scorer") == []


@pytest.mark.timeout(900)
@pytest.mark.skipif(not os.environ.get("MONITOR_SLOW"), reason="takes a minute; set MONITOR_SLOW=1")
def test_the_file_is_what_the_detectors_find() -> None:
    command = [sys.executable, "-B", str(folder() / "find_signals.py"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
