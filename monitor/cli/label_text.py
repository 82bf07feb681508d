"""How labelling looks: a post to be labelled, and what the labels say so far. Plain lines, at any width from 40 on."""

from __future__ import annotations

from typing import Any

from monitor.ingest import whole_text
from monitor.records import SOURCES, Label
from monitor.report.columns import Column, cells, table, wrap
from monitor.sitting import KEY_WORDS, Shown
from monitor.text.labelling import Findings, Proportion, lacking
from monitor.text.shares import LABELS

MOST_LINES = 24
"""Lines of a text; what is longer is cut, the mood shows before."""


def post_lines(shown: Shown, width: int, separator: str) -> list[str]:
    """A post as somebody is to judge it: what it says and where, and nothing of what the scorer thinks."""
    post = shown.post.post
    source = {source.slug: source.name for source in SOURCES}.get(post.source, post.source)
    lines = ["", *wrap(separator.join((f"{shown.number} of {shown.total}", source)), width), ""]
    text: list[str] = []
    for paragraph in whole_text(post).split("\n"):
        text += wrap(paragraph, width, first="  ")
    if len(text) > MOST_LINES:
        text = [*text[:MOST_LINES], "  (and more)"]
    return [*lines, *text, ""]


def key_line(width: int, separator: str, present: Label | None) -> str:
    """What the keys do; where the post has a label already, that too."""
    words = [f"{key} {word}" for key, word in KEY_WORDS.items()]
    known = f"now {present}: " if present else ""
    line = known + separator.join(words)
    return line if cells(line) < width else known + " ".join(KEY_WORDS)


def findings_lines(found: Findings, width: int, *, ascii: bool = False) -> list[str]:  # noqa: A002
    """Recall and precision of each class with their 95 % intervals, and what the labels are worth."""
    lines = table(
        [
            Column(f"{found.posts:,} labelled", LABELS, "left"),
            Column("recall", [_proportion(found.recall[label]) for label in LABELS], "left"),
            Column("precision", [_proportion(found.precision[label]) for label in LABELS], "left"),
        ],
        width,
        ascii=ascii,
    )
    if found.missing is not None:
        lines += wrap(lacking(found.missing), width)
    elif found.reach is not None:
        sign = "+-" if ascii else "±"
        reach = f"{sign}{100 * found.reach:.0f} points"
        lines += wrap(f"With these labels the net mood of 400 such posts is known to {reach}.", width)
    return lines


def _proportion(found: Proportion) -> str:
    if found.share is None:
        return "no post yet"
    return f"{100 * found.share:.0f} % ({100 * found.low:.0f}-{100 * found.high:.0f}) of {found.posts:,}"


def findings_tree(found: Findings) -> dict[str, Any]:
    """The same for other programs."""
    return {
        "labels": found.posts,
        "recall": {label: _proportion_tree(found.recall[label]) for label in LABELS},
        "precision": {label: _proportion_tree(found.precision[label]) for label in LABELS},
        "confusion": {given: dict(found.confusion[given]) for given in LABELS},
        "mean_recall": None if found.mean_recall is None else round(found.mean_recall, 4),
        "net_reach": None if found.reach is None else round(found.reach, 4),
        "corrects": found.missing is None,
        "missing": None if found.missing is None else {"posts": found.missing.posts, **dict(found.missing.classes)},
    }


def _proportion_tree(found: Proportion) -> dict[str, Any]:
    share = None if found.share is None else round(found.share, 4)
    return {"share": share, "ci95": [round(found.low, 4), round(found.high, 4)], "posts": found.posts}
