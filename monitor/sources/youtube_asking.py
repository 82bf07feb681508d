"""Asking the YouTube Data API: what each call takes of a day's quota, and what its refusals mean.

Since June 2026 `search.list` has a quota of its own, 100 calls a day; all else takes units of another, 10,000 a day. A
day is one of California's. Calls that fail count as well. https://developers.google.com/youtube/v3/determine_quota_cost
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any

from monitor import instants
from monitor.http_limits import asked_wait
from monitor.sources.base import NoKey, OverBudget, SourceError
from monitor.sources.reading import host_of, list_of, mapping_of, text_of
from monitor.text.clean import clean_line, html_to_text

if TYPE_CHECKING:
    from monitor.http import Client

KEY = "api_key"
ZONE = "America/Los_Angeles"
SEARCHES, UNITS = "searches", "units"

_REFUSALS = (400, 401, 403, 404, 429, 500, 502, 503, 504)
_OF_THE_KEY = {
    "keyInvalid",
    "keyExpired",
    "API_KEY_INVALID",
    "API_KEY_SERVICE_BLOCKED",
    "API_KEY_IP_ADDRESS_BLOCKED",
    "accessNotConfigured",
    "SERVICE_DISABLED",
    "ipRefererBlocked",
}
_QUOTA = {"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"}
_TOO_FAST = {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"}
_TOO_FAST_WAIT = 60.0


class Refused(SourceError):
    """The API refused a call for a reason that concerns what was asked for, such as `commentsDisabled`."""

    def __init__(self, message: str, reasons: frozenset[str], retry_after: float | None = None) -> None:
        super().__init__(message, retry_after=retry_after)
        self.reasons = reasons


async def ask(client: Client, url: str, params: Mapping[str, str | int], now: int, unit: str = UNITS) -> bytes:
    """Make one call, having counted it; gives the body.

    Raises:
        NoKey: the key is missing or refused.
        OverBudget: the day's calls are used up, by our ceiling or by YouTube's word.
        Refused: the reason lies in what was asked for.
        SourceError: there is no usable answer.
    """
    secret = client.settings.secrets.get(KEY)
    if secret is None:
        raise NoKey("YouTube's search needs an API key in YOUTUBE_API_KEY.")
    await client.meter.spend(unit, 1)
    sent = {**params, "key": secret.reveal()}
    try:
        answer = await client.get(url, params=sent, also=_REFUSALS, credential="youtube", repeatable=False)
    except SourceError as error:
        if not error.sent:
            await client.meter.refund(unit, 1)
        raise
    if answer.status in _REFUSALS:
        raise refusal(answer.status, answer.headers, answer.body, now, host_of(answer.url))
    return answer.body


def refusal(status: int, headers: Mapping[str, str], body: bytes, now: int, host: str) -> SourceError:
    """What a refusal means; its body gives reasons in several places."""
    try:
        error = mapping_of(mapping_of(json.loads(body)).get("error"))
    except (ValueError, RecursionError):
        error = {}
    reasons = _reasons(error)
    words = clean_line(html_to_text(text_of(error.get("message"))[:2000]))[:300]
    if reasons & _QUOTA or (reasons & _TOO_FAST and "per day" in words):
        sentence = "The calls that YouTube allows in a day are used up (quotaExceeded); it goes on at midnight Pacific."
        return OverBudget(sentence, retry_after=_until_midnight(now))
    if reasons & _OF_THE_KEY or status == 401:
        return NoKey(f"YouTube does not accept the key in YOUTUBE_API_KEY: {words or 'no reason given'}")
    sentence = f"{host} answered {status}" + (f": {words}" if words else "")
    wait = asked_wait(headers, now)
    if reasons & _TOO_FAST or status == 429:
        wait = wait or _TOO_FAST_WAIT
    return Refused(sentence.rstrip(".") + ".", reasons, wait)


def _reasons(error: Mapping[str, Any]) -> frozenset[str]:
    found = [text_of(error.get("status"))]
    for name in ("errors", "details"):
        found += [text_of(mapping_of(one).get("reason")) for one in list_of(error.get(name))]
    return frozenset(reason for reason in found if reason)


def _until_midnight(now: int) -> float:
    moment = instants.to_datetime(now).astimezone(_zone())
    following = (moment + timedelta(days=1)).date()
    midnight = datetime(following.year, following.month, following.day, tzinfo=moment.tzinfo)
    return (instants.from_datetime(midnight) - now) / instants.SECOND


def _zone() -> tzinfo:
    """California's time; its winter time where this machine knows no zones."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(ZONE)
    except (OSError, ValueError, KeyError):
        return timezone(timedelta(hours=-8))
