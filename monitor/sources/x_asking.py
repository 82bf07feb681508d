"""Asking X: what it costs, counted before it is asked for, and what its refusals mean.

Prices: https://docs.x.com/x-api/getting-started/pricing, August 2026. That X charges for the same post only once in a
UTC day is called a soft guarantee there, so it is not counted on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from monitor import instants
from monitor.http_limits import asked_wait, read_limits
from monitor.sources.base import NoKey, OverBudget, SourceError
from monitor.sources.reading import host_of, mapping_of, text_of
from monitor.sources.x_posts import Page, complaint, parse

if TYPE_CHECKING:
    from monitor.http import Client

KEY = "bearer_token"
DOLLARS_A_POST = 0.005
DOLLARS_A_USER = 0.010
UNIT = "dollars"
REFUSALS = (400, 401, 402, 403, 404, 409, 429, 500, 502, 503, 504)
"""Statuses under which nothing was given, and so nothing charged."""
CREDENTIAL = "x"


def authorization(client: Client) -> dict[str, str]:
    """The header with the key.

    Raises:
        NoKey: there is none.
    """
    secret = client.settings.secrets.get(KEY)
    if secret is None:
        raise NoKey("X needs a bearer token in X_BEARER_TOKEN.")
    return {"Authorization": f"Bearer {secret.reveal()}"}


async def reserve(client: Client, sizes: Sequence[int], *, authors: bool = False) -> int:
    """Count what so many posts may cost at most: of the first of these sizes that the ceilings allow.

    Raises:
        OverBudget: they allow none.
    """
    for size in sizes:
        try:
            await client.meter.spend(UNIT, _most(size, authors))
        except OverBudget as error:
            refused = error
        else:
            return size
    raise refused


async def ask(client: Client, url: str, params: Mapping[str, str | int], size: int, now: int) -> Page:
    """Ask for a page of at most so many posts, which were reserved.

    What did not come is given back. What may have been served and was lost on the way stays counted, and a request is
    not repeated then.

    Raises:
        OverBudget: what X gives is used up.
        SourceError: there is no usable answer.
    """
    headers = authorization(client)
    reserved = _most(size, "expansions" in params)
    try:
        answer = await client.get(
            url, headers=headers, params=params, also=REFUSALS, credential=CREDENTIAL, repeatable=False
        )
    except SourceError as error:
        if not error.sent:
            await client.meter.refund(UNIT, reserved)
        raise
    if answer.status != 200:
        await client.meter.refund(UNIT, reserved)
        raise refusal(answer.status, answer.headers, answer.body, now, host_of(answer.url))
    page = parse(answer.body, now, host_of(answer.url))
    await _settle(client, reserved, price_of(page))
    return page


def _most(size: int, authors: bool) -> float:
    return size * (DOLLARS_A_POST + (DOLLARS_A_USER if authors else 0.0))


def price_of(page: Page) -> float:
    """What X charges for an answer, in dollars."""
    return page.paid_posts * DOLLARS_A_POST + page.paid_users * DOLLARS_A_USER


async def _settle(client: Client, reserved: float, price: float) -> None:
    if price <= reserved:
        await client.meter.refund(UNIT, reserved - price)
        return
    try:
        await client.meter.spend(UNIT, price - reserved)
    except OverBudget:
        # X sent more than it was asked for. That cannot be undone; the next question will be refused.
        return


def refusal(status: int, headers: Mapping[str, str], body: bytes, now: int, host: str) -> SourceError:
    """What a refusal means, by its body where that says more than the status."""
    try:
        data = mapping_of(json.loads(body))
    except (ValueError, RecursionError):
        data = {}
    return trouble(status, data, _wait(headers, now), now, host)


def trouble(status: int, data: Mapping[str, Any], wait: float | None, now: int, host: str) -> SourceError:
    """What X means by a status and a problem document; a status of 0 is that of something said in a stream."""
    words = complaint(data)
    kind = text_of(data.get("type")).rpartition("/")[2]
    if kind == "usage-capped" or "UsageCapExceeded" in words:
        sentence = "The posts that X gives in a month are used up (UsageCapExceeded); it goes on with the next month."
        return OverBudget(sentence, retry_after=_until_next_month(now))
    if status == 402 or "CreditsDepleted" in words:
        sentence = "There are no credits left at X (CreditsDepleted); buy some at console.x.com."
        return OverBudget(sentence, retry_after=_until_tomorrow(now))
    if status == 401:
        return NoKey("X does not accept the key in X_BEARER_TOKEN; make a new one at console.x.com.")
    if status == 403:
        return NoKey(f"X does not let this key read: {words}")
    if "TooManyConnections" in json.dumps(data):
        return SourceError("Another process reads this stream of X already, and only one may.", retry_after=60.0)
    said = f"{status}: {words}" if data and status else words if data else str(status)
    return SourceError(f"{host} answered {said.rstrip('.')}.", retry_after=wait)


def _wait(headers: Mapping[str, str], now: int) -> float | None:
    """Seconds until asking again may help, where the headers say so."""
    spent = [limit.resets_in for limit in read_limits(headers, now) if limit.remaining < 1]
    return asked_wait(headers, now) or max(spent, default=None)


def _until_tomorrow(now: int) -> float:
    return (instants.DAY - now % instants.DAY) / instants.SECOND


def _until_next_month(now: int) -> float:
    today = instants.to_datetime(now).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (instants.from_datetime(following) - now) / instants.SECOND
