"""Which beats a text belongs to, by the rules of the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from monitor.records import GENERAL, Beat, Beats, Rule
from monitor.text.terms import REGEX_REACH, Found, TermError, TermFinder, canonical, compile_regex, is_regex, lower

UMBRELLA = "umbrella"
"""What a `RuleError` names as its beat when a term of the umbrella rule is wrong."""

_FIELDS = ("any", "all", "none", "weak", "hints")
_REMEMBERED = 10_000

MOST_BY_WEAK_TERMS = 3
"""Weak terms put a text in no beat beyond so many; those that most of its words speak for come first."""


class RuleError(ValueError):
    """A term of a rule cannot be used."""

    def __init__(self, beat: str, term: str, reason: str) -> None:
        super().__init__(f"beat {beat!r}, term {term!r}: {reason}")
        self.beat = beat
        """Slug of the beat, or `UMBRELLA`."""
        self.term = term
        """As the rule has it."""
        self.reason = reason
        """Half a sentence for a person."""


class TermSpan(NamedTuple):
    """Where a term stands in a text, as half-open offsets into the text that was given."""

    start: int
    end: int
    term: str
    """As the rule has it."""


class BeatMatch(NamedTuple):
    """A beat that a text belongs to, and what in the text says so."""

    slug: str
    spans: tuple[TermSpan, ...]
    """By place, with the beat's own hints where these let its weak terms count; of General, those of the umbrella."""


class Match(NamedTuple):
    """The beats of one text with their reasons, in the order of the configuration."""

    beats: tuple[BeatMatch, ...]
    umbrella: tuple[TermSpan, ...]
    """What of the umbrella rule stands in the text, whether the rule matches or not."""

    @property
    def slugs(self) -> tuple[str, ...]:
        return tuple(beat.slug for beat in self.beats)


def hash_rules(beats: Beats | Sequence[Beat]) -> str:
    """A name for these rules: twelve hexadecimal digits that change when a rule does.

    Names, categories, the order of beats and of terms, and the spelling of a phrase's spaces and capitals do not count.

    Raises:
        RuleError: a term cannot be used.
    """
    import hashlib
    import json

    configured, umbrella = _configured(beats)
    rules = sorted((beat.slug, _canonical_rule(beat.slug, beat.rule)) for beat in configured)
    text = json.dumps([_canonical_rule(UMBRELLA, umbrella), rules], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _canonical_rule(slug: str, rule: Rule) -> list[list[str]]:
    # A rule without hints keeps the name that it had before rules had any.
    fields = _FIELDS if rule.hints else _FIELDS[:-1]
    return [sorted({_canonical_term(slug, term) for term in getattr(rule, field)}) for field in fields]


def _canonical_term(slug: str, term: str) -> str:
    try:
        return term if is_regex(term) else canonical(term)
    except TermError as error:
        raise RuleError(slug, term, str(error)) from error


def _configured(beats: Beats | Sequence[Beat]) -> tuple[tuple[Beat, ...], Rule]:
    return (beats.beats, beats.umbrella) if isinstance(beats, Beats) else (tuple(beats), Rule())


# What a text holds is one integer. Of each rule it has five bits, then follows one bit for each term of an `all`.
# A weak term that is itself a hint of the umbrella rule is told apart, for it cannot be its own hint.
_ANY, _NONE, _WEAK, _WEAK_HINT, _HINT = 1, 2, 4, 8, 16
_BITS_OF_A_RULE = 5


_NO_RULES: frozenset[int] = frozenset()
_HYPHENS = dict.fromkeys(map(ord, "-\u2010\u2011\u2012\u2013"), " ")


class _Decision(NamedTuple):
    """What follows from the bits of a text."""

    slugs: tuple[str, ...]
    """Also those that may be too many."""
    faint: tuple[tuple[str, int], ...]
    """Those that stand on weak terms alone, with the bits by which a term speaks for them."""
    doubtful: tuple[int, ...]
    """Numbers of rules that hold if a hint of their own and a weak term are not one and the same."""
    spoken_for: dict[str, tuple[str, ...]]
    """By term which of the faint it speaks for, as far as that was asked for."""


class BeatTagger:
    """Says which beats a text belongs to.

    The texts are expected in NFC, as `clean` leaves them. Tagging is a pure function of the rules and the text; slugs
    come in the order of the configuration. A text that only the umbrella rule matches is in General. Weak terms never
    count where there is no umbrella rule, for then it matches nothing.

    The weak terms of the umbrella rule are hints: with one of them in a text the weak terms of beats count, those aside
    that are the hint itself. Hints alone put a text in no beat, General neither.

    A beat can have hints of its own. One of them lets the weak terms of that beat alone count, but for those that it is
    a part of or that are a part of it. Where a term in `none` of the umbrella rule stands, no hint counts.
    """

    def __init__(self, beats: Beats | Sequence[Beat]) -> None:
        """
        Raises:
            RuleError: a term cannot be used.
        """
        configured, umbrella = _configured(beats)
        self.rules_hash = hash_rules(beats)
        """See `hash_rules`."""
        named = [(UMBRELLA, umbrella), *((beat.slug, beat.rule) for beat in configured if beat.slug != GENERAL)]
        _refuse_rule_of_general(configured)
        self._slugs = tuple(slug for slug, _ in named[1:])
        self._has_choice = [bool(rule.any or (rule.weak and slug != UMBRELLA)) for slug, rule in named]
        self._needed = [0] * len(named)
        self._written: list[dict[str, dict[str, str]]] = []
        self._effects: dict[str, int] = {}
        self._searches: dict[str, re.Pattern[str]] = {}
        self._next_bit = 1 << (_BITS_OF_A_RULE * len(named))
        self._hints = frozenset(_canonical_term(UMBRELLA, term) for term in umbrella.weak)
        for number, (slug, rule) in enumerate(named):
            self._add_rule(number, slug, rule)
        words = [term for term in self._effects if term not in self._searches]
        self._finder = TermFinder(words)
        self._effect_of_longest = {term: self._effect_at(term) for term in words}
        self._patterns = [(pattern, self._effects[term]) for term, pattern in self._searches.items()]
        faint = sum((_WEAK | _WEAK_HINT | _HINT) << (_BITS_OF_A_RULE * number) for number in range(1, len(named)))
        self._faint_searches = [item for item in self._searches.items() if self._effects[item[0]] & faint]
        self._decisions: dict[int | tuple[int, frozenset[int]], _Decision] = {}
        """By what a text holds, and by the rules whose own hints count, where there are any."""

    def tag(self, texts: Iterable[str]) -> list[tuple[str, ...]]:
        """The slugs of the beats of each text.

        Raises:
            TypeError: it is one text instead of a list of texts, and would be tagged letter by letter.
        """
        if isinstance(texts, str):
            raise TypeError("pass a list of texts: [text] for a single one")
        return [self._read(text)[0] for text in texts]

    def match(self, text: str) -> Match:
        """The beats of one text with the terms that led to them."""
        slugs, held, hinted = self._read(text)
        found = [*self._finder.find_at_once(text), *self._found_by_patterns(text)]
        umbrella = self._spans(0, found, ("any", "all", "weak"))
        beats = tuple(
            BeatMatch(
                slug, umbrella if slug == GENERAL else self._reasons(self._slugs.index(slug) + 1, held, found, hinted)
            )
            for slug in slugs
        )
        return Match(beats, umbrella)

    def _add_rule(self, number: int, slug: str, rule: Rule) -> None:
        written: dict[str, dict[str, str]] = {}
        for field in _FIELDS:
            terms = written[field] = {}
            for term in getattr(rule, field):
                form = _canonical_term(slug, term)
                if is_regex(term) and form not in self._searches:
                    self._searches[form] = _compiled(slug, term)
                if form not in terms:
                    terms[form] = term
                    self._effects[form] = self._effects.get(form, 0) | self._bit_of(number, field, form)
        self._written.append(written)

    def _bit_of(self, number: int, field: str, form: str) -> int:
        if field == "all":
            bit, self._next_bit = self._next_bit, self._next_bit << 1
            self._needed[number] |= bit
            return bit
        weak = _WEAK_HINT if number and form in self._hints else _WEAK
        return {"any": _ANY, "none": _NONE, "weak": weak, "hints": _HINT}[field] << (_BITS_OF_A_RULE * number)

    def _effect_at(self, longest: str) -> int:
        """What it means that this is the longest term at some place."""
        effect = 0
        for term in self._finder.terms_in(longest):
            effect |= self._effects[term]
        return effect

    def _read(self, text: str) -> tuple[tuple[str, ...], int, frozenset[int]]:
        """The slugs, what the text holds, and the numbers of the rules whose own hints let their weak terms count."""
        lowered = lower(text)
        found = self._finder.held_in(lowered)
        held = 0
        known = self._effect_of_longest
        for longest in found:
            held |= known.get(longest) or self._effect_at(longest)
        for pattern, effect in self._patterns:
            if held & effect != effect and _is_in(pattern, text):
                held |= effect
        decision = self._decisions.get(held) or self._decide(held)
        hinted = _NO_RULES
        if decision.doubtful:
            hinted = self._hinted(decision.doubtful, text, found)
            if hinted:
                decision = self._decisions.get((held, hinted)) or self._decide(held, hinted)
        if len(decision.slugs) <= MOST_BY_WEAK_TERMS:
            return decision.slugs, held, hinted
        return self._without_faintest(decision, lowered, self._terms_in(text, found)), held, hinted

    def _terms_in(self, text: str, found: Iterable[str]) -> set[str]:
        """The terms of a text, without the expressions that are neither weak nor a hint of a beat."""
        terms = {term for one in found for term in self._finder.terms_in(one)}
        terms.update(term for term, pattern in self._faint_searches if _is_in(pattern, text))
        return terms

    def _hinted(self, doubtful: Iterable[int], text: str, found: Iterable[str]) -> frozenset[int]:
        known = self._effect_of_longest
        effects = [(longest, known.get(longest) or self._effect_at(longest)) for longest in found]
        effects += [(term, self._effects[term]) for term, pattern in self._faint_searches if _is_in(pattern, text)]
        return frozenset(number for number in doubtful if _is_hinted(number, effects))

    def _without_faintest(self, decision: _Decision, lowered: str, terms: Iterable[str]) -> tuple[str, ...]:
        """The slugs without those that the fewest weak terms speak for, a shared one in parts, or the latest ones."""
        speaking: dict[str, list[str]] = {slug: [] for slug, _ in decision.faint}
        weights = dict.fromkeys(speaking, 0.0)
        known = decision.spoken_for
        for term in terms:
            slugs = known.get(term)
            if slugs is None:
                slugs = known[term] = self._spoken_for(term, decision.faint)
            for slug in slugs:
                speaking[slug].append(term)
                weights[slug] += 1 / len(slugs)
        room = max(0, MOST_BY_WEAK_TERMS - len(decision.slugs) + len(weights))
        ranked = sorted(weights, key=lambda slug: -round(weights[slug], 9))
        if room and _is_same(weights[ranked[room - 1]], weights[ranked[room]]):
            last = weights[ranked[room]]
            tied = [slug for slug in ranked if _is_same(weights[slug], last)]
            first = ranked.index(tied[0])
            spaced = _spaced(lowered)
            tied.sort(key=lambda slug: min(_place(spaced, term) for term in speaking[slug]))
            ranked[first : first + len(tied)] = tied
        gone = ranked[room:]
        return tuple(slug for slug in decision.slugs if slug not in gone)

    def _spoken_for(self, term: str, faint: Iterable[tuple[str, int]]) -> tuple[str, ...]:
        effect = self._effects[term]
        return tuple(slug for slug, bits in faint if effect & bits)

    def _decide(self, held: int, hinted: frozenset[int] = _NO_RULES) -> _Decision:
        """What follows from what a text holds if the own hints of these rules count."""
        if len(self._decisions) >= _REMEMBERED:
            self._decisions.clear()
        is_about = self._holds(0, held, weak=0)
        weak = self._weak_that_count(held)
        slugs, faint, doubtful = [], [], []
        for number, slug in enumerate(self._slugs, 1):
            bits = _WEAK | _WEAK_HINT if number in hinted else weak
            if self._holds(number, held, bits):
                slugs.append(slug)
                if not self._holds(number, held, weak=0):
                    faint.append((slug, bits << (_BITS_OF_A_RULE * number)))
            elif not (is_about or held & _NONE) and self._may_be_hinted(number, held):
                doubtful.append(number)
        if is_about and not slugs:
            slugs.append(GENERAL)
        decision = _Decision(tuple(slugs), tuple(faint), tuple(doubtful), {})
        self._decisions[(held, hinted) if hinted else held] = decision
        return decision

    def _may_be_hinted(self, number: int, held: int) -> bool:
        is_there = held >> (_BITS_OF_A_RULE * number) & _HINT
        return bool(is_there) and self._holds(number, held, _WEAK | _WEAK_HINT)

    def _holds(self, number: int, held: int, weak: int) -> bool:
        """Whether a rule matches a text in which weak terms of these bits count."""
        bits = held >> (_BITS_OF_A_RULE * number)
        needed = self._needed[number]
        if bits & _NONE or held & needed != needed:
            return False
        return bool(bits & (_ANY | weak)) if self._has_choice[number] else needed != 0

    def _weak_that_count(self, held: int) -> int:
        """The bits of the weak terms that count in a text."""
        if self._holds(0, held, weak=0):
            return _WEAK | _WEAK_HINT
        return _WEAK if held & _WEAK and not held & _NONE else 0

    def _found_by_patterns(self, text: str) -> list[Found]:
        return [
            Found(*place.span(), term)
            for term, pattern in self._searches.items()
            for place in pattern.finditer(text, 0, REGEX_REACH)
        ]

    def _reasons(self, number: int, held: int, found: Iterable[Found], hinted: frozenset[int]) -> tuple[TermSpan, ...]:
        if number in hinted:
            return self._spans(number, found, ("any", "all", "weak", "hints"))
        return self._spans(number, found, ("any", "all", "weak") if self._weak_that_count(held) else ("any", "all"))

    def _spans(self, number: int, found: Iterable[Found], fields: Iterable[str]) -> tuple[TermSpan, ...]:
        written = self._written[number]
        terms = {form: term for field in fields for form, term in written[field].items()}
        return tuple(sorted(TermSpan(start, end, terms[form]) for start, end, form in found if form in terms))


def _is_same(weight: float, other: float) -> bool:
    return abs(weight - other) < 1e-9


def _place(spaced: str, term: str) -> int:
    """Where a term first stands in a text without hyphens; an expression stands behind all words."""
    start = spaced.find(term)
    while start >= 0:
        around = spaced[max(0, start - 1) : start] + spaced[start + len(term) : start + len(term) + 1]
        if not any(character.isalnum() or character == "_" for character in around):
            return start
        start = spaced.find(term, start + 1)
    return len(spaced)


def _is_in(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.search(text, 0, REGEX_REACH) is not None


def _is_hinted(number: int, effects: Iterable[tuple[str, int]]) -> bool:
    """Whether a hint of a rule and a weak term of it are there, of which none is a part of the other."""
    shift = _BITS_OF_A_RULE * number
    hints = [term for term, effect in effects if effect >> shift & _HINT]
    weak = [term for term, effect in effects if effect >> shift & (_WEAK | _WEAK_HINT)]
    return any(not _is_part(hint, term) and not _is_part(term, hint) for hint in hints for term in weak)


@lru_cache(_REMEMBERED)
def _is_part(part: str, whole: str) -> bool:
    """Whether words of a text are among other words of it, or the same."""
    if part.isalnum() and part not in whole:
        return False
    return f" {_spaced(part)} " in f" {_spaced(whole)} "


def _spaced(lowered: str) -> str:
    apart = lowered.replace("-", " ") if lowered.isascii() else lowered.translate(_HYPHENS)
    return " ".join(apart.split())


def _compiled(slug: str, term: str) -> re.Pattern[str]:
    try:
        return compile_regex(term)
    except TermError as error:
        raise RuleError(slug, term, str(error)) from error


def _refuse_rule_of_general(configured: Iterable[Beat]) -> None:
    for beat in configured:
        if beat.slug == GENERAL:
            for term in (term for field in _FIELDS for term in getattr(beat.rule, field)):
                raise RuleError(GENERAL, term, "General has no rule of its own; it takes what no other beat matched")
