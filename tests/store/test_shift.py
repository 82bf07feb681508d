"""Moving a store along the time axis."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.instants import HOUR, render
from monitor.records import Attempt, Signal
from monitor.snapshot import build_snapshot
from monitor.store.reader import open_reader
from monitor.store.recount import recount
from monitor.store.shift import shift_times
from monitor.store.writer import Changes, Writer
from tests.store.factories import BEATS, NOW, analysed


@pytest.mark.parametrize("hours", [-30, 0, 25])
def test_everything_moves_and_nothing_else_changes(tmp_path: Path, hours: int) -> None:
    path = tmp_path / "monitor.db"
    with Writer(path) as writer:
        writer.set_beats(BEATS, 0)
        posts = [analysed(number, at=NOW - number * HOUR // 3, mood=number) for number in range(1, 90)]
        attempt = Attempt("bluesky", "stream", (NOW - 20 * HOUR, NOW), "ok", NOW - 1)
        writer.commit(Changes(posts, attempts=[attempt]))

    def volumes(as_of: int) -> list[object]:
        with open_reader(path) as reader:
            shown = build_snapshot(reader, as_of, beats=BEATS, config_hash="", rules_hash="", scorer="")
        return [(beat.volume, beat.volume_hourly, beat.sentiment, beat.baseline) for beat in shown.beats]

    before = volumes(NOW)
    shift_times(path, hours)
    assert volumes(NOW + hours * HOUR) == before
    assert recount(path) == []


@pytest.mark.parametrize("hours", [-30, 25])
def test_signals_move_with_the_moments_in_their_evidence(tmp_path: Path, hours: int) -> None:
    path = tmp_path / "monitor.db"
    opened_at = NOW - NOW % HOUR

    def signal(moment: int) -> Signal:
        window = [render(moment - HOUR), render(moment)]
        was: dict[str, object] = {"until": render(moment + HOUR), "level": "low", "evidence": {"window": window}}
        evidence: dict[str, object] = {"n": 7, "window": window, "method": "by counting", "before": [was]}
        return Signal(
            f"volume-courts-{render(moment).replace('-', '').replace(':', '')}", "volume", "courts", "high",
            moment, moment + 2 * HOUR, "more", evidence,
        )  # fmt: skip

    with Writer(path) as writer:
        writer.put_signals([signal(opened_at)], opened_at + 3 * HOUR)
    shift_times(path, hours)
    moved = opened_at + hours * HOUR
    with open_reader(path) as reader:
        assert reader.signals(0, moved + 4 * HOUR) == (signal(moved),)
        assert reader.signal_data().watched_until() == moved + 3 * HOUR
