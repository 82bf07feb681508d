"""How a signal opens, rises and closes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.instants import DAY, HOUR, MINUTE
from monitor.records import Significance
from monitor.signals.lifecycle import CALM, LONGEST, Event, Open, follow, mood_is_calm, volume_is_calm

LOOK = 5 * MINUTE


def run(looks: Iterable[tuple[Significance | None, bool]], step: int = LOOK) -> tuple[Open | None, list[Event]]:
    signal: Open | None = None
    events: list[Event] = []
    for number, (alarm, calm) in enumerate(looks):
        signal, event = follow(signal, alarm, calm, number * step)
        if event:
            events.append(event)
    return signal, events


def test_opens_rises_and_closes_once() -> None:
    looks: list[tuple[Significance | None, bool]] = [(None, True), ("low", False), (None, False), ("high", False)]
    looks += [(None, False)] * 20 + [(None, True)] * (CALM // LOOK + 2)
    signal, events = run(looks)
    assert signal is None
    assert events == ["opened", "raised", "closed"]


def test_keeps_its_highest_level_and_does_not_open_twice() -> None:
    signal, events = run([("medium", False), ("low", False), ("medium", False)])
    assert events == ["opened"]
    assert signal == Open("medium", 0, 0, 2 * LOOK, None)


def test_a_short_calm_does_not_close() -> None:
    short: list[tuple[Significance | None, bool]] = [(None, True)] * (CALM // LOOK - 1)
    signal, events = run([("low", False), *short, (None, False), *short])
    assert signal is not None
    assert events == ["opened"]


def test_what_was_not_collected_is_not_calm() -> None:
    signal = follow(None, "low", False, 0).signal
    signal = follow(signal, None, True, LOOK).signal
    step = follow(signal, None, True, LOOK + DAY)
    assert step.event is None
    assert step.signal is not None
    assert step.signal.calm_since == LOOK + DAY


def test_a_week_is_the_new_usual() -> None:
    signal = follow(None, "high", False, 0).signal
    assert follow(signal, None, False, LONGEST).event == "closed"


def test_calm_is_much_less_than_no_alarm() -> None:
    assert volume_is_calm(120, 100)
    assert volume_is_calm(9, 0)
    assert not volume_is_calm(130, 100)
    assert mood_is_calm(0.5, 1.6)
    assert mood_is_calm(0.01, 1.1)
    assert not mood_is_calm(0.1, 1.6)


LEVELS = st.sampled_from([None, None, None, "low", "medium", "high"])


@given(looks=st.lists(st.tuples(LEVELS, st.booleans()), max_size=200))
def test_events_come_in_order(looks: list[tuple[Significance | None, bool]]) -> None:
    signal, events = run(looks, step=HOUR)
    assert not events or events[0] == "opened"
    for earlier, later in pairwise(events):
        assert (later == "opened") == (earlier == "closed")
    assert (signal is not None) == (bool(events) and events[-1] != "closed")
