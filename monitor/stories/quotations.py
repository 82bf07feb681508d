"""Quotations: where a story quotes, and whether a post says what is quoted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from monitor.stories.sentences import Sentence, at
from monitor.stories.sources_named import sources_in

FEWEST_WORDS = 4
"""Fewer words between quotation marks are a term that is held at a distance rather than somebody's sentence."""
NEAR = 0.85
"""Share of the quoted words that a post has in the same order from which on the quotation is near-verbatim."""

_QUOTED = re.compile(r"“(?P<curly>[^“”]{1,2000})”|(?<![\w\"])\"(?P<straight>[^\s\"][^\"\n]{0,2000}?)\"(?!\w)")
_WORD = re.compile(r"[\w'’$%]+")
_LEFT_OUT = re.compile(r"…|\.\.\.|\[[^\]]{0,80}\]")
_PICTURE = re.compile(r"[^\w\s!-/:-@\[-`{-~‘’“”–—…]+")
"""What the search may take for a word of its own, such as an emoji, and a comparison of words passes over."""
_HANDLE = re.compile(r"(?<!\w)@([A-Za-z0-9_][\w.-]*\w)")
_NEGATIONS = "not no never none nor neither without nobody nothing isn't aren't don't doesn't didn't won't can't wasn't"
_WEIGHTY = frozenset(_NEGATIONS.split())
"""Words that turn a sentence round where one is added or lost."""


class Quotation(NamedTuple):
    """What stands between two quotation marks, which are part of its place."""

    start: int
    end: int
    words: str
    sources: tuple[str, ...]
    """Slugs of the sources that its sentence names before it, or the sentence before if that is what leads to it."""
    handle: str | None
    """Of the author, where its sentence names one before it."""
    sentence: int
    last_sentence: int
    """In which it ends."""
    is_claim: bool
    """Whether it is long enough to be somebody's words."""


class Match(NamedTuple):
    """How much of a quotation a text has."""

    share: float
    """Of its words, in the same order."""
    is_verbatim: bool
    differs: bool
    """Whether a negation or a number was added, lost or changed."""


def find_quotations(text: str, parts: Sequence[Sentence]) -> tuple[Quotation, ...]:
    """The quotations of a text, in order; a mark that is never closed begins none."""
    found = []
    for each in _QUOTED.finditer(text):
        words = each["curly"] or each["straight"] or ""
        number = at(each.start(), parts)
        lead = text[parts[number].start : each.start()]
        if not _WORD.search(lead) and number and parts[number].paragraph == parts[number - 1].paragraph:
            lead = parts[number - 1].text
        handles = _HANDLE.findall(lead)
        found.append(
            Quotation(
                each.start(),
                each.end(),
                words.strip(),
                sources_in(lead),
                handles[-1] if handles else None,
                number,
                at(each.end() - 1, parts),
                len(_WORD.findall(words)) >= FEWEST_WORDS,
            )
        )
    return tuple(found)


def words_in(text: str) -> list[str]:
    """The words of a text as they are compared: in lower case, with one kind of apostrophe."""
    return [word.casefold().replace("’", "'").strip("'") for word in _WORD.findall(text)]


def passages(quoted: str) -> list[list[str]]:
    """The words of a quotation in the runs between which something was left out."""
    return [words for part in _LEFT_OUT.split(quoted) if (words := words_in(part))]


def match(quoted: str, text: str) -> Match:
    """Hold a quotation against a text."""
    runs, words = passages(quoted), words_in(text)
    if _holds(runs, words):
        return Match(1.0, True, False)
    wanted = [word for run in runs for word in run]
    if not wanted:
        return Match(0.0, False, False)
    blocks = SequenceMatcher(None, words, wanted, autojunk=False).get_matching_blocks()
    same = [block for block in blocks if block.size]
    if not same:
        return Match(0.0, False, False)
    share = sum(block.size for block in same) / len(wanted)
    stretch = words[same[0].a : same[-1].a + same[-1].size]
    return Match(share, False, _weighty(stretch) != _weighty(wanted))


def _holds(runs: Sequence[Sequence[str]], words: Sequence[str]) -> bool:
    """Whether all runs stand in the words, one after the other."""
    line = f" {' '.join(words)} "
    place = 0
    for run in runs:
        found = line.find(f" {' '.join(run)} ", place)
        if found < 0:
            return False
        place = found + len(" ".join(run))
    return bool(runs)


def _weighty(words: Sequence[str]) -> list[str]:
    return sorted(word for word in words if word in _WEIGHTY or any(map(str.isdigit, word)))


def searches(quoted: str) -> tuple[str, str]:
    """Two searches for posts with a quotation: for all of it, and for any run of three of its words."""
    runs = [words for part in _PICTURE.split(quoted) for words in passages(part)]
    whole = " AND ".join(_phrase(run) for run in runs)
    threes = [run[place : place + 3] for run in runs for place in range(0, max(1, len(run) - 2), 2)]
    return whole, " OR ".join(_phrase(three) for three in threes[:40])


def _phrase(words: Sequence[str]) -> str:
    return '"' + " ".join(words).replace('"', "") + '"'
