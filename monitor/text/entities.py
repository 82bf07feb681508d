"""Named entities: the people, organisations, models, products and laws that a text names.

They are found by their names alone, from a gazetteer; a text that does not say a name does not mention the entity.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from monitor import places
from monitor.slugs import is_slug
from monitor.text.terms import TermError, TermFinder, canonical

EXACT = "="
"""Begins a name that is found only as it is written."""

Kind = Literal["person", "organisation", "model", "product", "law"]
KINDS: tuple[Kind, ...] = ("person", "organisation", "model", "product", "law")

Verdict = Literal["known", "other", "unknown"]
"""Whether words are a name of an entity, a name of another one, or no name that is known."""


class Entity(NamedTuple):
    """Somebody or something that texts name."""

    slug: str
    name: str
    """The one that is shown."""
    kind: Kind
    names: tuple[str, ...]
    """All of them; one that begins with `=` is found only as it is written."""


class Mention(NamedTuple):
    """An entity at one place of a text."""

    start: int
    end: int
    slug: str


class GazetteerError(ValueError):
    """A gazetteer cannot be used. The message names the table and the key."""


def shipped_entities() -> tuple[Entity, ...]:
    """The gazetteer that comes with the program."""
    with open(f"{places.shipped('sample_data')}/entities.toml", "rb") as file:  # noqa: PTH123
        return read_entities(tomllib.load(file))


def read_entities(tables: Mapping[str, Any], into: Iterable[Entity] = ()) -> tuple[Entity, ...]:
    """The entities of a gazetteer's tables, in place of those of the same slugs in another.

    Raises:
        GazetteerError: a table is of no kind, a slug is none, or a list holds no usable names.
    """
    entities = {entity.slug: entity for entity in into}
    for kind, table in tables.items():
        if kind not in KINDS or not isinstance(table, Mapping):
            raise GazetteerError(f"{kind}: there are the tables {', '.join(KINDS)}")
        for slug, names in table.items():
            entities[slug] = _entity(kind, slug, names)
    return tuple(entities.values())


def _entity(kind: Kind, slug: str, names: object) -> Entity:
    place = f"{kind}.{slug}"
    if not is_slug(slug):
        raise GazetteerError(f"{place}: a slug is lower-case letters, digits and single hyphens")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise GazetteerError(f"{place}: expected a list of names, the first of which is shown")
    for name in names:
        try:
            canonical(name.removeprefix(EXACT))
        except TermError as error:
            raise GazetteerError(f'{place}: the name "{name}" cannot be used: {error}') from error
    return Entity(slug, names[0].removeprefix(EXACT), kind, tuple(names))


class EntityFinder:
    """Finds the entities of a gazetteer in texts."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self.entities: Mapping[str, Entity] = {entity.slug: entity for entity in entities}
        self._slugs: dict[str, list[tuple[str, str | None]]] = {}
        """By name in its canonical form: slugs, each with the form that it has to have, if it has to."""
        for entity in self.entities.values():
            for name in entity.names:
                exact = name.removeprefix(EXACT) if name.startswith(EXACT) else None
                self._slugs.setdefault(canonical(name.removeprefix(EXACT)), []).append((entity.slug, exact))
        self._finder = TermFinder(self._slugs)

    def find(self, text: str) -> tuple[Mention, ...]:
        """The entities that a text names, by place; where names overlap, the one that begins first, then the longer."""
        found: list[Mention] = []
        for term in sorted(self._finder.find(text), key=lambda term: (term.start, -term.end)):
            if found and term.start < found[-1].end:
                continue
            slug = self._slug(term.term, text[term.start : term.end])
            if slug is not None:
                found.append(Mention(term.start, term.end, slug))
        return tuple(found)

    def _slug(self, name: str, words: str) -> str | None:
        fitting = (slug for slug, exact in self._slugs[name] if exact is None or exact == words)
        return next(fitting, None)

    def verdict(self, slug: str, label: str) -> Verdict:
        """Whether the words that are shown for an entity are one of its names.

        The words of the slug itself are a name of it, which serves for subjects that no gazetteer holds, such as
        `ethics`. Further words around a name do not matter ("Llama series" names Llama).
        """
        named = {mention.slug for mention in self.find(label)}
        if slug in named or _words(label) == _words(slug):
            return "known"
        if named:
            return "other"
        return "known" if f" {_words(slug)} " in f" {_words(label)} " else "unknown"


def _words(text: str) -> str:
    """Letters and digits in lower case, other runs of characters as one space."""
    return " ".join("".join(character if character.isalnum() else " " for character in text.casefold()).split())
