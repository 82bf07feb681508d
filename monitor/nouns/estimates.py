"""What is estimated of a beat rather than counted: its mood, and what is usual for it."""

from __future__ import annotations

from monitor.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Literal


class Shares(NamedTuple):
    """How the scored posts of a group split over the three classes: an estimate with its 95 % interval.

    All shares are None where n is 0.
    """

    positive: float | None
    neutral: float | None
    negative: float | None
    net: float | None
    """Positive share minus negative share, from -1 to 1."""
    net_low: float | None
    net_high: float | None
    n: int
    """How many posts were scored."""
    calibrated: bool = False
    """Whether labelled posts of this beat corrected the estimate."""
    positive_interval: tuple[float, float] | None = None
    neutral_interval: tuple[float, float] | None = None
    negative_interval: tuple[float, float] | None = None
    """From and to, of 95 %, as for the net share."""


NO_SHARES = Shares(None, None, None, None, None, None, 0)


class Baseline(NamedTuple):
    """What is usual for a beat: the median of the same 24 hours on earlier days."""

    volume: float | None
    """Median number of posts; None while there is none to give."""
    ratio: float | None
    """This window's posts to the baseline's, over hours collected in both; None where that cannot be computed."""
    days: int
    """How many earlier days went into the median."""
    state: Literal["ok", "learning", "gap"]
    same_weekday: bool = False
    """Whether only days of the same weekday were taken."""
    low: float | None = None
    """The smallest of the days that went in."""
    high: float | None = None
    """The largest of the days that went in."""

    @property
    def compared(self) -> int | None:
        """This window's posts behind the ratio, raw, over hours collected in both; None where there is no ratio."""
        return None if self.ratio is None or self.volume is None else round(self.ratio * self.volume)
