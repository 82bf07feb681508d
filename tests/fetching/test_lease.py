"""The lease, between real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.fetching.lease import Lease, LeaseError, holder, lease_path

HOLD = """
import sys, time
from pathlib import Path
from monitor.fetching.lease import Lease
lease = Lease(Path(sys.argv[1]))
while not lease.try_acquire("monitor fetch"):
    time.sleep(0.02)
print("held", flush=True)
sys.stdin.read()
"""

Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "monitor.db"


@pytest.fixture
def start(store: Path) -> Iterator[Start]:
    running: list[subprocess.Popen[str]] = []

    def begin() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def until_held(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"


def test_nobody_holds_the_lease_of_a_store_that_is_not_there(store: Path) -> None:
    assert holder(store) is None
    assert not lease_path(store).exists()


def test_a_second_process_does_not_get_it_and_learns_who_has_it(store: Path, start: Start) -> None:
    process = start()
    until_held(process)
    assert not Lease(store).try_acquire()
    found = holder(store)
    assert found is not None
    assert (found.pid, found.command) == (process.pid, "monitor fetch")
    assert found.since is not None
    assert abs(found.since - time.time() * 1000) < 60_000
    assert f"process {process.pid} on {found.host}" in found.describe()


def test_a_killed_holder_leaves_nothing_behind(store: Path, start: Start) -> None:
    process = start()
    until_held(process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert lease_path(store).read_bytes(), "what the killed holder wrote is still there"
    assert holder(store) is None
    lease = Lease(store)
    assert lease.try_acquire()
    assert lease.held
    lease.release()


def test_a_waiting_process_takes_over_from_a_killed_one(store: Path, start: Start, eventually: Any) -> None:
    first = start()
    until_held(first)
    second = start()
    first.kill()
    until_held(second)
    found = holder(store)
    assert found is not None
    assert found.pid == second.pid


def test_of_many_at_once_exactly_one_gets_it(store: Path) -> None:
    leases = [Lease(store) for _ in range(20)]
    start_line = threading.Barrier(len(leases))
    results: list[bool] = []

    def compete(lease: Lease) -> None:
        start_line.wait()
        results.append(lease.try_acquire())

    threads = [threading.Thread(target=compete, args=(lease,)) for lease in leases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 19 + [True]
    for lease in leases:
        lease.release()


def test_asking_who_holds_it_does_not_keep_anybody_from_taking_it(store: Path) -> None:
    lease_path(store).touch()
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            holder(store)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    taken = []
    for _ in range(100):
        lease = Lease(store)
        taken.append(lease.try_acquire())
        lease.release()
    done.set()
    for asker in askers:
        asker.join()
    assert all(taken)


def test_it_is_not_inherited_by_a_process_that_the_holder_starts(store: Path) -> None:
    lease = Lease(store)
    assert lease.try_acquire()
    heir = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE, close_fds=False
    )
    try:
        lease.release()
        other = Lease(store)
        assert other.try_acquire()
        other.release()
    finally:
        heir.communicate()


def test_release_lets_the_next_one_in_and_can_be_repeated(store: Path) -> None:
    lease, other = Lease(store), Lease(store)
    assert lease.try_acquire()
    assert lease.try_acquire(), "the holder asks again and has it still"
    assert not other.try_acquire()
    lease.release()
    lease.release()
    assert holder(store) is None
    assert other.try_acquire()
    other.release()


def test_a_lease_whose_file_was_removed_is_not_shared_with_the_new_file(store: Path) -> None:
    lease = Lease(store)
    assert lease.try_acquire()
    lease_path(store).unlink()
    other = Lease(store)
    assert other.try_acquire(), "the removed file says nothing any more"
    lease.release()
    found = holder(store)
    assert found is not None, "giving back the old file does not free the new one"
    assert found.pid == os.getpid()
    other.release()


def test_the_heartbeat_moves_the_lease_file_and_not_the_store(store: Path) -> None:
    store.write_bytes(b"the store")
    os.utime(store, (1, 1))
    lease = Lease(store)
    assert lease.try_acquire()
    os.utime(lease_path(store), (1, 1))
    before = holder(store)
    lease.beat()
    after = holder(store)
    assert before is not None
    assert after is not None
    assert before.heartbeat == 1000
    assert after.heartbeat > before.heartbeat
    assert store.stat().st_mtime == 1
    lease.release()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"pid": "x"}', b'{"pid": 1, "since": null}'])
def test_a_file_that_says_nothing_sensible_still_means_that_somebody_holds_it(store: Path, content: bytes) -> None:
    lease = Lease(store)
    assert lease.try_acquire()
    lease_path(store).write_bytes(content)
    found = holder(store)
    assert found is not None
    assert found.pid is None
    assert found.describe() == "another process"
    lease.release()


def test_what_another_wrote_is_cleaned_before_it_is_shown(store: Path) -> None:
    lease = Lease(store)
    assert lease.try_acquire("monitor\x1b[31m fetch\u202e")
    found = holder(store)
    assert found is not None
    assert found.command == "monitor[31m fetch"
    lease.release()


def test_two_names_of_one_store_have_one_lease(store: Path, tmp_path: Path) -> None:
    store.touch()
    other_name = tmp_path / "link.db"
    other_name.symlink_to(store)
    lease = Lease(store)
    assert lease.try_acquire()
    assert not Lease(other_name).try_acquire()
    lease.release()


def test_a_file_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    with pytest.raises(LeaseError, match="cannot use the lease file"):
        Lease(in_the_way / "monitor.db").try_acquire()
