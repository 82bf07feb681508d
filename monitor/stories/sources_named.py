"""The sources that a text names: networks and sites on which people are said to have spoken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_NAMES = re.compile(
    r"(?P<x>(?<![\w-])(?:(?:[Oo]n|[Tt]o|[Ff]rom|[Aa]cross|[Oo]ver) X(?![\w&-])"
    r"|X(?='s\b|’s\b| posts?\b| users?\b| threads?\b| replies\b)|Twitter\b))"
    r"|(?P<bluesky>\bBluesky\b)"
    r"|(?P<reddit>\bReddit\b|(?<![\w/])r/\w+)"
    r"|(?P<hackernews>\bHacker News\b|\bHN\b)"
    r"|(?P<youtube>\bYouTube\b)"
    r"|(?P<arxiv>\barXiv\b|\bArXiv\b)"
    r"|(?P<mastodon>\bMastodon\b)"
    r"|(?P<news>\b(?:[Nn]ews (?:coverage|articles?|outlets?|stor(?:y|ies)|reports?|cycle)"
    r"|(?:[Oo]n|[Ff]rom) News|in the news)\b)"
)


class NamedSource(NamedTuple):
    """The first place at which a text names a source."""

    start: int
    end: int
    slug: str


def find_sources(text: str, quoted: Sequence[tuple[int, int]]) -> tuple[NamedSource, ...]:
    """Each source that a text names outside of quotations, at its first place."""
    found: dict[str, NamedSource] = {}
    for each in _NAMES.finditer(text):
        if not any(start < each.start() < end for start, end in quoted):
            slug = str(each.lastgroup)
            found.setdefault(slug, NamedSource(each.start(), each.end(), slug))
    return tuple(found.values())


def sources_in(text: str) -> tuple[str, ...]:
    """Slugs of the sources that a text names, without repetition."""
    return tuple(dict.fromkeys(str(each.lastgroup) for each in _NAMES.finditer(text)))
