"""A session with Bluesky: signed in with an app password, kept in memory, renewed when it runs out.

API: https://docs.bsky.app/docs/api/com-atproto-server-create-session. Signing in is limited to a few hundred times a
day, so that it is done once in a process and its tokens are used up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from monitor.instants import SECOND
from monitor.sources.base import NoKey, Secret, SourceError
from monitor.sources.reading import list_of, mapping_of, read_json, text_of, text_or_none

if TYPE_CHECKING:
    from monitor.http import Answer, Client

PASSWORD = "app_password"  # noqa: S105 - its name

SILENCE = 300.0
"""Seconds for which a sign-in that failed is not tried again, whoever asks; the limit counts over as many."""

_REFUSED = (400, 401, 403)
_EXPIRED = {"ExpiredToken", "InvalidToken"}


class Tokens(NamedTuple):
    """What signing in gives."""

    access: Secret
    refresh: Secret
    host: str
    """Where the account lies, and is asked."""


class Session:
    """One account, signed in when it is first needed."""

    def __init__(self, service: str, identifier: str, password: Secret) -> None:
        self._service = service.rstrip("/")
        self._identifier = identifier
        self._password = password
        self._tokens: Tokens | None = None
        self._failure: tuple[int, SourceError] | None = None
        """When signing in failed, and how."""
        self._lock = asyncio.Lock()

    def belongs_to(self, service: str, identifier: str, password: Secret) -> bool:
        """Whether it is the session of this account."""
        mine = (self._service, self._identifier, self._password)
        return mine == (service.rstrip("/"), identifier, password)

    async def ask(self, client: Client, method: str, params: Mapping[str, str | int]) -> bytes:
        """The body of the answer to a query.

        Raises:
            NoKey: the app password is refused.
            SourceError: the answer could not be used.
        """
        tokens = await self._signed_in(client, None)
        answer = await self._get(client, tokens, method, params)
        if _error(answer) in _EXPIRED:
            answer = await self._get(client, await self._signed_in(client, tokens), method, params)
        if answer.status == 200:
            return answer.body
        host = urlsplit(tokens.host).hostname
        raise SourceError(f"{host} refuses searches: {_error(answer) or answer.status}.", retry_after=3600.0)

    async def _get(self, client: Client, tokens: Tokens, method: str, params: Mapping[str, str | int]) -> Answer:
        headers = {"Authorization": f"Bearer {tokens.access.reveal()}"}
        address = f"{tokens.host}/xrpc/{method}"
        return await client.get(
            address,
            headers=headers,
            params=params,
            also=_REFUSED,
            credential="app password",
            from_answer=self._is_elsewhere(tokens),
        )

    def _is_elsewhere(self, tokens: Tokens) -> bool:
        """Whether the account lies on another host than the one that the configuration names."""
        return urlsplit(tokens.host).hostname != urlsplit(self._service).hostname

    async def _signed_in(self, client: Client, expired: Tokens | None) -> Tokens:
        """Tokens that are not those that have expired: renewed, or else by signing in."""
        async with self._lock:
            if self._tokens is None or self._tokens is expired:
                renewed = await self._renew(client, expired) if expired else None
                self._tokens = renewed or await self._sign_in_once(client)
            return self._tokens

    async def _sign_in_once(self, client: Client) -> Tokens:
        """Sign in for all who wait for it; they share a failure."""
        if self._failure is not None and client.now() - self._failure[0] < SILENCE * SECOND:
            raise self._failure[1]
        try:
            tokens = await self._sign_in(client)
        except SourceError as error:
            self._failure = client.now(), error
            raise
        self._failure = None
        return tokens

    async def _sign_in(self, client: Client) -> Tokens:
        login = {"identifier": self._identifier, "password": self._password.reveal()}
        address = f"{self._service}/xrpc/com.atproto.server.createSession"
        answer = await client.post(address, json=login, also=_REFUSED, credential="app password")
        if answer.status != 200:
            reason = _error(answer)
            if answer.status == 401 or reason in ("AuthenticationRequired", "AuthFactorTokenRequired"):
                raise NoKey(
                    "Bluesky refuses BLUESKY_APP_PASSWORD for this `identifier`; make an app password in its settings."
                )
            raise SourceError(f"Bluesky did not let us sign in: {reason or answer.status}.", retry_after=3600.0)
        return self._read_tokens(answer, self._service)

    async def _renew(self, client: Client, expired: Tokens) -> Tokens | None:
        """Other tokens for those that have expired; None where they have expired for good."""
        headers = {"Authorization": f"Bearer {expired.refresh.reveal()}"}
        address = f"{expired.host}/xrpc/com.atproto.server.refreshSession"
        answer = await client.post(
            address,
            data={},
            headers=headers,
            also=_REFUSED,
            credential="app password",
            from_answer=self._is_elsewhere(expired),
        )
        return self._read_tokens(answer, expired.host) if answer.status == 200 else None

    def _read_tokens(self, answer: Answer, host: str) -> Tokens:
        data = mapping_of(read_json(answer.body, "Bluesky"))
        access, refresh = text_or_none(data.get("accessJwt")), text_or_none(data.get("refreshJwt"))
        if access is None or refresh is None or not (access.isascii() and refresh.isascii()):
            raise SourceError("Bluesky signed us in without giving tokens.")
        return Tokens(Secret(access), Secret(refresh), _home(data, self._service) or host)


def _home(data: Mapping[str, Any], service: str) -> str | None:
    """The address of the server on which the account lies, by its own document; encrypted unless the service is not."""
    for entry in map(mapping_of, list_of(mapping_of(data.get("didDoc")).get("service"))):
        address = text_of(entry.get("serviceEndpoint")).rstrip("/")
        if text_of(entry.get("id")).endswith("#atproto_pds"):
            try:
                parts = urlsplit(address)
                plain = bool(parts.hostname) and not (parts.path or parts.query or parts.username)
            except ValueError:
                return None
            return address if plain and parts.scheme in {"https", urlsplit(service).scheme} else None
    return None


def _error(answer: Answer) -> str:
    """The name of an error; nothing for success, and for the web pages that some refusals are."""
    if answer.status == 200:
        return ""
    try:
        return text_of(mapping_of(read_json(answer.body, "Bluesky")).get("error"))[:60]
    except SourceError:
        return ""
