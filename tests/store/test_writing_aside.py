"""Batches that are committed by another process: in their order, one at a time, and with their errors told."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from monitor.own_processes import child_environment
from monitor.records import AnalysedPost
from monitor.store import writing_aside
from monitor.store.errors import StoreError
from monitor.store.reader import open_reader
from monitor.store.writer import Changes, Outcome, Writer
from monitor.store.writing_aside import WritingAside
from tests.store.factories import BEATS, NOW, analysed


@pytest.fixture
def writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writer]:
    monkeypatch.setattr(writing_aside, "LEAST_POSTS", 2)
    with Writer(tmp_path / "posts.db") as writer:
        writer.set_beats(BEATS, NOW)
        yield writer


def texts(path: Path) -> int:
    with open_reader(path) as reader:
        return len(reader.newest_texts(100))


def pair(number: int) -> Changes:
    return Changes([analysed(number), analysed(number + 1)])


def write(aside: WritingAside, changes: Changes) -> Outcome | None:
    aside.commit(changes)
    return aside.finish()


def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    processes: list[subprocess.Popen[bytes]] = []

    class Kept(subprocess.Popen[bytes]):
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)  # type: ignore[call-overload]
            processes.append(self)

    monkeypatch.setattr(subprocess, "Popen", Kept)
    return processes


@pytest.mark.parametrize(("processors", "expected"), [(1, 0), (2, 1)])
def test_the_outcome_of_a_batch_comes_with_the_next_one(
    writer: Writer, monkeypatch: pytest.MonkeyPatch, processors: int, expected: int
) -> None:
    processes = started(monkeypatch)
    with WritingAside(writer, processors=processors) as aside:
        assert aside.commit(pair(1)) is None
        assert aside.commit(Changes([analysed(3), analysed(1), analysed(4)])) == Outcome(2, 0, 0, 0)
        assert aside.finish() == Outcome(2, 0, 1, 0)
        assert aside.finish() is None
    assert texts(writer.path) == 4
    assert len(processes) == expected


def test_no_process_is_started_for_a_few_posts(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    processes = started(monkeypatch)
    with WritingAside(writer, processors=2) as aside:
        assert write(aside, Changes([analysed(1)])) == Outcome(1, 0, 0, 0)
    assert not processes


def test_the_writer_commits_by_itself_where_no_process_can_be_started(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(writer.path.with_name("no-python")))
    with WritingAside(writer, processors=2) as aside:
        assert write(aside, pair(1)) == Outcome(2, 0, 0, 0)
    assert texts(writer.path) == 2


def test_both_ways_write_the_same_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing_aside, "LEAST_POSTS", 2)
    dumps = []
    for processors in (1, 2):
        path = tmp_path / f"{processors}.db"
        with Writer(path) as writer:
            writer.set_beats(BEATS, NOW)
            with WritingAside(writer, processors=processors) as aside:
                for number in range(0, 12, 3):
                    aside.commit(Changes([analysed(number + more, cluster=number, mood=more) for more in range(4)]))
                aside.finish()
        with closing(sqlite3.connect(path)) as connection:
            dumps.append([line for line in connection.iterdump() if "_sqlite_migrations" not in line])
    assert dumps[0] == dumps[1]


@pytest.mark.parametrize("processors", [1, 2])
def test_what_does_not_fit_is_told_and_nothing_of_its_batch_is_written(writer: Writer, processors: int) -> None:
    strange: AnalysedPost = analysed(3, beats=("never-set",))
    with WritingAside(writer, processors=processors) as aside:
        with pytest.raises(KeyError, match="never-set"):
            write(aside, Changes([analysed(1), strange]))
        assert write(aside, pair(5)) == Outcome(2, 0, 0, 0)
    assert texts(writer.path) == 2


def test_a_process_that_is_killed_is_told_and_nothing_is_doubled_afterwards(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes = started(monkeypatch)
    with WritingAside(writer, processors=2) as aside:
        assert write(aside, pair(1)) == Outcome(2, 0, 0, 0)
        processes[0].kill()
        processes[0].wait()
        with pytest.raises(StoreError, match=r"posts\.db: .* ended early \(exit code -9\)"):
            write(aside, pair(3))
    with WritingAside(writer, processors=2) as again:
        again.commit(pair(1))
        assert again.commit(pair(3)) == Outcome(0, 0, 2, 0)
        assert again.finish() == Outcome(2, 0, 0, 0)


def test_a_batch_that_is_under_way_is_written_before_an_interrupt_goes_on(writer: Writer) -> None:
    def interrupted() -> None:
        with WritingAside(writer, processors=2) as aside:
            aside.commit(pair(1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert texts(writer.path) == 2


KILLED = """
import os, signal, sys
from monitor.store import writing_aside
from monitor.store.writer import Changes, Writer
from tests.store.factories import BEATS, NOW, analysed
writing_aside.LEAST_POSTS = 2
writer = Writer(sys.argv[1])
writer.set_beats(BEATS, NOW)
aside = writing_aside.WritingAside(writer, processors=2)
aside.commit(Changes([analysed(number) for number in range(50)]))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX")
def test_the_batch_of_a_killed_program_is_written_and_its_process_ends(tmp_path: Path) -> None:
    path = tmp_path / "posts.db"
    environment = child_environment() | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2])])}
    # Both hold standard error, so that its end is the end of both.
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(path)], stderr=subprocess.PIPE, env=environment, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert texts(path) == 50
