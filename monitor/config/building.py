"""From the bytes of the configuration files to a checked `Config`; the slow way, taken when something changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from monitor import instants, paths
from monitor.config.beats import read_beats
from monitor.config.checking import Reader
from monitor.config.entities import EntityChange, read_entity_changes
from monitor.config.model import read_model
from monitor.config.parsing import Document, parse
from monitor.config.secrets import is_secret
from monitor.config.values import DEFAULT_FRAMES_PER_SECOND, DEFAULT_THEME, Config, ConfigError
from monitor.records import Beats
from monitor.slugs import is_slug, suggestion
from monitor.sources.base import SourceSettings
from monitor.text.beats import hash_rules
from monitor.text.scorer_choice import MODEL, known_scorers
from monitor.text.scorers import IN_USE, NAMES

TABLES = ("interface", "keys", "beats", "umbrella", "sources", "sentiment", "entities", "model", "store")
FASTEST = 120
"""Frames a second; more than any terminal shows."""


def build(file: str, content: bytes | None, shipped_file: str, shipped: bytes) -> Config:
    """The configuration of a user's file (None: there is none) over the shipped beats.

    Raises:
        ConfigError: with every mistake of both files.
    """
    shipped_document, shipped_problems = parse(shipped_file, shipped)
    shipped_reader = Reader(shipped_document)
    shipped_reader.known(shipped_document.tree, (), ("beats", "umbrella"), "table")
    shipped_beats = read_beats(shipped_reader, None)
    document, problems = parse(file, content or b"")
    reader = Reader(document)
    config = _read(reader, shipped_beats, file if content is not None else None)
    problems = [*shipped_problems, *shipped_reader.problems, *problems, *reader.problems]
    if problems:
        raise ConfigError(problems, partial=config)
    return config._replace(rules_hash=hash_rules(config.beats))


def _read(reader: Reader, shipped: Beats, file: str | None) -> Config:
    document = reader.document
    reader.known(document.tree, (), TABLES, "table")
    beats = read_beats(reader, shipped)
    sources = _read_sources(reader)
    interface = reader.table(document.tree, ("interface",))
    reader.known(interface, ("interface",), ("theme", "mouse", "ascii", "frames_per_second"))
    mouse = reader.value(interface, ("interface", "mouse"), bool)
    scorer = _read_scorer(reader)
    entities = read_entity_changes(reader)
    return Config(
        beats=beats,
        sources=sources,
        theme=_read_theme(reader, interface),
        keymap=_read_keymap(reader),
        mouse=True if mouse is None else mouse,
        ascii=bool(reader.value(interface, ("interface", "ascii"), bool)),
        frames_per_second=_read_frames(reader, interface),
        store=_read_store(reader, file),
        file=file,
        hash=_config_hash(beats, sources, scorer, entities),
        rules_hash="",
        keep=_read_keep(reader),
        scorer=scorer,
        model=read_model(reader),
        entities=entities,
    )


def _read_theme(reader: Reader, interface: Mapping[str, Any]) -> str:
    path = ("interface", "theme")
    theme = reader.value(interface, path, str)
    known = theme_names()
    if theme is not None and known and theme not in known:
        reader.complain(path, f"unknown theme{suggestion(theme, known)}; there are: {', '.join(sorted(known))}")
    return theme or DEFAULT_THEME


def theme_names() -> frozenset[str]:
    """The themes that are shipped and the user's own."""
    folders = (paths.shipped("themes"), paths.config_directory() / "themes")
    return frozenset(file.stem for folder in folders for file in folder.glob("*.toml"))


def _read_frames(reader: Reader, interface: Mapping[str, Any]) -> int:
    path = ("interface", "frames_per_second")
    frames = reader.value(interface, path, int)
    if frames is not None and not 1 <= frames <= FASTEST:
        reader.complain(path, f"expected a whole number from 1 to {FASTEST}, found {frames}")
    return DEFAULT_FRAMES_PER_SECOND if frames is None else int(frames)


def _read_keymap(reader: Reader) -> dict[str, str]:
    table = reader.table(reader.document.tree, ("keys",))
    keymap: dict[str, str] = {}
    _read_bindings(reader, table, ("keys",), keymap)
    return keymap


def _read_bindings(reader: Reader, table: Mapping[str, Any], path: tuple[str, ...], keymap: dict[str, str]) -> None:
    """The keys of bindings; `app.quit`, which TOML takes for a key within a table, is one name like any other."""
    for name, value in table.items():
        place = (*path, name)
        if isinstance(value, dict):
            _read_bindings(reader, value, place, keymap)
            continue
        keys = reader.value(table, place, str)
        if keys is None:
            continue
        parts = [key.strip() for key in keys.split(",")]
        if not all(part and " " not in part for part in parts):
            reader.complain(place, 'expected keys parted by commas, such as "q,ctrl+q"')
        keymap[".".join(place[1:])] = ",".join(parts)


def _read_store(reader: Reader, file: str | None) -> str | None:
    table = reader.table(reader.document.tree, ("store",))
    reader.known(table, ("store",), ("path", "keep"))
    text = reader.value(table, ("store", "path"), str)
    if text is None:
        return None
    if not text.strip():
        reader.complain(("store", "path"), "must not be blank")
        return None
    try:
        store = Path(text).expanduser()
    except RuntimeError:
        reader.complain(("store", "path"), "there is no home folder of that user")
        return None
    return str(store if store.is_absolute() or file is None else Path(file).absolute().parent / store)


def _read_keep(reader: Reader) -> int | None:
    path = ("store", "keep")
    text = reader.value(reader.table(reader.document.tree, ("store",)), path, str)
    if text is None:
        return None
    try:
        return instants.parse_span(text)
    except ValueError:
        reader.complain(path, 'expected a length of time such as "90d"')
        return None


def _read_scorer(reader: Reader) -> str:
    path = ("sentiment", "scorer")
    table = reader.table(reader.document.tree, ("sentiment",))
    reader.known(table, ("sentiment",), ("scorer",))
    choice = reader.value(table, path, str)
    if choice is None:
        return IN_USE
    if choice not in NAMES and choice not in (known := known_scorers()):
        reader.complain(path, f"there is no such scorer{suggestion(choice, known)}; there are: {', '.join(known)}")
    if choice == MODEL and "model" not in reader.document.tree:
        reader.complain(path, "this scorer needs a language model: name one in the table [model]")
    return str(choice)


def _read_sources(reader: Reader) -> dict[str, SourceSettings]:
    table = reader.table(reader.document.tree, ("sources",))
    sources = {}
    for slug in table:
        path = ("sources", slug)
        if not is_slug(slug):
            reader.complain(path, "a source's slug is lower-case letters, digits and single hyphens, such as bluesky")
            continue
        entry = reader.table(table, path)
        enabled = reader.value(entry, (*path, "enabled"), bool)
        options = {key: value for key, value in entry.items() if key != "enabled"}
        sources[slug] = SourceSettings(enabled is not False, options)
    return sources


def _config_hash(
    beats: Beats, sources: Mapping[str, SourceSettings], scorer: str, entities: tuple[EntityChange, ...]
) -> str:
    settings = {
        slug: [source.enabled, {key: value for key, value in source.options.items() if not is_secret(key)}]
        for slug, source in sources.items()
        if source.options or not source.enabled
    }
    chosen: list[object] = [] if scorer == IN_USE else [scorer]
    if entities:
        chosen.append(entities)
    text = json.dumps([beats, settings, *chosen], sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return sha256(text.encode()).hexdigest()[:12]


def parse_user_file(config: Config) -> Document | None:
    """The user's file again, for the lines of mistakes that are found later; None where there is no file."""
    if config.file is None:
        return None
    try:
        content = Path(config.file).read_bytes()
    except OSError:
        return None
    return parse(config.file, content)[0]
