"""Copy signals: one text by many authors within minutes, with who was first, how fast it spread and where."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from monitor.detecting.records import Evidence, opened, raised, rounded, span_tree
from monitor.instants import DAY, HOUR, MINUTE, SECOND, render
from monitor.records import GENERAL, RANKS, Signal, Significance
from monitor.signals.bursts import Burst, Copy, bursts

if TYPE_CHECKING:
    from monitor.store.signal_data import CopiedPost, SignalData

KIND = "copies"

METHOD = "posts of one text (copies with small edits count as one), by different authors (docs/methods.md, Copies)"

WITHIN = 10 * MINUTE
AUTHORS: tuple[tuple[int, Significance], ...] = ((40, "high"), (15, "medium"), (5, "low"))
"""How many authors within ten minutes make a burst, and how many of the whole burst raise it."""

SPAN = DAY
"""How far back copies are looked at."""

CALM = HOUR
"""A burst is over once nobody has posted the text for this long."""

MOST_POSTS = 10


class _Words(NamedTuple):
    beats: Mapping[int, str]
    """Slugs by number."""
    names: Mapping[str, str]
    """By slug of the beat."""
    sources: Mapping[int, str]
    """Slugs by number."""


def copy_signals(
    data: SignalData,
    until: int,
    known: Iterable[Signal],
    beats: Mapping[int, str],
    names: Mapping[str, str],
    sources: Mapping[int, str],
) -> list[Signal]:
    """The signals of bursts that came, grew or ended up to a moment.

    Args:
        known: copy signals in the store that were open within the last day.
        beats: slugs by number.
        sources: slugs by number.
    """
    posts = {post.id: post for post in data.copies((until - SPAN, until), AUTHORS[-1][0])}
    found = bursts(
        [
            Copy(post.id, post.cluster, str(post.author_key), sources.get(post.source_id, ""), post.at)
            for post in posts.values()
        ],
        AUTHORS[-1][0],
        WITHIN,
    )
    before = list(known)
    changed = []
    for burst in found:
        members = [post for post in posts.values() if _belongs(post, burst)]
        signal = _signal(burst, members, _known(before, burst), until, _Words(beats, names, sources))
        if signal is not None and signal not in before:
            changed.append(signal)
    return changed


def _belongs(post: CopiedPost, burst: Burst) -> bool:
    return post.cluster == burst.cluster and burst.first.at <= post.at <= burst.last_at


def _known(signals: Sequence[Signal], burst: Burst) -> Signal | None:
    """The signal that this burst has already; the first posts of a long one may have left the span."""
    for signal in signals:
        closed = signal.closed_at if signal.closed_at is not None else burst.last_at
        if signal.evidence.get("cluster") == burst.cluster and burst.first.at <= closed:
            return signal
    return None


def _signal(
    burst: Burst, members: Sequence[CopiedPost], before: Signal | None, until: int, words: _Words
) -> Signal | None:
    """The burst as a signal; None for posts of no beat."""
    slugs = _beats_of(members, words.beats)
    if not slugs:
        return None
    if before is not None and len(members) < int(str(before.evidence.get("n", 0))):
        # The first posts have left the span that was looked at.
        return before._replace(closed_at=_over(burst, until))
    beat = before.beat if before else min(slugs, key=lambda slug: (-slugs[slug], slug == GENERAL, slug))
    told = partial(_told, burst, beat, words)
    signal = before
    for level, place in _rises(members):
        at = _just_after(members[place])
        if signal is None:
            signal = opened(KIND, beat, level, at, *told(members[: place + 1], level))
        elif RANKS[level] > RANKS[signal.level]:
            signal = _grown(signal, *told(members[:place], signal.level))
            signal = raised(signal, level, at, *told(members[: place + 1], level))
    if signal is None:
        return None
    return _grown(signal, *told(members, signal.level))._replace(closed_at=_over(burst, until))


def _grown(signal: Signal, summary: str, evidence: Evidence) -> Signal:
    return signal._replace(summary=summary, evidence={**signal.evidence, **evidence})


def _beats_of(members: Iterable[CopiedPost], beats: Mapping[int, str]) -> Counter[str]:
    return Counter(slug for post in members for number in json.loads(post.beat_ids) if (slug := beats.get(number)))


def _over(burst: Burst, until: int) -> int | None:
    return burst.last_at + CALM if until - burst.last_at >= CALM else None


def _just_after(post: CopiedPost) -> int:
    """The first whole second after a post."""
    return post.at - post.at % SECOND + SECOND


def _rises(members: Sequence[CopiedPost]) -> list[tuple[Significance, int]]:
    """Which post brought the burst to which level: the first once enough authors posted within ten minutes."""
    found: list[tuple[Significance, int]] = []
    authors: set[int] = set()
    recent: list[CopiedPost] = []
    for place, post in enumerate(members):
        authors.add(post.author_key)
        recent = [*(other for other in recent if post.at - other.at <= WITHIN), post]
        if not found and len({other.author_key for other in recent}) < AUTHORS[-1][0]:
            continue
        level = next((level for least, level in AUTHORS if len(authors) >= least), AUTHORS[-1][1])
        if not found:
            found.append((AUTHORS[-1][1], place))
        elif RANKS[level] > RANKS[found[-1][0]]:
            found.append((level, place))
    return found


def _told(
    burst: Burst, beat: str, words: _Words, members: Sequence[CopiedPost], level: Significance
) -> tuple[str, Evidence]:
    """One line for people, and the working, of the burst as far as it had come."""
    authors = len({post.author_key for post in members})
    first, last = members[0], members[-1]
    minutes = max(1, -(-(last.at - first.at) // MINUTE))
    by_source = Counter(words.sources.get(post.source_id, str(post.source_id)) for post in members)
    name = words.names.get(beat, beat)
    summary = f"{name}: {authors} authors posted one text within {minutes} minutes, {len(members)} posts"
    return summary, {
        "n": len(members),
        "authors": authors,
        "expected": None,
        "ratio": None,
        "window": span_tree((first.at, last.at + 1)),
        "direction": "up",
        "cluster": burst.cluster,
        "first_post": first.id,
        "first_at": render(first.at),
        "fastest_seconds": burst.fastest // SECOND,
        "least_authors": next(least for least, each in AUTHORS if each == level),
        "within_minutes": WITHIN // MINUTE,
        "beats": dict(sorted(_beats_of(members, words.beats).items())),
        "sources": [
            {"source": slug, "n": n, "usual": None, "part": rounded(n / len(members), 3)}
            for slug, n in sorted(by_source.items(), key=lambda part: (-part[1], part[0]))
        ],
        "posts": [post.id for post in members[:MOST_POSTS]],
        "method": METHOD,
    }
