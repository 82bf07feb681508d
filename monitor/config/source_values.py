"""What is wrong with the values that the configuration gives to the options of sources, beyond their types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from monitor.config.building import parse_user_file
from monitor.config.checking import describe
from monitor.config.parsing import Document
from monitor.config.secrets import without_secrets
from monitor.config.sources import ceilings_of, check_sources, keys_of, settings_of
from monitor.config.values import Config, Problem
from monitor.slugs import suggestion
from monitor.sources.base import NoKey, Secret, Source, SourceError, SourceOption

Key = tuple[str | int, ...]

_SCHEMES = {"http", "https", "ws", "wss"}


def check_values(config: Config, sources: Iterable[Source]) -> list[Problem]:
    """Every value that cannot be used although it has the right type; what a source itself says of the first of them.

    Sources whose tables `check_sources` complains about are left out.
    """
    wrong: list[tuple[Key, str]] = []
    for source in sources:
        if source.slug in config.sources and not check_sources(_only(config, source.slug), [source]):
            found = list(_wrong_values(config, source))
            wrong += found or _refused(config, source)
    if not wrong:
        return []
    document = parse_user_file(config) or Document(config.file or "", "", {})
    return [document.problem(path, message) for path, message in wrong]


def _only(config: Config, slug: str) -> Config:
    return config._replace(sources={slug: config.sources[slug]})


def _wrong_values(config: Config, source: Source) -> Iterator[tuple[Key, str]]:
    given = config.sources[source.slug].options
    for option in source.options:
        if option.name not in given:
            continue
        path, value = ("sources", source.slug, option.name), given[option.name]
        if option.kind in (int, float) and isinstance(value, int | float) and not 0 <= value < float("inf"):
            yield path, f"expected a number of 0 or more, found {describe(value)}"
        elif option.kind is str and value and _takes_address(option) and not _is_address(value):
            yield path, _no_address(value)
        elif option.kind is list and isinstance(value, list):
            yield from _wrong_elements(config, option, path, value)


def _wrong_elements(config: Config, option: SourceOption, path: Key, value: list[str]) -> Iterator[tuple[Key, str]]:
    known = [beat.slug for beat in config.beats.beats]
    for index, element in enumerate(value):
        if option.name == "beats" and element not in known:
            yield (*path, index), f"no beat has the slug {describe(element)}{suggestion(element, known)}"
        elif _takes_address(option) and not _is_address(element):
            yield (*path, index), _no_address(element)


def _takes_address(option: SourceOption) -> bool:
    return option.name.endswith("endpoint") or _is_address(option.default)


def _is_address(value: object) -> bool:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        return parts is not None and parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _no_address(value: object) -> str:
    return f"expected an address such as https://example.org/, found {describe(value)}"


def _refused(config: Config, source: Source) -> list[tuple[Key, str]]:
    """What the source says of its settings, with keys and ceilings in place so that it comes to the rest of them."""
    settings = settings_of(config, source)
    ceilings: Mapping[str, object] = {ceiling.option: ceiling.default or 1.0 for ceiling in ceilings_of(source)}
    secrets = {key.name: Secret("none") for key in keys_of(source)}
    settings = settings._replace(options={**ceilings, **settings.options}, secrets=secrets)
    try:
        source.parts(settings, config.beats.beats)
    except NoKey:
        return []
    except SourceError as error:
        message = without_secrets(str(error)).rstrip(".")
        return [(("sources", source.slug, *_place(message, settings.options)), message)]
    except Exception:
        # A source that fails in a way of its own is told of where it is read.
        return []
    return []


def _place(message: str, options: Mapping[str, object]) -> Key:
    """The option that a message names between backquotes, and the element of its list where it says which."""
    named = [name for name in re.findall(r"`(\w+)`", message) if name in options]
    entry = re.match(r"Entry (\d+) of `", message)
    return (*named[:1], *([int(entry[1]) - 1] if entry and named else ()))
