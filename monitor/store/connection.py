"""Opening the SQLite file, for the one who writes and for those who read."""

from __future__ import annotations

import os
import sqlite3

from monitor.light_typing import TYPE_CHECKING
from monitor.store.errors import StoreBusy, StoreDamaged, StoreError, StoreFull, StoreMissing, StoreTooNew

if TYPE_CHECKING:
    from types import TracebackType

SCHEMA_VERSION = 6
"""Kept in `PRAGMA user_version`, so that opening a current store needs no look at the migrations."""

APPLICATION_ID = 0x444D4F4E
"""Kept in `PRAGMA application_id`: the letters DMON."""

_BUSY_SECONDS = 30.0


class explained:  # noqa: N801
    """Turns SQLite's errors into a `StoreError` that names the file, or a ValueError where only a value is at fault.

    Used as a context: `with explained(path): ...`. A connection given as `closing` is closed where anything fails.
    """

    def __init__(self, path: os.PathLike[str] | str, *, closing: sqlite3.Connection | None = None) -> None:
        self._path = path
        self._closing = closing

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and self._closing is not None:
            self._closing.close()
        if isinstance(error, sqlite3.IntegrityError | sqlite3.DataError | sqlite3.InterfaceError):
            raise ValueError(f"{self._path}: a value does not fit into the store ({error})") from error
        if isinstance(error, sqlite3.Error):
            raise _explain(error, self._path) from error


def _explain(error: sqlite3.Error, path: os.PathLike[str] | str) -> StoreError:
    text = str(error)
    if "locked" in text or "busy" in text:
        return StoreBusy(f"{path}: another process is writing to the store; try again")
    if "full" in text or "readonly" in text or "disk I/O" in text:
        return StoreFull(f"{path}: cannot be written ({text}); check the free space and the permissions")
    if "unable to open" in text:
        return StoreMissing(f"{path}: cannot be opened; check that the folder exists and may be read")
    return StoreDamaged(f"{path}: not usable as a store ({text}); `monitor doctor` tells more")


def open_for_writing(path: os.PathLike[str] | str) -> sqlite3.Connection:
    """A connection in WAL mode that erases what it deletes. Transactions are begun by hand.

    Raises:
        StoreError: the file cannot be opened or was written by a later version.
    """
    with explained(path):
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            _refuse_foreign(connection, path)
            connection.execute("PRAGMA page_size = 8192")
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA cache_size = -32768")
            connection.execute("PRAGMA wal_autocheckpoint = 4000")
            connection.execute("PRAGMA temp_store = MEMORY")
        except BaseException:
            connection.close()
            raise
        return connection


def open_for_reading(path: os.PathLike[str] | str, *, in_passing: bool = False) -> sqlite3.Connection:
    """A read-only connection that holds no transaction between statements.

    Args:
        in_passing: for one look at each page, which then need not be kept.

    Raises:
        StoreMissing: there is no file.
        StoreDamaged: the file is not a store.
        StoreTooNew: a later version has written it.
    """
    if not os.path.exists(path):
        raise StoreMissing(f"{path}: there is no store yet")
    if os.path.isdir(path):
        raise StoreDamaged(f"{path}: this is a folder; name a file with --store")
    with explained(path):
        uri = "file:" + _quoted(os.path.abspath(path)) + "?mode=ro"
        connection = sqlite3.connect(uri, uri=True, timeout=5.0, isolation_level=None, check_same_thread=False)
        try:
            version = _readable_version(connection, path)
            if version == 0:
                raise StoreMissing(f"{path}: there is no store in this file yet")
            connection.execute("PRAGMA query_only = ON")
            if in_passing:
                # Memory that is new to the process costs more than reading the few pages again that are met twice.
                connection.execute("PRAGMA cache_size = -256")
        except BaseException:
            connection.close()
            raise
        return connection


def _readable_version(connection: sqlite3.Connection, path: os.PathLike[str] | str) -> int:
    """SQLite needs to lock the log even to read it, so an account that may not write depends on a running fetcher."""
    try:
        return _refuse_foreign(connection, path)
    except sqlite3.OperationalError as error:
        if "readonly" in str(error) or "unable to open" in str(error):
            raise StoreError(
                f"{path}: cannot be read by this account while no fetcher runs; "
                "start `monitor fetch` on the account that owns the store"
            ) from error
        raise


def _quoted(path: str) -> str:
    for character, code in (("%", "%25"), ("?", "%3f"), ("#", "%23")):
        path = path.replace(character, code)
    return path


def _refuse_foreign(connection: sqlite3.Connection, path: os.PathLike[str] | str) -> int:
    """The schema version; 0 for an empty file."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name <> '_sqlite_migrations'").fetchone()[0]
    if application not in (0, APPLICATION_ID) or (version == 0 and application == 0 and tables):
        raise StoreDamaged(f"{path}: a database of another program; choose another file with --store")
    if version > SCHEMA_VERSION:
        raise StoreTooNew(f"{path}: written by a later version of the monitor; update the program")
    return version
