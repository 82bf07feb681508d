"""Servers on the loopback that speak the wire formats of the sources, in threads of the test."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve


def did(number: int) -> str:
    return f"did:plc:author{number % 7}"


def native_id(number: int) -> str:
    return f"at://{did(number)}/app.bsky.feed.post/key{number}"


class Jetstream:
    """A stream of numbered posts, kept and replayed from a cursor as the real one does it."""

    def __init__(self) -> None:
        self.events: list[tuple[int, str]] = []
        self.connections = 0
        self.cursors: list[int | None] = []
        self.close_after: int | None = None
        self._more = threading.Condition()
        self._server = serve(self._serve, "127.0.0.1", 0, compression=None)
        self.port = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self._closed = False

    def post(self, number: int, text: str = "a zebrafish") -> None:
        record = {"$type": "app.bsky.feed.post", "text": f"{text} {number}", "createdAt": "2026-11-20T10:00:00Z"}
        commit = {"rev": f"r{number}", "operation": "create", "cid": "c", "record": {**record, "langs": ["en"]}}
        self._add(did(number), commit, number)

    def delete(self, number: int) -> None:
        self._add(did(number), {"rev": f"d{number}", "operation": "delete"}, number)

    def _add(self, author: str, commit: dict[str, Any], number: int) -> None:
        commit |= {"collection": "app.bsky.feed.post", "rkey": f"key{number}"}
        with self._more:
            time_us = max(time.time_ns() // 1000, self.events[-1][0] + 1 if self.events else 0)
            frame = {"did": author, "time_us": time_us, "kind": "commit", "commit": commit}
            self.events.append((time_us, json.dumps(frame)))
            self._more.notify_all()

    def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        asked = parse_qs(urlsplit(connection.request.path).query).get("cursor")
        cursor = int(asked[0]) if asked else None
        self.cursors.append(cursor)
        self.connections += 1
        place, sent = 0, 0
        try:
            while not self._closed:
                with self._more:
                    if not self._more.wait_for(lambda place=place: len(self.events) > place, timeout=0.2):
                        continue
                    waiting, place = self.events[place:], len(self.events)
                for time_us, frame in waiting:
                    if cursor is None or time_us >= cursor:
                        connection.send(frame)
                        sent += 1
                        if sent == self.close_after:
                            return
        except ConnectionClosed:
            return

    def close(self) -> None:
        self._closed = True
        self._server.shutdown()
        self._thread.join()


class Web:
    """A feed and a search by date, over HTTP; what it was asked for is kept."""

    def __init__(self) -> None:
        self.status = 200
        self.asked: list[str] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append(self.path)
                kind, body = web.answer(self.path)
                self.send_response(web.status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def answer(self, path: str) -> tuple[str, bytes]:
        if path.startswith("/feed.xml"):
            items = "".join(
                f"<item><guid>n{number}</guid><title>The zebrafish of the day {number}</title>"
                f"<link>https://news.example/{number}</link><pubDate>Fri, 20 Nov 2026 10:0{number}:00 GMT</pubDate>"
                "</item>"
                for number in range(5)
            )
            return "application/rss+xml", f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()
        start = int(
            parse_qs(urlsplit(path).query)["numericFilters"][0].split("created_at_i>")[1].split(",")[0].strip("=")
        )
        hit = {"objectID": str(start), "created_at_i": start + 60, "author": "a", "title": f"Zebrafish at {start}"}
        return "application/json", json.dumps({"hits": [hit], "nbHits": 1, "page": 0, "nbPages": 1}).encode()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
