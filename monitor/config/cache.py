"""The compiled configuration in the cache folder, so that a start costs neither a TOML parser nor a hash.

The entry holds the very bytes that it was made from and is used only while they are equal; a checksum guards against a
damaged file, for `marshal` trusts what it reads. Whatever goes wrong here only costs time.
"""

import marshal
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from monitor import __version__, paths
from monitor.config.values import Config
from monitor.records import Beat, Beats, Rule
from monitor.sources.base import SourceSettings


class Key(NamedTuple):
    """All that a configuration depends on."""

    file: str
    content: bytes | None
    """Of the user's file; None where there is none."""
    shipped: bytes
    """Of the shipped beats."""


def read(key: Key) -> Config | None:
    """The configuration that was written under this key; None where there is none or it is damaged."""
    try:
        stored = _place(key).read_bytes()
        checksum, body = stored[:4], stored[4:]
        if crc32(body).to_bytes(4, "big") != checksum:
            return None
        stored_key, fields = marshal.loads(body)  # noqa: S302
        return _unpack(fields) if stored_key == (__version__, *key) else None
    except (OSError, ValueError, EOFError, TypeError):
        return None


def write(key: Key, config: Config) -> None:
    """Keep a configuration under a key; silent where it cannot be kept."""
    place = _place(key)
    beside = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        entry: Any = ((__version__, *key), _pack(config))
        body = marshal.dumps(entry)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(crc32(body).to_bytes(4, "big") + body)
        beside.replace(place)
    except (OSError, ValueError):
        with suppress(OSError):
            beside.unlink()


def _place(key: Key) -> Path:
    name = crc32(os.fsencode(key.file))
    return paths.cache_directory() / f"config-{name:08x}.{sys.implementation.cache_tag}.bin"


def _pack(config: Config) -> tuple[Any, ...]:
    """The configuration in plain values, which `marshal` can write."""
    beats = [(beat.slug, beat.name, beat.category, tuple(beat.rule)) for beat in config.beats.beats]
    sources = {slug: (settings.enabled, dict(settings.options)) for slug, settings in config.sources.items()}
    return tuple(
        config._replace(
            beats=(beats, tuple(config.beats.umbrella)),  # type: ignore[arg-type]
            sources=sources,  # type: ignore[arg-type]
            keymap=dict(config.keymap),
            store=config.store and str(config.store),  # type: ignore[arg-type]
            file=config.file and str(config.file),  # type: ignore[arg-type]
        )
    )


def _unpack(fields: tuple[Any, ...]) -> Config:
    packed = Config(*fields)
    rows: Any = packed.beats
    settings: Any = packed.sources
    beats = tuple(Beat(slug, name, category, Rule(*rule)) for slug, name, category, rule in rows[0])
    return packed._replace(
        beats=Beats(beats, Rule(*rows[1])),
        sources={slug: SourceSettings(*row) for slug, row in settings.items()},
        store=packed.store and Path(packed.store),
        file=packed.file and Path(packed.file),
    )
