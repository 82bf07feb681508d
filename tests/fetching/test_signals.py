"""Requests to end, by real signals to a real process."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

PROGRAM = """
import asyncio, sys, time
from monitor.fetching.signals import Requests

async def main(requests, stubborn):
    print("ready", flush=True)
    while True:
        await requests.wait()
        if requests.reload:
            requests.reload = False
            print("reload", flush=True)
        if requests.exit_code is not None:
            print("end", flush=True)
            if stubborn:
                time.sleep(600)
            return requests.exit_code

requests = Requests(hangup_ends="hangup" in sys.argv)
requests.install()
code = asyncio.run(main(requests, "stubborn" in sys.argv))
if "lingering" in sys.argv:
    requests.leave_within(0.01, code)
    time.sleep(600)
sys.exit(code)
"""

Process = subprocess.Popen[str]


@pytest.fixture
def process(request: pytest.FixtureRequest) -> Iterator[Process]:
    words = [sys.executable, "-c", PROGRAM, *getattr(request, "param", ())]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as started:
        assert line(started) == "ready"
        yield started
        started.kill()


def line(process: Process) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_the_first_request_is_granted_in_good_order(process: Process, number: signal.Signals, code: int) -> None:
    process.send_signal(number)
    assert line(process) == "end"
    assert process.wait(100) == code


@pytest.mark.parametrize("process", [("stubborn",)], indirect=True)
def test_a_second_request_ends_the_process_at_once(process: Process) -> None:
    process.send_signal(signal.SIGTERM)
    assert line(process) == "end"
    process.send_signal(signal.SIGTERM)
    assert process.wait(100) == 143


@pytest.mark.parametrize("process", [("lingering",)], indirect=True)
def test_what_does_not_end_after_the_work_is_left_behind(process: Process) -> None:
    process.send_signal(signal.SIGINT)
    assert process.wait(100) == 130


def test_a_hangup_asks_for_the_configuration_each_time(process: Process) -> None:
    for _ in range(3):
        process.send_signal(signal.SIGHUP)
        assert line(process) == "reload"
    assert process.poll() is None


@pytest.mark.parametrize("process", [("hangup",)], indirect=True)
def test_a_hangup_ends_what_belongs_to_a_terminal(process: Process) -> None:
    process.send_signal(signal.SIGHUP)
    assert process.wait(100) == 129
