"""Stores of any size for the benchmarks: 90 days of posts with a daily rhythm over 25 beats and 5 sources.

python tests/bench/stores.py PATH POSTS
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

from monitor.instants import DAY, HOUR
from monitor.records import AnalysedPost, Attempt, Beat, Beats, Post, Rule
from monitor.store.registry import SourceRegistration
from monitor.store.writer import Changes, Writer

DAYS = 90
END = 1_795_168_867_000
"""2026-11-20T10:01:07Z, in the middle of an hour: the dearest moment to ask for."""

SLUGS = [f"beat-{number}" for number in range(24)]
BEATS = Beats(
    (*(Beat(slug, slug.title(), "Bench", Rule(any=(slug,))) for slug in SLUGS), Beat("general", "General", "", Rule())),
    Rule(any=("ai",)),
)
SOURCES = ("x", "bluesky", "news", "youtube", "hackernews")
_WORDS = ("model", "weights", "open", "law", "court", "chip", "energy", "school", "job", "music", "robot", "agent")
_MOODS = ((0.7, 0.2, 0.1), (0.1, 0.8, 0.1), (0.05, 0.15, 0.8), None)


def posts(count: int, generator: random.Random, first: int = 0) -> Iterator[AnalysedPost]:
    """Analysed posts in the order of time."""
    for number in range(first, first + count):
        at = END - DAYS * DAY + (number - first) * DAYS * DAY // count
        yield one(number, at, generator)


def one(number: int, at: int, generator: random.Random) -> AnalysedPost:
    """One analysed post."""
    source = SOURCES[number % 5]
    text = " ".join(generator.choices(_WORDS, k=24)) + f" {number}"
    beats = tuple(generator.sample(SLUGS, generator.choice((1, 1, 1, 2))))
    post = Post(source, f"native-{number}", text, at, at + 500, author=f"author-{number % 40_000}", lang="en")
    return AnalysedPost(post, beats, generator.choice(_MOODS), number // 2 if number % 10 == 0 else number + 10**9)


def build(path: Path, count: int) -> None:
    """Write a store of so many posts."""
    generator = random.Random(7)
    with Writer(path) as writer:
        writer.set_beats(BEATS, 0)
        writer.register_sources([SourceRegistration(slug, slug, 60.0) for slug in SOURCES])
        batch: list[AnalysedPost] = []
        for analysed in posts(count, generator):
            batch.append(analysed)
            if len(batch) == 5000:
                writer.commit(Changes(batch))
                batch = []
        writer.commit(Changes(batch))
        covered = (END - DAYS * DAY, END)
        writer.commit(Changes(attempts=[Attempt(slug, "stream", covered, "ok", END - HOUR) for slug in SOURCES]))


if __name__ == "__main__":
    build(Path(sys.argv[1]), int(sys.argv[2]))
