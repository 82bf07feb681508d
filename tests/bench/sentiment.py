"""The sentiment scorers on labelled texts: recall, speed against VADER, size.

MONITOR_DATA_DIR=FOLDER python -m tests.bench.sentiment [TEXTS.tsv ...]

Without files those of FOLDER/sentiment are taken; a line is `label<TAB>text`. Recall on texts that weights were learnt
from says nothing: `train.tsv` taught the shipped table, `val.tsv` and other years did not. With the extra `train`,
`--unseen` teaches the table anew for every sixth of `train.tsv` from the others, which are of other times and topics,
and from `--also=FILE`, texts of another kind.
Speed is by processor time, the best of several rounds, VADER taking turns with the table; `cold` is a scorer that has
seen no text yet.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from monitor.records import Label, Probabilities
from monitor.text.scorers import NAMES
from monitor.text.sentiment import ShippedScorer, scorer_named, table_scorer
from monitor.text.sentiment_weights import write_weights
from monitor.text.shares import LABELS, label_of
from monitor.text.training import Texts, read_texts, train

_ROUNDS = 7
_TIMED = 12_000
_TIMED_VADER = 1_500


def texts_of(path: Path) -> Texts:
    """The labelled texts of a file."""
    return read_texts(path.read_text("utf-8").splitlines())


def default_files() -> list[Path]:
    """The files of the data folder; none where there is no such folder."""
    folder = os.environ.get("MONITOR_DATA_DIR")
    return sorted(Path(folder, "sentiment").glob("*.tsv")) if folder else []


def recall_line(scorer: ShippedScorer, data: Texts) -> tuple[str, list[float]]:
    """A line of the table, and the recall of each class."""
    given = [label_of(row) for row in scorer.score(data.texts)]
    recall = []
    for label in LABELS:
        called = [one for one, true in zip(given, data.labels, strict=True) if true == label]
        recall.append(called.count(label) / max(1, len(called)))
    parts = " ".join(f"{share:6.1%}" for share in recall)
    return f"{scorer.name:20} {parts}   mean {sum(recall) / 3:6.1%}   n {len(data.texts)}", recall


def speeds(texts: Sequence[str]) -> str:
    """Texts a second of both scorers, and how they compare."""
    best = dict.fromkeys(("vader", "table cold", "table warm"), 0.0)
    for _ in range(_ROUNDS):
        vader, table = scorer_named("vader"), scorer_named("table")
        vader.score(texts[:10])
        for name, scorer, some in (
            ("vader", vader, texts[:_TIMED_VADER]),
            ("table cold", table, texts[:_TIMED]),
            ("table warm", table, texts[:_TIMED]),
        ):
            start = time.process_time()
            scorer.score(some)
            best[name] = max(best[name], len(some) / (time.process_time() - start))
    figures = ", ".join(f"{name} {speed:,.0f}" for name, speed in best.items())
    return f"texts/s: {figures}; warm table to vader {best['table warm'] / best['vader']:.1f}"


def unseen_scores(data: Texts, also: Sequence[Texts] = (), parts: int = 6) -> Iterator[tuple[Probabilities, Label]]:
    """What tables, each of which learnt from all texts but a stretch of them, say of that stretch, and its labels."""
    for part in range(parts):
        start, stop = len(data.texts) * part // parts, len(data.texts) * (part + 1) // parts
        taught = Texts(data.texts[:start] + data.texts[stop:], data.labels[:start] + data.labels[stop:])
        scorer = table_scorer(write_weights(train(taught, {"name": "unseen"}, also=also)))
        yield from zip(scorer.score(data.texts[start:stop]), data.labels[start:stop], strict=True)


def unseen(data: Texts, also: Sequence[Texts] = ()) -> str:
    """Recall of tables on texts that they did not learn from."""
    given = [(label_of(row), true) for row, true in unseen_scores(data, also)]
    recall = [given.count((label, label)) / data.labels.count(label) for label in LABELS]
    return f"unseen stretches      {' '.join(f'{share:6.1%}' for share in recall)}   mean {sum(recall) / 3:6.1%}"


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    files = [Path(name) for name in arguments if not name.startswith("-")] or default_files()
    if not files:
        print("name files or set MONITOR_DATA_DIR", file=sys.stderr)
        return 2
    weights = Path(sys.modules["monitor.text.sentiment"].__file__ or "").parent / "data" / "sentiment.weights"
    print(f"{NAMES['table']}: {weights.stat().st_size / 1000:.0f} kB")
    for path in files:
        data = texts_of(path)
        print(f"{path.name}: negative, neutral, positive")
        for name in ("vader", "table"):
            print("  " + recall_line(scorer_named(name), data)[0])
        print("  " + speeds(data.texts))
    if "--unseen" in arguments:
        also = [texts_of(Path(given.partition("=")[2])) for given in arguments if given.startswith("--also=")]
        print(unseen(texts_of(next(path for path in files if path.name == "train.tsv")), also))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
