"""Where the keys of sources come from: the environment, a file that the configuration names, the keyring.

A secret is taken from its place at the start and at each reload, and handed to its source. It is never part of the
configuration, and so neither in its cache nor in what is shown of it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Literal, NamedTuple

from monitor.config import Config
from monitor.config.sources import file_option, keys_of
from monitor.sources.base import Secret, Source, SourceKey, SourceSettings

SERVICE = "discourse-monitor"
"""Under which the keyring keeps our secrets; the user name is `<source>.<key>`, such as `x.bearer_token`."""

LONGEST = 16_384
"""Bytes of a secret."""

PATIENCE = 5.0
"""Seconds for the keyring, which may wait for a person to unlock it."""

_OPEN_TO_OTHERS = stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP


class FoundKey(NamedTuple):
    """A key that a source takes, and where it was found."""

    source: str
    key: SourceKey
    place: Literal["environment", "file", "keyring", ""] = ""
    """Empty where it was not found."""
    where: str = ""
    """The name of the variable, the path of the file, the name of the entry in the keyring."""
    secret: Secret | None = None
    trouble: str = ""
    """What is wrong with where it was looked for, with what to do about it; empty where nothing is."""

    @property
    def described(self) -> str:
        """The place in words; empty where it was not found."""
        kinds = {"environment": "the variable ", "file": "the file ", "keyring": "the keyring as ", "": ""}
        return kinds[self.place] + self.where


class Keyring:
    """The keyring of the desktop, where the package for it is installed. Once it does not answer it is left alone."""

    def __init__(self) -> None:
        self._answers = find_spec("keyring") is not None

    def get(self, entry: str) -> str:
        """The secret under a name; empty where there is no keyring, it is locked, or it has none."""
        if not self._answers:
            return ""
        answers: list[str] = []
        asking = Thread(target=_ask_keyring, args=(entry, answers.append), name="keyring", daemon=True)
        asking.start()
        asking.join(PATIENCE)
        self._answers = not asking.is_alive()
        return answers[0] if answers else ""


def find_all(config: Config, sources: Mapping[str, Source]) -> tuple[FoundKey, ...]:
    """Look for the keys of all sources, those that are switched off left out."""
    folder = Path.cwd() if config.file is None else Path(config.file).absolute().parent
    keyring = Keyring()
    found = []
    for slug, source in sources.items():
        settings = config.sources.get(slug, SourceSettings(True, {}))
        if settings.enabled:
            for key in keys_of(source):
                found.append(find(slug, key, settings.options, os.environ, folder, keyring))
    return tuple(found)


def secrets_of(found: tuple[FoundKey, ...], source: str) -> dict[str, Secret]:
    """What was found for a source, by the names of the keys."""
    return {one.key.name: one.secret for one in found if one.source == source and one.secret is not None}


def troubles_of(found: tuple[FoundKey, ...], source: str) -> list[str]:
    """What is wrong with the places that were looked in for the keys of a source that were not found."""
    return [one.trouble for one in found if one.source == source and one.trouble and one.secret is None]


def find(
    source: str,
    key: SourceKey,
    options: Mapping[str, object],
    environment: Mapping[str, str],
    folder: Path,
    keyring: Keyring,
) -> FoundKey:
    """Look for one key: the first place that has it counts.

    A file that is named and cannot be used is a trouble; the keyring is not asked then, as the file was meant.

    Args:
        source: Slug of the source.
        key: What to look for.
        options: The source's table in the configuration.
        environment: Variables by name.
        folder: Where relative paths start.
        keyring: What is asked last.
    """
    wanted = FoundKey(source, key)
    value = environment.get(key.environment, "").strip()
    if value:
        wanted = wanted._replace(place="environment", where=key.environment)
        reason = _refusal(value)
        return (
            wanted._replace(trouble=f"{key.environment} {reason}") if reason else wanted._replace(secret=Secret(value))
        )
    named = options.get(file_option(key))
    if isinstance(named, str) and named.strip():
        return _from_file(wanted, named.strip(), environment, folder)
    entry = f"{source}.{key.name}"
    value = keyring.get(entry)
    if value and not _refusal(value):
        return wanted._replace(place="keyring", where=entry, secret=Secret(value))
    return wanted


def _from_file(wanted: FoundKey, named: str, environment: Mapping[str, str], folder: Path) -> FoundKey:
    # A text that names no file may be the secret itself, put into the wrong place; so it is not repeated.
    option = f"the file that {file_option(wanted.key)} in [sources.{wanted.source}] names"
    try:
        file = folder / Path(_with_variables(named, environment)).expanduser()
        value, mode = _read(file)
    except FileNotFoundError:
        return wanted._replace(trouble=f"{option} is not there")
    except PermissionError:
        return wanted._replace(trouble=f"{option} may not be read by this account")
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror or "it cannot be read" if isinstance(error, OSError) else str(error)
        return wanted._replace(trouble=f"{option} cannot be used: {reason}")
    found = wanted._replace(place="file", where=str(file))
    reason = _refusal(value)
    if reason:
        return found._replace(trouble=f"{option} {reason}")
    if mode & _OPEN_TO_OTHERS and os.name == "posix":
        found = found._replace(trouble=f"other accounts may read or change {file}; `chmod 600` closes it")
    return found._replace(secret=Secret(value))


def _with_variables(named: str, environment: Mapping[str, str]) -> str:
    """A path with the variables at its beginning filled in, such as `$CREDENTIALS_DIRECTORY/x` under systemd."""
    if not named.startswith("$"):
        return named
    name, slash, rest = named[1:].replace("\\", "/").partition("/")
    variable = name.strip("{}")
    if variable not in environment:
        raise ValueError("it begins with a variable that is not set")
    return environment[variable] + slash + rest


def _read(file: Path) -> tuple[str, int]:
    """The text of a small regular file, and its mode; never waits for anything."""
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("it is no regular file")
        content = stream.read(LONGEST + 1)
    try:
        return content.decode("utf-8-sig").strip(), status.st_mode
    except UnicodeDecodeError as error:
        raise ValueError("it is no text") from error


def _refusal(value: str) -> str:
    """Why a text can be no secret; empty where it can."""
    if not value:
        return "is empty"
    if len(value) > LONGEST:
        return "is too long for a key"
    if not (value.isascii() and value.isprintable()):
        return "holds more than one line, or characters that no key has"
    return ""


def _ask_keyring(entry: str, answer: Callable[[str], None]) -> None:
    try:
        value = import_module("keyring").get_password(SERVICE, entry)
    except Exception:  # each backend has errors of its own, and none of them may hold up the other sources
        return
    if isinstance(value, str):
        answer(value.strip())
