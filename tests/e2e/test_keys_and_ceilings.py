"""`monitor fetch` as a process with a source that takes a key and costs something."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from monitor.instants import DAY
from monitor.records import Budget
from monitor.store.errors import StoreError
from monitor.store.reader import open_reader
from tests.e2e.paid_source import install

SECRET = "AAAA-secret-value"

CONFIG = """
[beats.zebrafish]
name = "Zebrafish"
any = ["zebrafish"]
[sources.paid]
endpoint = "http://127.0.0.1:{port}/"
"""


class Counting:
    """A server that counts how often it was asked, and with which keys."""

    def __init__(self) -> None:
        self.asked: list[str | None] = []
        counting = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                counting.asked.append(self.headers["Authorization"])
                body = b"a zebrafish"
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Machine:
    """A folder with a store, a configuration, an installed source, and processes that fetch."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.store, self.config = folder / "monitor.db", folder / "config.toml"
        self.log = folder / "log.txt"
        self._running: list[subprocess.Popen[str]] = []
        packages = folder / "packages"
        packages.mkdir()
        install(packages)
        homes = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
        kept = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
        self.environment = {**kept, **homes, "PYTHONPATH": str(packages)}

    def configure(self, more: str = "") -> None:
        self.config.write_text(CONFIG.format(port=self.port) + more)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "monitor", "--store", str(self.store), "--config", str(self.config), *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )

    def fetch(self) -> subprocess.Popen[str]:
        command = self.command("fetch", "--source", "paid")
        with self.log.open("a") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=log, env=self.environment, text=True)
        self._running.append(process)
        return process

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def budgets(self) -> tuple[Budget, ...]:
        try:
            with open_reader(self.store) as reader:
                now = time.time_ns() // 1_000_000
                return reader.standings((now - DAY, now), now)["paid"].budgets
        except StoreError:
            return ()

    def close(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.kill()
            process.wait(100)


@pytest.fixture
def server() -> Iterator[Counting]:
    server = Counting()
    yield server
    server.close()


@pytest.fixture
def machine(tmp_path: Path, server: Counting) -> Iterator[Machine]:
    machine = Machine(tmp_path, server.port)
    yield machine
    machine.close()


def eventually(condition: Callable[[], Any], seconds: float = 60.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, "did not come true"
        time.sleep(0.02)
    return result


def test_a_paid_source_asks_nothing_without_key_or_ceiling_and_says_why(machine: Machine, server: Counting) -> None:
    machine.configure()
    assert machine.run("fetch", "--once", "--source", "paid").returncode == 1
    machine.environment["PAID_TOKEN"] = SECRET
    without_ceiling = machine.run("fetch", "--once", "--source", "paid")
    assert without_ceiling.returncode == 1
    assert "give requests_per_day in [sources.paid]" in without_ceiling.stderr
    assert server.asked == []


def test_a_ceiling_holds_over_kills_and_restarts_and_a_reload_raises_it(machine: Machine, server: Counting) -> None:
    machine.environment["PAID_TOKEN"] = SECRET
    machine.configure("requests_per_day = 4\n")
    first = machine.fetch()
    eventually(lambda: len(server.asked) >= 2)
    first.kill()
    first.wait()
    second = machine.fetch()
    eventually(lambda: "4 of 4 requests today" in machine.said())
    assert 2 <= len(server.asked) <= 4
    (budget,) = machine.budgets()
    assert (budget.spent, budget.ceiling) == (4, 4)

    asked = len(server.asked)
    machine.configure("requests_per_day = 6\n")
    second.send_signal(signal.SIGHUP)
    eventually(lambda: len(server.asked) == asked + 2)
    eventually(lambda: "6 of 6 requests today" in machine.said())
    assert len(server.asked) == asked + 2
    assert set(server.asked) == {f"Bearer {SECRET}"}
    second.send_signal(signal.SIGTERM)
    assert second.wait(100) == 143


def test_a_reload_finds_a_key_that_was_put_into_its_file(machine: Machine, server: Counting) -> None:
    machine.configure('requests_per_day = 1000\ntoken_file = "token"\n')
    running = machine.fetch()
    eventually(lambda: "is not there" in machine.said())
    file = machine.folder / "token"
    file.touch(0o600)
    file.write_text(SECRET + "\n")
    running.send_signal(signal.SIGHUP)
    eventually(lambda: server.asked)
    file.write_text("another")
    running.send_signal(signal.SIGHUP)
    eventually(lambda: "Bearer another" in server.asked)


def test_a_secret_is_nowhere_but_in_the_request(machine: Machine, server: Counting) -> None:
    machine.environment["PAID_TOKEN"] = SECRET
    machine.configure("requests_per_day = 2\n")
    running = machine.fetch()
    eventually(lambda: "2 of 2 requests today" in machine.said())
    shown = machine.run("config", "show")
    asked = machine.run("sources", "--json")
    running.send_signal(signal.SIGTERM)
    running.wait(100)
    assert server.asked == [f"Bearer {SECRET}"] * 2
    assert SECRET not in shown.stdout + shown.stderr + asked.stdout + asked.stderr
    kept = [path for path in machine.folder.rglob("*") if path.is_file()]
    assert machine.store in kept
    assert not [path for path in kept if SECRET.encode() in path.read_bytes()]
