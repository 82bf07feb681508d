"""Access to Reddit's API: a token for the application, kept in memory, and what refusals mean."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from monitor import __version__, instants
from monitor.sources.base import NoKey, Secret, SourceError
from monitor.sources.reading import host_of, mapping_of, number_of, text_of, text_or_none
from monitor.text.clean import clean_line

if TYPE_CHECKING:
    from monitor.http import Answer, Client

ID, SECRET = "client_id", "client_secret"
CREDENTIAL = "reddit"
USER_AGENT = f"python:discourse-monitor:{__version__} (+https://pypi.org/project/discourse-monitor/)"
"""In the form that Reddit wants, but for the account behind it, which only the user knows."""

_REFUSALS = (400, 401, 403, 404)
_SHORTEST_LIFE = 60
_SOONER = instants.MINUTE
"""A token is renewed so long before it ends."""


class Access:
    """The token of one application."""

    def __init__(self) -> None:
        self._token: Secret | None = None
        self._until = 0
        self._owner: Secret | None = None

    async def get(
        self, client: Client, url: str, params: Mapping[str, str | int], tokens: str, user_agent: str
    ) -> Answer:
        """Ask the API, with a new token where the one that is kept is refused.

        Args:
            client: To ask with; its secrets are those of the application.
            url: Of the API.
            params: Added to it.
            tokens: Where tokens are given.
            user_agent: Sent along.

        Raises:
            NoKey: the credentials are missing or refused.
            SourceError: there is no usable answer.
        """
        for fresh in (False, True):
            token = await self._renewed(client, tokens, user_agent, fresh=fresh)
            headers = {"Authorization": f"bearer {token.reveal()}", "User-Agent": user_agent}
            answer = await client.get(url, params=params, headers=headers, also=_REFUSALS, credential=CREDENTIAL)
            if answer.status != 401:
                break
        if answer.status in _REFUSALS:
            raise _refusal(answer)
        return answer

    async def _renewed(self, client: Client, tokens: str, user_agent: str, *, fresh: bool) -> Secret:
        """The token, or a new one where it ends soon, belongs to other credentials, or `fresh` says so."""
        identifier, secret = client.settings.secrets.get(ID), client.settings.secrets.get(SECRET)
        if identifier is None or secret is None:
            raise NoKey("Reddit's API needs REDDIT_CLIENT_ID and REDDIT_CLIENT_SECRET.")
        now = client.now()
        if self._token is not None and not fresh and self._owner == identifier and now < self._until - _SOONER:
            return self._token
        login = base64.b64encode(f"{identifier.reveal()}:{secret.reveal()}".encode()).decode()
        answer = await client.post(
            tokens,
            data={"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {login}", "User-Agent": user_agent},
            also=_REFUSALS,
            credential=CREDENTIAL,
            repeatable=True,
        )
        data = _json(answer.body)
        token = text_or_none(data.get("access_token"))
        if answer.status in (400, 401, 403) or (token is None and data.get("error")):
            raise NoKey(
                "Reddit does not accept the credentials in REDDIT_CLIENT_ID and REDDIT_CLIENT_SECRET"
                f" ({answer.status} {clean_line(text_of(data.get('error')))[:100]}".rstrip()
                + ")."
            )
        if token is None or not token.isascii() or not token.isprintable():
            raise SourceError(f"{host_of(answer.url)} sent no token.")
        self._token, self._owner = Secret(token), identifier
        self._until = now + max(_SHORTEST_LIFE, number_of(data.get("expires_in")) or 0) * instants.SECOND
        return self._token


def _refusal(answer: Answer) -> SourceError:
    data = _json(answer.body)
    reason = clean_line(text_of(data.get("reason")) or text_of(data.get("message")))[:100]
    if answer.status == 401:
        return NoKey("Reddit does not accept the token that it gave; make new credentials.")
    if answer.status == 403 and not data:
        return SourceError(
            f"{host_of(answer.url)} answered 403 with a page instead of data; is `user_agent` in [sources.reddit] of "
            "the form `platform:app-id:version (by /u/name)`?",
            retry_after=1800.0,
        )
    said = f" ({reason})" if reason else ""
    hint = "; is one of the subreddits private, quarantined or banned?" if answer.status in (403, 404) else "."
    return SourceError(f"{host_of(answer.url)} answered {answer.status}{said}{hint}", retry_after=600.0)


def _json(body: bytes) -> dict[str, object]:
    try:
        return mapping_of(json.loads(body))
    except (ValueError, RecursionError):
        return {}
