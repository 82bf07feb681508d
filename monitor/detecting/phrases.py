"""Phrase signals: what a beat's posts say far more often than in the week before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from monitor.detecting.records import Evidence, rounded, span_tree
from monitor.detecting.subjects import Found
from monitor.detecting.worded import Past, Present, Vote
from monitor.instants import render
from monitor.records import Signal
from monitor.signals.phrases import LEAST_POSTS, RisingPhrase, rising

KIND = "phrase"

METHOD = (
    "votes that hold the phrase, one for each cluster of copies, of 24 hours against those of the whole days before, "
    "with an allowance for drift; false discovery rate held over all phrases counted (docs/methods.md, Phrases)"
)

LEAST_AUTHORS = 5
LEAST_VOTES = 60
"""Of the beat within the window; with fewer a dozen posts are a fifth of it."""

CALM_RATIO = 1.5
MOST_POSTS = 10
_MOST_NAMED = 8
_ALIKE = 0.5
"""Phrases that share so much of the votes of the rarer one tell of the same."""

_AS_MANY = 0.8


class Group(NamedTuple):
    """Phrases that rose together, as they are said in the same posts."""

    lead: RisingPhrase
    phrases: tuple[RisingPhrase, ...]
    """The clearest first; the lead is among them."""
    votes: tuple[Vote, ...]
    """Those that hold the lead, oldest first."""


def rising_groups(present: Present, past: Past) -> list[Group]:
    """What rose, the clearest first; phrases of the same posts together."""
    of = len(present.votes)
    if of < LEAST_VOTES:
        return []
    often = {phrase: n for phrase, n in present.phrases.items() if n >= LEAST_POSTS}
    previous = {phrase: min(past.phrase(phrase), past.votes) for phrase in often}
    found = rising(often, of, previous, past.votes, len(present.phrases))
    groups: list[tuple[list[RisingPhrase], set[int]]] = []
    for phrase in found:
        posts = {vote.post.id for vote in present.votes if phrase.phrase in vote.phrases}
        for members, others in groups:
            if len(posts & others) >= _ALIKE * min(len(posts), len(others)):
                members.append(phrase)
                break
        else:
            groups.append(([phrase], posts))
    return [_group(members, present) for members, _ in groups]


def _group(members: Sequence[RisingPhrase], present: Present) -> Group:
    """The longest phrase that nearly all of the posts of the clearest one hold says best what it is about."""
    enough = [phrase for phrase in members if phrase.n >= _AS_MANY * members[0].n]
    lead = max(enough, key=lambda phrase: (phrase.phrase.count(" "), phrase.weight))
    votes = tuple(vote for vote in present.votes if lead.phrase in vote.phrases)
    return Group(lead, tuple(members), votes)


def phrase_findings(
    present: Present,
    past: Past,
    name: str,
    sources: Mapping[int, str],
    evidence: Callable[[], Evidence],
) -> list[Found]:
    """What of a beat is unusual now.

    Args:
        name: of the beat.
        sources: slugs by number.
        evidence: what every working holds: gaps, marks.
    """
    return [
        Found(
            group.lead.phrase,
            group.lead.level,
            summary_of(name, group.lead, at_most=None in past.phrase_by_day(group.lead.phrase)),
            partial(_evidence, group, present, past, sources, evidence),
        )
        for group in rising_groups(present, past)
        if len({vote.post.author for vote in group.votes}) >= LEAST_AUTHORS
    ]


def summary_of(name: str, found: RisingPhrase, *, at_most: bool) -> str:
    """One line for people; `at_most` where days with one vote or none count as one."""
    before = f"{'at most ' if at_most else ''}{100 * found.previous_share:.1f} %"
    share = f"{100 * found.share:.0f} %" if found.share >= 0.05 else f"{100 * found.share:.1f} %"
    return (
        f"{name}: “{found.phrase}” in {found.n} of {found.of} texts of 24 hours ({share}), {before} in the days before"
    )


def is_same(signal: Signal, found: Found) -> bool:
    """Whether one of the phrases of an open signal is what was found."""
    return found.subject == signal.evidence.get("subject") or found.subject in _named(signal)


def _named(signal: Signal) -> list[str]:
    rows = signal.evidence.get("phrases")
    return [str(row["phrase"]) for row in rows] if isinstance(rows, list) else []


def is_calm(present: Present, past: Past, signal: Signal) -> bool:
    """Whether the phrase is hardly more frequent than before, or rare."""
    phrase = str(signal.evidence.get("subject", ""))
    n, of = present.phrases.get(phrase, 0), len(present.votes)
    if n < LEAST_POSTS / 2 or not of:
        return True
    return bool(past.votes) and n / of < CALM_RATIO * past.phrase(phrase) / past.votes


def _evidence(
    group: Group, present: Present, past: Past, sources: Mapping[int, str], common: Callable[[], Evidence]
) -> Evidence:
    lead, posts = group.lead, [vote.post for vote in group.votes]
    units = {post.unit for post in posts}
    by_source = Counter(sources.get(post.source_id, str(post.source_id)) for post in posts)
    ranked = sorted(posts, key=lambda post: (-post.reactions, post.at, post.id))
    return {
        "n": lead.n,
        "of": lead.of,
        "previous_n": lead.previous_n,
        "previous_of": lead.previous_of,
        "share": rounded(lead.share),
        "expected": rounded(lead.previous_share),
        "ratio": rounded(lead.ratio, 2),
        "direction": "up",
        "p": float(f"{lead.p:.3g}"),
        "q": float(f"{lead.q:.3g}"),
        "compared": len(present.phrases),
        "phrases": [
            {
                "phrase": each.phrase,
                "n": each.n,
                "previous_n": each.previous_n,
                "at_most": None in past.phrase_by_day(each.phrase),
            }
            for each in [lead, *(other for other in group.phrases if other != lead)][:_MOST_NAMED]
        ],
        "at_most": None in past.phrase_by_day(lead.phrase),
        "by_day": past.phrase_by_day(lead.phrase),
        "window": span_tree(present.span),
        "baseline": span_tree(past.span),
        "baseline_days": len(past.days),
        "unique_texts": len(units),
        "unique_authors": len({post.author for post in posts}),
        "first_post": posts[0].id,
        "first_at": render(posts[0].at),
        "sources": [
            {"source": slug, "n": n, "usual": None, "part": rounded(n / len(posts), 3)}
            for slug, n in sorted(by_source.items(), key=lambda part: (-part[1], part[0]))
        ],
        "posts": [post.id for post in ranked[:MOST_POSTS]],
        "method": METHOD,
        **common(),
    }
