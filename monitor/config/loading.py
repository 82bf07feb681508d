"""Loading the configuration, quickly where nothing changed since the last time."""

from __future__ import annotations

from pathlib import Path

from monitor import paths
from monitor.config import cache
from monitor.config.values import Config, ConfigError, Problem


def load(path: Path | None = None) -> Config:
    """Read and check the configuration at a path; without one, at the default place, where it may be absent.

    Whether a source knows its options is not looked at here, but by `monitor.config.sources.check_sources`.

    Raises:
        ConfigError: the file cannot be read or has mistakes; all of them are in `.problems`.
    """
    file = paths.config_file() if path is None else path
    content = _read(file, required=path is not None)
    shipped_file = paths.shipped("sample_data") / "beats.toml"
    shipped = _read(shipped_file, required=True) or b""
    key = cache.Key(str(file), content, shipped)
    cached = cache.read(key)
    if cached is not None:
        return cached
    from monitor.config.building import build

    config = build(file, content, shipped_file, shipped)
    cache.write(key, config)
    return config


def _read(file: Path, *, required: bool) -> bytes | None:
    """The bytes of a file; None where it is absent and may be."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        if not required:
            return None
        message = "there is no such file"
    except IsADirectoryError:
        message = "this is a folder, not a file"
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
    raise ConfigError([Problem(str(file), None, "", message)])
