"""How a process of this program starts another one: the command line and the environment of its own modules."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def module_command(module: str, *arguments: str) -> list[str]:
    """The command line that runs a module of this package with the same Python."""
    # -P: a folder named monitor in the current directory is not taken for this program.
    return [sys.executable, "-P", "-m", module, *arguments]


def child_environment() -> dict[str, str]:
    """Our own, in which the child finds this package also where it runs from a checkout that is not installed."""
    root = Path(__file__).parents[1]
    if root.name in ("site-packages", "dist-packages"):
        return dict(os.environ)
    others = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(root), *([others] if others else [])])}
