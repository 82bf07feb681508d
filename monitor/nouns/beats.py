"""Beats: what is followed, and the rules that say what belongs to it."""

from __future__ import annotations

from monitor.light_typing import NamedTuple

GENERAL = "general"
"""The slug of the beat of posts that match the umbrella rule and no other beat."""


class Rule(NamedTuple):
    """When a text belongs to a beat: at least one of `any`, each of `all`, none of `none`.

    A term is a word or phrase (`open weights`), a hashtag (`#opensource`), or a regular expression between slashes
    (`/gpt-?\\d/`). A weak term (in `weak`) counts like one of `any`, but only in a text that the umbrella rule matches
    or that holds a hint, which is a weak term of the umbrella rule. A hint in `hints`
    is one for the weak terms of its own rule alone.
    """

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


class Beat(NamedTuple):
    """A topic that is followed."""

    slug: str
    name: str
    category: str
    rule: Rule


class Beats(NamedTuple):
    """All beats with the umbrella rule, which says whether a text is about the field at all."""

    beats: tuple[Beat, ...]
    """In the order of the configuration, General last."""
    umbrella: Rule
