"""What share of X can be afforded, by what was seen of its volume so far.

The meter says how spending goes, and lowers the share as a ceiling nears. Where a ceiling allows but a hundredth of
what there is, that comes too late: a single poll would use up the day. So the volume is estimated, over all queries
together, and every query is read in the same share, so that the volumes of beats can still be compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor import instants

DAYS_A_MONTH = 31
SMALLEST = 1 / 3600
"""A second of an hour, the shortest that can be asked for."""

_FORGETTING = 0.98
"""How much an observation counts once another one has come."""
_RICH = 4
"""While nothing is known all is read if the day's money allows that many whole polls of every query, else a probe."""
_PROBE = 1 / 360


class Volume:
    """How many posts one query finds in a while, on average over all of them."""

    def __init__(self) -> None:
        self._posts = 0.0
        self._span = 0.0

    def note(self, posts: int, span: int) -> None:
        """Take in that so many posts came of so many milliseconds that were read whole."""
        self._posts = self._posts * _FORGETTING + posts
        self._span = self._span * _FORGETTING + span

    def remember(self, posts: float, span: float) -> None:
        """Begin with what an earlier process saw, unless something was seen since."""
        if not self._span:
            self._posts, self._span = posts, span

    @property
    def seen(self) -> tuple[float, float]:
        """Posts, and the milliseconds in which they were found."""
        return round(self._posts, 3), round(self._span)

    def share(self, affordable: float, queries: int, most: int) -> float:
        """The share of each query that can be afforded.

        Args:
            affordable: Posts a day.
            queries: How many are asked.
            most: Posts that one poll of a query takes at most.
        """
        if not self._span:
            return 1.0 if affordable >= queries * most * _RICH else _PROBE
        # One post more than was seen, for a short look without any is no proof that there are none.
        daily = queries * (self._posts + 1) / self._span * instants.DAY
        return _bounded(affordable / daily)


def affordable_a_day(options: Mapping[str, Any], price: float) -> float:
    """How many posts of a price the ceilings allow in a day; infinite where they are none."""
    day, month = options.get("dollars_per_day"), options.get("dollars_per_month")
    dollars = [float(day)] if isinstance(day, int | float) else []
    dollars += [float(month) / DAYS_A_MONTH] if isinstance(month, int | float) else []
    return min(dollars, default=float("inf")) / price


def _bounded(share: float) -> float:
    return min(1.0, max(SMALLEST, share))
