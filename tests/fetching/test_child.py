from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from monitor.fetching.child import STEADY, FetcherChild, Supervisor, command, may_write


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


LOUD = 'import sys; print("to the log", file=sys.stderr, flush=True); print("to nobody"); sys.stdin.read()'


def test_what_it_says_goes_to_the_log_and_it_ends_when_asked(store: Path, eventually: Any) -> None:
    child = FetcherChild.start(store, arguments=python(LOUD))
    eventually(lambda: "to the log" in child.log.read_text())
    assert child.poll() is None
    assert child.stop() == -15
    assert child.poll() == -15
    assert child.stop() == -15, "asking again is harmless"


def test_one_that_does_not_listen_is_killed(store: Path, eventually: Any) -> None:
    deaf = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, file=sys.stderr, flush=True)"
    child = FetcherChild.start(store, arguments=python(deaf + "\nwhile True: signal.pause()"))
    eventually(lambda: child.log.read_text())
    assert child.stop(timeout=0.2) == -9


def test_it_runs_in_a_session_of_its_own(store: Path, eventually: Any) -> None:
    code = "import os, sys; print(os.getsid(0) == os.getpid(), file=sys.stderr, flush=True); sys.stdin.read()"
    child = FetcherChild.start(store, arguments=python(code))
    assert eventually(lambda: child.log.read_text()) == "True\n"
    child.stop()


def test_the_command_line_names_store_and_configuration_and_no_secret(store: Path, tmp_path: Path) -> None:
    words = list(command(store, tmp_path / "config.toml"))
    assert words[0] == sys.executable
    assert words[-2:] == ["fetch", "--child"]
    assert str(store) in words
    assert str(tmp_path / "config.toml") in words
    assert "--config" not in command(store, None)


def test_a_folder_of_the_same_name_is_not_taken_for_the_program(store: Path, tmp_path: Path) -> None:
    (tmp_path / "monitor").mkdir()
    (tmp_path / "monitor" / "__init__.py").write_text("raise SystemExit('the wrong one')")
    words = [*list(command(store, None))[:2], "-c", "import monitor.fetching"]
    subprocess.run(words, cwd=tmp_path, check=True)


class Pretended:
    """A fetcher that ends when the test says so."""

    def __init__(self) -> None:
        self.code: int | None = None
        self.stopped = False

    def poll(self) -> int | None:
        return self.code

    def stop(self, timeout: float = 5.0) -> int:
        self.stopped = True
        self.code = self.code if self.code is not None else -15
        return self.code


class Setup:
    def __init__(self, store: Path) -> None:
        self.now = 1000.0
        self.children: list[Pretended] = []
        self.trouble: OSError | None = None
        self.supervisor = Supervisor(store, start=self.start, clock=lambda: self.now, randomness=random.Random(3))

    def start(self) -> Pretended:
        if self.trouble is not None:
            raise self.trouble
        self.children.append(Pretended())
        return self.children[-1]


@pytest.fixture
def setup(store: Path) -> Setup:
    return Setup(store)


def test_it_starts_at_the_first_look_and_only_once(setup: Setup) -> None:
    for _ in range(3):
        status = setup.supervisor.check()
    assert status == (True, 0, None, None, "")
    assert len(setup.children) == 1


def test_one_that_died_is_started_again_ever_more_patiently(setup: Setup) -> None:
    waits = []
    for _ in range(12):
        setup.supervisor.check()
        setup.children[-1].code = -9
        status = setup.supervisor.check()
        assert not status.running
        assert status.exit_code == -9
        assert "signal 9" in status.message
        assert status.retry_in is not None
        waits.append(status.retry_in)
        setup.now += status.retry_in - 0.01
        assert not setup.supervisor.check().running
        setup.now += 0.02
    assert setup.supervisor.check().restarts == 12
    assert max(waits[:2]) <= 4
    assert 30 < max(waits) <= 300


def test_the_trouble_is_forgotten_when_it_runs_well(setup: Setup) -> None:
    setup.supervisor.check()
    setup.children[-1].code = 1
    setup.supervisor.check()
    setup.now += 10
    assert setup.supervisor.check().message
    setup.now += STEADY
    assert setup.supervisor.check().message == ""


def test_a_wrong_configuration_is_named(setup: Setup) -> None:
    setup.supervisor.check()
    setup.children[-1].code = 2
    assert "monitor config check" in setup.supervisor.check().message


def test_one_that_cannot_be_started_is_tried_again(setup: Setup) -> None:
    setup.trouble = PermissionError(13, "Permission denied")
    status = setup.supervisor.check()
    assert not status.running
    assert "Permission denied" in status.message
    setup.trouble = None
    setup.now += 10
    assert setup.supervisor.check().running


def test_after_the_stop_nothing_is_started(setup: Setup) -> None:
    setup.supervisor.check()
    setup.supervisor.stop()
    assert setup.children[0].stopped
    setup.now += 1000
    status = setup.supervisor.check()
    assert not status.running
    assert status.retry_in is None
    assert len(setup.children) == 1


def test_it_can_be_stopped_before_it_started(setup: Setup) -> None:
    setup.supervisor.stop()
    setup.supervisor.check()
    assert setup.children == []


def test_a_store_that_is_not_there_yet_may_be_made(tmp_path: Path) -> None:
    assert may_write(tmp_path / "new" / "folder" / "monitor.db")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this account may write everything")
def test_an_account_that_may_only_read_does_not_fetch(store: Path) -> None:
    store.touch()
    store.chmod(0o444)
    assert not may_write(store)
    store.chmod(0o644)
    assert may_write(store)


def test_one_that_may_not_write_is_looked_at_again(store: Path) -> None:
    setup = Setup(store / "is" / "a" / "file" / "monitor.db")
    store.touch()
    status = setup.supervisor.check()
    assert not status.running
    assert "may only read" in status.message
    store.unlink()
    setup.now += 60
    assert setup.supervisor.check().running
