"""The beats of headlines by the shipped rules, and the speed of tagging.

python -m tests.bench.beats

Printed is, for the headlines to judge by of every set (`tests/text/headlines.py`), how many have the editor's beat
among the tagger's, by the title alone and with the dek, and how many beats they are in on average; and for all that are
real, if the environment names a folder of stories.

Then the texts a second of processor time, the best of five rounds in turns, by 1,000 phrases of 25 beats and by the
shipped rules, against one plain alternation of the same phrases. The texts are those of the import bench.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from monitor.config import load
from monitor.records import Beat, Rule
from monitor.text.beats import BeatTagger
from tests.bench.importing import lines
from tests.text.headlines import SETS, Headline, own, real

TEXTS = 20_000
BEATS = 25
PHRASES = 1_000

_WORDS = (
    "open",
    "weights",
    "models",
    "regulation",
    "brussels",
    "classroom",
    "teachers",
    "data",
    "centre",
    "boom",
    "agent",
    "flight",
)


def phrases() -> list[str]:
    """One to three words each, no two the same."""
    chance = random.Random(4)
    syllables = [start + middle for start in "bcdfglmnprstv" for middle in "aeiou"]
    found: set[str] = set()
    while len(found) < PHRASES:
        made = ["".join(chance.choices(syllables, k=3)) for _ in range(2)]
        found.add(
            " ".join(chance.sample([*made, chance.choice(_WORDS), chance.choice(_WORDS)], k=chance.randint(2, 3)))
        )
    return sorted(found)


def print_found(name: str, tagger: BeatTagger, headlines: list[Headline]) -> None:
    columns = []
    for texts in ([one.title for one in headlines], [one.whole for one in headlines]):
        tagged = tagger.tag(texts)
        share = sum(one.beat in slugs for one, slugs in zip(headlines, tagged, strict=True)) / len(texts)
        columns.append(f"{share:6.1%} of {sum(map(len, tagged)) / len(texts):.2f}")
    print(f"{name:18} {len(headlines):4} headlines   title {columns[0]}   with dek {columns[1]}")


def print_speeds(shipped: BeatTagger) -> None:
    texts = [json.loads(line)["text"] for line in lines(TEXTS)]
    terms = phrases()
    beats = [Beat(f"beat-{n}", f"Beat {n}", "Test", Rule(any=tuple(terms[n::BEATS]))) for n in range(BEATS)]
    tagger = BeatTagger(beats)
    alternation = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, terms))})(?!\w)")
    ways: dict[str, Callable[[], object]] = {
        "plain alternation": lambda: [alternation.findall(text.lower()) for text in texts[:2000]],
        "1,000 phrases": lambda: tagger.tag(texts),
        "shipped rules": lambda: shipped.tag(texts),
    }
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(5):
        for name, way in ways.items():
            started = time.process_time()
            way()
            best[name] = min(best[name], time.process_time() - started)
    for name, seconds in best.items():
        count = 2000 if name == "plain alternation" else TEXTS
        print(f"{name:18} {count / seconds:9,.0f} texts/s")


def main() -> int:
    shipped = BeatTagger(load(Path(os.devnull)).beats)
    for name in SETS:
        print_found(name, shipped, own(name)[1::2])
    if real():
        print_found("real", shipped, real())
    print_speeds(shipped)
    return 0


if __name__ == "__main__":
    sys.exit(main())
