"""Keys in headers, parameters, forms and addresses come out nowhere but at the host that they are for."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator

import pytest

from monitor.http import Client
from monitor.sources.base import SourceError

SECRET = "s3cr3t-t0ken"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client(spacing=0.0, tries=2) as opened:
        yield opened


def everything_said(error: BaseException) -> str:
    """An error as it could be logged: with its traceback and all that led to it."""
    return "".join(traceback.format_exception(error)) + repr(error)


async def ask(client: Client, url: str) -> SourceError:
    address = url.replace("://", f"://me:{SECRET}@") + f"?key={SECRET}"
    headers = {"Authorization": f"Bearer {SECRET}", "X-Api-Key": SECRET}
    with pytest.raises(SourceError) as caught:
        await client.get(address, headers=headers, params={"token": SECRET})
    return caught.value


async def send(client: Client, url: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await client.post(url, data={"password": SECRET}, headers={"Authorization": f"Basic {SECRET}"})
    return caught.value


async def follow(client: Client, url: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        async with client.lines(url, headers={"Authorization": f"Bearer {SECRET}"}, params={"key": SECRET}):
            pass
    return caught.value


async def stream(client: Client, url: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        async with client.stream(f"{url.replace('http', 'ws')}?key={SECRET}"):
            pass
    return caught.value


@pytest.mark.parametrize("how", [ask, send, follow, stream])
@pytest.mark.parametrize("fault", ["refused", "torn", "not there", "garbage"])
async def test_no_error_and_no_log_tells_a_secret(client, web, caplog, how, fault):
    caplog.set_level(logging.DEBUG)

    @web.route("/torn")
    async def _(request, reply):
        reply.reset()

    @web.route("/garbage")
    async def _(request, reply):
        await reply.raw(b"no http at all\r\n\r\n")

    web.answer("/refused", SECRET, "401 Unauthorized", X_Echo=SECRET)
    url = "http://nowhere.invalid/" if fault == "not there" else web.url(f"/{fault}")
    error = await how(client, url)
    assert SECRET not in everything_said(error)
    assert SECRET not in caplog.text
    assert str(error).startswith(web.host) or "nowhere.invalid" in str(error)


@pytest.mark.parametrize("value", [f"{SECRET}\nX-Other: 1", f"{SECRET}\x00", f"{SECRET} ☃"])
async def test_a_key_that_cannot_be_sent_is_not_shown(client, web, value):
    web.answer("/", "x")
    with pytest.raises(SourceError) as caught:
        await client.get(web.url("/"), headers={"Authorization": f"Bearer {value}"})
    assert caught.value.permanent
    assert SECRET not in everything_said(caught.value)


async def test_an_address_that_is_none_is_not_shown(client):
    with pytest.raises(SourceError) as caught:
        await client.get(f"http://[::1?key={SECRET}")
    assert SECRET not in everything_said(caught.value)


async def test_a_redirect_takes_no_secret_to_another_host(web):
    web.answer("/there", "x")
    url = web.answer("/away", "", "302 Found", Location=f"http://localhost:{web.port}/there")
    async with Client(allowed_hosts=["localhost"], spacing=0.0) as client:
        await client.get(url, headers={"Cookie": SECRET, "X-Anything": SECRET}, params={"key": SECRET})
    assert SECRET not in repr(web.requests[1])


async def test_success_is_not_logged_either(client, web, caplog):
    caplog.set_level(logging.DEBUG)
    url = web.answer("/", "x", Set_Cookie=SECRET)
    await client.get(url, headers={"Authorization": SECRET}, params={"key": SECRET})
    await client.post(url, json={"key": SECRET})
    assert SECRET not in caplog.text
