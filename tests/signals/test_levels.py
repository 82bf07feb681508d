"""What the levels promise, on simulated counts with a fixed seed; tests/bench/signals_volume.py measures more."""

from __future__ import annotations

import pickle
import random
from datetime import timedelta
from itertools import pairwise

import pytest

from monitor.signals.volume import VolumeDetector, detect
from monitor.signals.volume_detector import MEDIUM_ODDS, medium_odds
from tests.signals.series import BINS_A_DAY, START, draw, rates, times

DAYS = 24


@pytest.mark.parametrize("an_hour", [100, 1000])
def test_a_fourfold_step_is_found_within_half_an_hour_at_level_medium(an_hour: int) -> None:
    generator = random.Random(11)
    found = 0
    steps = range(10, DAYS - 1, 2)
    expected = rates(generator, an_hour, DAYS)
    starts = [day * BINS_A_DAY + generator.randrange(BINS_A_DAY) for day in steps]
    for start in starts:
        for number in range(start, start + 48):
            expected[number] *= 4
    detections = detect(times(len(expected)), draw(generator, expected))
    for start in starts:
        begin = START + timedelta(minutes=5 * start)
        found += any(begin < each.time <= begin + timedelta(minutes=30) and each.level != "low" for each in detections)
    assert found >= len(starts) - 1


def test_quiet_beats_hardly_ever_alarm() -> None:
    generator = random.Random(12)
    alarms = 0
    for an_hour in (20, 200):
        counts = draw(generator, rates(generator, an_hour, DAYS))
        alarms += sum(each.level != "low" for each in detect(times(len(counts)), counts))
    assert alarms <= 3, "at 0.02 a day, 0.8 are to be expected in two times three weeks"


def test_the_state_can_be_kept_and_taken_up_again() -> None:
    generator = random.Random(13)
    counts = draw(generator, rates(generator, 100, 5))
    every = times(len(counts))
    detector = VolumeDetector()
    for time, count in zip(every[:1000], counts[:1000], strict=True):
        detector.feed(time, count)
    kept = pickle.loads(pickle.dumps(detector))
    for time, count in zip(every[1000:], counts[1000:], strict=True):
        assert kept.feed(time, count) == detector.feed(time, count)


def test_the_odds_that_make_a_level_medium_depend_on_the_size_of_the_beat() -> None:
    for posts, odds in MEDIUM_ODDS:
        assert medium_odds(posts) == pytest.approx(odds)
    assert medium_odds(0) == medium_odds(3) == MEDIUM_ODDS[0][1]
    assert medium_odds(50_000) == MEDIUM_ODDS[-1][1]
    for (few, at_few), (many, at_many) in pairwise(MEDIUM_ODDS):
        assert medium_odds((few * many) ** 0.5) == pytest.approx((at_few + at_many) / 2)
