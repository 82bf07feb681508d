"""Ours until shown otherwise."""

from __future__ import annotations

from monitor.instants import DAY, HOUR, MINUTE
from monitor.records import Mark
from monitor.signals.ours import Movement, crossed, explaining, joint_movements


def moved(beat: str, minutes: int, direction: str = "up", kind: str = "mood") -> Movement:
    return Movement(beat, kind, "up" if direction == "up" else "down", minutes * MINUTE)


def test_five_beats_the_same_way_within_an_hour() -> None:
    [joint] = joint_movements([moved(beat, 10 * number) for number, beat in enumerate("abcde")])
    assert (joint.kind, joint.direction, joint.beats) == ("mood", "up", tuple("abcde"))
    assert joint.span == (0, 40 * MINUTE)


def test_four_beats_or_five_in_two_hours_or_ways_or_kinds_are_none() -> None:
    assert joint_movements([moved(beat, 1) for beat in "abcd"]) == []
    assert joint_movements([moved(beat, 30 * number) for number, beat in enumerate("abcde")]) == []
    assert joint_movements([moved(beat, 1, "down" if beat == "a" else "up") for beat in "abcde"]) == []
    assert joint_movements([moved(beat, 1, kind="volume" if beat == "a" else "mood") for beat in "abcde"]) == []


def test_one_beat_five_times_is_one_beat() -> None:
    assert joint_movements([moved("a", minute) for minute in range(5)]) == []


def test_a_wave_is_told_once() -> None:
    [joint] = joint_movements([moved(f"beat-{number}", 8 * number) for number in range(20)])
    assert len(joint.beats) == 20


def test_marks_explain_within_the_window_and_are_crossed_within_the_baseline() -> None:
    now = 100 * DAY
    marks = [Mark(now - 3 * DAY, "rules", "b"), Mark(now - 2 * HOUR, "scorer", "a"), Mark(now + 1, "source", "c")]
    assert [mark.what for mark in explaining(marks, now)] == ["a"]
    assert [mark.what for mark in crossed(marks, (now - 7 * DAY, now), now)] == ["b", "a"]
    assert crossed(marks, (now - DAY, now), now)[0].what == "a"
