"""Volume signals: what is found, what is not, and that nothing looks ahead."""

from __future__ import annotations

import itertools
import math
import random
from datetime import UTC, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.instants import from_datetime
from monitor.signals.history import BIN
from monitor.signals.volume import VolumeDetector, detect, novelty
from tests.signals.series import BINS_A_DAY, START, draw, rates, three_rises, times

DAYS = 8
BINS = DAYS * BINS_A_DAY


def quiet(seed: int, an_hour: float = 100, days: int = DAYS) -> list[int]:
    generator = random.Random(seed)
    return draw(generator, rates(generator, an_hour, days))


def with_rise(counts: list[int], start: int, bins: int, factor: int) -> list[int]:
    return [*counts[:start], *(count * factor for count in counts[start : start + bins]), *counts[start + bins :]]


RISE = 6 * BINS_A_DAY + 100


@pytest.fixture(scope="module")
def risen() -> list[int]:
    return with_rise(quiet(1), RISE, 48, 8)


def test_finds_an_eightfold_rise_within_half_an_hour_and_says_why(risen: list[int]) -> None:
    found = [each for each in detect(times(BINS), risen) if each.time > START + timedelta(minutes=5 * RISE)]
    assert found[0].time <= START + timedelta(minutes=5 * RISE + 30)
    assert found[0].level in ("medium", "high")
    evidence = found[0].evidence
    end = (found[0].time - START) // timedelta(minutes=5)
    assert evidence.n == sum(risen[end - evidence.window // BIN : end])
    assert evidence.ratio is not None
    assert evidence.ratio > 3
    assert evidence.ratio == pytest.approx(evidence.n / evidence.expected)
    assert evidence.baseline_days == 6
    assert evidence.gaps == ()


def test_reaches_high_and_then_stays_silent_for_a_day(risen: list[int]) -> None:
    found = detect(times(BINS), risen)
    levels = [each.level for each in found if each.time > START + timedelta(minutes=5 * RISE)]
    assert levels[-1] == "high"
    rank = {"low": 1, "medium": 2, "high": 3}
    for earlier, later in itertools.pairwise(found):
        assert rank[later.level] > rank[earlier.level] or later.time - earlier.time >= timedelta(days=1)


def test_a_rise_is_told_of_at_level_medium_again_after_half_a_day() -> None:
    first = 8 * BINS_A_DAY
    counts = three_rises(first)
    found = [each.time for each in detect(times(len(counts)), counts) if each.level == "medium"]
    assert [(each - START) // timedelta(minutes=500) for each in found] == [first // 100, first // 100 + 2]


def test_the_score_alarms_where_detect_says_high_and_only_there(risen: list[int]) -> None:
    scores = novelty(times(BINS), risen)
    alarms = [START + timedelta(minutes=5 * number + 5) for number, score in enumerate(scores) if score >= 0.5]
    assert alarms == [each.time for each in detect(times(BINS), risen) if each.level == "high"]
    assert alarms
    assert all(0 <= score <= 1 for score in scores)


def test_uses_nothing_of_the_future(risen: list[int]) -> None:
    end = RISE + 4
    whole, scores = detect(times(BINS), risen), novelty(times(BINS), risen)
    until = START + timedelta(minutes=5 * end)
    assert detect(times(end), risen[:end]) == [each for each in whole if each.time <= until]
    assert novelty(times(end), risen[:end]) == scores[:end]


def test_one_bin_at_a_time_shows_what_all_at_once_does(risen: list[int]) -> None:
    detector = VolumeDetector()
    shown = []
    for time, count in zip(times(BINS), risen, strict=True):
        judgement = detector.feed(time, count)
        detection = detector.detection()
        assert (detection.level if detection else None) == judgement.level
        assert (judgement.novelty >= 0.5) == (judgement.level == "high")
        shown.append(detection)
    spoken = detect(times(BINS), risen)
    assert spoken
    assert all(each in shown for each in spoken)


def test_it_does_not_matter_when_one_began(risen: list[int]) -> None:
    """A detector that has been running says what one says that takes up the past at once, to the last digit."""
    every = times(BINS)
    running, fresh = VolumeDetector(), VolumeDetector()
    midnight = 6 * BINS_A_DAY
    for time, count in zip(every[:midnight], risen, strict=False):
        running.feed(time, count)
    fresh.remember(from_datetime(START), [float(count) for count in risen[:midnight]])
    for time, count in zip(every[midnight : RISE + 60], risen[midnight:], strict=False):
        assert running.feed(time, count) == fresh.feed(time, count)
        assert running.detection() == fresh.detection()


def test_what_is_older_than_the_weeks_that_are_known_does_not_matter() -> None:
    days = 30
    counts = quiet(5, an_hour=30, days=days)
    other = [count * 7 for count in counts[:BINS_A_DAY]] + counts[BINS_A_DAY:]
    every = times(len(counts))
    one, another = VolumeDetector(), VolumeDetector()
    for number, time in enumerate(every[: 29 * BINS_A_DAY]):
        one.feed(time, counts[number])
        another.feed(time, other[number])
    for number in range(29 * BINS_A_DAY, len(counts)):
        assert one.feed(every[number], counts[number]) == another.feed(every[number], other[number])


def test_the_past_is_taken_up_first_and_once() -> None:
    detector = VolumeDetector()
    detector.remember(from_datetime(START), [1.0, math.nan, 2.0])
    with pytest.raises(ValueError, match="do not fit"):
        detector.remember(from_datetime(START), [1.0])
    with pytest.raises(ValueError, match="five minutes"):
        detector.feed(START + timedelta(minutes=10), 1)


def test_what_comes_at_the_same_minutes_every_day_is_no_rise() -> None:
    counts = quiet(4, an_hour=60, days=16)
    for day in range(16):
        for number in range(150, 153):
            counts[day * BINS_A_DAY + number] += 40
    late = START + timedelta(days=7)
    assert [each for each in detect(times(len(counts)), counts) if each.time > late and each.level != "low"] == []


def test_says_nothing_in_the_first_three_days() -> None:
    counts = with_rise(quiet(2, days=4), 2 * BINS_A_DAY, 60, 30)
    end = START + timedelta(days=3)
    assert [each for each in detect(times(len(counts)), counts) if each.time < end] == []
    assert max(novelty(times(len(counts)), counts)[: 3 * BINS_A_DAY - 1]) == 0.0


def test_a_gap_is_no_fall_and_its_end_no_rise() -> None:
    counts = quiet(3)
    gap = range(5 * BINS_A_DAY, 5 * BINS_A_DAY + 150)
    kept = [number for number in range(BINS) if number not in gap]
    every = times(BINS)
    found = detect([every[number] for number in kept], [counts[number] for number in kept])
    assert [each.level for each in found if each.time > every[gap.start]] == []


def test_names_the_gaps_that_its_baseline_leaves_out(risen: list[int]) -> None:
    gap = range(4 * BINS_A_DAY, 4 * BINS_A_DAY + 40)
    kept = [number for number in range(BINS) if number not in gap]
    every = times(BINS)
    found = detect([every[number] for number in kept], [risen[number] for number in kept])
    [(start, end)] = found[-1].evidence.gaps
    first = from_datetime(START)
    assert start == first + gap.start * BIN
    assert 0 <= end - (first + gap.stop * BIN) < 12 * BIN, "an hour's count comes back within the hour"


def test_nothing_is_said_of_silence_or_of_a_handful_of_posts() -> None:
    assert detect(times(BINS), [0] * BINS) == []
    sparse = [1 if number % 97 == 0 else 0 for number in range(BINS)]
    sparse[RISE : RISE + 5] = [2, 2, 2, 2, 1]
    assert detect(times(BINS), sparse) == []


def test_a_first_burst_in_a_silent_series_is_found() -> None:
    counts = [0] * BINS
    counts[RISE : RISE + 6] = [20] * 6
    assert [each.level for each in detect(times(BINS), counts)][-1] == "high"


def test_naive_times_are_utc_and_offsets_within_five_minutes_do_not_matter(risen: list[int]) -> None:
    shifted = [time.astimezone(UTC).replace(tzinfo=None) + timedelta(seconds=53) for time in times(BINS)]
    assert novelty(shifted, risen) == novelty(times(BINS), risen)


def test_times_of_numpy_are_utc(risen: list[int]) -> None:
    numpy = pytest.importorskip("numpy")
    naive = [time.astimezone(UTC).replace(tzinfo=None) for time in times(BINS)]
    for unit in ("s", "ns"):
        assert detect(numpy.array(naive, dtype=f"datetime64[{unit}]"), risen) == detect(naive, risen)
    with pytest.raises(TypeError, match="time 1 is no datetime"):
        detect([naive[0], numpy.datetime64("NaT")], [1, 2])


@pytest.mark.parametrize("bad", ["2026-03-02T00:05:00Z", 1772409900, None])
def test_what_is_no_time_is_named(bad: object) -> None:
    for ask in (detect, novelty):
        with pytest.raises(TypeError, match="time 1 is no datetime"):
            ask([START, bad], [1, 2])  # type: ignore[list-item]


def test_times_with_and_without_a_zone_do_not_mix() -> None:
    later = START + timedelta(minutes=5)
    with pytest.raises(ValueError, match="time 1 and the first one"):
        detect([START, later.replace(tzinfo=None)], [1, 2])


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_refuses_what_is_no_count(bad: float) -> None:
    with pytest.raises(ValueError, match="count"):
        detect(times(1), [bad])


def test_refuses_times_that_do_not_rise() -> None:
    with pytest.raises(ValueError, match="five minutes"):
        detect([START, START], [1, 2])
    with pytest.raises(ValueError, match="2 times for 1 counts"):
        detect(times(2), [1])


@settings(max_examples=8)
@given(
    seed=st.integers(0, 10**6),
    holes=st.lists(st.integers(0, 5 * BINS_A_DAY - 1), max_size=60),
    cut=st.integers(1, 5 * BINS_A_DAY),
)
def test_a_prefix_with_gaps_gives_the_same_answers(seed: int, holes: list[int], cut: int) -> None:
    generator = random.Random(seed)
    counts = [generator.choice((0, 1, 3, 8, 200)) for _ in range(5 * BINS_A_DAY)]
    kept = [number for number in range(len(counts)) if number not in set(holes)]
    every = times(len(counts))
    whole_times, whole = [every[number] for number in kept], [counts[number] for number in kept]
    scores = novelty(whole_times, whole)
    assert novelty(whole_times[:cut], whole[:cut]) == scores[:cut]
    assert all(0 <= score <= 1 for score in scores)
