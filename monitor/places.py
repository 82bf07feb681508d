"""Where files lie, as plain texts: the XDG base directories of the user, and what is shipped with the program.

`monitor.paths` gives the same as paths. `monitor snapshot` does without them, since `pathlib` takes as long to load as
half of its queries.

https://specifications.freedesktop.org/basedir-spec/latest/
"""

from __future__ import annotations

import os

APPLICATION = "discourse-monitor"


def base_directory(variable: str, default: str) -> str:
    """A base directory; a relative path in the environment is ignored, as the specification asks.

    Raises:
        RuntimeError: there is neither the variable nor a home folder.
    """
    value = os.environ.get(variable, "")
    if os.path.isabs(value):
        return value
    home = os.path.expanduser("~")
    if home == "~":
        raise RuntimeError(f"there is no home folder; set {variable}")
    return os.path.join(home, default)


def config_file() -> str:
    return os.path.join(base_directory("XDG_CONFIG_HOME", ".config"), APPLICATION, "config.toml")


def default_store() -> str:
    return os.path.join(base_directory("XDG_DATA_HOME", ".local/share"), APPLICATION, "monitor.db")


def cache_directory() -> str:
    """What can be made again: the demo's store, the compiled configuration."""
    return os.path.join(base_directory("XDG_CACHE_HOME", ".cache"), APPLICATION)


def shipped(name: str) -> str:
    """A folder that comes with the program (`themes`, `sample_data`), from the wheel or from a checkout."""
    package = os.path.dirname(os.path.abspath(__file__))
    installed = os.path.join(package, "_shipped", name)
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(package), name)
