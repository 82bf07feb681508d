"""Entity signals: one entity in most of a beat's posts, where it usually is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial

from monitor.detecting.records import Evidence, rounded, span_tree
from monitor.detecting.subjects import Found
from monitor.detecting.worded import Past, Present
from monitor.records import Signal
from monitor.signals.dominance import LEAST_SHARE, Dominance, dominating
from monitor.text.entities import Entity

KIND = "entity"

METHOD = (
    "votes that name the entity, one for each cluster of copies, of 24 hours against those of the whole days before "
    "(docs/methods.md, Entities)"
)

LEAST_AUTHORS = 10
CALM_SHARE = LEAST_SHARE - 0.1
MOST_POSTS = 10


def dominance_findings(
    present: Present,
    past: Past,
    name: str,
    entities: Mapping[str, Entity],
    sources: Mapping[int, str],
    common: Callable[[], Evidence],
) -> list[Found]:
    """Who dominates a beat and did not before.

    Args:
        name: of the beat.
        entities: by slug.
        sources: slugs by number.
        common: what every working holds: gaps, marks.
    """
    previous = {entity: past.entity(entity) for entity in present.entities}
    found = dominating(present.entities, len(present.votes), previous, past.votes)
    findings = []
    for each in found:
        authors = {vote.post.author for vote in present.votes if each.entity in vote.entities}
        if len(authors) < LEAST_AUTHORS:
            continue
        called = entities[each.entity].name if each.entity in entities else each.entity
        findings.append(
            Found(
                each.entity,
                each.level,
                summary_of(name, called, each),
                partial(_evidence, each, called, present, past, sources, common),
            )
        )
    return findings


def summary_of(name: str, called: str, found: Dominance) -> str:
    """One line for people."""
    return (
        f"{name}: {called} in {found.n} of {found.of} texts of 24 hours ({100 * found.share:.0f} %), "
        f"{100 * found.previous_share:.0f} % in the days before"
    )


def is_calm(present: Present, signal: Signal) -> bool:
    """Whether the entity is clearly in less than half of the texts again."""
    n = present.entities.get(str(signal.evidence.get("subject", "")), 0)
    return not present.votes or n < CALM_SHARE * len(present.votes)


def _evidence(
    found: Dominance,
    called: str,
    present: Present,
    past: Past,
    sources: Mapping[int, str],
    common: Callable[[], Evidence],
) -> Evidence:
    posts = [vote.post for vote in present.votes if found.entity in vote.entities]
    by_source = Counter(sources.get(post.source_id, str(post.source_id)) for post in posts)
    ranked = sorted(posts, key=lambda post: (-post.reactions, post.at, post.id))
    others = sorted(present.entities.items(), key=lambda part: (-part[1], part[0]))
    return {
        "entity": called,
        "n": found.n,
        "of": found.of,
        "previous_n": found.previous_n,
        "previous_of": found.previous_of,
        "share": rounded(found.share),
        "share_ci95": [rounded(found.share_low), rounded(found.share_high)],
        "expected": rounded(found.previous_share),
        "ratio": rounded(found.share / found.previous_share, 2) if found.previous_share else None,
        "direction": "up",
        "p": float(f"{found.p:.3g}"),
        "q": float(f"{found.q:.3g}"),
        "compared": len(present.entities),
        "by_day": [day.entities.get(found.entity, 0) for day in past.days],
        "others": [{"entity": slug, "n": n} for slug, n in others if slug != found.entity][:5],
        "window": span_tree(present.span),
        "baseline": span_tree(past.span),
        "baseline_days": len(past.days),
        "unique_texts": len(posts),
        "unique_authors": len({post.author for post in posts}),
        "sources": [
            {"source": slug, "n": n, "usual": None, "part": rounded(n / len(posts), 3)}
            for slug, n in sorted(by_source.items(), key=lambda part: (-part[1], part[0]))
        ],
        "posts": [post.id for post in ranked[:MOST_POSTS]],
        "method": METHOD,
        **common(),
    }
