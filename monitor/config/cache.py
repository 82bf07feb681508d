"""The compiled configuration in the cache folder, so that a start costs neither a TOML parser nor a hash.

The entry holds the very bytes of the user's file and a hash of the shipped one, and is used only while they are equal;
a hash of all guards against a damaged file, for `marshal` trusts what it reads. Whatever goes wrong only costs time.
"""

from __future__ import annotations

import _imp
import marshal
import os
import sys
from collections.abc import Mapping

from monitor import __version__, places
from monitor.config.values import Config
from monitor.light_typing import TYPE_CHECKING, NamedTuple
from monitor.nouns.beats import Beat, Beats, Rule
from monitor.text.scorers import IN_USE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from monitor.config.entities import EntityChange
    from monitor.config.model import ModelSettings
    from monitor.sources.base import SourceSettings


_PROGRAM = (__version__, Config._fields, IN_USE)
"""What an entry depends on beside its key: a program that was updated in place may keep its version."""


class Key(NamedTuple):
    """All that a configuration depends on."""

    file: str
    content: bytes | None
    """Of the user's file; None where there is none."""
    shipped: bytes
    """Of the shipped beats."""


class _CachedSettings(Mapping[str, "SourceSettings"]):
    """The settings of the sources by slug, made when one is asked for: most commands do without, and what knows
    sources loads much."""

    def __init__(self, rows: Mapping[str, tuple[bool, dict[str, object]]]) -> None:
        self._rows = rows

    def __getitem__(self, slug: str) -> SourceSettings:
        from monitor.sources.base import SourceSettings

        return SourceSettings(*self._rows[slug])

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def read(key: Key) -> Config | None:
    """The configuration that was written under this key; None where there is none or it is damaged."""
    try:
        with open(_place(key), "rb") as stream:
            stored = stream.read()
        told, body = stored[:8], stored[8:]
        if _hash(body) != told:
            return None
        stored_key, fields = marshal.loads(body)  # noqa: S302
        return _unpack(fields) if stored_key == _stored(key) else None
    except (OSError, ValueError, EOFError, TypeError):
        return None


def write(key: Key, config: Config) -> None:
    """Keep a configuration under a key; silent where it cannot be kept."""
    place = _place(key)
    beside = f"{place}.{os.getpid()}"
    try:
        entry: Any = (_stored(key), _pack(config))
        body = marshal.dumps(entry)
        os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(_hash(body) + body)
        os.replace(beside, place)
    except (OSError, ValueError):
        try:
            os.unlink(beside)
        except OSError:
            return


def _place(key: Key) -> str:
    name = _hash(os.fsencode(key.file)).hex()
    return os.path.join(places.cache_directory(), f"config-{name}.{sys.implementation.cache_tag}.bin")


def _stored(key: Key) -> tuple[object, ...]:
    """What an entry is known by."""
    return (*_PROGRAM, *key._replace(shipped=_hash(key.shipped)))


def _hash(content: bytes) -> bytes:
    """The eight bytes by which Python knows a source file again: quick, and nothing has to be loaded for it."""
    return _imp.source_hash(0, content)


def _pack(config: Config) -> tuple[Any, ...]:
    """The configuration in plain values, which `marshal` can write."""
    beats = [(beat.slug, beat.name, beat.category, tuple(beat.rule)) for beat in config.beats.beats]
    sources = {slug: (settings.enabled, dict(settings.options)) for slug, settings in config.sources.items()}
    return tuple(
        config._replace(
            beats=(beats, tuple(config.beats.umbrella)),  # type: ignore[arg-type]
            sources=sources,  # type: ignore[arg-type]
            keymap=dict(config.keymap),
            model=config.model and tuple(config.model),  # type: ignore[arg-type]
            entities=tuple(map(tuple, config.entities)),  # type: ignore[arg-type]
        )
    )


def _unpack(fields: tuple[Any, ...]) -> Config:
    packed = Config(*fields)
    rows: Any = packed.beats
    settings: Any = packed.sources
    beats = tuple(Beat(slug, name, category, Rule(*rule)) for slug, name, category, rule in rows[0])
    config = packed._replace(beats=Beats(beats, Rule(*rows[1])), sources=_CachedSettings(settings))
    if config.model is not None:
        config = config._replace(model=_model(config.model))
    return config._replace(entities=_entities(config.entities)) if config.entities else config


def _model(fields: Any) -> ModelSettings:
    from monitor.config.model import ModelSettings

    return ModelSettings(*fields)


def _entities(rows: Any) -> tuple[EntityChange, ...]:
    from monitor.config.entities import EntityChange

    return tuple(EntityChange(*row) for row in rows)
