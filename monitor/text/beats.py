"""Which beats a text belongs to, by the rules of the configuration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from monitor.records import GENERAL, Beat, Beats, Rule
from monitor.text.terms import REGEX_REACH, Found, TermError, TermFinder, canonical, compile_regex, is_regex, lower

if TYPE_CHECKING:
    import re

UMBRELLA = "umbrella"
"""What a `RuleError` names as its beat when a term of the umbrella rule is wrong."""

_FIELDS = ("any", "all", "none", "weak")
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
    """By place; of General, those of the umbrella rule."""


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
    return [sorted({_canonical_term(slug, term) for term in getattr(rule, field)}) for field in _FIELDS]


def _canonical_term(slug: str, term: str) -> str:
    try:
        return term if is_regex(term) else canonical(term)
    except TermError as error:
        raise RuleError(slug, term, str(error)) from error


def _configured(beats: Beats | Sequence[Beat]) -> tuple[tuple[Beat, ...], Rule]:
    return (beats.beats, beats.umbrella) if isinstance(beats, Beats) else (tuple(beats), Rule())


# What a text holds is one integer. Of each rule it has four bits, then follows one bit for each term of an `all`.
# A weak term that is itself a hint of the umbrella rule is told apart, for it cannot be its own hint.
_ANY, _NONE, _WEAK, _WEAK_HINT = 1, 2, 4, 8
_BITS_OF_A_RULE = 4


class BeatTagger:
    """Says which beats a text belongs to.

    The texts are expected in NFC, as `clean` leaves them. Tagging is a pure function of the rules and the text; slugs
    come in the order of the configuration. A text that only the umbrella rule matches is in General. Weak terms never
    count where there is no umbrella rule, for then it matches nothing.

    The weak terms of the umbrella rule are hints: with one of them in a text the weak terms of beats count, those aside
    that are the hint itself. Hints alone put a text in no beat, General neither.
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
        self._slugs_of: dict[int, tuple[str, ...]] = {}

    def tag(self, texts: Iterable[str]) -> list[tuple[str, ...]]:
        """The slugs of the beats of each text."""
        return [self._slugs_of_text(text, self._held_in(text)) for text in texts]

    def match(self, text: str) -> Match:
        """The beats of one text with the terms that led to them."""
        held = self._held_in(text)
        found = [*self._finder.find(text), *self._found_by_patterns(text)]
        umbrella = self._spans(0, found, ("any", "all", "weak"))
        beats = tuple(
            BeatMatch(slug, umbrella if slug == GENERAL else self._reasons(self._slugs.index(slug) + 1, held, found))
            for slug in self._slugs_of_text(text, held)
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
        return {"any": _ANY, "none": _NONE, "weak": weak}[field] << (_BITS_OF_A_RULE * number)

    def _effect_at(self, longest: str) -> int:
        """What it means that this is the longest term at some place."""
        effect = 0
        for term in self._finder.terms_in(longest):
            effect |= self._effects[term]
        return effect

    def _held_in(self, text: str) -> int:
        held = 0
        known = self._effect_of_longest
        for longest in self._finder.longest(lower(text)):
            held |= known.get(longest) or self._effect_at(longest)
        for pattern, effect in self._patterns:
            if held & effect != effect and pattern.search(text, 0, REGEX_REACH):
                held |= effect
        return held

    def _slugs_of_text(self, text: str, held: int) -> tuple[str, ...]:
        slugs = self._slugs_for(held)
        return slugs if len(slugs) <= MOST_BY_WEAK_TERMS else self._without_faintest(slugs, text, held)

    def _without_faintest(self, slugs: tuple[str, ...], text: str, held: int) -> tuple[str, ...]:
        """The slugs without those that stand on the fewest different weak terms, or on the latest ones."""
        numbers = {self._slugs.index(slug) + 1: slug for slug in slugs}
        faint = [number for number in numbers if not self._holds(number, held, weak=0)]
        counting = self._weak_that_count(held)
        terms: dict[int, dict[str, int]] = {number: {} for number in faint}
        for place, term in enumerate(self._terms_in_order(text)):
            effect = self._effects[term]
            for number in faint:
                if effect >> (_BITS_OF_A_RULE * number) & counting:
                    terms[number].setdefault(term, place)
        faint.sort(key=lambda number: (-len(terms[number]), min(terms[number].values())))
        gone = {numbers[number] for number in faint[max(0, MOST_BY_WEAK_TERMS - len(slugs) + len(faint)) :]}
        return tuple(slug for slug in slugs if slug not in gone)

    def _terms_in_order(self, text: str) -> list[str]:
        longest = self._finder.longest(lower(text))
        found = [term for one in longest for term in self._finder.terms_in(one)]
        return found + [term for term, pattern in self._searches.items() if pattern.search(text, 0, REGEX_REACH)]

    def _slugs_for(self, held: int) -> tuple[str, ...]:
        slugs = self._slugs_of.get(held)
        if slugs is None:
            if len(self._slugs_of) >= _REMEMBERED:
                self._slugs_of.clear()
            slugs = self._slugs_of[held] = self._decide(held)
        return slugs

    def _decide(self, held: int) -> tuple[str, ...]:
        weak = self._weak_that_count(held)
        slugs = tuple(slug for number, slug in enumerate(self._slugs, 1) if self._holds(number, held, weak))
        return slugs or ((GENERAL,) if self._holds(0, held, weak=0) else ())

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

    def _reasons(self, number: int, held: int, found: Iterable[Found]) -> tuple[TermSpan, ...]:
        fields = ("any", "all", "weak") if self._weak_that_count(held) else ("any", "all")
        return self._spans(number, found, fields)

    def _spans(self, number: int, found: Iterable[Found], fields: Iterable[str]) -> tuple[TermSpan, ...]:
        written = self._written[number]
        terms = {form: term for field in fields for form, term in written[field].items()}
        return tuple(sorted(TermSpan(start, end, terms[form]) for start, end, form in found if form in terms))


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
