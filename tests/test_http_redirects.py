"""Where a redirect may lead: on the web, outside the private network, and without anybody's keys."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from monitor.http import Client
from monitor.http_address import is_private
from monitor.sources.base import SourceError


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client(spacing=0.0) as opened:
        yield opened


async def failure(client: Client, url: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await client.get(url)
    return caught.value


async def test_redirects_are_followed(client, web):
    web.answer("/old", "", "301 Moved Permanently", Location="/newer")
    web.answer("/newer", "", "302 Found", Location=web.url("/new?page=1"))
    web.answer("/new", "here")
    answer = await client.get(web.url("/old"))
    assert (answer.body, answer.url) == (b"here", web.url("/new?page=1"))


async def test_a_redirect_loop_ends(client, web):
    error = await failure(client, web.answer("/loop", "", "302 Found", Location="/loop"))
    assert "redirects" in str(error)
    assert len(web.requests) == 6


@pytest.mark.parametrize("location", ["file:///etc/hostname", "javascript:alert(1)", "http://[::1"])
async def test_a_redirect_leads_to_the_web_only(client, web, location):
    await failure(client, web.answer("/away", "", "302 Found", Location=location))
    assert len(web.requests) == 1


@pytest.mark.parametrize(
    "host", ["127.0.0.2", "localhost", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1"]
)
async def test_a_redirect_does_not_lead_into_the_private_network(client, web, host):
    error = await failure(client, web.answer("/away", "", "302 Found", Location=f"http://{host}:{web.port}/inside"))
    assert "private address" in str(error)
    assert len(web.requests) == 1


async def test_a_redirect_may_lead_to_a_private_host_that_the_configuration_names(web):
    web.answer("/inside", "here")
    url = web.answer("/away", "", "302 Found", Location=f"http://localhost:{web.port}/inside")
    async with Client(allowed_hosts=["LOCALHOST"], spacing=0.0) as client:
        assert (await client.get(url)).body == b"here"


async def test_secrets_stay_with_the_host_that_they_are_for(web):
    web.answer("/inside", "here")
    url = web.answer("/away", "", "302 Found", Location=f"http://user:word@localhost:{web.port}/inside")
    async with Client(allowed_hosts=["localhost"], spacing=0.0) as client:
        await client.get(url, headers={"Authorization": "Bearer key", "X-Api-Key": "key", "If-None-Match": '"1"'})
    first, second = web.requests
    assert first.headers["x-api-key"] == "key"
    assert second.headers["if-none-match"] == '"1"'
    assert not {"authorization", "x-api-key"} & second.headers.keys()


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("8.8.8.8", False),
        ("2606:4700::1111", False),
        ("example.com", False),
        ("127.8.8.8", True),
        ("192.168.1.1", True),
        ("100.64.0.1", True),
        ("0.0.0.0", True),
        ("224.0.0.1", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("fd00::1", True),
        ("fec0::1", True),
        ("::ffff:192.168.0.1", True),
        ("64:ff9b::7f00:1", True),
        ("2002:7f00:1::", True),
    ],
)
def test_which_addresses_are_private(address, private):
    assert is_private(address) is private


async def test_a_name_that_was_judged_by_its_address_is_asked_there_only(monkeypatch, web):
    """A hostile name server says one address to be judged and another one to be asked."""
    answers = iter(["127.0.0.3", "127.0.0.1"])
    resolve = socket.getaddrinfo

    def rebinding(host, *arguments, **how):
        return resolve(next(answers) if host == "rebinding.example" else host, *arguments, **how)

    async def other(request, reply):
        await reply.send("outside")

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr("monitor.http_request.is_private", lambda address: address != "127.0.0.3")
    web.route("/inside")(other)
    url = web.answer("/away", "", "302 Found", Location=f"http://rebinding.example:{web.port}/inside")
    async with await asyncio.start_server(web.serve, "127.0.0.3", web.port), Client(spacing=0.0) as client:
        answer = await client.get(url)
    assert (answer.body, answer.url) == (b"outside", f"http://rebinding.example:{web.port}/inside")
    assert web.requests[1].headers["host"] == f"rebinding.example:{web.port}"
    assert list(answers) == ["127.0.0.1"]


async def test_an_address_out_of_an_answer_must_be_public_unless_the_configuration_names_its_host(client, web):
    web.answer("/", "here")
    for ask in (client.get, client.post):
        with pytest.raises(SourceError, match="private address") as caught:
            await ask(web.url("/"), from_answer=True)
        assert not caught.value.sent
    assert web.requests == []
    async with Client(allowed_hosts=["127.0.0.1"], spacing=0.0) as other:
        assert (await other.get(web.url("/"), from_answer=True)).body == b"here"


async def test_an_address_out_of_an_answer_that_leads_nowhere_is_an_error(client):
    with pytest.raises(SourceError, match=r"nowhere\.invalid"):
        await client.get("http://nowhere.invalid/", from_answer=True)
