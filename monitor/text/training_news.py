"""Makes texts to learn the sentiment table from of NewsMTSC, sentences of the news with the mood towards who is named.

    python -m monitor.text.training_news train.jsonl > news.tsv

The data: Felix Hamborg and Karsten Donnay 2021, "NewsMTSC: A Dataset for (Multi-)Target-dependent Sentiment
Classification in Political News Articles", MIT licence.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from monitor.records import Label
from monitor.text.training import Texts

_LABEL_OF_POLARITY: dict[float, Label] = {2.0: "negative", 4.0: "neutral", 6.0: "positive"}


def read_news(lines: Iterable[str]) -> Texts:
    """The sentences whose mood is the same towards all who are named in them.

    Raises:
        ValueError: a line is of another form, with its number.
    """
    texts: list[str] = []
    labels: list[Label] = []
    for number, line in enumerate(lines, 1):
        try:
            sentence = json.loads(line)
            text = str(sentence["sentence_normalized"])
            moods = {_LABEL_OF_POLARITY[target["polarity"]] for target in sentence["targets"]}
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"line {number}: not a sentence of NewsMTSC: {error!r}") from None
        if len(moods) == 1:
            texts.append(" ".join(text.split()))
            labels.append(moods.pop())
    return Texts(tuple(texts), tuple(labels))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the texts as lines of `label<TAB>text`."""
    files = sys.argv[1:] if arguments is None else arguments
    try:
        for file in files:
            news = read_news(Path(file).read_text("utf-8").splitlines())
            sys.stdout.writelines(f"{label}\t{text}\n" for label, text in zip(news.labels, news.texts, strict=True))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
