from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records import Label, Probabilities
from monitor.text.labelling import LABEL_OF_KEY, Candidate, Labelled, calibration_of, drawn, findings, lacking
from monitor.text.shares import LABELS, label_of

SURE: dict[Label, Probabilities] = {
    "negative": (0.8, 0.1, 0.1),
    "neutral": (0.1, 0.8, 0.1),
    "positive": (0.1, 0.1, 0.8),
}


def candidates(posts: int, chance: random.Random) -> list[Candidate[int]]:
    return [
        Candidate(key, chance.choice(["x", "news", "news", "bluesky"]), SURE[chance.choice(LABELS)])
        for key in range(posts)
    ]


@given(st.integers(0, 200), st.integers(0, 10**9), st.sets(st.integers(0, 199)))
def test_every_unlabelled_post_comes_once(posts: int, seed: int, known: set[int]) -> None:
    asked = list(drawn(candidates(posts, random.Random(1)), random.Random(seed), known))
    assert sorted(asked) == sorted(set(range(posts)) - known)


def split(posts: Sequence[Candidate[int]]) -> Counter[tuple[str, str]]:
    return Counter((post.source, label_of(post.probabilities)) for post in posts)


@pytest.mark.parametrize("asked", [30, 77, 200])
def test_any_beginning_is_spread_like_the_beat(asked: int) -> None:
    chance = random.Random(2)
    posts = candidates(3_000, chance)
    order = drawn(posts, chance)
    whole = split(posts)
    part = split([posts[next(order)] for _ in range(asked)])
    for stratum, count in whole.items():
        assert abs(part[stratum] - asked * count / len(posts)) < 2.5


def test_no_post_is_likelier_than_another() -> None:
    posts = candidates(40, random.Random(3))
    first: Counter[int] = Counter()
    for seed in range(4_000):
        order = drawn(posts, random.Random(seed))
        first.update([next(order), next(order)])
    assert min(first.values()) > 140
    assert max(first.values()) < 260


def test_the_same_start_gives_the_same_posts_and_passes_over_known_ones() -> None:
    posts = candidates(50, random.Random(4))
    whole = list(drawn(posts, random.Random(9)))
    assert list(drawn(posts, random.Random(9), known=set(whole[:20]))) == whole[20:]
    assert list(drawn(posts[::-1], random.Random(9))) == whole


def test_precision_and_recall() -> None:
    said: list[tuple[Label, Label]] = [
        ("positive", "positive"),
        ("positive", "neutral"),
        ("neutral", "neutral"),
        ("negative", "negative"),
        ("neutral", "negative"),
    ]
    found = findings([Labelled(SURE[given], true) for given, true in said])
    assert found.posts == 5
    assert found.precision["positive"].share == 0.5
    assert found.recall["positive"].share == 1
    assert found.recall["negative"].share == 0.5
    assert found.recall["negative"].posts == 2
    assert found.mean_recall == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert found.confusion["positive"]["neutral"] == 1
    for proportion in (*found.precision.values(), *found.recall.values()):
        assert proportion.share is not None
        assert 0 <= proportion.low <= proportion.share <= proportion.high <= 1


def test_nothing_labelled_nothing_known() -> None:
    found = findings([])
    assert found.posts == 0
    assert found.mean_recall is None
    assert found.reach is None
    assert found.missing is not None
    assert lacking(found.missing) == (
        "30 more labels until they correct the shares (5 more negative, 5 more neutral, 5 more positive)."
    )
    assert found.recall["positive"].share is None
    assert calibration_of([]) is None


def test_more_labels_reach_less_far() -> None:
    chance = random.Random(5)
    labelled = []
    for _ in range(300):
        true = chance.choice(LABELS)
        given = true if chance.random() < 0.7 else chance.choice(LABELS)
        labelled.append(Labelled(SURE[given], true))
    reaches = [findings(labelled[:count]).reach for count in (40, 120, 300)]
    assert None not in reaches
    assert reaches == sorted(reaches, key=lambda reach: -(reach or 0))
    assert findings(labelled).missing is None
    calibration = calibration_of(labelled)
    assert calibration is not None
    assert calibration.labelled == 300


def test_the_keys() -> None:
    assert LABEL_OF_KEY == {"p": "positive", "n": "negative", "u": "neutral"}
