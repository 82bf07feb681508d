from __future__ import annotations

import os
import random
from collections import Counter
from math import sqrt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.records import NO_SHARES, Label, Probabilities, Shares
from monitor.text.scorers import CONFUSIONS, IN_USE
from monitor.text.sentiment import Scorer
from monitor.text.shares import LABELS, Calibration, estimate_shares, label_of, shares_of_counts
from monitor.text.training import read_texts

SURE: dict[Label, Probabilities] = {
    "negative": (0.8, 0.1, 0.1),
    "neutral": (0.1, 0.8, 0.1),
    "positive": (0.1, 0.1, 0.8),
}

# How often each class is given to posts of each true class: the shipped scorer's, and those of two others.
SHIPPED = {label: tuple(row[true] for row in CONFUSIONS[IN_USE]) for true, label in enumerate(LABELS)}
SHARP = {"negative": (0.95, 0.03, 0.02), "neutral": (0.03, 0.94, 0.03), "positive": (0.02, 0.03, 0.95)}
GLOOMY = {"negative": (0.85, 0.10, 0.05), "neutral": (0.50, 0.45, 0.05), "positive": (0.20, 0.30, 0.50)}


def draw(
    mix: tuple[float, float, float], n: int, scorer: dict[str, tuple[float, float, float]], chance: random.Random
) -> tuple[list[Probabilities], list[Label]]:
    """Posts with this mix of true classes: what the scorer says of them, and what they are."""
    labels = chance.choices(LABELS, mix, k=n)
    return [SURE[chance.choices(LABELS, scorer[label])[0]] for label in labels], labels


def random_mix(chance: random.Random) -> tuple[float, float, float]:
    parts = [chance.gammavariate(2, 1) for _ in range(3)]
    return parts[0] / sum(parts), parts[1] / sum(parts), parts[2] / sum(parts)


rows = st.tuples(*[st.integers(0, 10)] * 3).filter(any).map(lambda row: tuple(part / sum(row) for part in row))


labelled_rows = st.lists(st.tuples(rows, st.sampled_from(LABELS)), max_size=40)


def check(shares: Shares, n: int) -> None:
    """What holds of every estimate."""
    assert shares.positive is not None
    assert shares.neutral is not None
    assert shares.negative is not None
    assert shares.net is not None
    assert shares.net_low is not None
    assert shares.net_high is not None
    assert shares.positive + shares.neutral + shares.negative == pytest.approx(1)
    assert min(shares.positive, shares.neutral, shares.negative) >= 0
    assert shares.net == pytest.approx(shares.positive - shares.negative)
    assert -1 <= shares.net_low <= shares.net <= shares.net_high <= 1
    for share, interval in (
        (shares.positive, shares.positive_interval),
        (shares.neutral, shares.neutral_interval),
        (shares.negative, shares.negative_interval),
    ):
        assert interval is not None
        assert 0 <= interval[0] <= share <= interval[1] <= 1
    assert shares.n == n


@given(st.lists(rows, min_size=1, max_size=300))
def test_shares_are_shares(probabilities: list[Probabilities]) -> None:
    shares = estimate_shares(probabilities)
    check(shares, len(probabilities))
    assert not shares.calibrated


@settings(deadline=None)
@given(st.lists(rows, min_size=1, max_size=100), labelled_rows.filter(bool))
def test_corrected_shares_are_shares(
    probabilities: list[Probabilities], labelled: list[tuple[Probabilities, Label]]
) -> None:
    shares = estimate_shares(probabilities, ([row for row, _ in labelled], [label for _, label in labelled]))
    check(shares, len(probabilities))
    assert shares.calibrated


@given(st.lists(rows, max_size=60), st.randoms())
def test_counted_rows_give_the_same(probabilities: list[Probabilities], chance: random.Random) -> None:
    shuffled = probabilities[:]
    chance.shuffle(shuffled)
    counted = shares_of_counts(Counter(shuffled))
    assert counted == estimate_shares(probabilities)


def test_no_posts_no_shares() -> None:
    assert estimate_shares([]) == NO_SHARES
    assert shares_of_counts({}) == NO_SHARES
    assert shares_of_counts({(0.2, 0.3, 0.5): 0}) == NO_SHARES


def test_one_post_says_little() -> None:
    shares = estimate_shares([SURE["positive"]])
    assert width(shares) > 1


def width(shares: Shares) -> float:
    assert shares.net_low is not None
    assert shares.net_high is not None
    return shares.net_high - shares.net_low


def test_more_posts_narrow_the_interval_but_not_below_the_systematic_error() -> None:
    widths = [width(estimate_shares([*SURE.values()] * times)) for times in (5, 20, 100, 100_000)]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] > 0.3


def test_the_scorers_confusion_is_taken_out() -> None:
    chance = random.Random(1)
    corrected = counted = 0.0
    for _ in range(20):
        mix = random_mix(chance)
        probabilities, _ = draw(mix, 2_000, SHIPPED, chance)
        shares = estimate_shares(probabilities)
        given = [label_of(row) for row in probabilities]
        assert shares.net is not None
        corrected += (shares.net - mix[2] + mix[0]) ** 2
        counted += ((given.count("positive") - given.count("negative")) / len(given) - mix[2] + mix[0]) ** 2
    assert corrected < counted / 2


@pytest.mark.parametrize("n", [10, 50, 400])
def test_the_interval_covers(n: int) -> None:
    chance = random.Random(n)
    covered = 0
    for _ in range(300):
        mix = random_mix(chance)
        shares = estimate_shares(draw(mix, n, SHIPPED, chance)[0])
        assert shares.net_low is not None
        assert shares.net_high is not None
        covered += shares.net_low <= mix[2] - mix[0] <= shares.net_high
    assert covered >= 0.92 * 300


def near(mix: tuple[float, float, float], chance: random.Random) -> tuple[float, float, float]:
    """Another day's mix: it differs by some two points."""
    parts = [chance.gammavariate(600 * part, 1) for part in mix]
    return parts[0] / sum(parts), parts[1] / sum(parts), parts[2] / sum(parts)


@pytest.mark.parametrize("scorer", [SHIPPED, SHARP, GLOOMY])
@pytest.mark.parametrize("n", [50, 400])
def test_labelled_posts_correct_any_scorer(scorer: dict[str, tuple[float, float, float]], n: int) -> None:
    chance = random.Random(2)
    errors, inside = [], {"positive": 0, "negative": 0, "net": 0}
    for _ in range(120):
        mix = random_mix(chance)
        labelled = draw(mix, 200, scorer, chance)
        probabilities, labels = draw(near(mix, chance), n, scorer, chance)
        shares = estimate_shares(probabilities, labelled)
        check(shares, n)
        true = {label: labels.count(label) / n for label in LABELS}
        assert shares.positive is not None
        assert shares.positive_interval is not None
        assert shares.negative_interval is not None
        assert shares.net_low is not None
        assert shares.net_high is not None
        errors.append(shares.positive - true["positive"])
        inside["positive"] += shares.positive_interval[0] <= true["positive"] <= shares.positive_interval[1]
        inside["negative"] += shares.negative_interval[0] <= true["negative"] <= shares.negative_interval[1]
        inside["net"] += shares.net_low <= true["positive"] - true["negative"] <= shares.net_high
    assert sqrt(sum(error * error for error in errors) / len(errors)) < (0.05 if n == 400 else 0.07)
    assert min(inside.values()) >= 0.88 * 120


def covered(interval: tuple[float, float] | None, true: float) -> bool:
    assert interval is not None
    return interval[0] <= true <= interval[1]


def test_by_chance_alone_the_error_is_that_of_the_difference_estimator() -> None:
    chance = random.Random(7)
    errors, least, inside = [], [], []
    for _ in range(250):
        mix = random_mix(chance)
        labelled = draw(mix, 200, SHIPPED, chance)
        probabilities, labels = draw(mix, 400, SHIPPED, chance)
        shares = estimate_shares(probabilities, labelled)
        true = labels.count("positive") / 400
        assert shares.positive is not None
        errors.append((shares.positive - true) ** 2)
        inside.append(covered(shares.positive_interval, true))
        unknown = 0.0
        for place in range(3):
            of_class = [part * SHIPPED[label][place] for label, part in zip(LABELS, mix, strict=True)]
            unknown += of_class[2] * (1 - of_class[2] / sum(of_class))
        least.append(unknown * (1 / 200 + 1 / 400))
    assert sum(errors) < 1.25 * sum(least)
    assert 0.93 <= sum(inside) / len(inside) <= 0.99


@pytest.mark.parametrize(("points", "least"), [(95.0, 0.93), (29.0, 0.88), (5.0, 0.8)])
def test_where_the_mix_is_another_the_interval_still_covers(points: float, least: float) -> None:
    chance = random.Random(11)
    inside = []
    for _ in range(250):
        mix = random_mix(chance)
        labelled = draw(mix, 200, SHIPPED, chance)
        parts = [chance.gammavariate(max(0.1, points * part), 1) for part in mix]
        other = (parts[0] / sum(parts), parts[1] / sum(parts), parts[2] / sum(parts))
        probabilities, labels = draw(other, 400, SHIPPED, chance)
        shares = estimate_shares(probabilities, labelled)
        inside.append(covered(shares.positive_interval, labels.count("positive") / 400))
        inside.append(covered(shares.negative_interval, labels.count("negative") / 400))
    assert sum(inside) / len(inside) >= least


@settings(deadline=None)
@given(st.lists(rows, min_size=1, max_size=60), labelled_rows.filter(bool))
def test_neither_side_is_favoured(
    probabilities: list[Probabilities], labelled: list[tuple[Probabilities, Label]]
) -> None:
    other: dict[Label, Label] = {"negative": "positive", "neutral": "neutral", "positive": "negative"}
    given = estimate_shares(probabilities, ([row for row, _ in labelled], [label for _, label in labelled]))
    turned = estimate_shares(
        [row[::-1] for row in probabilities],
        ([row[::-1] for row, _ in labelled], [other[label] for _, label in labelled]),
    )
    assert turned.positive == pytest.approx(given.negative, abs=1e-3)
    assert turned.neutral == pytest.approx(given.neutral, abs=1e-3)
    assert turned.net == pytest.approx(-(given.net or 0.0), abs=1e-3)
    assert width(turned) == pytest.approx(width(given), abs=4e-3)


def test_more_labels_narrow_the_interval() -> None:
    chance = random.Random(8)
    mix = (0.2, 0.5, 0.3)
    posts, _ = draw(mix, 400, SHIPPED, chance)
    rows_and_labels = draw(mix, 800, SHIPPED, chance)
    widths = [
        width(estimate_shares(posts, (rows_and_labels[0][:n], rows_and_labels[1][:n]))) for n in (10, 50, 200, 800)
    ]
    assert widths == sorted(widths, reverse=True)
    assert widths[2] < 0.9 * width(estimate_shares(posts))


FOLDER = os.environ.get("MONITOR_DATA_DIR")


@pytest.mark.skipif(FOLDER is None, reason="needs MONITOR_DATA_DIR")
def test_shares_of_tweets_that_taught_nothing() -> None:
    lines = Path(FOLDER or "", "sentiment", "val.tsv").read_text("utf-8").splitlines()
    data = read_texts(lines)
    posts = list(zip(Scorer().score(data.texts), data.labels, strict=True))
    chance = random.Random(9)
    errors, inside = [], []
    for _ in range(120):
        chosen = chance.sample(posts, 600)
        group, labelled = chosen[:400], chosen[400:]
        shares = estimate_shares([row for row, _ in group], tuple(zip(*labelled, strict=True)))  # type: ignore[arg-type]
        true = sum(label == "positive" for _, label in group) / 400
        assert shares.positive is not None
        errors.append((shares.positive - true) ** 2)
        inside.append(covered(shares.positive_interval, true))
    assert sqrt(sum(errors) / len(errors)) < 0.038
    assert 0.92 <= sum(inside) / len(inside) <= 0.99


def test_a_change_that_posts_show_plainly_is_followed() -> None:
    chance = random.Random(4)
    labelled = draw((0.2, 0.6, 0.2), 200, SHARP, chance)
    shares = estimate_shares(draw((0.1, 0.2, 0.7), 400, SHARP, chance)[0], labelled)
    assert shares.positive == pytest.approx(0.7, abs=0.08)


def test_a_calibration_serves_many_groups() -> None:
    chance = random.Random(5)
    labelled = draw((0.3, 0.4, 0.3), 60, GLOOMY, chance)
    calibration = Calibration(*labelled)
    assert calibration.labelled == 60
    for n in (3, 30):
        probabilities, _ = draw((0.3, 0.4, 0.3), n, GLOOMY, chance)
        assert shares_of_counts(Counter(probabilities), calibration) == estimate_shares(probabilities, labelled)
    assert calibration.shares_of_counts({}) == NO_SHARES


def test_labelled_posts_help_where_the_scorer_is_another() -> None:
    chance = random.Random(3)
    labelled = draw((0.3, 0.4, 0.3), 300, GLOOMY, chance)
    probabilities, _ = draw((0.1, 0.7, 0.2), 2_000, GLOOMY, chance)
    plain, calibrated = estimate_shares(probabilities), estimate_shares(probabilities, labelled)
    assert plain.net is not None
    assert calibrated.net is not None
    assert abs(calibrated.net - 0.1) < abs(plain.net - 0.1) / 2
    assert width(calibrated) < 0.7 * width(plain)


def test_no_labels_change_nothing_but_the_word() -> None:
    probabilities = [*SURE.values(), SURE["positive"]] * 10
    plain = estimate_shares(probabilities)
    with_none = estimate_shares(probabilities, ([], []))
    assert with_none.net == pytest.approx(plain.net)


def test_labels_that_say_nothing_about_the_classes_are_survived() -> None:
    noise = [SURE["neutral"]] * 300
    shares = estimate_shares(noise, (noise, ["negative", "neutral", "positive"] * 100))
    assert shares.net is not None
    assert -1 <= shares.net <= 1


def test_wrong_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="1 rows"):
        estimate_shares([], ([SURE["neutral"]], []))
    with pytest.raises(ValueError, match="no such label"):
        estimate_shares([], ([SURE["neutral"]], ["happy"]))  # type: ignore[list-item]
