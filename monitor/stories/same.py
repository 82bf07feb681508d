"""Whether two tellings are one story: the same address, or nearly the same words. The same subject is not enough."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from monitor.nouns.stories import Story, StoryCard
from monitor.stories import markup

ALIKE = 0.6
"""Share of the runs of three words of both that both must have (resemblance as of A. Broder, "On the resemblance and
containment of documents", 1997). Two accounts of one event by the same writer stay below a tenth."""
ALIKE_UNDER_ONE_TITLE = 0.3
"""The same where the titles are equal, which lets half of a story be rewritten. A title alone may recur every week."""

_WORD = re.compile(r"\w+")
_ENDING = re.compile(r"-[0-9a-f]{4}\Z")

Kept = TypeVar("Kept")
Words = tuple[str, ...]


class Telling(NamedTuple):
    """What a story is compared by."""

    slug: str
    url: str | None
    title: Words
    runs: frozenset[tuple[str, str, str]]
    """Of three words each."""


def words_of(text: str) -> Words:
    """The words of a text as they are compared, without marks and capitals."""
    return tuple(_WORD.findall(text.casefold()))


def telling(story: Story) -> Telling:
    """What a story is compared by."""
    words = words_of(markup.plain(story.body).text)
    return Telling(
        story.card.slug,
        story.card.url,
        words_of(story.card.title),
        frozenset(zip(words, words[1:], words[2:], strict=False)),
    )


def is_same(one: Telling, other: Telling) -> bool:
    """Whether two tellings are one story."""
    if one.slug == other.slug or (one.url is not None and one.url == other.url):
        return True
    needed = ALIKE_UNDER_ONE_TITLE if one.title and one.title == other.title else ALIKE
    return resemblance(one, other) >= needed


def resemblance(one: Telling, other: Telling) -> float:
    """Share of the runs of three words of either that both have; 0 where neither has one."""
    either = len(one.runs | other.runs)
    return len(one.runs & other.runs) / either if either else 0.0


def find_same(wanted: Telling, among: Iterable[tuple[Telling, Kept]]) -> Kept | None:
    """What goes with the telling that is the same story: one under the same slug or address before any other."""
    best: tuple[float, Kept] | None = None
    for known, kept in among:
        if not is_same(wanted, known):
            continue
        if wanted.slug == known.slug:
            return kept
        alike = 1.0 if wanted.url is not None and wanted.url == known.url else resemblance(wanted, known)
        if best is None or alike > best[0]:
            best = alike, kept
    return None if best is None else best[1]


def is_stub_of(stub: StoryCard, card: StoryCard) -> bool:
    """Whether a stub announces a story: the titles are equal, or the slugs but for the four digits of a real one."""
    if stub.slug in (card.slug, _ENDING.sub("", card.slug)):
        return True
    title = words_of(stub.title)
    return bool(title) and title == words_of(card.title)
