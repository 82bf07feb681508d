"""When the volume signal of a beat opens again."""

from __future__ import annotations

from monitor.detecting.volume import VolumeWatch
from monitor.instants import HOUR, from_datetime
from monitor.signals.volume import BIN, detect
from tests.signals.series import BINS_A_DAY, START, three_rises, times


def test_a_signal_of_level_medium_may_open_again_after_half_a_day_as_detect_says() -> None:
    counts = three_rises(8 * BINS_A_DAY)
    watch = VolumeWatch()
    start = from_datetime(START)
    alarms = [watch.judge(start + number * BIN, count) for number, count in enumerate(counts)]
    opened = [alarm.at for alarm in alarms if alarm is not None and alarm.event == "opened"]
    spoken = [from_datetime(each.time) for each in detect(times(len(counts)), counts)]
    assert len(opened) == 2
    assert opened[1] - opened[0] > 12 * HOUR
    assert set(opened) <= set(spoken)
