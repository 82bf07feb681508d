"""Bursts of copies: one text by many authors within a short time, the standard sign of coordination."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from monitor.instants import MINUTE


class Copy(NamedTuple):
    """One post of a cluster of copies."""

    post: int
    """Number of the post in the store."""
    cluster: int
    author: str
    """Told apart by source as well; a post without an author has a name of its own here."""
    source: str
    at: int


class Burst(NamedTuple):
    """One text by many authors within a short time."""

    cluster: int
    first: Copy
    """The earliest post of the burst."""
    last_at: int
    posts: int
    authors: int
    sources: tuple[tuple[str, int], ...]
    """How it spread: posts by source, most first."""
    fastest: int
    """The shortest time in milliseconds in which the required number of authors had posted it."""


def bursts(copies: Iterable[Copy], authors: int = 5, within: int = 10 * MINUTE) -> list[Burst]:
    """All bursts, the one with most authors first.

    A burst is a longest run of posts of one cluster in which every post lies in some span of `within` that holds
    posts by `authors` or more different authors.

    Args:
        copies: in any order.
        authors: how many different authors make a burst; at least two.
        within: milliseconds in which they have to post.

    Raises:
        ValueError: fewer than two authors are asked for, or no time.
    """
    if authors < 2 or within <= 0:
        raise ValueError(f"a burst needs two authors and some time: {authors} within {within} ms")
    clusters: dict[int, list[Copy]] = {}
    for copy in copies:
        clusters.setdefault(copy.cluster, []).append(copy)
    found = []
    for members in clusters.values():
        if len(members) >= authors:
            members.sort(key=lambda copy: (copy.at, copy.post))
            found += _of_cluster(members, authors, within)
    return sorted(found, key=lambda burst: (-burst.authors, burst.first.at, burst.cluster))


def _of_cluster(members: Sequence[Copy], authors: int, within: int) -> list[Burst]:
    """Slide a window over the posts and join the windows with enough authors that overlap."""
    present: Counter[str] = Counter()
    start = 0
    runs: list[list[int]] = []
    for end, copy in enumerate(members):
        present[copy.author] += 1
        while copy.at - members[start].at > within:
            _leave(present, members[start].author)
            start += 1
        if len(present) >= authors:
            if runs and start <= runs[-1][1]:
                runs[-1][1] = end
            else:
                runs.append([start, end])
    return [_burst(members[first : last + 1], authors) for first, last in runs]


def _leave(present: Counter[str], author: str) -> None:
    present[author] -= 1
    if not present[author]:
        del present[author]


def _burst(members: Sequence[Copy], authors: int) -> Burst:
    return Burst(
        cluster=members[0].cluster,
        first=members[0],
        last_at=members[-1].at,
        posts=len(members),
        authors=len({copy.author for copy in members}),
        sources=tuple(sorted(Counter(copy.source for copy in members).items(), key=lambda part: (-part[1], part[0]))),
        fastest=_fastest(members, authors),
    )


def _fastest(members: Sequence[Copy], authors: int) -> int:
    present: Counter[str] = Counter()
    start, shortest = 0, members[-1].at - members[0].at
    for copy in members:
        present[copy.author] += 1
        while len(present) >= authors:
            shortest = min(shortest, copy.at - members[start].at)
            _leave(present, members[start].author)
            start += 1
    return shortest
