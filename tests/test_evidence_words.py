"""The working of a signal in words: our own marks, lengths that fit the summary, and what is not calibrated."""

from __future__ import annotations

import pytest

from monitor.detecting import opposites, volume
from monitor.evidence_words import working
from monitor.instants import MINUTE, parse, to_datetime
from monitor.records import Signal
from monitor.signals.divergence import Divergence, Net
from monitor.signals.volume import Detection
from monitor.signals.volume_detector import Evidence

WINDOW = ["2026-11-20T03:50:00Z", "2026-11-21T03:50:00Z"]
BASELINE = ["2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z"]

OUTAGE = {"at": "2026-11-21T03:00:00Z", "kind": "outage", "what": "the store was not written"}
RULES = {"at": "2026-11-14T10:00:00Z", "kind": "rules", "what": "a rule was edited"}
SOURCE = {"at": "2026-11-20T02:00:00Z", "kind": "source", "what": "x is new"}


def rows(kind: str, **evidence: object) -> dict[str, str]:
    signal = Signal("one", kind, "ai-law", "high", parse(WINDOW[1]), None, "", evidence)
    return dict(working(signal, {"x": "X"}))


@pytest.mark.parametrize(
    ("marks", "explained_by", "told"),
    [
        ([OUTAGE], None, "our own marks in the window: outage 21 Nov 03:00"),
        ([RULES], None, "our own marks in the baseline: rules 14 Nov 10:00"),
        (
            [RULES, SOURCE, OUTAGE],
            None,
            "our own marks in the window: outage 21 Nov 03:00; our own marks before the window: source 20 Nov 02:00; "
            "our own marks in the baseline: rules 14 Nov 10:00",
        ),
        ([RULES], "x is back", "x is back; our own marks in the baseline: rules 14 Nov 10:00"),
        (
            [RULES] * 6,
            None,
            f"our own marks in the baseline: {', '.join(['rules 14 Nov 10:00'] * 4)} and 2 more",
        ),
        ([], None, None),
    ],
)
def test_our_own_marks_are_named_where_they_lie(
    marks: list[dict[str, str]], explained_by: str | None, told: str | None
) -> None:
    found = rows("divergence", window=WINDOW, baseline=BASELINE, marks=marks, explained_by=explained_by)
    assert found.get("ours?") == told


@pytest.mark.parametrize(
    ("end", "length"),
    [
        ("2026-11-20T10:42:30.001Z", "43 min"),
        ("2026-11-20T10:42:00.001Z", "42 min"),
        ("2026-11-20T10:30:00Z", "30 min"),
        ("2026-11-20T10:00:00.001Z", "1 min"),
    ],
)
def test_the_length_of_a_window_is_rounded_up_as_that_of_copies(end: str, length: str) -> None:
    assert rows("copies", window=["2026-11-20T10:00:00Z", end])["window"].endswith(f"({length})")


def test_moods_that_no_label_corrects_are_called_uncalibrated() -> None:
    nets = [{"source": "x", "net": 0.55, "ci95": [0.36, 0.74], "n": 53}]
    assert (
        rows("divergence", nets=nets, calibrated=False)["moods"] == "X +55 points (95 % +36 to +74, n 53); uncalibrated"
    )
    assert rows("mood", expected=0.14, share=0.28)["expected"].endswith("now 28 %; uncalibrated")
    assert rows("mood", expected=0.14, share=0.28, calibrated=True)["expected"].endswith("now 28 %; calibrated")
    assert "moods" not in rows("volume", n=3)


def test_the_summary_of_a_divergence_says_what_its_points_are_of() -> None:
    positive = Net("x", 0.55, 0.36, 0.74, 53)
    negative = Net("news", -0.12, -0.23, -0.01, 119)
    found = Divergence("high", positive, negative, 0.67, 0.001, 0.001)
    assert (
        opposites.summary_of("AI & Law", found) == "AI & Law: net mood X +55 ±19 of 53 texts, News −12 ±11 of 119 texts"
    )


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        (4.5, "about 4.5 were to be expected, 4.9 times as many"),
        (16.4, "about 16 were to be expected, 1.3 times as many"),
        (0.5, "none were to be expected"),
    ],
)
def test_the_summary_of_a_volume_gives_figures_that_fit(expected: float, told: str) -> None:
    evidence = Evidence(22.0, expected, 22 / expected, 6.0, 1.0, 3.0, 30 * MINUTE, (0, 1), 14, ())
    detection = Detection(to_datetime(parse(WINDOW[1])), "high", evidence)
    assert volume.summary_of("AI & Law", detection) == f"AI & Law: 22 posts in 30 minutes where {told}"
