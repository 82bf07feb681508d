"""What a draft is made of: the figures of a beat, what moved, and posts worth quoting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeGuard

from monitor.instants import DAY
from monitor.nouns.estimates import Shares
from monitor.nouns.kinds import Significance
from monitor.nouns.snapshots import Signal
from monitor.records import StoredPost
from monitor.store.evidence import CopiedText
from monitor.stories.evidence import GENERAL, Evidence, Figures, independent
from monitor.stories.figure_patterns import TERM
from monitor.text.entities import EntityFinder

WHOLE = "the whole field"
"""What General is called, whose stories are about all beats."""
LONGEST_QUOTE = 240
FEWEST_QUOTED_WORDS = 6
MOST_QUOTES = 3
ECHO = 10
"""Authors of one text from which on it is told."""
FEWEST_NAMING = 5
"""Texts that name an entity before it is said to be the one that comes up most."""
ALIKE = 0.5
"""Share of the words of two posts that both have, from which on one of them says enough."""
MEASURES = ("likes", "reposts", "replies")

_UNQUOTABLE = re.compile(r"[\"“”{}\[\]<>|…\n]|\.\.\.|https?://|www\.")
_LEVELS: tuple[Significance, ...] = ("low", "medium", "high")


class Subject(NamedTuple):
    """A phrase or an entity that a signal is about, and how many texts of the day have it."""

    signal: Signal
    words: str
    slug: str | None
    """Of an entity; None for a phrase."""
    texts: int


class Named(NamedTuple):
    """An entity, and how many texts of the day name it."""

    slug: str
    name: str
    texts: int


class Facts(NamedTuple):
    """All that a draft may say."""

    beat: str
    name: str
    category: str
    as_of: int
    now: Figures
    before: Figures | None
    """The same of the day before."""
    signals: tuple[Signal, ...]
    """Open ones, the most significant first."""
    quotes: tuple[StoredPost, ...]
    echo: CopiedText | None = None
    """The text that most authors posted, where they are more than a few."""
    subjects: tuple[Subject, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    """Slugs and names of the beats."""
    named: Named | None = None
    """The entity that most texts of the day name, where they are more than a few."""
    closed: tuple[Signal, ...] = ()
    """Signals that were open within the day and are open no more."""

    @property
    def moods_before(self) -> Shares | None:
        """The mood of the day before."""
        return self.before.shares if self.before else None


def open_signals(signals: Sequence[Signal], beat: str) -> tuple[Signal, ...]:
    """Those of a beat that are open, the most significant first."""
    own = [signal for signal in signals if signal.beat == beat and signal.closed_at is None]
    return tuple(sorted(own, key=lambda signal: -_LEVELS.index(signal.level)))


def closed_signals(signals: Sequence[Signal], beat: str) -> tuple[Signal, ...]:
    """Those of a beat that are open no more."""
    return tuple(signal for signal in signals if signal.beat == beat and signal.closed_at is not None)


def gather(
    evidence: Evidence,
    beat: str,
    category: str,
    signals: Sequence[Signal],
    entities: EntityFinder | None = None,
) -> Facts | None:
    """The facts about a beat at the moment of the evidence; None where nothing was collected.

    Args:
        signals: those that were open at some moment of the day.
        entities: without them nothing is said of signals about entities but that they are open.
    """
    figures = evidence.figures(beat, 24)
    if figures is None:
        return None
    own = open_signals(signals, beat)
    echo = next(iter(evidence.copied(beat, 24)), None)
    return Facts(
        beat,
        WHOLE if beat == GENERAL else figures.name,
        category,
        evidence.as_of,
        figures,
        evidence.figures(beat, 24, DAY),
        own,
        tuple(_quotable(evidence, beat, _behind(own), late_too=figures.is_late)),
        echo if echo is not None and echo.authors >= ECHO else None,
        tuple(_subjects(evidence, beat, own, entities)),
        tuple(evidence.names.items()),
        _most_named(evidence, beat, entities),
        closed_signals(signals, beat),
    )


def _most_named(evidence: Evidence, beat: str, entities: EntityFinder | None) -> Named | None:
    slug = None if entities is None else evidence.most_named(entities, beat, 24)
    named = None if slug is None or entities is None else _named(evidence, beat, slug, entities)
    return named if named is not None and named.texts >= FEWEST_NAMING else None


def _named(evidence: Evidence, beat: str, slug: str, entities: EntityFinder) -> Named | None:
    """An entity counted as the linter counts it; None where its name is none that the linter can read."""
    name = entities.entities[slug].name
    found = TERM.match(f" {name}")
    texts = evidence.texts_naming(slug, entities, beat, 24)
    if not texts or found is None or found["named"] != name or entities.verdict(slug, name) != "known":
        return None
    return Named(slug, name, texts)


def _subjects(
    evidence: Evidence, beat: str, signals: Sequence[Signal], entities: EntityFinder | None
) -> Iterator[Subject]:
    """What signals about phrases and entities are about, counted anew."""
    for signal in signals:
        subject = signal.evidence.get("subject")
        if not isinstance(subject, str) or not subject:
            continue
        if signal.kind == "phrase" and not _UNQUOTABLE.search(subject):
            texts = evidence.texts_saying(subject, beat, 24)
            if texts:
                yield Subject(signal, subject, None, texts)
        elif signal.kind == "entity" and entities is not None and subject in entities.entities:
            named = _named(evidence, beat, subject, entities)
            if named is not None:
                yield Subject(signal, named.name, subject, named.texts)


def _behind(signals: Sequence[Signal]) -> tuple[int, ...]:
    """Numbers of the posts that signals rest on, so far as their words are what the signal is about."""
    found: list[int] = []
    for signal in signals:
        posts = signal.evidence.get("posts")
        if signal.kind not in ("volume", "mood") and isinstance(posts, list):
            found += [each for each in posts if isinstance(each, int)]
    return tuple(dict.fromkeys(found))


def _quotable(evidence: Evidence, beat: str, first: Sequence[int], *, late_too: bool) -> Iterator[StoredPost]:
    """Posts of the last day that can be quoted whole, of different sources as far as there are some.

    Args:
        first: numbers of posts that come before others.
        late_too: whether what was collected after the moment counts.
    """
    known_at = evidence.now if late_too else evidence.as_of

    def is_recent(post: StoredPost | None) -> TypeGuard[StoredPost]:
        if post is None or post.deleted or not post.post.url or post.post.collected_at >= known_at:
            return False
        return evidence.as_of - DAY <= post.at < evidence.as_of

    told = list(filter(is_recent, map(evidence.post, first)))
    recent = filter(is_recent, evidence.in_mood(beat, (), None, 24))
    others = sorted((post for post in recent if post.id not in first), key=_engagement, reverse=True)
    fitting = [
        post for post in independent([*told, *others]) if _fits(post.post.text) and post.post.lang in (None, "en")
    ]
    chosen: list[StoredPost] = []
    for others_too in (False, True):
        for post in fitting:
            is_new = others_too or post.post.source not in {each.post.source for each in chosen}
            is_new = is_new and not any(post.post.url == each.post.url or _are_alike(post, each) for each in chosen)
            if is_new and len(chosen) < MOST_QUOTES and post not in chosen:
                chosen.append(post)
    return iter(chosen)


def _are_alike(one: StoredPost, other: StoredPost) -> bool:
    words, others = (set(each.post.text.casefold().split()) for each in (one, other))
    return len(words & others) >= ALIKE * min(len(words), len(others))


def _engagement(post: StoredPost) -> int:
    return sum(getattr(post.post.engagement, measure) or 0 for measure in MEASURES)


def _fits(text: str) -> bool:
    return len(text) <= LONGEST_QUOTE and len(text.split()) >= FEWEST_QUOTED_WORDS and not _UNQUOTABLE.search(text)
