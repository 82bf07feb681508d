"""Where files lie: the XDG base directories of the user, and what is shipped with the program.

https://specifications.freedesktop.org/basedir-spec/latest/
"""

from __future__ import annotations

import os
from pathlib import Path

APPLICATION = "discourse-monitor"


def _base(variable: str, default: str) -> Path:
    """A base directory; a relative path in the environment is ignored, as the specification asks."""
    value = os.environ.get(variable, "")
    return Path(value) if Path(value).is_absolute() else Path.home() / default


def config_directory() -> Path:
    """Configuration and the user's own themes."""
    return _base("XDG_CONFIG_HOME", ".config") / APPLICATION


def config_file() -> Path:
    return config_directory() / "config.toml"


def data_directory() -> Path:
    """The store."""
    return _base("XDG_DATA_HOME", ".local/share") / APPLICATION


def default_store() -> Path:
    return data_directory() / "monitor.db"


def state_directory() -> Path:
    """What one person does (read, starred) and logs."""
    return _base("XDG_STATE_HOME", ".local/state") / APPLICATION


def cache_directory() -> Path:
    """What can be made again: the demo's store, the compiled configuration."""
    return _base("XDG_CACHE_HOME", ".cache") / APPLICATION


def shipped(name: str) -> Path:
    """A folder that comes with the program (`themes`, `sample_data`), from the wheel or from a checkout."""
    package = Path(__file__).parent
    installed = package / "_shipped" / name
    return installed if installed.is_dir() else package.parent / name
