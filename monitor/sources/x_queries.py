"""Queries for X, made from the rules of the beats: as few as fit into the limit, since each is asked on its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from monitor.records import Beat, Rule
from monitor.text.terms import TermError, canonical, is_regex

LONGEST_QUERY = 512
"""Characters of a query of the recent search without an enterprise contract."""
LONGEST_RULE = 1024
"""Characters of a rule of the filtered stream."""

_WORD = re.compile(r"\w+")
_HASHTAG = re.compile(r"#\w*[^\W\d]\w*")
_OPERATORS = {"or", "and", "not"}


def queries_of(beats: Iterable[Beat], longest: int, restriction: str) -> tuple[str, ...]:
    """The queries that find what may belong to the beats, each with a restriction that holds for all of it.

    Taken are the words, phrases and hashtags of `any` and `all`. What comes back is tagged like everything else, so a
    query may be wider than the rules. Regular expressions and weak terms are left out: X knows no expressions, and the
    weak terms ("robot") would cost far more than they find. A phrase that another one contains (`ai safety`,
    `ai safety institute`) stands for both.

    Args:
        beats: In whose order terms are packed, so that a query holds those of neighbouring beats.
        longest: Characters of a query.
        restriction: Such as `lang:en -is:retweet`; may be empty.
    """
    ending = f" {restriction}" if restriction else ""
    room = longest - len(ending) - len("()")
    groups: list[list[str]] = []
    left = 0
    for clause in _clauses(beats, room):
        needed = len(clause) + (len(" OR ") if left else 0)
        if not groups or needed > left:
            groups.append([])
            left, needed = room, len(clause)
        groups[-1].append(clause)
        left -= needed
    return tuple(f"({' OR '.join(group)}){ending}" for group in groups)


def _clauses(beats: Iterable[Beat], room: int) -> Iterator[str]:
    """What is joined by OR, each once: single terms, and for beats that need several at once a clause of its own."""
    plain: list[str] = []
    joined: list[str] = []
    for beat in beats:
        required = list(_terms(beat.rule.all))
        if required:
            joined += _joined(beat.rule, required, room)
        else:
            plain += _terms(beat.rule.any)
    clauses = [*map(_written, _without_contained(list(dict.fromkeys(plain)))), *joined]
    return (clause for clause in dict.fromkeys(clauses) if clause and len(clause) <= room)


def _terms(terms: Sequence[str]) -> Iterator[str]:
    """Those terms that X can search for, in their canonical form."""
    for term in terms:
        if is_regex(term):
            continue
        try:
            words = " ".join(canonical(term.replace('"', " ").replace("\\", " ")).split())
        except TermError:
            continue
        if any(character.isalnum() for character in words):
            yield words


def _without_contained(terms: Sequence[str]) -> Iterator[str]:
    """The terms without the phrases that hold another of them as whole words."""
    known = {tuple(term.split(" ")) for term in terms}
    for term in terms:
        words = term.split(" ")
        pieces = (
            tuple(words[start:end])
            for start in range(len(words))
            for end in range(start + 1, len(words) + 1)
            if end - start < len(words)
        )
        if not any(piece in known for piece in pieces):
            yield term


def _joined(rule: Rule, required: Sequence[str], room: int) -> Iterator[str]:
    """Clauses for a rule that needs each of some terms, as `((a OR b) "c d")`, split where one would be too long."""
    ending = " ".join(map(_written, required))
    if not rule.any and not rule.weak:
        yield f"({ending})"
        return
    chosen: list[str] = []
    for term in map(_written, _terms(rule.any)):
        if chosen and len(_clause([*chosen, term], ending)) > room:
            yield _clause(chosen, ending)
            chosen = []
        chosen.append(term)
    if chosen:
        yield _clause(chosen, ending)


def _clause(chosen: Sequence[str], ending: str) -> str:
    return f"(({' OR '.join(chosen)}) {ending})"


def _written(term: str) -> str:
    """A term as X wants it."""
    if _HASHTAG.fullmatch(term) or (_WORD.fullmatch(term) and term not in _OPERATORS):
        return term
    words = term.lstrip("#$")
    return f'"{words}"' if words else ""
