"""What one person has read, starred and where they stopped reading: a small file of their own, beside no store.

It goes by the slugs of stories, so it holds for every store that has them. Several programs may have it open: each
writes down only what it changed itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import NamedTuple

VERSION = 1
MOST = 5000
"""Stories that are kept at most; the ones that were touched longest ago go first, starred ones never."""
MOST_BYTES = 4_000_000


class Kept(NamedTuple):
    """What is known of one story."""

    read: bool = False
    starred: bool = False
    place: int = 0
    """Where its reader stopped: an offset in its text, counted as the screen counts."""
    at: int = 0
    """When any of this was changed last."""


NOTHING = Kept()


class Bookmarks:
    """Reads the file when made; `save` writes it, and may be called in another thread.

    Args:
        path: the file; it need not exist. None keeps nothing.
        clock: the present moment.
    """

    def __init__(self, path: Path | None, clock: Callable[[], int]) -> None:
        self.path = path
        self.problem = ""
        """A sentence for a person where the file could not be used; empty otherwise."""
        self._clock = clock
        self._changed: dict[str, Kept] = {}
        self._guard = Lock()
        self._writing = Lock()
        self._is_newer = False
        self._is_unreadable = False
        self._kept = self._load()

    def of(self, slug: str) -> Kept:
        """What is known of a story."""
        return self._kept.get(slug, NOTHING)

    def set_read(self, slug: str, read: bool) -> None:
        self._change(slug, self.of(slug)._replace(read=read))

    def set_starred(self, slug: str, starred: bool) -> None:
        self._change(slug, self.of(slug)._replace(starred=starred))

    def set_place(self, slug: str, place: int) -> None:
        self._change(slug, self.of(slug)._replace(place=place))

    def _change(self, slug: str, kept: Kept) -> None:
        if kept != self.of(slug):
            with self._guard:
                self._kept[slug] = self._changed[slug] = kept._replace(at=self._clock())

    def save(self) -> str:
        """Write down what was changed since; gives back why that failed, as a sentence, or nothing."""
        with self._writing:
            with self._guard:
                changed = dict(self._changed)
            path = self.path
            if path is None or not changed or self._is_newer:
                return ""
            try:
                with _alone(path):
                    there = self._load()
                    if self._is_newer or self._is_unreadable:
                        return self.problem
                    _write(path, _newest({**there, **changed}))
            except OSError as error:
                return f"what you have read is not kept: {path}: {error.strerror or error}"
            with self._guard:
                self._changed = {slug: kept for slug, kept in self._changed.items() if changed.get(slug) != kept}
            return ""

    def _load(self) -> dict[str, Kept]:
        """What the file holds; a damaged one is set aside, and nothing is held."""
        if self.path is None:
            return {}
        self._is_unreadable = False
        try:
            if self.path.stat().st_size > MOST_BYTES:
                raise ValueError("too large")
            return self._parsed(self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            self._is_unreadable = True
            self.problem = f"what you have read cannot be told: {self.path}: {error.strerror or error}"
            return {}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            aside = self.path.with_name(f"{self.path.name}.damaged-{self._clock()}")
            self.problem = f"the file of what you have read is damaged; it was set aside as {aside}"
            with suppress(OSError):
                self.path.replace(aside)
            return {}

    def _parsed(self, content: bytes) -> dict[str, Kept]:
        import json

        tree = json.loads(content.decode())
        if int(tree["version"]) > VERSION:
            self._is_newer = True
            self.problem = f"{self.path} is of a later version of the program; what you read now is not kept"
            return {}
        return {str(slug): _kept(entry) for slug, entry in tree["stories"].items()}


def _kept(entry: dict[str, object]) -> Kept:
    kept = Kept(**entry)  # type: ignore[arg-type]
    if not (isinstance(kept.read, bool) and isinstance(kept.starred, bool)):
        raise TypeError("neither yes nor no")
    if not (isinstance(kept.place, int) and isinstance(kept.at, int)):
        raise TypeError("no number")
    return kept


def _newest(kept: dict[str, Kept]) -> dict[str, Kept]:
    if len(kept) <= MOST:
        return kept
    slugs = sorted(kept, key=lambda slug: (kept[slug].starred, kept[slug].at), reverse=True)
    starred = sum(each.starred for each in kept.values())
    return {slug: kept[slug] for slug in slugs[: max(MOST, starred)]}


def _write(path: Path, kept: dict[str, Kept]) -> None:
    """Put the file in place of the one before as a whole."""
    import json

    tree = {"version": VERSION, "stories": {slug: each._asdict() for slug, each in kept.items()}}
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with draft.open("w", encoding="utf-8") as file:
            json.dump(tree, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other programs from writing between reading and writing, where the system can."""
    if sys.platform == "win32":
        yield
        return
    from fcntl import LOCK_EX, flock

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.with_name(f"{path.name}.lock").open("w") as file:
        flock(file, LOCK_EX)
        yield
