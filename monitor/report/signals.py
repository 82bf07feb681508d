"""Signals as `monitor signals` lists them: one line each, then what it rests on."""

from __future__ import annotations

from monitor import glyphs
from monitor.evidence_words import working
from monitor.light_typing import TYPE_CHECKING
from monitor.nouns.sources import SOURCES
from monitor.report.columns import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.records import Signal

LEAST_WIDTH = 40

_LABELS = 10
_KINDS = len("divergence")
"""Cells of the longest kind."""


def signals_text(signals: Sequence[Signal], width: int, *, ascii: bool = False) -> str:  # noqa: A002
    """Each signal in a line of its own, and below it its working; an empty line between two."""
    width = max(width, LEAST_WIDTH)
    names = {source.slug: source.name for source in SOURCES}
    blocks = []
    for signal in signals:
        lines = wrap(signal.summary, width, first=f"{signal.level:<6}  {signal.kind:<{_KINDS}}  ", rest=" " * 20)
        for label, text in working(signal, names):
            lines += wrap(text, width, first=f"  {label:<{_LABELS}}")
        blocks.append("\n".join(lines))
    text = "\n\n".join(blocks) + "\n" if blocks else ""
    return glyphs.plain(text) if ascii else text
