"""What we did ourselves: marks that explain a signal, and beats that all move at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from monitor.instants import DAY, HOUR
from monitor.records import Mark, Span

Direction = Literal["up", "down"]

LEAST_BEATS = 5


class Movement(NamedTuple):
    """One beat that moved."""

    beat: str
    kind: str
    """Of the signal: `volume`, `mood` and so on; only movements of one kind count together."""
    direction: Direction
    at: int


class Joint(NamedTuple):
    """Beats that moved the same way within an hour: ours until shown otherwise."""

    kind: str
    direction: Direction
    span: Span
    beats: tuple[str, ...]
    """In the order in which they moved."""


def joint_movements(movements: Iterable[Movement], least: int = LEAST_BEATS, within: int = HOUR) -> list[Joint]:
    """The moments at which `least` or more beats moved the same way within `within` milliseconds, oldest first.

    A change of the scorer, a lost source or a new rule moves many beats at once; the world rarely does.
    """
    groups: dict[tuple[str, Direction], list[Movement]] = {}
    for movement in sorted(movements, key=lambda each: each.at):
        groups.setdefault((movement.kind, movement.direction), []).append(movement)
    found = []
    for (kind, direction), members in groups.items():
        for run in _runs(members, least, within):
            beats = tuple(dict.fromkeys(each.beat for each in run))
            found.append(Joint(kind, direction, (run[0].at, run[-1].at), beats))
    return sorted(found, key=lambda joint: (joint.span, joint.kind, joint.direction))


def _runs(members: Sequence[Movement], least: int, within: int) -> list[Sequence[Movement]]:
    """The spans in which enough different beats moved; those that overlap are joined."""
    runs: list[tuple[int, int]] = []
    start = 0
    for end, movement in enumerate(members):
        while movement.at - members[start].at > within:
            start += 1
        if len({each.beat for each in members[start : end + 1]}) >= least:
            if runs and start <= runs[-1][1]:
                runs[-1] = (runs[-1][0], end)
            else:
                runs.append((start, end))
    return [members[first : last + 1] for first, last in runs]


def explaining(marks: Iterable[Mark], opened_at: int, window: int = DAY) -> tuple[Mark, ...]:
    """The marks that may explain a signal: those within the window that it judged, newest first.

    A mark before the window lies within the baseline; it makes the comparison one across a mark (see `crossed`) but
    the present alone cannot have been moved by it since.
    """
    return tuple(
        sorted((mark for mark in marks if opened_at - window <= mark.at <= opened_at), key=lambda mark: -mark.at)
    )


def crossed(marks: Iterable[Mark], baseline: Span, opened_at: int) -> tuple[Mark, ...]:
    """The marks that a comparison reaches across, oldest first: what lies before them was counted another way."""
    return tuple(sorted((mark for mark in marks if baseline[0] < mark.at <= opened_at), key=lambda mark: mark.at))
