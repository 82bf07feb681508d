"""Stores in which people talk: a beat of made-up texts of a made-up language, with a fixed seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from monitor.instants import DAY, HOUR, MINUTE, SECOND, parse
from monitor.records import AnalysedPost, Attempt, Engagement, Span
from tests.store.factories import analysed

END = parse("2026-11-20T12:00:00Z")
START = END - 12 * DAY
EVENT = END - 6 * HOUR

SOURCES = ("bluesky", "news", "x")
WORDS = [f"{first}{second}" for first in ("ba", "de", "fi", "go", "ku", "le", "mo") for second in (
    "lan", "mer", "nis", "por", "que", "rax", "sol", "tin", "vor", "zem")]  # fmt: skip

Twist = Callable[[AnalysedPost, Random], AnalysedPost]
"""What happens to a post of the event, as against an ordinary one."""


def talk(
    per_hour: int, *, beat: str = "open-models", first: int = 1, seed: int = 1, twist: Twist | None = None,
    span: Span = (START, END), event: Span = (EVENT, END),
) -> Iterator[AnalysedPost]:  # fmt: skip
    """Posts of a beat at an even rate; each a text and an author of its own, of one of three sources and any mood."""
    dice = Random(f"{beat} {seed}")
    number = first
    for hour in range(*span, HOUR):
        for _ in range(per_hour):
            at = hour + dice.randrange(60) * MINUTE
            words = " ".join(dice.choice(WORDS) for _ in range(12))
            post = analysed(
                number, source=dice.choice(SOURCES), text=words, at=at, collected_at=at + SECOND, beats=(beat,),
                author=f"a{number}", cluster=number, mood=dice.randrange(3),
                engagement=Engagement(int(3 * dice.paretovariate(1.5)), 0, 0, 0),
            )  # fmt: skip
            if twist is not None and event[0] <= at < event[1]:
                post = twist(post, dice)
            yield post
            number += 1


def saying(words: str, share: float) -> Twist:
    """A share of the posts says these words at its end."""

    def twist(post: AnalysedPost, dice: Random) -> AnalysedPost:
        if dice.random() >= share:
            return post
        return post._replace(post=post.post._replace(text=f"{post.post.text} {words}"))

    return twist


def collected(span: Span = (START, END)) -> list[Attempt]:
    """The ledger of all three sources, without a gap."""
    return [
        Attempt(source, "all", (hour, hour + HOUR), "ok", hour + HOUR - 1)
        for source in SOURCES
        for hour in range(*span, HOUR)
    ]
