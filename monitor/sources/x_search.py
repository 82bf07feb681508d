"""Reading X's recent search on from where it was left, a page at a time, for no more money than is allowed.

Time is walked through forward in windows of an hour at most, and each window backward, as the search gives the newest
first. Where the ceilings let only a share be read, that share of each window is asked for and the rest is let go: the
window was collected at that fraction.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, NamedTuple

from monitor import instants
from monitor.records import Span
from monitor.sources.base import Batch
from monitor.sources.reading import list_of, mapping_of, number_of, sane, text_of
from monitor.sources.x_asking import ask, reserve
from monitor.sources.x_posts import FIELDS, Page, instant_of
from monitor.sources.x_sampling import Volume

if TYPE_CHECKING:
    from monitor.http import Client

PAGE_SIZES = (100, 50, 20, 10)
"""Posts of a page: as many as are given, and fewer where the ceiling leaves no more."""
WINDOW = instants.HOUR
LAG = 30 * instants.SECOND
"""The search knows nothing younger."""
SHORTEST = 10 * instants.SECOND
SHORTEST_SAMPLE = 5 * instants.SECOND
"""Of a window that gives less than this the end is waited for, an hour at most."""
KEPT = 7 * instants.DAY - 10 * instants.MINUTE
"""How far back the search reaches, with room for clocks that differ."""

_GOLDEN = 0.6180339887498949


class Bounds(NamedTuple):
    """What one poll may take."""

    first_look_back: int
    backlog: int
    """How far back a poll goes after a pause, in milliseconds like the first."""
    pages: int
    authors: bool
    """Whether the names of authors are bought as well."""
    affordable: float = float("inf")
    """Posts a day that the ceilings allow, for all queries together."""
    queries: int = 1
    """How many queries share that."""


class Window(NamedTuple):
    """A span of time that is being read."""

    start: int
    end: int
    low: int
    """What of it is asked for begins here and ends at `high`."""
    high: int
    fraction: float = 1.0
    newest: str = ""
    """The largest number that came, which stood on the first page."""
    until: str = ""
    """The smallest number that came: what is still to be read is older."""


class State(NamedTuple):
    """What the cursor holds."""

    done: int | None = None
    """Up to here time was read or let go."""
    since: str = ""
    """The newest number before `done`; empty where the last window was not read whole."""
    window: Window | None = None
    """The one that is not read to its end."""
    seen: tuple[float, float] = (0.0, 0.0)
    """Posts, and the milliseconds in which they were found, over all queries."""


async def read_search(
    client: Client, url: str, cursor: str | None, now: int, bounds: Bounds, volume: Volume
) -> AsyncGenerator[Batch]:
    """Read on, a page to a batch, until now or until the poll has taken its pages.

    Args:
        client: To ask with.
        url: The search with its query.
        cursor: Where it was left.
        now: The present instant.
        bounds: What the poll may take.
        volume: What all queries have seen so far; what this one sees is added.

    Raises:
        OverBudget: a ceiling is reached.
        SourceError: an answer could not be used.
    """
    state = read_state(cursor)
    volume.remember(*state.seen)
    floor = now - min(bounds.backlog, KEPT)
    floor -= floor % instants.SECOND
    token: str | None = None
    params: dict[str, str | int] = {}
    for _ in range(bounds.pages):
        state, missed = _clipped(state, floor)
        share = volume.share(bounds.affordable, bounds.queries, bounds.pages * PAGE_SIZES[0]) * client.meter.fraction()
        window = state.window or _next_window(state, share, now, bounds)
        if window is None:
            return
        if token is None:
            params = _params(state, window, floor, bounds.authors)
        size = await reserve(client, PAGE_SIZES, authors=bounds.authors)
        asked = params | {"max_results": size} | ({"next_token": token} if token else {})
        page = await ask(client, url, asked, size, now)
        token = page.next_token
        looked_at = _looked_at(window, page)
        covered = None
        if looked_at:
            volume.note(page.read, looked_at[1] - looked_at[0])
            covered = (_stands_for(window, looked_at[0]), _stands_for(window, looked_at[1]))
        state = _after(state, window, page)._replace(seen=volume.seen)
        yield Batch(
            posts=tuple(reversed(page.posts)),
            cursor=_write(state),
            covered=covered,
            deletions=page.deletions,
            read=page.read,
            missed=missed,
            damaged=page.damaged,
            fraction=window.fraction,
        )


def _clipped(state: State, floor: int) -> tuple[State, Span | None]:
    """The state without what lies too far back, and the span that is missed thereby."""
    window = state.window
    if window is None:
        if state.done is None or state.done >= floor:
            return state, None
        return State(floor), (state.done, floor)
    if window.low >= floor:
        return state, None
    upper = _upper(window)
    if window.end <= floor:
        return State(floor), (window.start, floor)
    if upper - instants.SECOND <= floor:
        return State(window.end), (window.start, _stands_for(window, upper))
    start = _stands_for(window, floor)
    return State(state.done, window=window._replace(start=start, low=floor)), (window.start, start)


def _upper(window: Window) -> int:
    """Where what is still to be read of a window ends."""
    oldest = instant_of(window.until) if window.until else None
    return window.high if oldest is None else max(window.low, min(oldest + 1, window.high))


def _next_window(state: State, share: float, now: int, bounds: Bounds) -> Window | None:
    end = now - LAG
    end -= end % instants.SECOND
    start = state.done if state.done is not None else end - bounds.first_look_back
    needed = SHORTEST if share >= 1 else max(SHORTEST, min(WINDOW, SHORTEST_SAMPLE / share))
    if end - start < needed:
        return None
    end = min(end, start + WINDOW)
    if share >= 1:
        return Window(start, end, start, end)
    return _sampled(start, end, share)


def _sampled(start: int, end: int, share: float) -> Window:
    """A share of a window, at a place that goes evenly through the window from one to the next (golden ratio)."""
    length = max(instants.SECOND, int((end - start) * share) // instants.SECOND * instants.SECOND)
    place = (start // instants.SECOND * _GOLDEN) % 1.0
    low = start + int((end - start - length) * place) // instants.SECOND * instants.SECOND
    return Window(start, end, low, low + length, length / (end - start))


def _params(state: State, window: Window, floor: int, authors: bool) -> dict[str, str | int]:
    """What to ask for; these stay the same while a window is paged through."""
    params: dict[str, str | int] = {"tweet.fields": FIELDS, "sort_order": "recency"}
    if authors:
        params |= {"expansions": "author_id", "user.fields": "username"}
    if _is_whole(window) and state.since and (instant_of(state.since) or 0) > floor:
        params["since_id"] = state.since
    else:
        params["start_time"] = instants.render(window.low - window.low % instants.SECOND)
    if window.until:
        params["until_id"] = window.until
    else:
        params["end_time"] = instants.render(window.high)
    return params


def _is_whole(window: Window) -> bool:
    return window.low == window.start and window.high == window.end


def _stands_for(window: Window, moment: int) -> int:
    """The moment of the whole window that a moment of the share which is read stands for."""
    return window.start + (moment - window.low) * (window.end - window.start) // (window.high - window.low)


def _looked_at(window: Window, page: Page) -> Span | None:
    """What was read with this page."""
    upper = _upper(window)
    lower = window.low
    if page.next_token is not None:
        oldest = instant_of(page.oldest) if page.oldest else None
        lower = upper if oldest is None else max(lower, oldest + 1)
    return (lower, upper) if lower < upper else None


def _after(state: State, window: Window, page: Page) -> State:
    newest = window.newest or page.newest or ""
    if page.next_token is not None:
        return state._replace(window=window._replace(newest=newest, until=page.oldest or window.until))
    return State(window.end, (newest or state.since) if _is_whole(window) else "")


def read_state(cursor: str | None) -> State:
    """The state in a cursor; what is not as it was written counts as nothing."""
    try:
        data = mapping_of(json.loads(cursor or "{}"))
    except (ValueError, RecursionError):
        return State()
    done = sane(number_of(data.get("done")))
    fields = mapping_of(data.get("window"))
    times = [sane(number_of(fields.get(name))) for name in ("start", "end", "low", "high")]
    start, end, low, high = times
    window = None
    if start is not None and end is not None and low is not None and high is not None and start <= low < high <= end:
        share = fields.get("fraction")
        fraction = float(share) if isinstance(share, int | float) and 0 < share <= 1 else 1.0
        window = Window(start, end, low, high, fraction, _id(fields.get("newest")), _id(fields.get("until")))
    return State(done, _id(data.get("since")), window, _seen(data.get("seen")))


def _id(value: object) -> str:
    text = text_of(value)
    return text if text.isascii() and text.isdigit() and len(text) < 20 else ""


def _seen(value: object) -> tuple[float, float]:
    numbers = [float(one) for one in list_of(value) if isinstance(one, int | float) and 0 <= one < 1e15]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else (0.0, 0.0)


def _write(state: State) -> str:
    fields = {name: value for name, value in state._asdict().items() if value and value != (0.0, 0.0)}
    if state.window:
        fields["window"] = {name: value for name, value in state.window._asdict().items() if value}
    return json.dumps(fields, separators=(",", ":"))
