"""`monitor fetch` as a process: the lease, the log and the exit code. What it reads is tested elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.fetching.lease import Lease

OFF = "".join(f"[sources.{slug}]\nenabled = false\n" for slug in ("bluesky", "news", "hackernews"))

Fetch = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def fetch(tmp_path: Path, store: Path) -> Iterator[Fetch]:
    """Start `monitor fetch` with nothing to read that anybody would answer."""
    config = tmp_path / "config.toml"
    config.write_text(OFF)
    running = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "monitor", "--store", str(store), "--config", str(config), "fetch", *arguments]
        with (tmp_path / "log.txt").open("a") as log:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=log, text=True, env=dict(os.environ))
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def said(tmp_path: Path) -> Callable[[], str]:
    return lambda: (tmp_path / "log.txt").read_text()


@pytest.fixture
def lease(store: Path) -> Iterator[Lease]:
    """Held by the test."""
    lease = Lease(store)
    assert lease.try_acquire("a test")
    yield lease
    lease.release()


def test_one_run_from_cron_does_not_disturb_another(fetch: Fetch, lease: Lease, said: Any, store: Path) -> None:
    assert fetch("--once", "--source", "news").wait(100) == 1
    assert "event=held" in said()
    assert "exit=1" in said()
    assert f"process {os.getpid()}" in said()
    assert not store.exists()


def test_a_background_fetcher_says_when_it_takes_over(
    fetch: Fetch, lease: Lease, said: Any, eventually: Callable[..., Any]
) -> None:
    process = fetch("--child", "--source", "news")
    eventually(lambda: "event=waiting" in said())
    assert "taken-over" not in said()
    lease.release()
    eventually(lambda: "event=taken-over" in said() and f"process {os.getpid()}" in said())
    eventually(lambda: "event=start" in said())
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(100) == 0


def test_who_takes_a_free_lease_takes_nothing_over(fetch: Fetch, said: Any, eventually: Callable[..., Any]) -> None:
    process = fetch("--child", "--source", "news")
    eventually(lambda: "event=start" in said())
    assert "taken-over" not in said()
    process.terminate()
    assert process.wait(100) == 143


def test_a_run_that_waits_for_its_moment_can_be_ended(
    fetch: Fetch, said: Any, store: Path, eventually: Callable[..., Any]
) -> None:
    process = fetch("--once", "--jitter", "3600", "-v")
    eventually(lambda: "event=delay" in said())
    process.send_signal(signal.SIGTERM)
    assert process.wait(100) == 143
    assert not store.exists()


@pytest.mark.parametrize("jitter", ["-1", "3601", "soon", "nan"])
def test_a_moment_that_cannot_be_is_wrong_usage(fetch: Fetch, said: Any, jitter: str) -> None:
    assert fetch("--once", "--jitter", jitter).wait(100) == 2
    assert "0 to 3600" in said()
