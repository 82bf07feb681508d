"""The shipped rules on headlines. The limits hold the rules where they are, on headlines that no rule was made for."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import load
from monitor.text.beats import BeatTagger
from tests.text.headlines import SEEDS, SETS, Headline, own, real

MOST_BEATS = 3


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> BeatTagger:
    configuration = tmp_path_factory.mktemp("configuration") / "config.toml"
    configuration.write_text("", "utf-8")
    return BeatTagger(load(configuration).beats)


def found(tagger: BeatTagger, headlines: list[Headline], texts: list[str]) -> float:
    """The share of headlines with the editor's beat among the tagger's."""
    tagged = tagger.tag(texts)
    assert sum(map(len, tagged)) <= MOST_BEATS * len(texts)
    return sum(one.beat in slugs for one, slugs in zip(headlines, tagged, strict=True)) / len(texts)


@pytest.mark.parametrize(
    ("chosen", "title", "whole"),
    [
        ("plain", 0.80, 0.80),
        ("terse", 0.52, 0.60),
        ("literal", 0.88, 0.88),
        ("later", 0.88, 0.92),
        ("last", 0.48, 0.60),
    ],
)
def test_the_beat_of_the_editor_is_among_those_of_the_tagger(
    tagger: BeatTagger, chosen: str, title: float, whole: float
) -> None:
    headlines = own(chosen)[1::2]
    assert found(tagger, headlines, [one.title for one in headlines]) >= title
    assert found(tagger, headlines, [one.whole for one in headlines]) >= whole


def test_real_headlines(tagger: BeatTagger) -> None:
    headlines = real()
    if not headlines:
        pytest.skip(f"set {SEEDS} to a folder with stories to import")
    assert found(tagger, headlines, [one.whole for one in headlines]) >= 0.7


def test_news_of_other_things_is_in_no_beat(tagger: BeatTagger) -> None:
    headlines = (Path(__file__).parent / "other_news.txt").read_text("utf-8").splitlines()
    assert len(headlines) == 100
    assert sum(map(bool, tagger.tag(headlines))) <= 2


def test_every_beat_has_headlines_in_every_set() -> None:
    for chosen in SETS:
        assert len({one.beat for one in own(chosen)}) == 24
