"""Engagement signals: an audience reacts far more than usual to no more posts than usual."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import sqrt
from typing import TYPE_CHECKING

from monitor.detecting.records import Evidence, rounded, span_tree
from monitor.detecting.subjects import Found
from monitor.detecting.worded import Present
from monitor.instants import DAY
from monitor.records import Signal
from monitor.signals.engagement import EngagementSignal, Reactions, engagement
from monitor.store.beat_days import BeatHour

if TYPE_CHECKING:
    from monitor.store.beat_posts import WordedPost

KIND = "engagement"

METHOD = (
    "likes, reposts, replies and quotes of the posts of 24 hours, as they stood at that moment, against the same at "
    "the same time of earlier days (docs/methods.md, Engagement)"
)

DAYS = 28
"""How many earlier days are looked at."""

CALM_RATIO = 1.5
MOST_POSTS = 10


def reading_of(posts: Sequence[WordedPost], beat_id: int, at: int) -> BeatHour:
    """What the audience has done with the posts of the 24 hours up to a moment."""
    reactions = [post.reactions for post in posts]
    return BeatHour(beat_id, at, len(posts), sum(reactions), round(sum(map(sqrt, reactions)), 3))


def moments_before(at: int) -> list[int]:
    """The same moment on earlier days, the latest first."""
    return [at - day * DAY for day in range(1, DAYS + 1)]


def engagement_findings(
    present: Present,
    reading: BeatHour,
    before: Sequence[BeatHour],
    name: str,
    sources: Mapping[int, str],
    common: Callable[[], Evidence],
) -> list[Found]:
    """Whether a beat's audience does far more than usual.

    Args:
        reading: of the present.
        before: readings at the same time of earlier days.
        name: of the beat.
        sources: slugs by number.
        common: what every working holds: gaps, marks.
    """
    top = max((post.reactions for post in present.posts), default=0)
    found = engagement(_reactions(reading), list(map(_reactions, before)), top)
    if found is None:
        return []
    evidence = partial(_evidence, found, present, before, sources, common)
    return [Found("", found.level, summary_of(name, found), evidence)]


def summary_of(name: str, found: EngagementSignal) -> str:
    """One line for people."""
    return (
        f"{name}: {found.reactions:,} reactions to the posts of 24 hours where about {found.usual_reactions:,.0f} are "
        f"usual, {found.ratio:.1f} times as many, to {found.posts:,} posts where {found.usual_posts:,.0f} are"
    )


def is_calm(reading: BeatHour, before: Sequence[BeatHour]) -> bool:
    """Whether what is felt is close to the middle of the days before."""
    felt = sorted(day.felt for day in before)
    return not felt or reading.felt < CALM_RATIO * felt[len(felt) // 2]


def _reactions(hour: BeatHour) -> Reactions:
    return Reactions(hour.reactions, hour.posts, hour.felt)


def _evidence(
    found: EngagementSignal,
    present: Present,
    before: Sequence[BeatHour],
    sources: Mapping[int, str],
    common: Callable[[], Evidence],
) -> Evidence:
    totals: dict[str, list[int]] = {}
    for post in present.posts:
        row = totals.setdefault(sources.get(post.source_id, str(post.source_id)), [0, 0])
        row[0] += post.reactions
        row[1] += 1
    told = [post for post in present.posts if post.words]
    ranked = sorted(told, key=lambda post: (-post.reactions, post.at, post.id))
    earlier = sorted(day.reactions for day in before)
    return {
        "n": found.posts,
        "reactions": found.reactions,
        "expected": rounded(found.usual_reactions, 1),
        "ratio": rounded(found.ratio, 2),
        "felt_ratio": rounded(found.felt_ratio, 2),
        "usual_posts": rounded(found.usual_posts, 1),
        "z": rounded(found.z, 2),
        "top_share": rounded(found.top_share, 3),
        "direction": "up",
        "same_time_before": {
            "days": len(earlier),
            "median": rounded(found.usual_reactions, 1),
            "low": earlier[0],
            "high": earlier[-1],
        },
        "window": span_tree(present.span),
        "baseline": span_tree((min(day.at for day in before) - DAY, max(day.at for day in before))),
        "baseline_days": found.days,
        "sources": [
            {"source": slug, "n": row[1], "usual": None, "part": rounded(row[0] / max(found.reactions, 1), 3)}
            for slug, row in sorted(totals.items(), key=lambda part: (-part[1][0], part[0]))
        ],
        "posts": [post.id for post in ranked[:MOST_POSTS]],
        "method": METHOD,
        **common(),
    }


def about_same(signal: Signal, found: Found) -> bool:
    """A beat has one audience."""
    return True
