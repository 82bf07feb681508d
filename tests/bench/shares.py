"""Shares of groups of labelled texts: error, cover and width of the intervals, with and without labels.

MONITOR_DATA_DIR=FOLDER python -m tests.bench.shares [TEXTS.tsv] [--scorer vader|table] [--groups N]

The texts are cut into stretches, each a domain of its own. From a stretch 200 texts are drawn as the labelled ones and
groups of 25, 100 and 400 from the rest: by chance, and with mixes that differ from the stretch's by some 4 and 9 points
(standard deviation). The true shares are those of the group's labels. The scorer should not have learnt from the texts:
the table's figures on `train.tsv` flatter it; those on another year do not.
"""

from __future__ import annotations

import random
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from statistics import mean

from monitor.records import Label, Probabilities, Shares
from monitor.text.sentiment import scorer_named
from monitor.text.shares import LABELS, Calibration, shares_of_counts
from tests.bench.sentiment import default_files, texts_of

_LABELLED = 200
_STRETCH = 4_000
_SIZES = (25, 100, 400)
_DRIFTS = {"by chance": None, "4 points": 150.0, "9 points": 30.0}

Post = tuple[Probabilities, Label]


def cells(posts: Sequence[Post]) -> dict[Probabilities, int]:
    """Posts counted as the store counts them."""
    from monitor.store.cells import cell_of, permille_of, probabilities_of

    counts: dict[Probabilities, int] = {}
    for probabilities, _ in posts:
        row = probabilities_of(cell_of(*permille_of(probabilities)))
        counts[row] = counts.get(row, 0) + 1
    return counts


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = ArgumentParser()
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--scorer", default="vader")
    parser.add_argument("--groups", type=int, default=20, help="of each kind and stretch")
    options = parser.parse_args(arguments)
    path = options.file or next((path for path in default_files() if path.name == "train.tsv"), None)
    if path is None:
        print("name a file or set MONITOR_DATA_DIR", file=sys.stderr)
        return 2
    data = texts_of(path)
    posts = list(zip(scorer_named(options.scorer).score(data.texts), data.labels, strict=True))
    stretches = [posts[start : start + _STRETCH] for start in range(0, len(posts), _STRETCH)]
    stretches = [stretch for stretch in stretches if len(stretch) >= _LABELLED + 2 * max(_SIZES)] or [posts]
    chance = random.Random(1)
    print("positive share: size of group, drift, labels: root mean square error, cover, mean width of 95 % intervals")
    for size in _SIZES:
        for name, drift in _DRIFTS.items():
            found: dict[int, list[tuple[float, bool, float]]] = {0: [], _LABELLED: []}
            for stretch in stretches:
                for _ in range(options.groups):
                    drawn = chance.sample(stretch, len(stretch))
                    labelled, rest = drawn[:_LABELLED], drawn[_LABELLED:]
                    of_rows = [next(iter(cells([post]))) for post in labelled]
                    calibration = Calibration(of_rows, [label for _, label in labelled])
                    some = group(rest, size, drift, chance)
                    found[0].append(outcome(shares_of_counts(cells(some)), some))
                    found[_LABELLED].append(outcome(shares_of_counts(cells(some), calibration), some))
            for labels, outcomes in found.items():
                error = sqrt(mean(error * error for error, _, _ in outcomes))
                cover, width = mean(inside for _, inside, _ in outcomes), mean(width for _, _, width in outcomes)
                print(f"{size:5} {name:10} {labels:4} labels: {error:6.3f} {cover:6.1%} {width:6.3f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
