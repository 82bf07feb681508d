"""Slugs, the short names that beats, sources and stories go by, and the suggestion of one that was nearly met."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST = 64
"""Characters of the longest slug."""

_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def is_slug(text: str) -> bool:
    """Whether a text is a slug: lower-case ASCII letters and digits in words that single hyphens join."""
    return 0 < len(text) <= LONGEST and all(word and _ALPHABET.issuperset(word) for word in text.split("-"))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant; None where nothing is near."""
    import difflib

    matches = difflib.get_close_matches(name.casefold(), sorted(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """A clause that ends a sentence about an unknown name: ` (did you mean "x"?)`, or nothing."""
    near = nearest(name, known)
    return f' (did you mean "{near}"?)' if near else ""
