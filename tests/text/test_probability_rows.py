from __future__ import annotations

from math import inf, nan

import pytest

from monitor.text.probability_rows import checked_labels, checked_rows
from monitor.text.shares import Calibration, estimate_shares

GOOD = (0.2, 0.5, 0.3)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ((nan, 0.5, 0.5), "row 1 is no probabilities"),
        ((0.5, 0.5, nan), "row 1 is no probabilities"),
        ((inf, 0.5, 0.5), "row 1 is no probabilities"),
        ((0.5, 0.5, 0.5), "row 1 is no probabilities"),
        ((0.0, 0.0, 0.0), "row 1 is no probabilities"),
        ((-0.2, 0.5, 0.7), "row 1 is no probabilities"),
        ((0.5, 0.5), "row 1 has not three numbers"),
        ((0.5, 0.5, 0.0, 0.0), "row 1 has not three numbers"),
        (("a", 0.5, 0.5), "row 1 has not three numbers"),
        ("positive", "row 1 has not three numbers"),
        (0.5, "row 1 has not three numbers"),
        (None, "row 1 has not three numbers"),
    ],
)
def test_a_bad_row_is_named(bad: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        estimate_shares([GOOD, bad])  # type: ignore[list-item]
    with pytest.raises(ValueError, match=f"^labelled {message}"):
        estimate_shares([GOOD], ([GOOD, bad], ["neutral", "neutral"]))  # type: ignore[list-item]
    with pytest.raises(ValueError, match=f"^labelled {message}"):
        Calibration([GOOD, bad], ["neutral", "neutral"])  # type: ignore[list-item]


def test_rounded_rows_are_taken_as_they_are() -> None:
    rows = [(0.33, 0.33, 0.33), [0.335, 0.335, 0.34], (0, 0, 1), (1 - 0.9 - 0.1, 0.9, 0.1)]
    assert checked_rows(rows) == [tuple(row) for row in rows]


@pytest.mark.parametrize("bad", ["happy", "", "Positive", None, 2, b"positive", ["positive"]])
def test_a_bad_label_is_named(bad: object) -> None:
    with pytest.raises(ValueError, match=r"no such label: .*\(label 1\); there are negative, neutral, positive"):
        checked_labels(["neutral", bad])


def test_arrays_of_numpy_give_what_lists_give() -> None:
    numpy = pytest.importorskip("numpy")
    rows, labels = [GOOD, (0.7, 0.2, 0.1), (0.1, 0.1, 0.8)] * 20, ["neutral", "negative", "positive"] * 20
    plain = estimate_shares(rows, (rows, labels))  # type: ignore[arg-type]
    assert estimate_shares(numpy.array(rows), (numpy.array(rows), numpy.array(labels))) == plain
    assert estimate_shares(rows, (rows, [numpy.str_(label) for label in labels])) == plain
    assert checked_labels(numpy.array(labels)) == labels
    assert all(type(label) is str for label in checked_labels(numpy.array(labels)))
