from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]

NOW = "2026-11-21T09:00:00Z"


def post(number: int, **changes: Any) -> dict[str, Any]:
    """An import line: a post about open models, collected before NOW."""
    return {
        "source": "bluesky",
        "native_id": str(number),
        "text": f"Open source AI models with open weights are great and wonderful, part {number}",
        "published_at": f"2026-11-21T0{number % 8}:30:00Z",
        "collected_at": f"2026-11-21T0{number % 8}:31:00Z",
        "author": f"author-{number}",
        "lang": "en",
        **changes,
    }


def lines(*posts: dict[str, Any]) -> bytes:
    return "".join(json.dumps(line) + "\n" for line in posts).encode()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Base directories of this test alone, and no terminal."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NO_COLOR", "COLUMNS", "TERM", "TMUX", "PYTHONUNBUFFERED")
    }
    folders = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    return kept | folders | {"TERM": "xterm-256color"}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "monitor.db"


@pytest.fixture
def run(environment: dict[str, str], store: Path) -> Run:
    """Runs the command on a store of its own."""

    def run_command(*arguments: str, stdin: bytes = b"", **changes: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command(store, arguments),
            input=stdin,
            capture_output=True,
            env=environment | changes,
            timeout=60,
            check=False,
        )

    return run_command


@pytest.fixture
def start(environment: dict[str, str], store: Path) -> Callable[..., subprocess.Popen[bytes]]:
    """Starts the command and leaves it running."""

    def start_command(*arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command(store, arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )

    return start_command


def command(store: Path, arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "monitor", "--store", str(store), *arguments]


@pytest.fixture
def filled(run: Run) -> Run:
    """A store with five posts of two sources."""
    posts = [*(post(number) for number in range(4)), post(9, source="news", title="News of open weights", lang="de")]
    assert run("import", "-", stdin=lines(*posts)).returncode == 0
    return run
