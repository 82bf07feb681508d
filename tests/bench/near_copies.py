"""Near-copies on real tweets: how many edited copies are found, how quickly, and what is linked.

MONITOR_DATA_DIR=folder python -m tests.bench.near_copies [PAIRS]

The folder holds `sentiment/train.tsv` (label, tab, text). Of 40,000 texts, some of those of at least eight words are
edited in each of the ways below and clustered behind all 40,000. Speed is also that of texts that are one form with
other figures, which all share phrases. PAIRS linked pairs of the file are printed to be judged by eye: first those that
have the least in common, then as many drawn from the others.
"""

from __future__ import annotations

import os
import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from monitor.text.copies import cluster, fingerprint
from monitor.text.word_changes import tells_the_same
from monitor.text.wording import wording, words_of
from tests.bench.importing import filled_in

KNOWN = 40_000
EDITED = 2_000
FEWEST_WORDS = 8

Words = list[str]


def typo(word: str, chance: random.Random) -> str:
    """A word with one letter left out, put in or replaced, or with two exchanged."""
    place, letter = chance.randrange(len(word)), chance.choice("abcdefghijklmnopqrstuvwxyz")
    return chance.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + letter + word[place + 1 :],
            word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
        )
    )


class Editor:
    """Edits texts as people do."""

    def __init__(self, words: Words) -> None:
        self._chance = random.Random(5)
        self._words = words

    def tenth(self, words: Words) -> range:
        return range(max(1, len(words) // 10))

    def link(self, words: Words) -> Words:
        return [*words, "https://t.co/" + "".join(self._chance.choices("abcXYZ123", k=8))]

    def tags(self, words: Words) -> Words:
        return [*words, "#" + self._chance.choice(self._words), "#news", "#ai"]

    def mention(self, words: Words) -> Words:
        return ["@" + self._chance.choice(self._words), *words]

    def repost(self, words: Words) -> Words:
        return ["RT", "@someone:", *words]

    def emoji(self, words: Words) -> Words:
        return [*words, "🔥🔥"]

    def capitals(self, words: Words) -> Words:
        return [word.upper() for word in words]

    def typos(self, words: Words) -> Words:
        for _ in self.tenth(words):
            place = self._chance.randrange(len(words))
            words[place] = typo(words[place], self._chance) if words[place] else ""
        return words

    def replaced(self, words: Words) -> Words:
        for _ in self.tenth(words):
            words[self._chance.randrange(len(words))] = self._chance.choice(self._words)
        return words

    def left_out(self, words: Words) -> Words:
        for _ in self.tenth(words):
            del words[self._chance.randrange(len(words))]
        return words

    def put_in(self, words: Words) -> Words:
        for _ in self.tenth(words):
            words.insert(self._chance.randrange(len(words) + 1), self._chance.choice(self._words))
        return words

    def cut(self, words: Words) -> Words:
        return [*words[: -max(1, len(words) // 6)], "..."]


def recall(texts: list[str]) -> None:
    """Print the share of edited copies that are in the cluster of their text."""
    editor = Editor([word for text in texts[:5000] for word in text.split() if word.isalpha()])
    known = texts[:KNOWN]
    long = [number for number, text in enumerate(known) if len(text.split()) >= FEWEST_WORDS]
    chosen = random.Random(1).sample(long, EDITED)
    edits: tuple[Callable[[Words], Words], ...] = (
        editor.link,
        editor.tags,
        editor.mention,
        editor.repost,
        editor.emoji,
        editor.capitals,
        editor.typos,
        editor.replaced,
        editor.left_out,
        editor.put_in,
        editor.cut,
    )
    found = 0
    for edit in edits:
        numbers = cluster([*known, *(" ".join(edit(known[number].split())) for number in chosen)])
        hits = sum(numbers[KNOWN + place] == numbers[number] for place, number in enumerate(chosen))
        found += hits
        print(f"recall     {edit.__name__:10} {hits / EDITED:7.2%}")
    print(f"recall     {'all':10} {found / EDITED / len(edits):7.2%}")


def speed(texts: list[str]) -> None:
    """Print texts a second by processor time, the best of five rounds in turns."""
    word = re.compile(r"\w+")
    form = list(filled_in(len(texts), random.Random(11)))
    ways: dict[str, Callable[[], object]] = {
        "findall": lambda: [word.findall(text.lower()) for text in texts],
        "fingerprint": lambda: list(map(fingerprint, texts)),
        "cluster": lambda: cluster(texts),
        "of one form": lambda: cluster(form),
    }
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(5):
        for name, way in ways.items():
            started = time.process_time()
            way()
            best[name] = min(best[name], time.process_time() - started)
    for name, seconds in best.items():
        print(f"texts/s    {name:12} {len(texts) / seconds:9,.0f}")


def pairs(texts: list[str], count: int) -> None:
    """Print linked pairs that are not the same but for links, mentions, case and punctuation."""
    firsts: dict[int, int] = {}
    linked = []
    equal = 0
    for number, shared in enumerate(cluster(texts)):
        first = firsts.setdefault(shared, number)
        if first != number and fingerprint(texts[first]) != fingerprint(texts[number]):
            common = tells_the_same(words_of(wording(texts[first])), words_of(wording(texts[number])))
            linked.append((common, first, number))
        equal += first != number
    print(f"linked     {equal:,} of {len(texts):,}; {len(linked):,} of them are not equal")
    linked.sort()
    least, others = linked[:count], linked[count:]
    for common, first, number in least + random.Random(3).sample(others, min(count, len(others))):
        print(f"\n{common:.0%}\n{texts[first]}\n{texts[number]}")


def main(arguments: list[str]) -> int:
    folder = os.environ.get("MONITOR_DATA_DIR")
    if not folder:
        sys.exit("MONITOR_DATA_DIR is not set")
    lines = (Path(folder) / "sentiment" / "train.tsv").read_text("utf-8").splitlines()[1:]
    texts = [line.partition("\t")[2] for line in lines]
    recall(texts)
    speed(texts)
    pairs(texts, int(arguments[0]) if arguments else 0)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
