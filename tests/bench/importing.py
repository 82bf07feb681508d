"""`monitor import`, without and with the sentiment scorer in use, against `sqlite-utils insert --nl` of the same file.

[MONITOR_DATA_DIR=folder] python -m tests.bench.importing [POSTS [ROUNDS]]

All are processes and take turns, so that other work on the machine meets both. Printed are posts a second and their
ratio by wall clock and by processor time, and how much more memory the whole file takes than its first half.

Memory is that of the larger of its two processes.

Texts are one form with other figures: over 30 days in no order, which is the worst case for the rollups, and 30,000 a
day in order, which is the worst case for near-copies, as each text shares its phrases with many. Where the folder holds
`sentiment/train.tsv` (label, tab, text), its tweets are imported in order too, some of them more than once.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from monitor.cli.context import Context
from monitor.cli.import_posts import import_files
from monitor.instants import render
from monitor.text.sentiment import NAME, Scorer

NOW = 1_795_168_867_000

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


_DAY = 86_400_000
_POSTS_OF_A_DAY = 30_000


def lines(count: int) -> Iterator[str]:
    """Posts of one form as JSON Lines, from the last 30 days in no order."""
    generator = random.Random(11)
    return (_line(number, text, None, generator) for number, text in enumerate(filled_in(count, generator)))


def filled_in(count: int, generator: random.Random) -> Iterator[str]:
    """Texts that are one form."""
    for number in range(count):
        text = f"{generator.choice(_OPENINGS)} {generator.choice(_SUBJECTS)} ({number}) "
        yield text + generator.choice(_ENDINGS).format(number)


def in_order(count: int, texts: Sequence[str]) -> Iterator[str]:
    """Posts as JSON Lines, 30,000 a day, the oldest first."""
    generator = random.Random(11)
    for number in range(count):
        at = NOW - (count - number) * _DAY // _POSTS_OF_A_DAY
        yield _line(number, texts[number % len(texts)], at, generator)


def _line(number: int, text: str, at: int | None, generator: random.Random) -> str:
    return json.dumps(
        {
            "source": generator.choice(("x", "bluesky", "news")),
            "native_id": f"at://did:plc:{number:024d}/app.bsky.feed.post/{number}",
            "text": text,
            "published_at": render(NOW - generator.randrange(30 * _DAY) if at is None else at),
            "author": f"author-{generator.randrange(20_000)}",
            "lang": "en",
            "likes": generator.randrange(50),
        }
    )


def _tweets() -> list[str]:
    """Those of the data folder; none without one."""
    folder = os.environ.get("MONITOR_DATA_DIR")
    if not folder:
        return []
    rows = (Path(folder) / "sentiment" / "train.tsv").read_text("utf-8").splitlines()[1:]
    return [row.partition("\t")[2] for row in rows]


def files(count: int) -> Iterator[tuple[str, list[str]]]:
    """What is imported, each with its name."""
    yield "one form, in no order", list(lines(count))
    yield "one form, in order", list(in_order(count, list(filled_in(count, random.Random(11)))))
    if tweets := _tweets():
        yield "tweets, in order", list(in_order(count, tweets))


class Cost(NamedTuple):
    """What a process took."""

    wall: float
    processor: float
    memory: float
    """Peak, in MB."""


def run(*arguments: str) -> Cost:
    """Run Python with these arguments and wait for its end."""
    started = time.perf_counter()
    child = os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, *arguments])
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(arguments)} failed")
    return Cost(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def ours(file: Path, folder: Path, *, scored: bool = False) -> Cost:
    for old in folder.glob("ours.db*"):
        old.unlink()
    return run("-m", "tests.bench.importing", "--score" if scored else "--import", str(file), str(folder / "ours.db"))


def everything(file: Path, folder: Path) -> Cost:
    return ours(file, folder, scored=True)


def theirs(file: Path, folder: Path) -> Cost:
    (folder / "theirs.db").unlink(missing_ok=True)
    command = ("-m", "sqlite_utils", "insert", str(folder / "theirs.db"), "posts", str(file))
    return run(*command, "--nl", "--pk", "native_id")


def compare(what: str, written: Sequence[str], rounds: int) -> None:
    """Print the table of one file."""
    count = len(written)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, half = folder / "posts.jsonl", folder / "half.jsonl"
        file.write_text("\n".join(written) + "\n", encoding="utf-8")
        half.write_text("\n".join(written[: count // 2]) + "\n", encoding="utf-8")
        rounds_of_costs = []
        for number in range(rounds):
            programs = (theirs, ours, everything)[:: -1 if number % 2 else 1]
            rounds_of_costs.append({program: program(file, folder) for program in programs})
        peak = rounds_of_costs[-1][ours].memory
        grown = peak - ours(half, folder).memory
    print(what)
    for clock in ("wall", "processor"):
        seconds = [{program: getattr(cost, clock) for program, cost in costs.items()} for costs in rounds_of_costs]
        print(f"{clock:9}  sqlite-utils   {_rates(count, [one[theirs] for one in seconds])}")
        for name, program in (("import", ours), ("everything on", everything)):
            ratios = [one[theirs] / one[program] for one in seconds]
            rates = _rates(count, [one[program] for one in seconds])
            print(f"{'':9}  {name:14} {rates}, {median(ratios):.2f}x ({min(ratios):.2f}-{max(ratios):.2f})")
    print(f"memory     {peak:.0f} MB; {grown:+.0f} MB against half of the file", flush=True)


def _rates(count: int, seconds: Sequence[float]) -> str:
    return f"{count / median(seconds):7,.0f} posts/s ({count / max(seconds):,.0f}-{count / min(seconds):,.0f})"


def main(arguments: list[str]) -> int:
    if arguments[:1] in (["--import"], ["--score"]):
        kind, file, store = arguments
        options = Namespace(files=[file], form=None, json=False)
        context = Context(store=store, config=os.devnull)
        return import_files(context, options, Scorer() if kind == "--score" else None)
    count, rounds = (int(given) for given in (*arguments, *("100000", "3")[len(arguments) :]))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, scorer {NAME}")
    for what, written in files(count):
        compare(what, written, rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
