"""The lease by which one process at a time fetches for a store.

It is a lock of the operating system on a file beside the store, held for the life of the process: the kernel frees it
however the process ends, so a killed holder leaves nothing behind. What the file says (who, since when) is only for
people; whether anybody holds the lease is always asked of the lock itself. The file is never removed, since a waiting
process may have it open.

On a network file system the lock reaches other machines only where the server does (NFS 4 and SMB do, many folders
that a program keeps in step do not); `Holder.host` then tells machines apart.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import NamedTuple

_PROBES = 40
_BETWEEN_PROBES = 0.005
_LOCKED_BYTE = 1 << 30
"""Windows forbids others to read locked bytes, so the one that is locked lies far behind the text."""


class LeaseError(Exception):
    """The lease file cannot be used. The message is one sentence for a person."""


class Holder(NamedTuple):
    """The process that fetches for a store now."""

    pid: int | None
    """None where the holder has not said who it is yet."""
    host: str
    since: int | None
    """When it took the lease."""
    command: str
    heartbeat: int
    """When it last showed that it is at work: the file's time of change."""

    def describe(self) -> str:
        """Who it is in half a sentence, such as `process 4711 on server (monitor fetch)`."""
        if self.pid is None:
            return "another process"
        return f"process {self.pid} on {self.host}" + (f" ({self.command})" if self.command else "")


def lease_path(store: Path) -> Path:
    """The lease file of a store. A store that is reached by several links has one lease."""
    store = store.resolve()
    return store.with_name(store.name + ".lease")


class Lease:
    """The right to fetch for a store. Not inherited by processes that the holder starts."""

    def __init__(self, store: Path) -> None:
        self.path = lease_path(store)
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def try_acquire(self, command: str = "") -> bool:
        """Take the lease if nobody has it; False, at once, if somebody has.

        Raises:
            LeaseError: the file cannot be made or locked.
        """
        if self._descriptor is not None:
            return True
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            for _ in range(_PROBES):
                descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
                if not _lock(descriptor, shared=False):
                    # Somebody who only asks holds a shared lock for an instant and must not pass for a holder.
                    only_asked = _lock(descriptor, shared=True)
                    os.close(descriptor)
                    if not only_asked:
                        return False
                    time.sleep(_BETWEEN_PROBES)
                elif not _is_still(self.path, descriptor):
                    os.close(descriptor)
                else:
                    self._descriptor = descriptor
                    _introduce(descriptor, command)
                    return True
        except OSError as error:
            self.release()
            raise LeaseError(f"cannot use the lease file {self.path}: {error.strerror or error}") from error
        return False

    def beat(self) -> None:
        """Show that the holder is at work. Touches the lease file only, never the store."""
        if self._descriptor is not None:
            os.utime(self._descriptor if os.utime in os.supports_fd else self.path)

    def release(self) -> None:
        """Give the lease back; does nothing where it is not held."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            try:
                os.ftruncate(descriptor, 0)
                _unlock(descriptor)
            finally:
                os.close(descriptor)


def holder(store: Path) -> Holder | None:
    """Who fetches for a store now; None where nobody does.

    Raises:
        LeaseError: the lease file exists and cannot be read.
    """
    path = lease_path(store)
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LeaseError(f"cannot read the lease file {path}: {error.strerror or error}") from error
    try:
        if _lock(descriptor, shared=True):
            _unlock(descriptor)
            return None
        heartbeat = os.fstat(descriptor).st_mtime_ns // 1_000_000
        return _read_holder(os.read(descriptor, 4096), heartbeat)
    finally:
        os.close(descriptor)


def _introduce(descriptor: int, command: str) -> None:
    about = {"pid": os.getpid(), "host": socket.gethostname(), "since": _now(), "command": command}
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, json.dumps(about).encode() + b"\n")


def _read_holder(content: bytes, heartbeat: int) -> Holder:
    try:
        about = json.loads(content)
        pid, since = int(about["pid"]), int(about["since"])
        host, command = _printable(str(about["host"])), _printable(str(about["command"]))
    except (ValueError, KeyError, TypeError):
        return Holder(None, "", None, "", heartbeat)
    return Holder(pid, host, since, command, heartbeat)


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether the locked file is the one at the path, and not one that was removed in between."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))  # noqa: PTH116
    except FileNotFoundError:
        return False


def _now() -> int:
    return time.time_ns() // 1_000_000


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, *, shared: bool) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
