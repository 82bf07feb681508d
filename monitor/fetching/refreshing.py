"""Asking sources again about the posts that are shown: how they are received now, how their authors are called, and
whether they are still there. Whatever goes wrong here, reading goes on.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from monitor.fetching.backoff import Backoff
from monitor.fetching.events import Events
from monitor.fetching.plan import Plan
from monitor.http import Client
from monitor.instants import DAY, HOUR, SECOND
from monitor.records import Engagement
from monitor.sources.base import (
    KnownPost,
    Meter,
    Refreshable,
    Refreshed,
    Refreshing,
    Source,
    SourceError,
    SourceSettings,
)
from monitor.store.refreshing import SHOWN, DuePost, Renewal, Walk
from monitor.store.writer import Writer
from monitor.text.clean import clean_line

ROUND = 60.0
"""Seconds between two looks for posts of a source that are due."""
CALLS = 4
"""Calls of one round."""
ONCE = 60.0
"""Seconds for all sources together where everything is read once."""
LONGEST_CALL = 300.0
"""Seconds after which a call is given up."""
ASK_BEFORE = 5 * DAY
"""How long before the time of a post runs out its source is asked."""
GIVE_UP = 2 * DAY
"""How long a source may fail before posts lose their words that may not be kept any longer."""
REST = DAY
"""How long a post is left alone of which the source said nothing while its time was running out."""
REMEMBER = 2 * DAY
"""How long it is remembered when a post was asked about, where the source lets posts be kept."""
FORGET_EVERY = HOUR

PATIENCE = 3
"""Failures in a row after which each further one costs the posts of the call their turn."""

_BASE, _LIMIT = 60.0, 3600.0
_LONGEST_NAME = 200


Result = TypeVar("Result")


class Store(Protocol):
    """Where posts are chosen and answers are written, such as the committer."""

    async def ask(self, call: Callable[[Writer], Result]) -> Result:
        """What a call of the store's writer gives."""
        ...


class Around(NamedTuple):
    """What the refreshing of all sources shares."""

    client: Client
    store: Store
    meter: Callable[[str], Meter]
    """By slug of the source."""
    clock: Callable[[], int]
    randomness: random.Random
    events: Events


class Unasked:
    """A source that cannot be asked, for want of a key or because it is off, whose terms hold all the same."""

    def __init__(self, refreshing: Refreshing) -> None:
        self.refreshing = refreshing._replace(ages=())

    async def refresh(self, client: Client, posts: Sequence[KnownPost], now: int) -> Refreshed:
        """Nothing is known of any post."""
        return Refreshed()


class Refresher:
    """Keeps a task for each source that can be asked again, or whose terms do not let posts be kept."""

    def __init__(self, sources: Mapping[str, Source], around: Around) -> None:
        self._sources = sources
        self._around = around
        self._tasks: dict[str, tuple[SourceSettings, asyncio.Task[None]]] = {}

    async def follow(self, plan: Plan) -> None:
        """Ask the sources of the plan from now on; one whose settings are the same goes on undisturbed."""
        wanted = self._wanted(plan)
        await self._end([slug for slug, (settings, _) in self._tasks.items() if plan.settings.get(slug) != settings])
        await self._end([slug for slug in self._tasks if slug not in wanted])
        for slug, refreshing in wanted.items():
            if slug not in self._tasks:
                task = asyncio.create_task(refreshing.run(), name=f"{slug} refreshing")
                self._tasks[slug] = (plan.settings[slug], task)

    async def once(self, plan: Plan) -> set[str]:
        """Ask each source once about what is due now, a minute at most; returns the slugs of those that answered."""
        wanted = self._wanted(plan)
        try:
            async with asyncio.timeout(ONCE):
                await asyncio.gather(*(refreshing.round() for refreshing in wanted.values()))
        except TimeoutError:
            pass
        return {slug for slug, refreshing in wanted.items() if refreshing.answered}

    async def stop(self) -> None:
        """End everything; an answer that is being written still is."""
        await self._end(list(self._tasks))

    def _wanted(self, plan: Plan) -> dict[str, SourceRefreshing]:
        wanted = {}
        unread = [registration.slug for registration in plan.registrations if registration.state]
        for slug in (*plan.parts, *unread):
            source: object = self._sources[slug]
            if not isinstance(source, Refreshable):
                continue
            if slug not in plan.parts:
                if source.refreshing.keep_days is None:
                    continue
                source = Unasked(source.refreshing)
            client = self._around.client.for_source(plan.settings[slug], self._around.meter(slug))
            wanted[slug] = SourceRefreshing(slug, source, client, self._around)
        return wanted

    async def _end(self, slugs: list[str]) -> None:
        tasks = [self._tasks.pop(slug)[1] for slug in slugs]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class SourceRefreshing:
    """Asks one source about its posts, round by round."""

    def __init__(self, slug: str, source: Refreshable, client: Client, around: Around) -> None:
        self._slug = slug
        self._source = source
        self._client = client
        self._around = around
        self._backoff = Backoff(around.randomness, base=_BASE, limit=_LIMIT)
        self._place = ""
        self._silent: dict[int, int] = {}
        self._failing_since: int | None = None
        self._forgot_at: int | None = None
        self._said = ""
        self.answered = False
        """Whether the last round came to its end."""

    async def run(self) -> None:
        """Ask until cancelled."""
        wait = self._around.randomness.uniform(0.2, 1.0) * ROUND
        while True:
            await asyncio.sleep(wait)
            wait = await self.round()

    async def round(self) -> float:
        """Ask about what is due now; gives the seconds to wait before the next round."""
        self.answered = False
        try:
            await self._kept()
            await self._shown()
        except SourceError as error:
            return self._failed(str(error), error.retry_after, error.permanent)
        except TimeoutError:
            return self._failed("the source did not answer in time")
        except Exception as error:
            return self._failed(f"refreshing does not work ({type(error).__name__})")
        self.answered = True
        self._backoff.succeeded()
        self._failing_since = None
        if self._said:
            self._said = ""
            self._around.events.event("refresh-recovered", "info", source=self._slug)
        return ROUND * self._around.randomness.uniform(0.9, 1.1)

    async def _kept(self) -> None:
        """The posts that the terms of the source do not let be kept unless it still gives them.

        One that it gives no longer, or cannot be asked about for long, loses its words like a deleted one. A day is
        taken off, as a post may count as asked about while it is shown though nothing was said of it.
        """
        terms = self._source.refreshing
        if terms.keep_days is None:
            return
        now = self._around.clock()
        keep_from = now - terms.keep_days * DAY + SHOWN
        walk = await self._around.store.ask(
            lambda writer: writer.walk(self._slug, self._place, keep_from + ASK_BEFORE, keep_from)
        )
        self._silent = {post_id: asked for post_id, asked in self._silent.items() if now - asked < REST}
        waiting = [post for post in walk.running_out if post.id not in self._silent]
        calls = list(in_calls([*walk.overdue, *waiting], terms.at_once))
        overdue = {post.id for post in walk.overdue}
        for posts in calls[:CALLS]:
            try:
                found = await self._ask(posts)
            except (SourceError, TimeoutError):
                await self._give_up(walk, now)
                raise
            answered = _answered(posts, found)
            known = {post.id for post in answered}
            self._silent |= {post.id: now for post in posts if post.id not in known}
            silent = [post.native_id for post in posts if post.id in overdue and post.id not in known]
            await self._write(posts, found._replace(gone=(*found.gone, *silent)), answered)
            self._tell_of(len(silent))
        if len(calls) <= CALLS:
            self._place = walk.place

    async def _shown(self) -> None:
        """The posts that people see. They count as asked about whatever the source knew of them.

        After several failures also those that it failed on, which may be at fault, so that others have their turn.
        """
        now = self._around.clock()
        terms = self._source.refreshing
        ages = [int(age * SECOND) for age in terms.ages]
        due = await self._around.store.ask(
            lambda writer: writer.shown_posts(self._slug, ages, now, terms.at_once * CALLS)
        )
        for posts in in_calls(due, terms.at_once):
            try:
                found = await self._ask(posts)
            except (SourceError, TimeoutError):
                if self._backoff.failures >= PATIENCE:
                    await self._write(posts, Refreshed(), posts)
                raise
            await self._write(posts, found, posts)
        if terms.keep_days is None and (self._forgot_at is None or now - self._forgot_at >= FORGET_EVERY):
            self._forgot_at = now
            await self._renew(Renewal(), now, now - REMEMBER)

    async def _give_up(self, walk: Walk, now: int) -> None:
        """Let go of what may not be kept any longer, once the source has failed for days, in this process or before."""
        since = min(filter(None, (self._failing_since, walk.failing_since)), default=now)
        if now - since >= GIVE_UP and walk.overdue:
            await self._renew(Renewal(gone=[post.native_id for post in walk.overdue]), now)
            self._tell_of(len(walk.overdue))

    def _tell_of(self, dropped: int) -> None:
        if dropped:
            self._around.events.event("kept-too-long", "warning", source=self._slug, posts=dropped)

    async def _ask(self, posts: Sequence[DuePost]) -> Refreshed:
        known = [KnownPost(post.native_id, post.author, post.url) for post in posts]
        async with asyncio.timeout(LONGEST_CALL):
            return await self._source.refresh(self._client, known, self._around.clock())

    async def _write(self, posts: Sequence[DuePost], found: Refreshed, answered: Sequence[DuePost]) -> None:
        renewal = renewal_of(posts, found, answered)
        changed, erased = await self._renew(renewal, self._around.clock())
        self._around.events.event(
            "refreshed", "debug", source=self._slug, asked=len(posts), changed=changed, gone=erased or None
        )

    async def _renew(self, renewal: Renewal, now: int, forget_before: int | None = None) -> tuple[int, int]:
        return await self._around.store.ask(lambda writer: writer.renew(self._slug, renewal, now, forget_before))

    def _failed(self, message: str, retry_after: float | None = None, permanent: bool = False) -> float:
        if self._failing_since is None:
            self._failing_since = self._around.clock()
        wait = self._backoff.failed(retry_after=retry_after, permanent=permanent)
        if message != self._said:
            self._said = message
            self._around.events.event(
                "refresh-failed", "warning", source=self._slug, message=message, retry_in=round(wait, 1)
            )
        return max(wait, ROUND)


def renewal_of(posts: Sequence[DuePost], found: Refreshed, answered: Sequence[DuePost]) -> Renewal:
    """What of an answer is written: only what it says of posts and authors that were asked about, made harmless."""
    asked = {post.native_id for post in posts}
    authors = {post.author for post in posts}
    named = {author: clean_line(name)[:_LONGEST_NAME] for author, name in found.names.items() if author in authors}
    return Renewal(
        engagements={name: _sound(counts) for name, counts in found.engagements.items() if name in asked},
        names={author: name for author, name in named.items() if name},
        gone=[name for name in dict.fromkeys(found.gone) if name in asked],
        asked=[post.id for post in answered],
    )


def _sound(counts: Engagement) -> Engagement:
    return Engagement(*(count if isinstance(count, int) and 0 <= count < 2**63 else None for count in counts))


def _answered(posts: Iterable[DuePost], found: Refreshed) -> list[DuePost]:
    """The posts that the source still knows."""
    gone = set(found.gone)
    return [post for post in posts if post.native_id in found.engagements and post.native_id not in gone]


def in_calls(posts: Sequence[DuePost], at_once: int) -> Iterator[Sequence[DuePost]]:
    """The posts in groups of one call each."""
    return (posts[start : start + at_once] for start in range(0, len(posts), at_once))
