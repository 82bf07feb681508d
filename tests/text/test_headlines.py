"""The shipped rules on headlines of our own wording, filed by beat as an editor would (headlines.tsv).

The first, third... line of the file is one to improve the rules by, the others are to judge by. The wording is plain
and many do without the word AI, which the weak terms need. The limits hold the rules where they are.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import load
from monitor.text.beats import BeatTagger

HEADLINES = [line.split("\t") for line in (Path(__file__).parent / "headlines.tsv").read_text("utf-8").splitlines()]
MOST_BEATS = 3


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> BeatTagger:
    configuration = tmp_path_factory.mktemp("configuration") / "config.toml"
    configuration.write_text("", "utf-8")
    return BeatTagger(load(configuration).beats)


@pytest.mark.parametrize(("half", "least"), [(0, 0.45), (1, 0.34)])
def test_the_beat_of_the_editor_is_among_those_of_the_tagger(tagger: BeatTagger, half: int, least: float) -> None:
    chosen = HEADLINES[half::2]
    found = tagger.tag([headline for _, headline in chosen])
    assert sum(beat in slugs for (beat, _), slugs in zip(chosen, found, strict=True)) >= least * len(chosen)
    assert sum(map(len, found)) <= MOST_BEATS * len(chosen)


def test_every_beat_has_headlines_of_both_halves() -> None:
    assert len({beat for beat, _ in HEADLINES[::2]}) == len({beat for beat, _ in HEADLINES[1::2]}) == 24
