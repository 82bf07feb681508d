"""What the configuration says about the sources, checked against the options that each source takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.config.building import parse_user_file
from monitor.config.checking import KIND_NAMES, describe, fits
from monitor.config.parsing import Document
from monitor.config.values import Config, Problem
from monitor.records import SOURCES
from monitor.slugs import suggestion
from monitor.sources.base import Ceiling, Source, SourceKey, SourceSettings


def keys_of(source: Source) -> tuple[SourceKey, ...]:
    """The secrets that a source takes; none for most."""
    return tuple(getattr(source, "keys", ()))


def ceilings_of(source: Source) -> tuple[Ceiling, ...]:
    """The ceilings that a source names; none for most."""
    return tuple(getattr(source, "ceilings", ()))


def file_option(key: SourceKey) -> str:
    """The option that names the file of a key."""
    return f"{key.name}_file"


def settings_of(config: Config, source: Source) -> SourceSettings:
    """The settings of one source, with the defaults of the options and ceilings that the file leaves out.

    A ceiling that has no default is absent until it is set. Secrets are not looked for here.
    """
    given = config.sources.get(source.slug, SourceSettings(True, {}))
    defaults = {option.name: option.default for option in source.options}
    ceilings = {ceiling.option: ceiling.default for ceiling in ceilings_of(source) if ceiling.default is not None}
    return SourceSettings(given.enabled, {**defaults, **ceilings, **given.options})


def check_sources(config: Config, sources: Iterable[Source]) -> list[Problem]:
    """Every mistake in the `[sources.*]` tables: sources that are not installed, unknown options, wrong types."""
    installed = {source.slug: source for source in sources}
    wrong: list[tuple[tuple[str, ...], str]] = []
    for slug, settings in config.sources.items():
        if slug in installed:
            wrong += _check_options(slug, settings.options, installed[slug])
        else:
            wrong.append((("sources", slug), _not_installed(slug, installed)))
    if not wrong:
        return []
    document = parse_user_file(config) or Document(config.file or "", "", {})
    return [document.problem(path, message) for path, message in wrong]


def _check_options(slug: str, given: Mapping[str, object], source: Source) -> list[tuple[tuple[str, ...], str]]:
    kinds = {option.name: option.kind for option in source.options}
    kinds |= {file_option(key): str for key in keys_of(source)}
    kinds |= {ceiling.option: float for ceiling in ceilings_of(source)}
    keys = {key.name: key for key in keys_of(source)}
    ceilings = {ceiling.option for ceiling in ceilings_of(source)}
    wrong: list[tuple[tuple[str, ...], str]] = []
    for name, value in given.items():
        path = ("sources", slug, name)
        if name in keys:
            wrong.append((path, _not_here(keys[name])))
        elif name not in kinds:
            wrong.append((path, f"unknown key{suggestion(name, [*kinds, 'enabled'])}"))
        elif not fits(value, kinds[name]):
            found = "another value" if name.endswith("_file") else describe(value)
            wrong.append((path, f"expected {KIND_NAMES[kinds[name]]}, found {found}"))
        elif name in ceilings and not (isinstance(value, int | float) and 0 < value < float("inf")):
            wrong.append((path, "a ceiling is a number above 0; to read nothing, set enabled = false"))
    return wrong


def _not_here(key: SourceKey) -> str:
    return (
        "a secret does not belong in this file: take it out (and renew it where others could read it), and set the "
        f"variable {key.environment}, or name a file that holds it in {file_option(key)}"
    )


def _not_installed(slug: str, installed: Mapping[str, Source]) -> str:
    if any(source.slug == slug for source in SOURCES):
        return "this version cannot read this source, only import posts of it"
    return f"no source of this name is installed{suggestion(slug, installed)}"
