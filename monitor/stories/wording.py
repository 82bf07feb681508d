"""How drafts put things: one of several ways, chosen by what it is about, so that no two drafts read alike."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from monitor.instants import to_datetime
from monitor.nouns.estimates import Shares
from monitor.nouns.sources import SOURCES

SOURCE_NAMES = {source.slug: source.name for source in SOURCES}

_CALENDAR = "January February March April May June July August September October November December"
_MONTHS = _CALENDAR.split()


class Chooser:
    """Chooses wordings: always the same for the same beat and moment."""

    def __init__(self, beat: str, as_of: int) -> None:
        self._seed = f"{beat} {as_of}"

    def one(self, what: str, *among: str) -> str:
        """One of several ways to say a thing."""
        return among[crc32(f"{self._seed} {what}".encode()) % len(among)]


def posts(count: int) -> str:
    """`1 post`, `2,340 posts`."""
    return f"{count:,} {'post' if count == 1 else 'posts'}"


def posts_on(source: str, count: int) -> str:
    """`188 posts on News`."""
    return f"{posts(count)} on {SOURCE_NAMES[source]}"


def moment_of(instant: int) -> str:
    """`20 November, 09:00 UTC`."""
    at = to_datetime(instant)
    return f"{at.day} {_MONTHS[at.month - 1]}, {at:%H:%M} UTC"


def margin(low: float | None, high: float | None) -> int:
    """Half the width of an interval of shares, in points."""
    return 0 if low is None or high is None else round(50 * (high - low))


def lean_of(shares: Shares | None) -> str:
    """`positive` or `negative` where that side is the larger one beyond the error; else empty."""
    if shares is None or shares.net_low is None or shares.net_high is None:
        return ""
    return "positive" if shares.net_low > 0 else "negative" if shares.net_high < 0 else ""


def points(share: float) -> str:
    """`+12 points`, `−3 points`, `0 points`."""
    value = round(100 * share)
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{abs(value)} points"


def net_of(shares: Shares) -> str:
    """`+12 points (give or take 9 points)`, the net mood of one of several sources."""
    net = points(shares.net or 0.0)
    if shares.net_low is None or shares.net_high is None:
        return net
    return f"{net} (give or take {margin(shares.net_low, shares.net_high)} points)"


def joined(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def capital(text: str) -> str:
    """A text that begins with a capital, also where it begins with a link."""
    opening, bar, rest = text.partition("|") if text.startswith("{{") else ("", "", text)
    return opening + bar + rest[:1].upper() + rest[1:]


def sentence(text: str) -> str:
    """A text with a capital and a full stop."""
    return capital(text) + ("" if text.endswith((".", "!", "?")) else ".")
