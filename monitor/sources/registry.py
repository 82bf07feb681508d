"""The sources that are installed: ours, and those that other packages register in the group `monitor.sources`."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import metadata
from typing import NamedTuple, cast

from monitor.sources.base import Source

GROUP = "monitor.sources"


class Trouble(NamedTuple):
    """A registered source that cannot be used."""

    slug: str
    message: str
    """One sentence for a person."""


class Sources(dict[str, Source]):
    """Sources by slug, ours first, with what is wrong with those that are missing."""

    def __init__(self, sources: Iterable[Source] = (), troubles: Iterable[Trouble] = ()) -> None:
        super().__init__((source.slug, source) for source in sources)
        self.troubles = tuple(troubles)


def load_sources(entry_points: Iterable[metadata.EntryPoint] | None = None) -> Sources:
    """One reader of each registered source.

    What cannot be loaded, and whatever claims a slug that is taken, is reported in `troubles` and left out.

    Args:
        entry_points: Where to look; None for what is installed.
    """
    found = metadata.entry_points(group=GROUP) if entry_points is None else entry_points
    sources: dict[str, Source] = {}
    troubles: list[Trouble] = []
    for entry in sorted(found, key=lambda entry: (not entry.value.startswith("monitor."), entry.name, entry.value)):
        try:
            source = _load(entry)
        except Exception as error:  # the code of a stranger can raise anything
            troubles.append(Trouble(entry.name, f"The source {entry.name} ({entry.value}) cannot be used: {error!r}."))
            continue
        if source.slug in sources:
            troubles.append(Trouble(entry.name, f"The source {entry.name} ({entry.value}) is there twice."))
        else:
            sources[source.slug] = source
    return Sources(sources.values(), troubles)


def _load(entry: metadata.EntryPoint) -> Source:
    """An instance of the class that an entry point names.

    Raises:
        TypeError: it is no source, or calls itself otherwise than it is registered.
    """
    source = entry.load()()
    for attribute in ("slug", "name", "options", "parts", "fetch"):
        if not hasattr(source, attribute):
            raise TypeError(f"it has no {attribute}")
    if source.slug != entry.name:
        raise TypeError(f"its slug is {source.slug!r}")
    return cast(Source, source)
