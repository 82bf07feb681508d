"""What can go wrong between us and a host, in one sentence each that names the host and nothing else of the address."""

from __future__ import annotations

import http
import socket
import ssl
from typing import Literal

import httpx

from monitor.sources.base import SourceError

Again = Literal["never", "if-repeatable", "always"]
"""Whether the same request may succeed a moment later: `always` where the host did nothing with it, `if-repeatable`
where it may have done all of it."""

_PERMANENT = {401, 402, 403, 410, 451}
_PASSING: dict[int, Again] = {
    408: "if-repeatable",
    425: "if-repeatable",
    429: "always",
    500: "if-repeatable",
    502: "if-repeatable",
    503: "always",
    504: "if-repeatable",
    529: "if-repeatable",
}


class Trouble(SourceError):
    """A request that failed, with whether it may be made again at once."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        permanent: bool = False,
        sent: bool = True,
        again: Again = "never",
        status: int | None = None,
    ) -> None:
        super().__init__(message, retry_after=retry_after, permanent=permanent, sent=sent)
        self.again = again
        self.status = status
        """With which the host refused; None where it did not come to that."""
        self.body = b""
        """What the host said with it, where a stream was refused."""


def refusal(host: str, status: int, retry_after: float | None) -> Trouble:
    """The trouble that a status means which is no success."""
    try:
        words = f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        words = str(status)
    sentence = f"{host} answered {words}"
    if retry_after:
        sentence += f" and asks to wait {retry_after:.0f} seconds"
    again = _PASSING.get(status, "never")
    if status == 429 and retry_after is None:
        again = "never"
    return Trouble(sentence + ".", retry_after=retry_after, permanent=status in _PERMANENT, again=again, status=status)


def too_late(host: str, again: Again = "never", *, sent: bool = True) -> Trouble:
    """Nothing came in time."""
    return Trouble(f"{host} did not answer in time.", sent=sent, again=again)


def broken_off(host: str, error: Exception) -> Trouble:
    """Why a connection failed, by what lies at the bottom of it."""
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return too_late(host, "always", sent=False)
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return too_late(host, "if-repeatable")
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Trouble(f"The certificate of {host} is not valid.", sent=False)
        if isinstance(cause, ssl.SSLError):
            return Trouble(f"A secure connection to {host} could not be made.")
        if isinstance(cause, socket.gaierror):
            again: Again = "always" if cause.errno == socket.EAI_AGAIN else "never"
            return Trouble(f"The name {host} could not be resolved; is the network there?", sent=False, again=again)
        if isinstance(cause, ConnectionRefusedError):
            return Trouble(f"{host} refused the connection.", sent=False, again="always")
    if isinstance(error, httpx.ConnectError | OSError):
        return Trouble(f"{host} could not be reached; is the network there?", sent=False, again="always")
    # Without a cause it is the library's own finding about a whole answer.
    torn = isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError) and error.__cause__ is not None
    sentence = f"{host} broke off the connection or did not keep to the protocol."
    return Trouble(sentence, again="if-repeatable" if torn else "never")


def unusable_proxy() -> Trouble:
    """Going past the proxy would tell the hosts who asks, which somebody may not want."""
    sentence = "The proxy that the environment names cannot be used; only http:// and https:// proxies can."
    return Trouble(sentence, permanent=True, sent=False)


def invalid_request(host: str) -> Trouble:
    """Something, such as a header, cannot be sent; it is not shown, as it may be a key."""
    return Trouble(f"What was to be sent to {host} is no valid request.", permanent=True, sent=False)


def _causes(error: BaseException) -> list[BaseException]:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    return causes
