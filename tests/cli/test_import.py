"""Imports that end badly: killed, stopped, or refused by the store."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from monitor.cli.import_posts import BATCH
from monitor.store.recount import check_integrity, recount
from tests.cli.conftest import Run, lines, post

COUNT = 2 * BATCH + 100

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Some batches of posts that need no scoring, one of them offered twice, and a bad line."""
    path = tmp_path / "posts.jsonl"
    days = [f"2026-11-{1 + number % 20:02}" for number in range(COUNT)]
    many = [post(number, lang="de", published_at=f"{day}T07:30:00Z") for number, day in enumerate(days)]
    path.write_bytes(lines(*many, {**many[0], "likes": 3}) + b"{\n")
    return path


def stored(store: Path) -> int:
    if not store.exists():
        return 0
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=30)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM posts").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def wait_for(store: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    while stored(store) < count and process.poll() is None:
        pass


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_an_import_that_is_broken_off_is_finished_by_the_next(
    run: Run, start: Start, store: Path, file: Path, ending: signal.Signals
) -> None:
    for at_least in (1, BATCH + 1):
        process = start("import", str(file))
        wait_for(store, at_least, process)
        process.send_signal(ending)
        process.communicate(timeout=60)
        assert process.returncode != 0
        assert stored(store) in (0, BATCH, 2 * BATCH, COUNT), "a batch is stored as a whole or not at all"
        assert recount(store) == []
        assert check_integrity(store) == []
    result = run("import", str(file))
    assert result.stderr.endswith(b"1 line failed\n")
    assert stored(store) == COUNT
    assert recount(store) == []
    assert check_integrity(store) == []
    (again,) = [json.loads(line) for line in run("import", "--json", str(file)).stdout.splitlines()]
    assert again == {"added": 0, "updated": 0, "unchanged": COUNT + 1, "deleted": 0, "failed": 1}


def test_a_batch_that_the_store_refuses_leaves_nothing_behind(run: Run, store: Path, file: Path) -> None:
    assert run("import", "-").returncode == 0
    refused = BATCH + BATCH // 2
    with closing(sqlite3.connect(store)) as connection:
        connection.execute(
            f"CREATE TRIGGER refuse BEFORE INSERT ON posts WHEN new.native_id = '{refused}' "
            "BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
        )
        connection.commit()
    result = run("import", str(file))
    assert result.returncode == 1
    assert b"database or disk is full" in result.stderr
    assert stored(store) == BATCH
    assert recount(store) == []


def test_counts_are_told_in_good_english(run: Run) -> None:
    result = run("import", "-", stdin=lines(post(1)) + b"[]\n")
    assert result.stderr.decode() == (
        "-:2: not a JSON object\n1 post added, 0 updated, 0 unchanged, 0 deleted, 1 line failed\n"
    )
    (tree,) = [json.loads(line) for line in run("snapshot", "--format", "json").stdout.splitlines()]
    assert [mark["what"] for mark in tree["manifest"]["marks"]] == ["1 post imported"]
