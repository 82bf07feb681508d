"""What is to be read under a configuration: the parts of every source, and what readers are told of each source."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from monitor.fetching.events import one_line
from monitor.fetching.governor import missing_ceiling
from monitor.fetching.schedule import JITTER
from monitor.records import Beats, Mark
from monitor.sources.base import NoKey, Part, Source, SourceError, SourceSettings
from monitor.store.registry import SourceRegistration

if TYPE_CHECKING:
    from monitor.records import SourceState

STREAM_INTERVAL = 60.0
"""Seconds within which a stream that is well gives a batch, be it an empty one."""

OFF: Final = "off"
NO_KEY: Final = "no-key"


class Plan(NamedTuple):
    """What to read, and what is not read and why."""

    parts: Mapping[str, tuple[Part, ...]]
    """By slug of the source; only sources that have something to read."""
    settings: Mapping[str, SourceSettings]
    """By slug of the source."""
    registrations: tuple[SourceRegistration, ...]
    """Of every installed source."""
    broken: Mapping[str, Exception]
    """Sources that failed in a way that is theirs to mend, by slug."""


def make_plan(
    sources: Mapping[str, Source],
    beats: Beats,
    settings_of: Callable[[Source], SourceSettings],
    only: Collection[str] = (),
    key_trouble: Callable[[str], str] = lambda slug: "",
) -> Plan:
    """Ask every source for its parts. One that has ceilings to be set, and none is, has none.

    Args:
        sources: Readers by slug.
        beats: Those that are followed.
        settings_of: What the configuration says about a source.
        only: Slugs to read; empty for all. What readers are told does not depend on it.
        key_trouble: Why the keys of a source could not be read where they should be; empty where nothing is wrong.
    """
    parts: dict[str, tuple[Part, ...]] = {}
    registrations = []
    broken: dict[str, Exception] = {}
    settings = {slug: settings_of(source) for slug, source in sources.items()}
    for slug, source in sources.items():
        named: Sequence[Part] = ()
        state: SourceState | Literal[""]
        try:
            named = source.parts(settings[slug], beats.beats) if settings[slug].enabled else ()
            state, note = ("", "") if named else (OFF, _why_off(slug, settings[slug]))
            if named and (missing := missing_ceiling(source, settings[slug])):
                named, state, note = (), OFF, missing
        except NoKey as error:
            trouble = key_trouble(slug)
            state, note = NO_KEY, one_line(f"{error} But {trouble}." if trouble else str(error))
        except SourceError as error:
            state, note = OFF, one_line(error)
        except Exception as error:
            broken[slug] = error
            state, note = OFF, f"the source does not work ({type(error).__name__})"
        if named and (not only or slug in only):
            parts[slug] = tuple({part.name: part for part in named}.values())
        registrations.append(SourceRegistration(slug, source.name, _interval(named), state, note))
    return Plan(parts, settings, tuple(registrations), broken)


def is_read(interval: float | None, state: str) -> bool:
    """Whether a source that is registered so is read at all."""
    return interval is not None and not state


def source_marks(before: Mapping[str, bool], now: Sequence[SourceRegistration], at: int) -> list[Mark]:
    """Marks for the sources that were not read before and are now, or the other way round.

    Args:
        before: Whether each source in the store was read; where none ever was, there is nothing to mark.
        now: What is registered next.
        at: The present instant.
    """
    if not any(before.values()):
        return []
    marks = []
    for registration in now:
        reads = is_read(registration.interval_seconds, registration.state)
        if reads != before.get(registration.slug, False):
            what = "is read from now on" if reads else f"is no longer read ({registration.state or OFF})"
            marks.append(Mark(at, "source", f"{registration.name} {what}"))
    return marks


def _why_off(slug: str, settings: SourceSettings) -> str:
    if settings.enabled:
        return "its configuration names nothing to read"
    return f"switched off in the configuration ([sources.{slug}] enabled = false)"


def _interval(parts: Sequence[Part]) -> float | None:
    """The longest time between two successes while all is well."""
    if any(part.streaming for part in parts):
        return STREAM_INTERVAL
    return max((part.interval * (1 + JITTER) for part in parts), default=None)
