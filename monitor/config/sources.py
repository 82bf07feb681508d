"""What the configuration says about the sources, checked against the options that each source takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.config.building import parse_user_file
from monitor.config.checking import KIND_NAMES, describe, fits
from monitor.config.parsing import Document
from monitor.config.values import Config, Problem
from monitor.records import SOURCES
from monitor.slugs import suggestion
from monitor.sources.base import Source, SourceOption, SourceSettings


def settings_of(config: Config, source: Source) -> SourceSettings:
    """The settings of one source, with the defaults of the options that the file leaves out."""
    given = config.sources.get(source.slug, SourceSettings(True, {}))
    defaults = {option.name: option.default for option in source.options}
    return SourceSettings(given.enabled, {**defaults, **given.options})


def check_sources(config: Config, sources: Iterable[Source]) -> list[Problem]:
    """Every mistake in the `[sources.*]` tables: sources that are not installed, unknown options, wrong types."""
    installed = {source.slug: source for source in sources}
    wrong: list[tuple[tuple[str, ...], str]] = []
    for slug, settings in config.sources.items():
        if slug in installed:
            wrong += _check_options(slug, settings.options, installed[slug].options)
        else:
            wrong.append((("sources", slug), _not_installed(slug, installed)))
    if not wrong:
        return []
    document = parse_user_file(config) or Document(str(config.file or ""), "", {})
    return [document.problem(path, message) for path, message in wrong]


def _check_options(
    slug: str, given: Mapping[str, object], options: Iterable[SourceOption]
) -> list[tuple[tuple[str, ...], str]]:
    kinds = {option.name: option.kind for option in options}
    wrong: list[tuple[tuple[str, ...], str]] = []
    for name, value in given.items():
        path = ("sources", slug, name)
        if name not in kinds:
            wrong.append((path, f"unknown key{suggestion(name, [*kinds, 'enabled'])}"))
        elif not fits(value, kinds[name]):
            wrong.append((path, f"expected {KIND_NAMES[kinds[name]]}, found {describe(value)}"))
    return wrong


def _not_installed(slug: str, installed: Mapping[str, Source]) -> str:
    if any(source.slug == slug for source in SOURCES):
        return "this version cannot read this source, only import posts of it"
    return f"no source of this name is installed{suggestion(slug, installed)}"
