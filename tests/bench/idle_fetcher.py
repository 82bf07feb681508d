"""What share of a core `monitor fetch` takes while nothing new comes, with the shipped set of sources.

    python -m tests.bench.idle_fetcher [SECONDS] [EVENTS_PER_SECOND]

As many feeds as are shipped, each on a host of its own that answers 304 at once, Hacker News, arXiv and Reddit without
anything new, and a stream of Jetstream with so many events a second, one by default (the network has about 50), none
of which is kept. Left out are what needs keys, and what cannot be pointed at the loopback: Google News, Mastodon.
The time is that of the process as the kernel counts it (Linux), after a minute for the first polls.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from monitor.sources.news import shipped_feeds
from monitor.sources.registry import load_sources
from tests.bench.feed_hosts import serving
from tests.bench.jetstream_frames import frames

WARM_UP = 60.0
READ = ("bluesky", "news", "hackernews", "arxiv", "reddit")
CONFIG = """
[sources.news]
use_shipped_feeds = false
google_news = false
feeds = {feeds}

[sources.bluesky]
endpoint = ["ws://127.0.0.1:{stream}/subscribe"]

[sources.hackernews]
endpoint = "http://127.0.0.1:{web}/search"

[sources.arxiv]
endpoint = "http://127.0.0.1:{web}/feeds"
api_endpoint = "http://127.0.0.1:{web}/api"

[sources.reddit]
feeds = "http://127.0.0.1:{web}"
"""


class _NothingNew(BaseHTTPRequestHandler):
    """Answers what each source takes for nothing new."""

    def do_GET(self) -> None:
        if self.path.startswith("/search"):
            kind, body = "application/json", b'{"hits": [], "nbHits": 0, "page": 0, "nbPages": 0}'
        elif self.path.startswith("/feeds"):
            kind, body = "application/rss+xml", b'<rss version="2.0"><channel><title>None</title></channel></rss>'
        else:
            kind, body = "application/atom+xml", b'<feed xmlns="http://www.w3.org/2005/Atom"><title>None</title></feed>'
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


async def _send(connection: ServerConnection, rate: float) -> None:
    generator = random.Random(5)
    with suppress(ConnectionClosed):
        while True:
            for frame in frames(1, 0.0, time.time_ns() // 1000, generator):
                await connection.send(frame, text=True)
            await asyncio.sleep(1 / rate)


@contextmanager
def streaming(rate: float) -> Iterator[int]:
    """The port of a stream with so many events a second, served by a thread."""
    ports: list[int] = []
    ready, over = threading.Event(), threading.Event()

    async def run() -> None:
        async with serve(lambda connection: _send(connection, rate), "127.0.0.1", 0) as server:
            ports.append(next(iter(server.sockets)).getsockname()[1])
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    ready.wait()
    try:
        yield ports[0]
    finally:
        over.set()
        thread.join()


@contextmanager
def answering() -> Iterator[int]:
    """The port of a server that has nothing new."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _NothingNew)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()


def processor_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 300.0
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    count = len(shipped_feeds())
    with tempfile.TemporaryDirectory() as name, serving(count) as feeds, streaming(rate) as stream, answering() as web:
        folder = Path(name)
        off = "".join(f"[sources.{slug}]\nenabled = false\n" for slug in load_sources() if slug not in READ)
        config = CONFIG.format(feeds=[*feeds], stream=stream, web=web)
        (folder / "config.toml").write_text(config.replace("'", '"') + off, encoding="utf-8")
        command = [sys.executable, "-m", "monitor", "--store", str(folder / "monitor.db")]
        command += ["--config", str(folder / "config.toml"), "fetch"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stderr=log)
        try:
            time.sleep(WARM_UP)
            began, started = processor_seconds(process.pid), time.monotonic()
            time.sleep(seconds)
            share = (processor_seconds(process.pid) - began) / (time.monotonic() - started)
        finally:
            process.terminate()
            process.wait()
        trouble = [line for line in (folder / "log").read_text().splitlines() if "level=info" not in line]
    print(f"{count} feeds, {rate:g} events a second: {share:.2%} of a core over {seconds:.0f} s")
    print("\n".join(trouble) or "nothing failed")


if __name__ == "__main__":
    main()
