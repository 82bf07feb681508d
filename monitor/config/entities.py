"""The tables `[entities.SLUG]`: what the user adds to the gazetteer of names that is shipped, changes and drops."""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from monitor.config.checking import Reader
    from monitor.config.values import Config
    from monitor.text.entities import Entity

KEYS = ("kind", "names", "add", "remove", "enabled")


class EntityChange(NamedTuple):
    """What the configuration says about one entity; plain values, so that it can be kept compiled."""

    slug: str
    enabled: bool
    kind: str | None
    """None leaves that of the shipped one."""
    names: tuple[str, ...] | None
    """In place of the shipped ones; None leaves them."""
    add: tuple[str, ...]
    remove: tuple[str, ...]


def gazetteer(config: Config) -> tuple[Entity, ...]:
    """The entities in effect: the shipped ones, changed by what the configuration says."""
    from monitor.text.entities import shipped_entities

    return changed(shipped_entities(), config.entities)


def changed(shipped: Iterable[Entity], changes: Iterable[EntityChange]) -> tuple[Entity, ...]:
    """A gazetteer with some changes; what was checked by `read_entity_changes` leaves no entity without a name."""
    from typing import cast

    from monitor.text.entities import EXACT, Entity, Kind

    entities = {entity.slug: entity for entity in shipped}
    for change in changes:
        known = entities.get(change.slug)
        given = change.names if change.names is not None else known.names if known else ()
        names = tuple(dict.fromkeys([*(name for name in given if name not in change.remove), *change.add]))
        kind = change.kind or (known.kind if known else "organisation")
        if not (names and change.enabled):
            entities.pop(change.slug, None)
        else:
            entities[change.slug] = Entity(change.slug, names[0].removeprefix(EXACT), cast(Kind, kind), names)
    return tuple(entities.values())


def read_entity_changes(reader: Reader) -> tuple[EntityChange, ...]:
    """The changes that a document makes; what does not fit is noted."""
    table = reader.table(reader.document.tree, ("entities",))
    if not table:
        return ()
    from monitor.text.entities import shipped_entities

    shipped = {entity.slug: entity for entity in shipped_entities()}
    changes = [change for slug in table if (change := _read(reader, table, str(slug), shipped)) is not None]
    _refuse_shared_names(reader, changes, shipped)
    return tuple(changes)


def _read(reader: Reader, table: Mapping[str, Any], slug: str, shipped: Mapping[str, Entity]) -> EntityChange | None:
    from monitor.slugs import is_slug, suggestion
    from monitor.text.entities import KINDS

    path = ("entities", slug)
    if not is_slug(slug):
        reader.complain(path, "an entity's slug is lower-case letters, digits and single hyphens, such as ada-lovelace")
        return None
    entry = reader.table(table, path)
    reader.known(entry, path, KEYS)
    enabled = reader.value(entry, (*path, "enabled"), bool) is not False
    kind = reader.value(entry, (*path, "kind"), str)
    if kind is not None and kind not in KINDS:
        reader.complain((*path, "kind"), f"unknown kind{suggestion(kind, KINDS)}; there are: {', '.join(KINDS)}")
        kind = None
    names = reader.texts(entry, (*path, "names"), _refusal)
    add = reader.texts(entry, (*path, "add"), _refusal) or ()
    remove = reader.texts(entry, (*path, "remove"), _refusal) or ()
    known = shipped.get(slug)
    if known is None:
        _check_new(reader, entry, path, enabled, shipped)
    else:
        for index, name in enumerate(remove):
            if name not in known.names:
                reader.complain(
                    (*path, "remove", index), f'"{name}" is no name of {slug}{suggestion(name, known.names)}'
                )
    change = EntityChange(slug, enabled, kind, names, add, remove)
    if known is not None and enabled and not any(entity.slug == slug for entity in changed([known], [change])):
        reader.complain(path, "no name is left; `enabled = false` drops an entity")
    return change


def _check_new(
    reader: Reader, entry: Mapping[str, Any], path: tuple[str, ...], enabled: bool, shipped: Mapping[str, Entity]
) -> None:
    from monitor.slugs import suggestion
    from monitor.text.entities import KINDS

    near = suggestion(path[-1], shipped)
    if not enabled:
        reader.complain(path, f"no shipped entity of this slug to drop{near}")
        return
    for key in ("add", "remove"):
        if key in entry:
            reader.complain((*path, key), f"changes the names of a shipped entity, and this is none{near}")
            return
    if not entry.get("names"):
        reader.complain(path, f"a new entity needs names{near}")
    if "kind" not in entry:
        reader.complain(path, f"a new entity needs a kind: {', '.join(KINDS)}{near}")


def _refuse_shared_names(reader: Reader, changes: Iterable[EntityChange], shipped: Mapping[str, Entity]) -> None:
    """A name that two entities have would be found for one of them only."""
    owners: dict[str, str] = {}
    own = {change.slug: change for change in changes}
    for entity in changed(shipped.values(), own.values()):
        for name in entity.names:
            other = owners.setdefault(_form(name), entity.slug)
            if other == entity.slug or (entity.slug not in own and other not in own):
                continue
            mine, theirs = (entity.slug, other) if entity.slug in own else (other, entity.slug)
            key = next((key for key in ("names", "add") if name in (getattr(own[mine], key) or ())), None)
            path = ("entities", mine) if key is None else ("entities", mine, key)
            reader.complain(path, f'"{name}" is a name of {theirs} already')


def _form(name: str) -> str:
    """The form in which a name is told from others: as it is written, or in lower case."""
    from monitor.text.entities import EXACT
    from monitor.text.terms import TermError, canonical

    if name.startswith(EXACT):
        return name
    try:
        return canonical(name)
    except TermError:
        return name


def _refusal(name: str) -> str | None:
    """Why a name cannot be looked for."""
    from monitor.text.entities import EXACT
    from monitor.text.terms import TermError, canonical

    try:
        canonical(name.removeprefix(EXACT))
    except TermError as error:
        return str(error)
    return None
