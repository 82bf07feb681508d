"""Mood shifts: what is called one, what is not, and what the working says."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.signals.mood import LEAST_VOTES, Mood, detect, detect_all

PAIR = st.integers(0, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
WEEK = (420, 3500)
DAILY = [(60, 500)] * 7


def test_a_doubled_share_of_many_votes_is_called_doubled() -> None:
    mood = detect((120, 500), WEEK)
    assert (mood.level, mood.verdict) == ("low", "doubled")
    assert (mood.share, mood.previous_share, mood.ratio) == (0.24, 0.12, pytest.approx(2))
    assert mood.difference == pytest.approx(0.12)
    assert mood.interval is not None
    assert mood.interval[0] < 0.12 < mood.interval[1]
    assert 200 < mood.effective < 250, "five hundred votes of one day are worth less than half as many"
    assert (mood.votes, mood.previous_votes) == (500, 3500)


def test_doubled_is_earned_only_by_a_ratio_of_two() -> None:
    assert detect((110, 500), WEEK).verdict == "rose"


def test_doubled_is_not_earned_where_the_posterior_doubts_it() -> None:
    mood = detect((16, 160), (24, 480))
    assert mood.ratio == pytest.approx(2)
    assert mood.verdict != "doubled"


def test_a_fall_is_told_as_such() -> None:
    mood = detect((100, 500), (1400, 3500))
    assert (mood.level, mood.verdict) == ("low", "fell")


def test_too_few_votes_are_said_to_be_too_few() -> None:
    for votes, previous in [((90, LEAST_VOTES - 1), WEEK), ((90, 300), (5, 40)), ((0, 0), WEEK), ((90, 300), (0, 0))]:
        mood = detect(votes, previous)
        assert (mood.level, mood.verdict, mood.p) == (None, "too few independent posts", 1.0)


def test_a_clear_but_small_difference_is_no_shift() -> None:
    assert detect((600, 2000), (3500, 14_000)).verdict == "no shift"


def test_daily_pairs_of_an_even_week_say_what_their_sum_says() -> None:
    assert detect((120, 500), DAILY) == detect((120, 500), WEEK)


def test_votes_may_be_rows_of_an_array() -> None:
    numpy = pytest.importorskip("numpy")
    week = [(60, 500)] * 7
    assert detect(numpy.array([120, 500]), numpy.array(week)) == detect((120, 500), week)
    assert detect(numpy.array([120, 500]), numpy.array([420, 3500])) == detect((120, 500), (420, 3500))


def test_a_week_that_drifts_more_than_is_allowed_makes_a_shift_less_sure() -> None:
    uneven = [(20, 500), (110, 500), (30, 500), (100, 500), (25, 500), (95, 500), (40, 500)]
    restless = detect((120, 500), uneven)
    assert restless.drift > detect((120, 500), DAILY).drift
    assert restless.p > detect((120, 500), DAILY).p
    assert restless.level is None


def test_levels_above_low_need_three_hours_that_agree() -> None:
    first = detect((140, 500), WEEK)
    second = detect((141, 500), WEEK, [first])
    third = detect((142, 500), WEEK, [first, second])
    assert [first.level, second.level, third.level] == ["low", "low", "high"]
    assert detect((142, 500), WEEK, [detect((20, 500), (1200, 3500)), second]).level == "low"


def test_over_many_beats_the_same_votes_are_less_sure() -> None:
    quiet = {f"beat-{number}": (60, 500) for number in range(24)}
    together = detect_all({"loud": (90, 500), **quiet}, dict.fromkeys(["loud", *quiet], WEEK))
    assert together["loud"].p == detect((90, 500), WEEK).p
    assert together["loud"].q > together["loud"].p
    assert together["loud"].level is None
    assert [mood.level for slug, mood in together.items() if slug != "loud"] == [None] * 24


def test_a_beat_without_a_past_is_said_to_have_too_few() -> None:
    assert detect_all({"new": (90, 400)}, {})["new"].verdict == "too few independent posts"


@pytest.mark.parametrize("votes", [(-1, 5), (6, 5), (1, -1)])
def test_refuses_what_is_no_share(votes: tuple[float, int]) -> None:
    with pytest.raises(ValueError, match="not a share"):
        detect(votes, WEEK)


@given(votes=PAIR, previous=PAIR)
def test_the_working_holds_together(votes: tuple[int, int], previous: tuple[int, int]) -> None:
    mood = detect(votes, previous)
    assert 0 <= mood.p <= 1
    assert mood.effective <= mood.votes
    if mood.interval and mood.difference is not None:
        assert mood.interval[0] - 1e-12 <= mood.difference <= mood.interval[1] + 1e-12
    assert (mood.level is None) == (mood.verdict in ("too few independent posts", "no shift"))
    if mood.verdict == "doubled":
        assert mood.ratio is not None
        assert mood.ratio >= 2


@given(
    votes=st.dictionaries(st.sampled_from("abcdef"), PAIR, min_size=1),
    previous=st.dictionaries(st.sampled_from("abcdef"), PAIR),
)
def test_an_unrelated_beat_changes_no_share_interval_or_p(
    votes: dict[str, tuple[int, int]], previous: dict[str, tuple[int, int]]
) -> None:
    def own(mood: Mood) -> Mood:
        return mood._replace(q=mood.p, level=None, verdict="no shift")

    alone = detect_all(votes, previous)
    together = detect_all({**votes, "other": (10, 400)}, {**previous, "other": WEEK})
    assert [own(mood) for mood in alone.values()] == [own(together[slug]) for slug in alone]


def test_alerts_of_beats_that_drift_no_more_than_allowed_are_rare() -> None:
    """Twenty-five beats of 300 votes a day over four weeks, judged every six hours, share drifting day by day."""
    generator = random.Random(8)
    spread = 1 / 0.0025 - 1
    hours = 24 * 36
    beats = []
    for _ in range(25):
        shares = [generator.betavariate(0.12 * spread, 0.88 * spread) for _ in range(hours // 24)]
        beats.append([sum(generator.random() < shares[hour // 24] for _ in range(12)) for hour in range(hours)])
    alerts = 0
    for hour in range(192, hours, 6):
        votes = {str(each): (sum(beat[hour - 24 : hour]), 288) for each, beat in enumerate(beats)}
        previous = {str(each): (sum(beat[hour - 192 : hour - 24]), 2016) for each, beat in enumerate(beats)}
        dull = {each: (0, 0) for each, (k, n) in votes.items() if k < 1.4 * previous[each][0] / 7}
        judged = detect_all({**votes, **dull}, previous)
        alerts += sum(mood.level is not None for mood in judged.values())
    assert alerts <= 8, "each of one alert a week may be seen twice"


def test_a_share_that_doubles_is_mostly_found_among_twenty_five_beats() -> None:
    generator = random.Random(9)
    found = 0
    for _ in range(60):
        present = sum(generator.random() < 0.24 for _ in range(500))
        past = sum(generator.random() < 0.12 for _ in range(3500))
        others = {str(number): (0, 10) for number in range(24)}
        judged = detect_all({"one": (present, 500), **others}, {"one": (past, 3500)})
        found += judged["one"].level is not None
    assert found >= 48
