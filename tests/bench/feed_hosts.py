"""Web servers on many addresses of the loopback in a process of their own, each with one feed; they answer at once.

python -m tests.bench.feed_hosts HOSTS     (writes the port once it listens, and ends with its standard input)
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ITEMS = 20


def hosts(count: int) -> list[str]:
    """So many addresses of the loopback, none of them 127.0.0.1."""
    return [f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}" for number in range(count)]


def feed(host: str) -> bytes:
    """An RSS feed of 20 items, one of which is about the field."""
    items = "".join(
        f"<item><guid>{host}-{number}</guid><title>{'Item' if number else 'Open weights'} {number} of {host}</title>"
        f"<link>https://{host}.example/{number}</link><pubDate>Sat, 21 Nov 2026 0{number % 10}:00:00 GMT</pubDate>"
        f"<description>{'Words of an article. ' * 20}</description></item>"
        for number in range(ITEMS)
    )
    return f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode()


class _Host(asyncio.Protocol):
    """Answers 304 to a request with a condition, else the feed; connections are kept."""

    def __init__(self) -> None:
        self._request = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._request += data
        while b"\r\n\r\n" in self._request:
            head, _, self._request = self._request.partition(b"\r\n\r\n")
            self._transport.write(self._answer(head.lower()))

    def _answer(self, head: bytes) -> bytes:
        if b"if-none-match" in head:
            return b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
        body = feed(self._transport.get_extra_info("sockname")[0])
        kind = b"Content-Type: application/rss+xml\r\n"
        return b'HTTP/1.1 200 OK\r\nETag: "1"\r\n%sContent-Length: %d\r\n\r\n%s' % (kind, len(body), body)


async def _serve(count: int) -> None:
    loop = asyncio.get_running_loop()
    first, *others = hosts(count)
    server = await loop.create_server(_Host, first, 0)
    port = server.sockets[0].getsockname()[1]
    if others:
        await loop.create_server(_Host, others, port)
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def serving(count: int) -> Iterator[list[str]]:
    """The addresses of so many feeds while they are served."""
    command = [sys.executable, "-m", "tests.bench.feed_hosts", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        try:
            yield [f"http://{host}:{port}/feed" for host in hosts(count)]
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
