"""Reading X's filtered stream: rules that say what is delivered, then posts as they come, each of which costs.

Wire format: https://docs.x.com/x-api/posts/filtered-stream. One connection is allowed. An empty line comes every 20
seconds.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor import instants
from monitor.records import Deletion, Post, Span
from monitor.sources.base import Batch, OverBudget, SourceError
from monitor.sources.reading import host_of, list_of, mapping_of, number_of, read_json, sane, text_of
from monitor.sources.x_asking import (
    CREDENTIAL,
    DOLLARS_A_POST,
    DOLLARS_A_USER,
    REFUSALS,
    UNIT,
    authorization,
    price_of,
    refusal,
    trouble,
)
from monitor.sources.x_posts import FIELDS, InBand, complaint, parse_line

if TYPE_CHECKING:
    from monitor.http import Client, Lines

TAG = "discourse-monitor"
"""By which we know our own rules among those of the same application."""
SILENT_SECONDS = 25.0
GATHER_SECONDS = 1.0
IDLE_SECONDS = 10.0
"""After so long a batch is given even if it holds nothing, so that the coverage moves on."""
LATENCY = 10 * instants.SECOND
"""How far the stream is behind at most; 99 of 100 posts take less than 7 seconds."""
BLOCKS = (40, 10)
"""Posts that are paid for in advance: as many as are given, and fewer where the ceiling leaves no more."""
LATE = 90 * instants.SECOND
"""How much longer than it was meant to be a pause may take and still be one."""
TURN = 600.0
"""Seconds of which the stream is read for the share that the ceilings allow, and left alone for the rest."""


async def read_stream(
    client: Client, url: str, rules: Sequence[str], cursor: str | None, *, authors: bool
) -> AsyncGenerator[Batch]:
    """Follow the stream until X ends it, the money does, or it is time to leave it alone for a while.

    The cursor holds up to when everything came and, where a pause was meant to follow, until when and at what share:
    the pause then was collected at that share, as the turn before it was.

    Raises:
        OverBudget: a ceiling is reached.
        SourceError: the stream could not be opened, broke off, or was silent for too long.
    """
    await synchronise(client, f"{url}/rules", rules)
    purse = Purse(client, authors=authors)
    await purse.fill()
    params = {"tweet.fields": FIELDS}
    if authors:
        params |= {"expansions": "author_id", "user.fields": "username"}
    try:
        headers = authorization(client)
        opening = client.lines(url, headers=headers, params=params, credential=CREDENTIAL, also=REFUSALS)
        async with opening as lines:
            if lines.status != 200:
                body = b"\n".join(await lines.receive(SILENT_SECONDS, 100))
                raise refusal(lines.status, lines.headers, body, client.now(), lines.host)
            async with aclosing(_batches(client, lines, purse, cursor)) as batches:
                async for batch in batches:
                    yield batch
    finally:
        await purse.empty()


class Purse:
    """Money that was counted in advance for what the stream will deliver."""

    def __init__(self, client: Client, *, authors: bool) -> None:
        self._meter = client.meter
        self._price = DOLLARS_A_POST + (DOLLARS_A_USER if authors else 0.0)
        self._left = 0.0
        self._kept = False

    @property
    def posts_left(self) -> int:
        """How many more posts are paid for."""
        return max(0, int(self._left / self._price + 1e-6))

    async def fill(self) -> None:
        """Count more where half is used up, so that there is enough for what is on its way already.

        Raises:
            OverBudget: the ceilings leave no more. What is left in the purse stays counted then, since it is not known
                how much was on its way.
        """
        if self.posts_left > BLOCKS[0] // 2:
            return
        for block in BLOCKS:
            try:
                await self._meter.spend(UNIT, block * self._price)
            except OverBudget as error:
                refused = error
            else:
                self._left += block * self._price
                return
        self._kept = True
        raise refused

    async def take(self, dollars: float) -> None:
        """Use what was counted; what goes beyond it is counted now, if the ceilings let it be."""
        self._left -= dollars
        if self._left < 0:
            beyond, self._left = -self._left, 0.0
            await self._meter.spend(UNIT, beyond)

    async def empty(self) -> None:
        """Give back what was not used."""
        left, self._left = self._left, 0.0
        if left > 0 and not self._kept:
            await self._meter.refund(UNIT, left)


async def _batches(client: Client, lines: Lines, purse: Purse, cursor: str | None) -> AsyncGenerator[Batch]:
    """What a stream brings, gathered for about a second."""
    progress = Progress(cursor, client.now())
    opened = heard = given = client.now()
    if progress.rested is not None:
        yield progress.rest(progress.rested)
    while not lines.ended:
        came = await lines.receive(GATHER_SECONDS, max(1, purse.posts_left))
        now = client.now()
        wrong = await _take(came, progress, purse, now, lines.host)
        if wrong is None:
            try:
                await purse.fill()
            except OverBudget as error:
                wrong = error
        heard = now if came else min(heard, now)
        given = min(given, now)
        share = client.meter.fraction()
        turn_over = share < 1 and now - opened >= share * TURN * instants.SECOND
        if wrong or turn_over or progress.holds_something or now - given >= IDLE_SECONDS * instants.SECOND:
            given = now
            yield progress.batch(now, share, rest=TURN * (1 - share) if turn_over else None)
        if wrong:
            raise wrong
        if turn_over:
            return
        if now - heard >= SILENT_SECONDS * instants.SECOND:
            raise SourceError(f"{lines.host} has sent nothing for {SILENT_SECONDS:.0f} seconds.")
    yield progress.batch(client.now(), client.meter.fraction())


async def _take(came: Iterable[bytes], progress: Progress, purse: Purse, now: int, host: str) -> SourceError | None:
    """Read lines and pay for them; gives what is wrong where reading must end after them."""
    wrong: SourceError | None = None
    for line in came:
        if not line.strip():
            continue
        try:
            await purse.take(progress.take(line, now))
        except InBand as error:
            wrong = wrong or trouble(0, error.data, None, now, host)
        except OverBudget as error:
            wrong = wrong or error
    return wrong


class Rest(NamedTuple):
    """A pause between two turns."""

    span: Span
    share: float


class Progress:
    """What was read of a stream since the last batch, and up to when everything came."""

    def __init__(self, cursor: str | None, opened: int) -> None:
        said = _read_cursor(cursor)
        last = sane(number_of(said.get("to")))
        until = sane(number_of(said.get("until")))
        share = said.get("share")
        self._covered_to = opened
        self._missed: Span | None = None
        self.rested: Rest | None = None
        """The pause that was meant to be, where there was one."""
        if last is not None and last < opened:
            if until is not None and last < until and isinstance(share, int | float) and 0 < share <= 1:
                self.rested = Rest((last, min(until + LATE, opened)), share)
                last = self.rested.span[1]
            self._missed = (last, opened) if last < opened else None
        self._posts: dict[str, Post] = {}
        self._deletions: list[Deletion] = []
        self._read = 0
        self._damaged = 0

    @property
    def holds_something(self) -> bool:
        return bool(self._posts or self._deletions or self._missed)

    def take(self, line: bytes, now: int) -> float:
        """Read a line; gives what it costs. One that is damaged is counted and paid like a post.

        Raises:
            InBand: X says that something is wrong.
        """
        self._read += 1
        try:
            page = parse_line(line, now)
        except InBand:
            self._read -= 1
            raise
        except SourceError:
            self._damaged += 1
            return DOLLARS_A_POST
        self._posts.update((post.native_id, post) for post in page.posts)
        self._deletions += page.deletions
        self._damaged += page.damaged
        return price_of(page)

    def rest(self, rested: Rest) -> Batch:
        """The pause between two turns, which is over."""
        cursor = json.dumps({"to": rested.span[1]}, separators=(",", ":"))
        return Batch((), cursor, rested.span, fraction=rested.share)

    def batch(self, now: int, fraction: float, rest: float | None = None) -> Batch:
        """What was gathered; a new gathering begins. With `rest` it is the last one for so many seconds."""
        start, end = self._covered_to, max(self._covered_to, now - LATENCY)
        self._covered_to = end
        state: dict[str, Any] = {"to": end}
        if rest is not None:
            state |= {"until": now + round(rest * instants.SECOND), "share": fraction}
        batch = Batch(
            posts=tuple(self._posts.values()),
            cursor=json.dumps(state, separators=(",", ":")),
            covered=(start, end) if start < end else None,
            deletions=tuple(self._deletions),
            read=self._read,
            missed=self._missed,
            next_poll=rest,
            damaged=self._damaged,
            fraction=fraction,
        )
        self._posts, self._deletions, self._missed = {}, [], None
        self._read = self._damaged = 0
        return batch


def _read_cursor(cursor: str | None) -> dict[str, Any]:
    try:
        return mapping_of(json.loads(cursor or "{}"))
    except (ValueError, RecursionError):
        return {}


async def synchronise(client: Client, url: str, wanted: Sequence[str]) -> None:
    """Make our rules at X those that are wanted: others of ours are deleted, missing ones added.

    Rules of the same application that somebody else made are left alone. What they let through is delivered, and
    charged for, as well.

    Raises:
        SourceError: X refused.
    """
    present = [mapping_of(rule) for rule in list_of((await _rules(client, url, None)).get("data"))]
    ours = [rule for rule in present if text_of(rule.get("tag")).startswith(TAG)]
    stale = [text_of(rule.get("id")) for rule in ours if rule.get("value") not in wanted]
    if stale:
        await _rules(client, url, {"delete": {"ids": stale}})
    known = {text_of(rule.get("value")) for rule in present}
    added = [{"value": rule, "tag": f"{TAG} {number}"} for number, rule in enumerate(wanted, 1) if rule not in known]
    if added:
        await _rules(client, url, {"add": added})


async def _rules(client: Client, url: str, change: dict[str, Any] | None) -> dict[str, Any]:
    """Ask for the rules, or change them."""
    headers = authorization(client)
    if change is None:
        answer = await client.get(url, headers=headers, also=REFUSALS, credential=CREDENTIAL)
    else:
        answer = await client.post(url, json=change, headers=headers, also=REFUSALS, credential=CREDENTIAL)
    if answer.status not in (200, 201):
        raise refusal(answer.status, answer.headers, answer.body, client.now(), host_of(answer.url))
    data = mapping_of(read_json(answer.body, host_of(answer.url)))
    if change is not None and list_of(data.get("errors")):
        raise SourceError(f"{host_of(answer.url)} does not take a rule of the stream: {complaint(data)}")
    return data
