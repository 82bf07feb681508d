"""What is said beside every mood: how many posts it is of, how many were not scored, and whether labels correct it."""

from __future__ import annotations

from collections.abc import Iterable

from monitor import glyphs
from monitor.records import Shares


def calibration_word(moods: Iterable[Shares]) -> str:
    """Whether labels correct these moods; empty where nothing was scored."""
    calibrated = {mood.calibrated for mood in moods if mood.n}
    if len(calibrated) > 1:
        return "part calibrated"
    return "" if not calibrated else "calibrated" if True in calibrated else "uncalibrated"


def part_of(count: int, posts: int) -> str:
    """A share in percent, never rounded to nothing or to everything."""
    if 0 < count < posts and round(100 * count / posts) in (0, 100):
        return "under 1 %" if 2 * count < posts else "over 99 %"
    return glyphs.percent(count / posts if posts else None)


def scored_words(mood: Shares, posts: int, room: int) -> str:
    """How many of the posts were scored, how many were not, and whether labels correct the mood, as far as fits."""
    if not posts:
        return ""
    scored = f"{glyphs.count(mood.n)} scored" if mood.n else "none scored"
    missing = max(posts - mood.n, 0)
    unscored = f"{part_of(missing, posts)} not"
    word = calibration_word((mood,))
    if not mood.n:
        choices = [f"none of {glyphs.count(posts)} scored", scored]
    elif missing:
        counted = f"{glyphs.count(missing)} not ({part_of(missing, posts)})"
        choices = [f"{scored}, {counted}, {word}", f"{scored}, {unscored}, {word}", f"{scored}, {unscored}", scored]
    else:
        choices = [f"all {scored}, {word}", f"all {scored}", scored]
    return next((words for words in choices if len(words) <= room), "")
