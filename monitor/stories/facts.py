"""What a draft is made of: the figures of a beat, what moved, and posts worth quoting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitor.instants import DAY
from monitor.nouns.estimates import Shares
from monitor.nouns.kinds import Significance
from monitor.nouns.snapshots import Signal
from monitor.records import StoredPost
from monitor.stories.evidence import GENERAL, Evidence, Figures, independent

WHOLE = "The whole field"
"""What General is called, whose stories are about all beats."""
LONGEST_QUOTE = 240
FEWEST_QUOTED_WORDS = 6
MOST_QUOTES = 3
MEASURES = ("likes", "reposts", "replies")

_UNQUOTABLE = re.compile(r"[\"“”{}\[\]<>|…\n]|\.\.\.|https?://|www\.")
_LEVELS: tuple[Significance, ...] = ("low", "medium", "high")


class Facts(NamedTuple):
    """All that a draft may say."""

    beat: str
    name: str
    category: str
    as_of: int
    now: Figures
    moods_before: Shares | None
    signals: tuple[Signal, ...]
    """Open ones, the most significant first."""
    quotes: tuple[StoredPost, ...]


def gather(evidence: Evidence, beat: str, category: str, signals: Sequence[Signal]) -> Facts | None:
    """The facts about a beat at the moment of the evidence; None where nothing was collected."""
    figures = evidence.figures(beat, 24)
    if figures is None:
        return None
    before = evidence.figures(beat, 24, DAY)
    own = [signal for signal in signals if signal.beat == beat and signal.closed_at is None]
    return Facts(
        beat,
        WHOLE if beat == GENERAL else figures.name,
        category,
        evidence.as_of,
        figures,
        before.shares if before else None,
        tuple(sorted(own, key=lambda signal: -_LEVELS.index(signal.level))),
        tuple(_quotable(evidence, beat)),
    )


def _quotable(evidence: Evidence, beat: str) -> Iterator[StoredPost]:
    """Posts of the last day that can be quoted whole, of different sources as far as there are some."""
    since = evidence.as_of - DAY
    recent = [post for post in evidence.in_mood(beat, (), None, 24) if post.at >= since and post.post.url]
    ranked = independent(sorted(recent, key=_engagement, reverse=True))
    fitting = [post for post in ranked if _fits(post.post.text) and post.post.lang in (None, "en")]
    chosen: list[StoredPost] = []
    for others_too in (False, True):
        for post in fitting:
            is_new = others_too or post.post.source not in {each.post.source for each in chosen}
            if is_new and len(chosen) < MOST_QUOTES and post not in chosen:
                chosen.append(post)
    return iter(chosen)


def _engagement(post: StoredPost) -> int:
    return sum(getattr(post.post.engagement, measure) or 0 for measure in MEASURES)


def _fits(text: str) -> bool:
    return len(text) <= LONGEST_QUOTE and len(text.split()) >= FEWEST_QUOTED_WORDS and not _UNQUOTABLE.search(text)
