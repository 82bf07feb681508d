"""Shares of groups of labelled texts: error, cover and width of the intervals, with and without labels.

MONITOR_DATA_DIR=FOLDER python -m tests.bench.shares [TEXTS.tsv] [--scorer vader|table|unseen] [--also OTHER.tsv]
    [--labels N] [--mix 0.3,0.5,0.2] [--grid] [--groups N] [--later N]

The texts are cut into stretches, each a domain of its own. From a stretch 200 texts are drawn as the labelled ones and
groups of 25, 100 and 400 from the rest: by chance, and with mixes that differ from the stretch's by some 5, 9 and 20
points (standard deviation). The true shares are those of the group's labels. The scorer must not have learnt from the
texts: the table's figures on `train.tsv` flatter it, so `unseen` (with the extra `train`) teaches a table anew for
every sixth of the texts from the others, and from `--also`. `--mix` thins each stretch to a mix of negative, neutral
and positive; `--grid` counts the posts in the grid of the store. With `--later` the labelled texts are drawn from 1,000
in a row, and the group is the 400 in a row that begin so many texts after these: what happens when labels get old.
"""

from __future__ import annotations

import random
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from statistics import mean

from monitor.records import Label, Probabilities, Shares
from monitor.text.sentiment import scorer_named
from monitor.text.shares import LABELS, Calibration, shares_of_counts
from monitor.text.training import Texts
from tests.bench.sentiment import default_files, texts_of, unseen_scores

_STRETCH = 2_000
_SIZES = (25, 100, 400)
_DRIFTS = {"by chance": None, "5 points": 95.0, "9 points": 29.0, "20 points": 5.0}

Post = tuple[Probabilities, Label]


def counted(posts: Sequence[Post], *, grid: bool) -> dict[Probabilities, int]:
    """Posts counted by their probabilities, or as the store counts them."""
    from monitor.store.cells import cell_of, permille_of, probabilities_of

    counts: dict[Probabilities, int] = {}
    for probabilities, _ in posts:
        row = probabilities_of(cell_of(*permille_of(probabilities))) if grid else probabilities
        counts[row] = counts.get(row, 0) + 1
    return counts


def thinned(posts: Sequence[Post], mix: Sequence[float], chance: random.Random) -> list[Post]:
    """As many of the posts as can be had with this mix."""
    by_label = [[post for post in posts if post[1] == label] for label in LABELS]
    size = min(len(of_label) / part for of_label, part in zip(by_label, mix, strict=True))
    return [post for of, part in zip(by_label, mix, strict=True) for post in chance.sample(of, int(size * part))]


def scored(options: Namespace, data: Texts) -> list[Post]:
    """The posts as the chosen scorer sees them."""
    if options.scorer == "unseen":
        return list(unseen_scores(data, [texts_of(path) for path in options.also]))
    return list(zip(scorer_named(options.scorer).score(data.texts), data.labels, strict=True))


def group(posts: Sequence[Post], size: int, drift: float | None, chance: random.Random) -> list[Post]:
    """Some posts; where there is drift, of a mix drawn around theirs."""
    if drift is None:
        return chance.sample(posts, min(size, len(posts)))
    by_label = {label: [post for post in posts if post[1] == label] for label in LABELS}
    parts = [chance.gammavariate(max(0.1, drift * len(by_label[label]) / len(posts)), 1) for label in LABELS]
    return [chance.choice(by_label[label]) for label in chance.choices(LABELS, parts, k=size) if by_label[label]]


def outcome(shares: Shares, posts: Sequence[Post]) -> tuple[float, bool, float]:
    """Error of the positive share, whether its interval covers, and its width."""
    true = sum(label == "positive" for _, label in posts) / len(posts)
    if shares.positive is None or shares.positive_interval is None:
        raise ValueError("an empty group")
    low, high = shares.positive_interval
    return shares.positive - true, low <= true <= high, high - low


def later(posts: Sequence[Post], options: Namespace) -> None:
    """Print what becomes of groups that come after the labelled posts."""
    chance = random.Random(1)
    outcomes = []
    for start in range(0, len(posts) - 1_400 - options.later, 500):
        labelled = chance.sample(posts[start : start + 1_000], options.labels)
        of_rows = [next(iter(counted([post], grid=options.grid))) for post in labelled]
        calibration = Calibration(of_rows, [label for _, label in labelled])
        some = posts[start + 1_000 + options.later :][:400]
        outcomes.append(outcome(shares_of_counts(counted(some, grid=options.grid), calibration), some))
    print(f"  400 {options.later} later: {summary(outcomes)}, {len(outcomes)} groups")


def summary(outcomes: Sequence[tuple[float, bool, float]]) -> str:
    """Root mean square error, cover and mean width."""
    error = sqrt(mean(error * error for error, _, _ in outcomes))
    cover, width = mean(inside for _, inside, _ in outcomes), mean(width for _, _, width in outcomes)
    return f"{error:6.3f} {cover:6.1%} {width:6.3f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = ArgumentParser()
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--scorer", default="table")
    parser.add_argument("--also", type=Path, action="append", default=[])
    parser.add_argument("--labels", type=int, default=200)
    parser.add_argument("--mix", type=lambda text: [float(part) for part in text.split(",")])
    parser.add_argument("--grid", action="store_true")
    parser.add_argument("--groups", type=int, default=20, help="of each kind and stretch")
    parser.add_argument("--later", type=int)
    options = parser.parse_args(arguments)
    path = options.file or next((path for path in default_files() if path.name == "train.tsv"), None)
    if path is None:
        print("name a file or set MONITOR_DATA_DIR", file=sys.stderr)
        return 2
    posts = scored(options, texts_of(path))
    if options.later is not None:
        later(posts, options)
        return 0
    stretches = [posts[start : start + _STRETCH] for start in range(0, len(posts), _STRETCH)]
    stretches = [stretch for stretch in stretches if len(stretch) >= _STRETCH] or [posts]
    chance = random.Random(1)
    print("positive share: size of group, drift, labels: root mean square error, cover, mean width of 95 % intervals")
    for size in _SIZES:
        for name, drift in _DRIFTS.items():
            found: dict[int, list[tuple[float, bool, float]]] = {0: [], options.labels: []}
            for stretch in stretches:
                for _ in range(options.groups):
                    drawn = thinned(stretch, options.mix, chance) if options.mix else list(stretch)
                    chance.shuffle(drawn)
                    labelled, rest = drawn[: options.labels], drawn[options.labels :]
                    of_rows = [next(iter(counted([post], grid=options.grid))) for post in labelled]
                    calibration = Calibration(of_rows, [label for _, label in labelled])
                    some = group(rest, size, drift, chance)
                    cells = counted(some, grid=options.grid)
                    mistakes = "vader" if options.scorer == "vader" else "table"
                    found[0].append(outcome(shares_of_counts(cells, None, mistakes), some))
                    found[options.labels].append(outcome(shares_of_counts(cells, calibration), some))
            for labels, outcomes in found.items():
                print(f"{size:5} {name:10} {labels:4} labels: {summary(outcomes)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
