"""Where files lie, as paths. What decides it stands in `monitor.places`."""

from __future__ import annotations

from pathlib import Path

from monitor import places


def config_directory() -> Path:
    """Configuration and the user's own themes."""
    return config_file().parent


def config_file() -> Path:
    return Path(places.config_file())


def data_directory() -> Path:
    """The store."""
    return default_store().parent


def default_store() -> Path:
    return Path(places.default_store())


def state_directory() -> Path:
    """What one person does (read, starred) and logs."""
    return Path(places.base_directory("XDG_STATE_HOME", ".local/state"), places.APPLICATION)


def cache_directory() -> Path:
    """What can be made again: the demo's store, the compiled configuration."""
    return Path(places.cache_directory())


def shipped(name: str) -> Path:
    """A folder that comes with the program (`themes`, `sample_data`), from the wheel or from a checkout."""
    return Path(places.shipped(name))
