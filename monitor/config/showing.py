"""The effective configuration as a tree, and a tree as TOML."""

from __future__ import annotations

import json
from collections.abc import Mapping

from monitor.config.entities import EntityChange
from monitor.config.secrets import masked
from monitor.config.values import Config
from monitor.instants import render_span
from monitor.records import Rule


def effective(config: Config) -> dict[str, object]:
    """The configuration as the tree of tables that would give it, secrets masked."""
    tree: dict[str, object] = {
        "interface": {
            "theme": config.theme,
            "mouse": config.mouse,
            "ascii": config.ascii,
            "frames_per_second": config.frames_per_second,
        },
        "keys": dict(config.keymap),
        "sources": {
            slug: {
                "enabled": settings.enabled,
                **{name: masked(name, value) for name, value in settings.options.items()},
            }
            for slug, settings in config.sources.items()
        },
        "sentiment": {"scorer": config.scorer},
        "umbrella": _rule(config.beats.umbrella),
        "beats": {
            beat.slug: {"name": beat.name, "category": beat.category, **_rule(beat.rule)} for beat in config.beats.beats
        },
    }
    if config.entities:
        tree["entities"] = {change.slug: _entity(change) for change in config.entities}
    if config.model is not None:
        tree["model"] = {name: value for name, value in config.model._asdict().items() if value is not None}
    store: dict[str, object] = {} if config.store is None else {"path": config.store}
    if config.keep is not None:
        store["keep"] = render_span(config.keep)
    if store:
        tree["store"] = store
    return tree


def _entity(change: EntityChange) -> dict[str, object]:
    given = {name: value for name, value in change._asdict().items() if name != "slug" and value not in (None, ())}
    shown = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    return {name: value for name, value in shown.items() if name != "enabled" or value is False}


def _rule(rule: Rule) -> dict[str, list[str]]:
    return {name: list(terms) for name, terms in rule._asdict().items() if terms}


def to_toml(tree: Mapping[str, object]) -> str:
    """A tree of texts, numbers, lists and tables as TOML; empty tables are left out."""
    lines: list[str] = []
    _write_table(lines, (), tree)
    return "\n".join(lines).strip("\n") + "\n"


def _write_table(lines: list[str], path: tuple[str, ...], table: Mapping[str, object]) -> None:
    values = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    if values and path:
        lines += ["", f"[{'.'.join(map(_key, path))}]"]
    lines += [f"{_key(key)} = {_value(value)}" for key, value in values.items()]
    for key, value in table.items():
        if isinstance(value, Mapping):
            _write_table(lines, (*path, key), value)


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if bare else _text(key)


def _value(value: object) -> str:
    if isinstance(value, list):
        elements = [_value(element) for element in value]
        line = f"[{', '.join(elements)}]"
        return line if len(line) <= 100 else "[\n" + "".join(f"    {element},\n" for element in elements) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(element)}" for key, element in value.items()) + " }"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, str) else str(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
