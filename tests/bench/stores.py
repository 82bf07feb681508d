"""Stores of any size for the benchmarks: 90 days of posts with a daily rhythm over 25 beats and 5 sources.

python tests/bench/stores.py PATH POSTS
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from monitor.instants import DAY, HOUR
from monitor.records import AnalysedPost, Attempt, Beat, Beats, Post, Rule
from monitor.store.registry import SourceRegistration
from monitor.store.writer import Changes, Writer

DAYS = 90

SLUGS = [f"beat-{number}" for number in range(24)]
BEATS = Beats(
    (*(Beat(slug, slug.title(), "Bench", Rule(any=(slug,))) for slug in SLUGS), Beat("general", "General", "", Rule())),
    Rule(any=("ai",)),
)
SOURCES = ("x", "bluesky", "news", "youtube", "hackernews")
_WORDS = ("model", "weights", "open", "law", "court", "chip", "energy", "school", "job", "music", "robot", "agent")
_MOODS = ((0.7, 0.2, 0.1), (0.1, 0.8, 0.1), (0.05, 0.15, 0.8), None)


def posts(count: int, end: int, generator: random.Random) -> Iterator[AnalysedPost]:
    """Analysed posts in the order of time, evenly spread over 90 days up to `end`."""
    for number in range(count):
        yield one(number, end - DAYS * DAY + number * DAYS * DAY // count, generator)


def one(number: int, at: int, generator: random.Random) -> AnalysedPost:
    """One analysed post."""
    source = SOURCES[number % 5]
    text = " ".join(generator.choices(_WORDS, k=24)) + f" {number}"
    beats = tuple(generator.sample(SLUGS, generator.choice((1, 1, 1, 2))))
    post = Post(source, f"native-{number}", text, at, at + 500, author=f"author-{number % 40_000}", lang="en")
    return AnalysedPost(post, beats, generator.choice(_MOODS), number // 2 if number % 10 == 0 else number + 10**9)


def build(path: Path, count: int, end: int) -> None:
    """Write a store of so many posts up to a moment."""
    generator = random.Random(7)
    with Writer(path) as writer:
        writer.set_beats(BEATS, 0)
        writer.register_sources([SourceRegistration(slug, slug, 60.0) for slug in SOURCES])
        batch: list[AnalysedPost] = []
        for analysed in posts(count, end, generator):
            batch.append(analysed)
            if len(batch) == 5000:
                writer.commit(Changes(batch))
                batch = []
        writer.commit(Changes(batch))
        covered = (end - DAYS * DAY, end)
        writer.commit(Changes(attempts=[Attempt(slug, "stream", covered, "ok", end - HOUR) for slug in SOURCES]))


def configuration() -> str:
    """A configuration that follows the beats of these stores and fetches nothing."""
    tables = ["[beats]\nreplace = true", '[umbrella]\nany = ["ai"]']
    tables += [f'[beats.{slug}]\nname = "{slug}"\ncategory = "Bench"\nany = ["{slug}"]' for slug in SLUGS]
    tables += [f"[sources.{slug}]\nenabled = false" for slug in ("bluesky", "news", "hackernews")]
    return "\n\n".join(tables) + "\n"


if __name__ == "__main__":
    build(Path(sys.argv[1]), int(sys.argv[2]), time.time_ns() // 1_000_000)
    Path(sys.argv[1]).with_suffix(".toml").write_text(configuration(), encoding="utf-8")
