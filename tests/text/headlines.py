"""Headlines with the beat that an editor files them under, to judge the shipped rules by.

headlines.tsv holds our own, in the columns set, beat, title and dek (which may be missing). None of them is quoted. The
sets differ in how they were written:

| set | headlines |
|---|---|
| `plain` | as a wire service has them; two in five say it |
| `terse` | as a columnist has them, on events of 2024 to 2026; one in five says AI or a name of the field |
| `literal` | in the manner of the stories that `monitor stories` imports; three in four say it |
| `later` | like `literal`, written after the rules; 76 % were found before the rules took up words of them |
| `last` | with longer deks, written after that; two in five say it |
| `blind` | in four manners, by a hand that did not know the rules; all are to improve the rules by, none to judge by |

Every second headline of another set, from the first on, is one to improve the rules by. The others are to judge by,
though those of `plain`, `terse` and `literal` had been written by the hand that then wrote the rules.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from monitor.records import GENERAL
from monitor.stories import read

SETS = ("plain", "terse", "literal", "later", "last")
"""The sets of which every second headline is to judge by."""
SEEN = "blind"
SEEDS = "MONITOR_SEEDS_DIR"
"""The environment variable that names a folder with stories to import, which are real."""


class Headline(NamedTuple):
    beat: str
    title: str
    dek: str = ""

    @property
    def whole(self) -> str:
        return f"{self.title}\n{self.dek}" if self.dek else self.title


def own(chosen: str) -> list[Headline]:
    """Those of a set, in the order of the file."""
    rows = (line.split("\t") for line in (Path(__file__).parent / "headlines.tsv").read_text("utf-8").splitlines())
    return [Headline(*fields) for name, *fields in rows if name == chosen]


def real() -> list[Headline]:
    """Those of the stories in the folder of `SEEDS`, each once; none where it is not set."""
    return sorted(set(_real(Path(os.environ[SEEDS])))) if SEEDS in os.environ else []


def _real(folder: Path) -> Iterator[Headline]:
    for file in folder.glob("*.txt"):
        story = read(file.read_text("utf-8"))
        for card in (story.card, *story.related):
            if card.title and card.beat and card.beat != GENERAL:
                yield Headline(card.beat, card.title, card.dek or "")
