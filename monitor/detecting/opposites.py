"""Divergence signals: two sources that tell a beat in opposite moods, and did less so in the days before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import zip_longest

from monitor.detecting.records import Evidence, rounded, span_tree
from monitor.detecting.subjects import Found
from monitor.detecting.worded import Past, Present
from monitor.records import SOURCES, Signal
from monitor.signals.divergence import Divergence, Net, divergences, net_sentiment, widened

KIND = "divergence"

_POSTS_OF_A_SIDE = 5

METHOD = (
    "net sentiment of each source with a 95 % interval, one vote for each cluster of copies in it, as the scorer says "
    "it; against the difference of the same two in the days before (docs/methods.md, Divergence)"
)

_NAMES = {source.slug: source.name for source in SOURCES}


def divergence_findings(
    present: Present, past: Past, name: str, sources: Mapping[int, str], common: Callable[[], Evidence]
) -> list[Found]:
    """Which sources tell a beat in opposite moods now.

    Args:
        name: of the beat.
        sources: slugs by number.
        common: what every working holds: gaps, marks.
    """
    before = past.moods()
    findings = []
    for found in divergences(present.moods):
        pair = found.positive.source, found.negative.source
        wider = widened(present.moods, before, *pair)
        if wider is None or not wider.clear:
            continue
        findings.append(
            Found(
                "+".join(sorted(pair)),
                found.level,
                summary_of(name, found),
                partial(_evidence, found, wider.before, wider.p, present, past, sources, common),
            )
        )
    return findings


def summary_of(name: str, found: Divergence) -> str:
    """One line for people."""
    return f"{name}: net mood {_told(found.positive)}, {_told(found.negative)}"


def _told(net: Net) -> str:
    half = round(50 * (net.high - net.low))
    points = round(100 * net.net)
    return (
        f"{_NAMES.get(net.source, net.source)} {'+' if points > 0 else '−'}{abs(points)} ±{half} of {net.votes} texts"
    )


def is_calm(present: Present, signal: Signal) -> bool:
    """Whether the two no longer lie on opposite sides of zero, or too few speak to tell."""
    nets = [
        net_sentiment(source, *present.moods.get(source, (0, 0, 0)))
        for source in str(signal.evidence.get("subject", "")).split("+")
    ]
    return len(nets) != 2 or nets[0].net * nets[1].net >= 0


def _evidence(
    found: Divergence,
    before: float,
    p_wider: float,
    present: Present,
    past: Past,
    sources: Mapping[int, str],
    common: Callable[[], Evidence],
) -> Evidence:
    sides = (found.positive, found.negative)
    slugs = [net.source for net in sides]
    return {
        "n": found.positive.votes + found.negative.votes,
        "nets": [
            {
                "source": net.source,
                "net": rounded(net.net),
                "ci95": [rounded(net.low), rounded(net.high)],
                "n": net.votes,
            }
            for net in sides
        ],
        "calibrated": False,
        "difference": rounded(found.difference),
        "expected": rounded(before),
        "ratio": None,
        "direction": "apart",
        "p": float(f"{found.p:.3g}"),
        "q": float(f"{found.q:.3g}"),
        "p_wider": float(f"{p_wider:.3g}"),
        "window": span_tree(present.span),
        "baseline": span_tree(past.span),
        "baseline_days": len(past.days),
        "sources": [{"source": slug, "n": present.moods[slug][2], "usual": None, "part": None} for slug in slugs],
        "posts": _telling(found, present, sources),
        "method": METHOD,
        **common(),
    }


def _telling(found: Divergence, present: Present, sources: Mapping[int, str]) -> list[int]:
    """Posts of each side that say so, in turns, the most engaged first, one a text."""
    chosen: list[list[int]] = []
    for net, label in ((found.positive, 1), (found.negative, -1)):
        of_source = (post for post in present.posts if sources.get(post.source_id) == net.source)
        fitting = [post for post in of_source if post.label == label and post.words]
        ranked = sorted(fitting, key=lambda post: (-post.reactions, post.at, post.id))
        chosen.append(list({post.unit: post.id for post in reversed(ranked)}.values())[::-1][:_POSTS_OF_A_SIDE])
    return [post for pair in zip_longest(*chosen) for post in pair if post is not None]
