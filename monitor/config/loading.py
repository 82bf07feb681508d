"""Loading the configuration, quickly where nothing changed since the last time."""

from __future__ import annotations

import os

from monitor import places
from monitor.config import cache
from monitor.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.config.values import Config


def load(path: os.PathLike[str] | str | None = None) -> Config:
    """Read and check the configuration at a path; without one, at the default place, where it may be absent.

    Whether a source knows its options is not looked at here, but by `monitor.config.sources.check_sources`.

    Raises:
        ConfigError: the file cannot be read or has mistakes; all of them are in `.problems`.
    """
    file = places.config_file() if path is None else os.fspath(path)
    content = _read(file, required=path is not None)
    shipped_file = os.path.join(places.shipped("sample_data"), "beats.toml")
    shipped = _read(shipped_file, required=True) or b""
    key = cache.Key(file, content, shipped)
    cached = cache.read(key)
    if cached is not None:
        return cached
    from monitor.config.building import build
    from monitor.config.secrets import holds_secret

    config = build(file, content, shipped_file, shipped)
    if not holds_secret(config.sources):
        cache.write(key, config)
    return config


def _read(file: str, *, required: bool) -> bytes | None:
    """The bytes of a file; None where it is absent and may be."""
    try:
        with open(file, "rb") as stream:
            return stream.read()
    except FileNotFoundError:
        if not required:
            return None
        message = "there is no such file"
    except IsADirectoryError:
        message = "this is a folder, not a file"
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
    from monitor.config.values import ConfigError, Problem

    raise ConfigError([Problem(file, None, "", message)])
