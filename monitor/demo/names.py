"""The made-up organisations and models of the sample, as a configuration that knows their names."""

from __future__ import annotations

import tomllib

from monitor.config.entities import EntityChange
from monitor.demo import sample
from monitor.text.entities import read_entities


def sample_names() -> tuple[EntityChange, ...]:
    """What `[entities.*]` tables with these names would say."""
    with (sample.folder() / "names.toml").open("rb") as file:
        entities = read_entities(tomllib.load(file))
    return tuple(EntityChange(entity.slug, True, entity.kind, entity.names, (), ()) for entity in entities)
