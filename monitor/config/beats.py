"""The beats of a configuration: the shipped ones with the user's changes, additions and omissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.config.checking import Reader
from monitor.records import GENERAL, Beat, Beats, Rule
from monitor.slugs import is_slug, suggestion
from monitor.text.terms import TermError, canonical, compile_regex, is_regex

UMBRELLA_KEYS = ("any", "all", "none", "weak")
RULE_KEYS = (*UMBRELLA_KEYS, "hints")
OWN_CATEGORY = "Own"
"""The category of a user's beat that names none."""


def read_beats(reader: Reader, shipped: Beats | None) -> Beats:
    """The effective beats under a document: its `[beats]` and `[umbrella]` over the shipped ones.

    Without shipped beats the document is the shipped one itself. General is always there, and always last.
    """
    tree = reader.document.tree
    table = reader.table(tree, ("beats",))
    replace = shipped is None or _replaces(reader, table)
    base = {} if shipped is None else {beat.slug: beat for beat in shipped.beats}
    known = tuple(base)
    beats = {slug: beat for slug, beat in base.items() if not replace or slug == GENERAL}
    for slug in table:
        if slug == "replace" and not isinstance(table[slug], dict):
            continue
        path = ("beats", slug)
        if not is_slug(slug):
            reader.complain(path, "a beat's slug is lower-case letters, digits and single hyphens, such as ai-policy")
            continue
        entry = reader.table(table, path)
        reader.known(entry, path, ("name", "category", "enabled", *RULE_KEYS))
        if reader.value(entry, (*path, "enabled"), bool) is False:
            _drop(reader, beats, slug, known)
        else:
            beats[slug] = _read_beat(reader, entry, slug, base.get(slug), known)
    general = beats.pop(GENERAL, Beat(GENERAL, "General", "General", Rule()))
    umbrella = _read_umbrella(reader, shipped.umbrella if shipped else Rule())
    return Beats((*beats.values(), general), umbrella)


def _replaces(reader: Reader, table: Mapping[str, Any]) -> bool:
    if isinstance(table.get("replace"), dict):
        return False
    return bool(reader.value(table, ("beats", "replace"), bool))


def _drop(reader: Reader, beats: dict[str, Beat], slug: str, known: tuple[str, ...]) -> None:
    if slug == GENERAL:
        reader.complain(("beats", slug, "enabled"), "General holds what matches no other beat and cannot be dropped")
    elif slug not in known:
        reader.complain(("beats", slug), f"no shipped beat of this slug to drop{suggestion(slug, known)}")
    beats.pop(slug, None)


def _read_beat(
    reader: Reader, entry: Mapping[str, Any], slug: str, shipped: Beat | None, known: tuple[str, ...]
) -> Beat:
    path = ("beats", slug)
    name = reader.value(entry, (*path, "name"), str)
    category = reader.value(entry, (*path, "category"), str)
    base = shipped or Beat(slug, "", OWN_CATEGORY, Rule())
    rule = _read_rule(reader, entry, path, base.rule, RULE_KEYS)
    if slug == GENERAL:
        if any(key in entry for key in RULE_KEYS):
            reader.complain(path, "General has no rule of its own; it holds what only the umbrella rule matches")
    elif reader.document.complete:
        if shipped is None and "name" not in entry:
            reader.complain(path, f"a new beat needs a name{suggestion(slug, known)}")
        elif not (rule.any or rule.all or rule.weak) and not any(entry.get(key) for key in RULE_KEYS):
            reader.complain(path, "a beat needs at least one term in any, all or weak")
    for key, value in (("name", name), ("category", category)):
        if value is not None and not value.strip():
            reader.complain((*path, key), "must not be blank")
    return Beat(slug, name or base.name, category or base.category, rule)


def _read_umbrella(reader: Reader, shipped: Rule) -> Rule:
    entry = reader.table(reader.document.tree, ("umbrella",))
    reader.known(entry, ("umbrella",), UMBRELLA_KEYS)
    return _read_rule(reader, entry, ("umbrella",), shipped, UMBRELLA_KEYS)


def _read_rule(
    reader: Reader, entry: Mapping[str, Any], path: tuple[str, ...], base: Rule, keys: tuple[str, ...]
) -> Rule:
    """The terms that are given; a list that is not given stays as in the base."""
    given = {key: terms for key in keys if (terms := reader.texts(entry, (*path, key), _refusal)) is not None}
    return base._replace(**given)


def _refusal(term: str) -> str | None:
    """Why the tagger does not take a term."""
    try:
        if is_regex(term):
            compile_regex(term)
        else:
            canonical(term)
    except TermError as error:
        return str(error)
    return None
