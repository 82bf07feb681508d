"""`monitor sources`, `monitor doctor`, `monitor config show`: what they say of keys, ceilings, hosts and the clock."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from monitor.instants import DAY
from monitor.records import Attempt
from monitor.store.registry import SourceRegistration
from monitor.store.spending import Limit
from monitor.store.writer import Changes, Writer
from tests.e2e.paid_source import install

SECRET = "AAAA-secret-value"


class Host:
    """A web server with a clock of its own."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.asked: list[str] = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append(self.path)
                self.send_response_only(404)
                self.send_header("Date", formatdate(time.time() + host.ahead, usegmt=True))
                self.send_header("Content-Length", "0")
                self.end_headers()

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


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    yield host
    host.close()


Ask = Callable[..., Any]


@pytest.fixture
def ask(run: Any, tmp_path: Path, host: Host) -> Ask:
    """Runs a command with the paid source installed and all that come with the program switched off."""
    packages = tmp_path / "packages"
    packages.mkdir()
    install(packages)
    config = tmp_path / "config.toml"

    def run_command(*arguments: str, settings: str = "", **environment: str) -> Any:
        from monitor.sources.registry import load_sources

        tables = "".join(f"[sources.{slug}]\nenabled = false\n" for slug in load_sources())
        config.write_text(f'{tables}[sources.paid]\nendpoint = "http://127.0.0.1:{host.port}/"\n{settings}')
        return run("--config", str(config), *arguments, PYTHONPATH=str(packages), **environment)

    return run_command


def findings(result: Any, area: str) -> list[dict[str, str]]:
    return [finding for finding in json.loads(result.stdout) if finding["area"] == area]


def test_doctor_finds_keys_without_showing_them(ask: Ask, tmp_path: Path) -> None:
    result = ask("doctor", "--offline", "--json", PAID_TOKEN=SECRET)
    (finding,) = findings(result, "keys")
    assert (finding["state"], finding["what"]) == ("ok", "paid: token found in the variable PAID_TOKEN")
    assert SECRET.encode() not in result.stdout

    (missing,) = findings(ask("doctor", "--offline", "--json"), "keys")
    assert missing["state"] == "note"
    assert missing["advice"] == "set PAID_TOKEN, or name a file in token_file in [sources.paid]"


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_doctor_notes_a_key_that_others_may_read_and_calls_a_missing_file_a_problem(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(SECRET)
    file.chmod(0o644)
    (open_file,) = findings(ask("doctor", "--offline", "--json", settings='token_file = "token"\n'), "keys")
    assert open_file["state"] == "note"
    assert "chmod 600" in open_file["advice"]
    result = ask("doctor", "--offline", "--json", settings='token_file = "nowhere"\n')
    (gone,) = findings(result, "keys")
    assert (gone["state"], result.returncode) == ("problem", 1)


def test_doctor_tells_budgets_and_a_missing_ceiling(ask: Ask, store: Path) -> None:
    (missing,) = findings(ask("doctor", "--offline", "--json"), "budgets")
    assert "give requests_per_day in [sources.paid]" in missing["what"]
    today = _today(10.0)
    with Writer(store) as writer:
        writer.set_ceilings("paid", [today])
        writer.spend("paid", [today], 9.0)
    (nearly,) = findings(ask("doctor", "--offline", "--json", settings="requests_per_day = 10\n"), "budgets")
    assert (nearly["state"], nearly["what"]) == ("note", "Paid: 9 of 10 requests today")
    (less,) = findings(ask("doctor", "--offline", "--json", settings="requests_per_day = 90\n"), "budgets")
    assert (less["state"], less["what"]) == ("ok", "Paid: 9 of 90 requests today")


def _today(ceiling: float) -> Limit:
    start = time.time_ns() // 1_000_000 // DAY * DAY
    return Limit("requests", "day", start, start + DAY, ceiling)


ON = {"settings": "requests_per_day = 5\n", "PAID_TOKEN": SECRET}


def test_doctor_asks_the_hosts_and_compares_the_clock(ask: Ask, host: Host) -> None:
    result = ask("doctor", "--json", **ON)
    assert [finding["what"] for finding in findings(result, "network")] == ["Paid: its host answered"]
    (clock,) = findings(result, "clock")
    assert clock["state"] == "ok"
    assert host.asked == ["/robots.txt"]

    host.ahead = 600
    result = ask("doctor", "--json", **ON)
    (clock,) = findings(result, "clock")
    assert (clock["state"], result.returncode) == ("problem", 1)
    assert "behind" in clock["what"]
    assert "set the clock" in clock["advice"]


def test_doctor_says_that_nothing_can_be_reached(ask: Ask, host: Host) -> None:
    host.close()
    host.close = lambda: None  # type: ignore[method-assign]
    result = ask("doctor", "--json", **ON)
    (network,) = findings(result, "network")
    assert (network["state"], result.returncode) == ("problem", 1)
    assert "refused the connection" in network["what"]
    assert network["advice"]


def test_doctor_asks_nobody_when_offline(ask: Ask, host: Host) -> None:
    (network,) = findings(ask("doctor", "--offline", "--json", **ON), "network")
    assert network["state"] == "note"
    assert host.asked == []


def test_config_show_says_where_keys_were_found_and_not_what_they_are(ask: Ask) -> None:
    shown = ask("config", "show", PAID_TOKEN=SECRET)
    assert b"# paid: token found in the variable PAID_TOKEN\n" in shown.stdout
    (key,) = json.loads(ask("config", "show", "--json", PAID_TOKEN=SECRET).stdout)["secrets"]
    assert key == {"source": "paid", "name": "token", "place": "environment", "where": "PAID_TOKEN", "trouble": ""}
    assert b"# paid: token not found\n" in ask("config", "show").stdout


def test_config_check_refuses_a_secret_in_the_file_without_repeating_it(ask: Ask, tmp_path: Path) -> None:
    result = ask("config", "check", settings=f'token = "{SECRET}"\nrequests_per_day = 0\ntoken_file = 5\n')
    assert result.returncode == 2
    assert SECRET.encode() not in result.stdout + result.stderr
    secret, ceiling, file = result.stdout.decode().splitlines()
    assert "sources.paid.token: a secret does not belong in this file" in secret
    assert "PAID_TOKEN" in secret
    assert "token_file" in secret
    assert "a ceiling is a number above 0" in ceiling
    assert "sources.paid.token_file: expected a text in quotes" in file
    assert ask("snapshot", settings=f'token = "{SECRET}"\n').returncode == 1
    cached = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert not [path for path in cached if SECRET.encode() in path.read_bytes()]


def test_sources_without_a_store_are_those_that_would_be_read(ask: Ask, store: Path) -> None:
    result = ask("sources", "--json", **ON)
    assert result.returncode == 0
    by_slug = {source["slug"]: source for source in json.loads(result.stdout)}
    assert by_slug["paid"]["state"] == "waiting"
    assert by_slug["paid"]["budgets"][0]["ceiling"] == 5
    assert by_slug["bluesky"]["state"] == "off"
    assert "no store yet" in result.stderr.decode()
    assert not store.exists()
    without_key = {source["slug"]: source for source in json.loads(ask("sources", "--json").stdout)}
    assert (without_key["paid"]["state"], without_key["paid"]["message"]) == ("no-key", "Set PAID_TOKEN.")
    assert "no key" in ask("sources").stdout.decode()


def test_sources_with_a_store_tell_state_budget_and_the_longest_gap_first(ask: Ask, store: Path) -> None:
    at = time.time_ns() // 1_000_000
    today = _today(10.0)
    hour = 3_600_000
    with Writer(store) as writer:
        writer.register_sources([SourceRegistration("paid", "Paid", 60.0)])
        writer.set_ceilings("paid", [today])
        writer.spend("paid", [today], 4.0)
        spans = [(at - 23 * hour, at - 20 * hour), (at - 12 * hour, at - 2 * hour), (at - hour, at)]
        writer.commit(Changes(attempts=[Attempt("paid", "all", span, "ok", span[1]) for span in spans]))
    by_slug = {source["slug"]: source for source in json.loads(ask("sources", "--json").stdout)}
    gaps = by_slug["paid"]["gaps"]
    assert len(gaps) == 3
    assert gaps[0][0] < gaps[1][0]
    words = ask("sources", COLUMNS="200").stdout.decode()
    assert "4 of 10 requests today" in words
    assert "not collected: " in words
    assert "(8 h)" in words
