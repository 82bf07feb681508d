"""Texts to be explained, one a line, and how a match with the beats' rules is told."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.text.beats import BeatTagger


def texts_of(argument: str | None) -> Iterator[str]:
    """The given text, or the lines of standard input, cleaned."""
    from monitor.text.clean import clean

    lines = [argument.encode("utf-8", "surrogateescape")] if argument is not None else sys.stdin.buffer
    for line in lines:
        yield clean(line.decode("utf-8", "replace")).strip()


def match_tree(tagger: BeatTagger, text: str) -> dict[str, Any]:
    """The beats of a text with the spans that led to them."""
    from monitor.text.language import detect

    match = tagger.match(text)
    beats = [{"slug": beat.slug, "spans": [list(span) for span in beat.spans]} for beat in match.beats]
    return {"text": text, "lang": detect(text), "beats": beats}


def match_lines(tree: Mapping[str, Any]) -> list[str]:
    """The same for a person: the text, then a line for each beat."""
    text = tree["text"]
    lines = [text.replace("\n", " ")]
    for beat in tree["beats"]:
        reasons = ", ".join(
            found if found.casefold() == term.casefold() else f"{found} (rule {term})"
            for start, end, term in beat["spans"]
            if (found := text[start:end].replace("\n", " "))
        )
        lines.append(f"  {beat['slug']}: {reasons}")
    if not tree["beats"]:
        lines.append("  no beat, and not the umbrella rule")
    return lines
