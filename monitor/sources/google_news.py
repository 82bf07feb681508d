"""Google News searches as feeds, one for each beat, made from the beat's rule. Unofficial, without a key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from monitor.records import Beat, Rule

SITE = "https://news.google.com/"
SEARCH = f"{SITE}rss/search"
SPACING = 60.0
"""Seconds between two requests, below which Google is known to refuse."""
MOST_WORDS = 30
"""Words of a search; Google ignores what goes beyond 32."""


def search_of(rule: Rule) -> str | None:
    """The words to search for, from those terms of `any` that are words or phrases; None where there are none.

    What comes back is tagged like everything else, so the search may be wider than the rule, never exact.
    """
    terms: list[str] = []
    words = 0
    for term in plain_terms(rule.any):
        words += len(term.split())
        if words > MOST_WORDS:
            break
        terms.append(f'"{term}"')
    return " OR ".join(terms) or None


def address_of(beat: Beat) -> str | None:
    """The address of the feed of a beat's last day in English; None where its rule holds nothing to search for."""
    search = search_of(beat.rule)
    if search is None:
        return None
    query = {"q": f"{search} when:1d", "hl": "en-US", "gl": "US", "ceid": "US:en"}
    return f"{SEARCH}?{urlencode(query)}"


def plain_terms(terms: Sequence[str]) -> Iterator[str]:
    """Those terms of a rule that are words or phrases, as a search engine takes them between quotation marks."""
    for term in terms:
        words = " ".join(term.replace('"', " ").split())
        if words and not words.startswith(("#", "/")) and any(character.isalnum() for character in words):
            yield words.replace("*", "")
