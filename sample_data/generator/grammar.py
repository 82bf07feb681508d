"""Sentences from the files in `grammar/`: one file a beat, `common.txt` for what fits everywhere.

A file is made of sections. `[fill]` gives each slot its fillings (`name = one | two | three`); every other section
holds one sentence a line. In a sentence, `{name}` takes a filling, `{name_cap}` the same with a capital letter,
`{name_bare}` without its article, and `[this|that]` one of the two. A filling that a text has used already is avoided.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from generator.dice import Dice

_SLOT = re.compile(r"\{([a-z0-9_]+)\}")
_ALTERNATIVES = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_HEADING = re.compile(r"\[([a-z ]+)\]")
_MANY = 40


class Grammar(NamedTuple):
    """What can be said about one beat, the common part included."""

    fill: Mapping[str, tuple[str, ...]]
    sentences: Mapping[str, tuple[str, ...]]
    tags: tuple[str, ...]
    foreign: tuple[tuple[str, str], ...]
    """Sentences in other languages, each with its BCP 47 tag."""

    def say(self, section: str, dice: Dice, used: set[str]) -> str:
        """A sentence of a section, filled in. `used` remembers the fillings of the text."""
        return self.expand(dice.pick(self.sentences[section]), dice, used)

    def expand(self, template: str, dice: Dice, used: set[str]) -> str:
        text = _ALTERNATIVES.sub(lambda found: dice.pick(found[1].split("|")), template)
        return _SLOT.sub(lambda found: self._filling(found[1], dice, used), text)

    def _filling(self, slot: str, dice: Dice, used: set[str]) -> str:
        name, _, form = slot.rpartition("_")
        if form not in ("cap", "bare", "b"):
            name, form = slot, ""
        for _ in range(_MANY):
            value = _number(name, dice) or dice.pick(self.fill[name])
            if value not in used:
                break
        used.add(value)
        text = self.expand(value, dice, used)
        if form == "cap":
            return text[0].upper() + text[1:]
        return re.sub(r"^(the|an?) ", "", text) if form == "bare" else text


def _number(name: str, dice: Dice) -> str | None:
    """Slots that are filled by numbers."""
    match name:
        case "small":
            return str(dice.between(2, 11))
        case "page":
            return str(dice.between(12, 480))
        case "count":
            return str(dice.between(13, 940))
        case "big":
            return f"{dice.between(11, 980) * 100:,}"
        case "hours":
            return str(dice.between(3, 48))
        case "pct":
            return f"{dice.between(4, 71)}%"
        case "money":
            return f"{dice.pick(('$', '€', '£'))}{dice.between(2, 640)} million"
        case "money_small":
            return f"{dice.pick(('$', '€'))}{dice.between(9, 900)}"
        case "params":
            return f"{dice.pick((3, 7, 8, 12, 22, 34, 70))}B parameters"
    return None


def read_grammars(folder: Path) -> dict[str, Grammar]:
    """The grammar of each beat, by its slug."""
    common = _read_sections(folder / "common.txt")
    found = {}
    for path in sorted(folder.glob("*.txt")):
        if path.stem != "common":
            found[path.stem] = _grammar(common, _read_sections(path))
    return found


def _grammar(common: Mapping[str, list[str]], own: Mapping[str, list[str]]) -> Grammar:
    fill = {}
    for line in (*common["fill"], *own["fill"]):
        name, _, values = line.partition(" = ")
        fill[name.strip()] = tuple(value.strip() for value in values.split(" | "))
    sentences = {
        name: tuple(lines) for name, lines in {**common, **own}.items() if name not in ("fill", "tags", "foreign")
    }
    foreign = tuple((line.split("\t")[0], line.split("\t")[1]) for line in own["foreign"])
    return Grammar(fill, sentences, tuple(own["tags"][0].split(" | ")), foreign)


def _read_sections(path: Path) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in path.read_text("utf-8").splitlines():
        heading = _HEADING.fullmatch(line)
        if heading:
            lines = sections.setdefault(heading[1], [])
        elif line.strip():
            lines.append(line)
    return sections
