from __future__ import annotations

import os
from pathlib import Path

import pytest

from monitor.fetching.log_file import log_path, open_log, rotate


def test_each_store_has_its_log_in_the_folder_for_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    first, second = log_path(tmp_path / "a.db"), log_path(tmp_path / "b.db")
    assert first != second
    assert first.is_relative_to(tmp_path)


def test_the_log_is_for_its_owner_only_and_is_appended_to(tmp_path: Path) -> None:
    log = tmp_path / "state" / "fetch.log"
    for word in (b"one\n", b"two\n"):
        descriptor = open_log(log)
        os.write(descriptor, word)
        os.close(descriptor)
    assert log.read_bytes() == b"one\ntwo\n"
    assert log.stat().st_mode & 0o077 == 0


def test_a_log_that_is_still_written_to_can_begin_anew(tmp_path: Path) -> None:
    log = tmp_path / "fetch.log"
    descriptor = open_log(log)
    os.write(descriptor, b"x" * 100)
    assert not rotate(log, largest=100)
    os.write(descriptor, b"y")
    assert rotate(log, largest=100)
    os.write(descriptor, b"later")
    os.close(descriptor)
    assert log.read_bytes() == b"later"
    assert (tmp_path / "fetch.log.1").read_bytes() == b"x" * 100 + b"y"


def test_there_may_be_no_log(tmp_path: Path) -> None:
    assert not rotate(tmp_path / "fetch.log")
