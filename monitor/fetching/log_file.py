"""The log of the background fetcher: a file of the user's, kept small."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from monitor import paths

LARGEST = 1_000_000
"""Bytes after which a log begins anew; the one before is kept as `<name>.1`."""


def log_path(store: Path) -> Path:
    """The log of the fetcher that the app starts for a store: one file a store."""
    name = hashlib.sha256(os.fsencode(store.resolve())).hexdigest()[:8]
    return paths.state_directory() / f"fetch-{name}.log"


def open_log(path: Path) -> int:
    """A descriptor that appends to the log, readable by its owner only. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    rotate(path)
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def rotate(path: Path, largest: int = LARGEST) -> bool:
    """Begin the log anew if it has grown too large; says whether it did.

    The content is copied and the file cut, as the process that writes it keeps it open: appending goes on at its start.
    """
    try:
        if path.stat().st_size <= largest:
            return False
        shutil.copyfile(path, path.with_name(path.name + ".1"))
        path.with_name(path.name + ".1").chmod(0o600)
        os.truncate(path, 0)
    except OSError:
        return False
    return True
