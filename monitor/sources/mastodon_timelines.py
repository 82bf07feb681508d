"""Reading timelines of one instance of Mastodon forward, from where each was left.

`min_id` gives what comes next after an id, so nothing is leapt over; `since_id` would give the newest. The ids of an
instance grow with the time at which a status was written. One that reaches the instance late takes its place among the
older ones, so that each poll goes a little back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from monitor import instants
from monitor.records import Post
from monitor.sources.base import NoKey
from monitor.sources.mastodon_statuses import Page, parse

if TYPE_CHECKING:
    from monitor.http import Answer, Client

PAGE = 40
MOST_PAGES = 60
"""Pages of one poll, all timelines together; an instance allows 300 in five minutes."""
FIRST_LOOK_BACK = instants.DAY
LONGEST_LOOK_BACK = 7 * instants.DAY
REWIND = 15 * instants.MINUTE
"""How late a status may reach the instance and still be seen."""
LIMIT_BYTES = 4_000_000
CLOSED = (401, 422)
"""Statuses with which an instance says that a token is needed, or that the token is none."""


class Access(NamedTuple):
    """How one instance is asked."""

    domain: str
    """Is added to the names of its own accounts."""
    token: str | None = None
    only_indexable: bool = False


class Timeline(NamedTuple):
    """How far one timeline was read."""

    newest: str = ""
    """The highest id that came so far."""
    given: Mapping[str, str] = {}
    """Versions of those statuses that the next poll sees again."""
    behind: bool = False
    """Whether there was more than one poll reads."""


class TimelineReader:
    """One poll of one instance; what it finds is gathered over all timelines."""

    def __init__(self, client: Client, access: Access, done: int | None, now: int) -> None:
        """Set up.

        Args:
            client: As handed to the source.
            access: How the instance is asked.
            done: To when the timelines that were read before are complete.
            now: The time of the poll.
        """
        self._client = client
        self._access = access
        self._floor = _id_at(now - LONGEST_LOOK_BACK if done is None else max(done - REWIND, now - LONGEST_LOOK_BACK))
        self._first = _id_at(now - FIRST_LOOK_BACK)
        self._now = now
        self._pages = 0
        self.posts: dict[str, Post] = {}
        """By native id."""
        self.looked_at = 0
        self.damaged = 0
        self.more = False
        """Whether something was left for the next poll."""

    async def read(self, address: str, state: Timeline | None) -> Timeline:
        """Read a timeline from where it was left; one that is new begins a day ago.

        Raises:
            NoKey: the instance wants a token, or another one.
            SourceError: an answer could not be used.
        """
        newest, given = (state.newest, dict(state.given)) if state else ("", {})
        after = self._first if state is None else max(_start_of(state), self._floor, key=_order)
        behind = False
        while True:
            if self._pages >= MOST_PAGES:
                self.more = behind = True
                break
            self._pages += 1
            page = await self._page(address, after)
            self._take(page, given)
            given |= page.versions
            highest = max(page.versions, key=_order, default="")
            newest = max(newest, highest, key=_order)
            if len(page.versions) + page.damaged < PAGE or _order(highest) <= _order(after):
                break
            after = highest
        limit = _order(rewound(newest))
        kept = {number: version for number, version in given.items() if _order(number) >= limit}
        return Timeline(newest, kept, behind)

    async def _page(self, address: str, after: str) -> Page:
        params: dict[str, str | int] = {"limit": PAGE, "min_id": after}
        answer = await ask(self._client, address, params, self._access.token, also=CLOSED)
        if answer.status in CLOSED:
            raise closed(self._access.domain, refused=self._access.token is not None)
        return parse(answer.body, self._access.domain, self._now, only_indexable=self._access.only_indexable)

    def _take(self, page: Page, given: Mapping[str, str]) -> None:
        """Keep what is new of a page, or was edited since it was given."""
        fresh = sorted(
            (number for number, version in page.versions.items() if given.get(number) != version), key=_order
        )
        self.looked_at += len(fresh) + page.damaged
        self.damaged += page.damaged
        self.posts |= {page.posts[number].native_id: page.posts[number] for number in fresh if number in page.posts}


def rewound(newest: str) -> str:
    """An id from which on everything is new that reaches the instance a quarter of an hour late.

    The ids of Mastodon hold a time in milliseconds above 16 other bits; those of other programs stay as they are.
    """
    if newest.isdigit() and len(newest) > 15:
        return str(max(int(newest) - (REWIND << 16), 0))
    return newest


def _id_at(instant: int) -> str:
    return str(max(instant, 0) << 16)


def _start_of(state: Timeline) -> str:
    """Where to go on. While there is more than one poll reads, going back would lead nowhere."""
    return state.newest if state.behind else rewound(state.newest)


def _order(number: str) -> tuple[int, str]:
    """Sorts ids by time, be they numbers or of another kind that grows."""
    return len(number), number


def closed(host: str, *, refused: bool = False) -> NoKey:
    """An instance shows its timelines to its own people only."""
    if refused:
        return NoKey(f"{host} refuses the token in MASTODON_TOKEN; make one that may read:statuses.")
    return NoKey(
        f"{host} shows its timelines only to those who are signed in; take it out of `instances`, or put it first "
        "and give its token in MASTODON_TOKEN."
    )


async def ask(
    client: Client, address: str, params: Mapping[str, str | int], token: str | None, also: tuple[int, ...]
) -> Answer:
    """Ask an instance, with its token where there is one."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return await client.get(
        address, headers=headers, params=params, also=also, credential="token" if token else "", limit_bytes=LIMIT_BYTES
    )
