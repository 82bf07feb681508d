"""A background process notices the end of its parent, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from monitor.fetching.parent import watch_parent

CHILD = """
import sys, threading
from monitor.fetching.parent import watch_parent
gone = threading.Event()
watch_parent(gone.set, grace=60)
print("ready", flush=True)
gone.wait()
print("gone", flush=True)
"""

STUBBORN = CHILD.replace("grace=60", "grace=0.01").replace('print("gone", flush=True)', "threading.Event().wait()")

PARENT = """
import subprocess, sys, threading
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE)
threading.Event().wait()
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_ends_with_its_parent_however_that_ends(ending: signal.Signals) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, CHILD], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    parent.send_signal(ending)
    assert parent.stdout.read() == "gone\n", "the pipe ends when the child has ended too"
    parent.wait()
    parent.stdout.close()


def test_a_child_that_does_not_end_in_its_grace_is_ended() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, STUBBORN], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    parent.kill()
    assert parent.stdout.read() == ""
    parent.wait()
    parent.stdout.close()


def test_nothing_happens_while_the_parent_lives() -> None:
    reading, writing = os.pipe()
    gone = threading.Event()
    release = threading.Event()

    def leave() -> None:
        gone.set()
        release.wait()

    watch_parent(leave, descriptor=reading)
    os.write(writing, b"what is written means nothing")
    assert not gone.wait(0.1)
    os.close(writing)
    assert gone.wait(60)
    os.close(reading)
