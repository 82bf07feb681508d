"""How a signal lives: it opens, rises to a higher level, and closes once things have been calm for a while.

Opening takes an alarm; closing takes calm, which is much less than no alarm, and for hours on end. Between the two the
signal stays as it is, so that it does not flicker.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from monitor.instants import DAY, HOUR
from monitor.records import RANKS, Significance

CALM = 3 * HOUR
"""For this long things have to be calm before a signal closes."""

LONGEST = 7 * DAY
"""After this a signal closes in any case: what has lasted for a week is the new usual."""

_LONGEST_GAP = HOUR


Event = Literal["opened", "raised", "closed"]


class Open(NamedTuple):
    """A signal that is open."""

    level: Significance
    """The highest that it reached."""
    opened_at: int
    raised_at: int
    """When it reached that level."""
    seen_at: int
    """When it was last looked at."""
    calm_since: int | None
    """Since when things have been calm without a break; None while they are not."""


class Step(NamedTuple):
    """What one look changed."""

    signal: Open | None
    """None where no signal is open now."""
    event: Event | None


def follow(
    signal: Open | None, alarm: Significance | None, calm: bool, at: int, longest_gap: int = _LONGEST_GAP
) -> Step:
    """Take one look at a beat.

    Args:
        signal: the signal that is open, if one is.
        alarm: the level of a detection at this moment, if there is one.
        calm: whether things are close to usual again; a moment that was not collected is none to look at.
        at: the moment of the look, no earlier than the last.
        longest_gap: milliseconds between two looks after which the calm before does not count.
    """
    if signal is None:
        return Step(Open(alarm, at, at, at, None), "opened") if alarm else Step(None, None)
    if alarm and RANKS[alarm] > RANKS[signal.level]:
        return Step(signal._replace(level=alarm, raised_at=at, seen_at=at, calm_since=None), "raised")
    gap = at - signal.seen_at > longest_gap
    since = None if alarm or not calm else at if gap or signal.calm_since is None else signal.calm_since
    if at - signal.opened_at >= LONGEST or (since is not None and at - since >= CALM):
        return Step(None, "closed")
    return Step(signal._replace(seen_at=at, calm_since=since), None)


def volume_is_calm(posts: float, usual: float) -> bool:
    """Whether an hour's posts are no more than a quarter above usual, or within ten posts of it."""
    return posts <= max(1.25 * usual, usual + 10)


def mood_is_calm(q: float, ratio: float | None) -> bool:
    """Whether a share is no longer clearly another, or no longer by much."""
    return q > 0.2 or (ratio is not None and 0.8 <= ratio <= 1.25)
