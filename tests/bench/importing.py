"""Importing against `sqlite-utils insert --nl` of the same file, everything on but the sentiment scorer.

python -m tests.bench.importing [POSTS]
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from monitor import config
from monitor.imports import read_posts
from monitor.ingest import Ingester
from monitor.instants import render
from monitor.records import Post
from monitor.store.writer import Changes, Writer

NOW = 1_795_168_867_000
BATCH = 5000

_OPENINGS = ("Reading about", "Hot take:", "A thread on", "My team tried", "Nobody asked, but", "Today we learned of")
_SUBJECTS = (
    "open weights models and who may run them",
    "the new AI regulation draft in Brussels",
    "ChatGPT in the classroom and what teachers make of it",
    "GPU prices and the data centre boom",
    "an AI agent that booked the wrong flight",
    "the copyright lawsuit over training data",
    "robots in the warehouse",
    "deepfakes before the election",
    "privacy of chat logs",
    "layoffs that are blamed on automation",
    "a recipe for sourdough bread",
    "the weather on the coast",
)
_ENDINGS = (
    "and it is worse than I thought.",
    "which is great news!",
    "see https://news.example/{}",
    "#ai",
    "🙂",
    "why?",
)


def lines(count: int) -> Iterator[str]:
    """Posts as JSON Lines."""
    generator = random.Random(11)
    for number in range(count):
        text = f"{generator.choice(_OPENINGS)} {generator.choice(_SUBJECTS)} ({number}) "
        text += generator.choice(_ENDINGS).format(number)
        yield json.dumps(
            {
                "source": generator.choice(("x", "bluesky", "news")),
                "native_id": f"at://did:plc:{number:024d}/app.bsky.feed.post/{number}",
                "text": text,
                "published_at": render(NOW - generator.randrange(30 * 86_400_000)),
                "author": f"author-{generator.randrange(20_000)}",
                "lang": "en",
                "likes": generator.randrange(50),
            }
        )


def import_with_ours(file: Path, store: Path) -> None:
    """What `monitor import` does, without the scorer."""
    loaded = config.load(None)
    ingester = Ingester(loaded.beats, None)
    with Writer(store) as writer, file.open("rb") as stream:
        writer.set_beats(loaded.beats, NOW)
        offers = read_posts(stream, "jsonl", NOW)
        while batch := [offer for offer in islice(offers, BATCH) if isinstance(offer, Post)]:
            writer.commit(Changes(ingester.analyse(batch, keep_all=True).kept))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "posts.jsonl"
        file.write_text("\n".join(lines(count)) + "\n", encoding="utf-8")
        started = time.perf_counter()
        command = [sys.executable, "-m", "sqlite_utils", "insert", str(Path(folder) / "theirs.db"), "posts", str(file)]
        subprocess.run([*command, "--nl", "--pk", "native_id"], check=True)
        theirs = time.perf_counter() - started
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.perf_counter()
        import_with_ours(file, Path(folder) / "ours.db")
        ours = time.perf_counter() - started
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    print(
        f"sqlite-utils {count / theirs:,.0f} posts/s; import {count / ours:,.0f} posts/s = {theirs / ours:.2f}x; "
        f"memory grew by {grown:.0f} MB over the load of the program"
    )


if __name__ == "__main__":
    main()
