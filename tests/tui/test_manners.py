"""The app on a real pseudo-terminal: bytes, colours, signals, and text that wants to be more than text."""

from __future__ import annotations

import os
import re
import signal
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from terminal import Terminal

COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-9]|4[0-9]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")
READY = "464,538"


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def test_an_idle_screen_writes_nothing(terminals: list[Terminal]) -> None:
    terminals.append(terminal := Terminal())
    terminal.wait_for(READY)
    terminal.settle()
    assert terminal.pump(5.0) == 0


def test_five_changed_figures_cost_little(terminals: list[Terminal], tmp_path: Path) -> None:
    ticks = tmp_path / "ticks"
    ticks.write_text("0")
    terminals.append(terminal := Terminal(["--ticks", str(ticks)]))
    terminal.wait_for(READY)
    terminal.settle()
    ticks.write_text("1")
    written = terminal.pump(3.0)
    assert "464,539" in terminal.text
    assert 0 < written <= 2000


def test_without_colour_there_is_no_colour_code(terminals: list[Terminal]) -> None:
    terminals.append(terminal := Terminal(environment={"NO_COLOR": "1"}))
    terminal.wait_for(READY)
    terminal.press("\t\tjT?")
    terminal.wait_for("Everywhere")
    terminal.press("G")
    terminal.wait_for("What the shapes mean")
    terminal.settle()
    assert COLOUR.findall(terminal.written) == []
    assert b"\x1b[1m" in terminal.written


def test_a_story_needs_no_colour(terminals: list[Terminal]) -> None:
    terminals.append(terminal := Terminal(environment={"NO_COLOR": "1"}))
    terminal.wait_for(READY)
    terminal.press("\t\t\t")
    terminal.wait_for("━ Stories")
    terminal.press("\r")
    terminal.wait_for("No figure here is larger than its sample.")
    terminal.press("\t")
    terminal.wait_for("beat open-source-ai, shown as")
    terminal.settle()
    assert COLOUR.findall(terminal.written) == []
    assert b"\x1b[4m" in terminal.written
    assert b"\x1b[1;7m" in terminal.written


def test_an_empty_no_color_means_nothing(terminals: list[Terminal]) -> None:
    terminals.append(terminal := Terminal(environment={"NO_COLOR": ""}, unset=()))
    terminal.wait_for(READY)
    assert COLOUR.search(terminal.written)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_restores_the_terminal(terminals: list[Terminal], number: signal.Signals) -> None:
    terminals.append(terminal := Terminal())
    terminal.wait_for(READY)
    terminal.settle()
    os.kill(terminal.pid, number)
    terminal.pump(0.5)
    assert terminal.end() == 128 + number
    _assert_restored(terminal)


def test_a_stopped_reader_of_the_terminal_does_not_keep_the_app(terminals: list[Terminal]) -> None:
    """The event loop may be waiting for a terminal that takes nothing; a signal still ends the process."""
    terminals.append(terminal := Terminal())
    terminal.wait_for(READY)
    terminal.settle()
    for _ in range(20):
        terminal.press("\tj" * 4)
        time.sleep(0.1)
    os.kill(terminal.pid, signal.SIGTERM)
    assert _wait_without_reading(terminal) == 128 + signal.SIGTERM


@pytest.mark.parametrize("ignore_hang_up", [False, True])
def test_a_vanished_terminal_ends_the_app(terminals: list[Terminal], ignore_hang_up: bool) -> None:
    terminals.append(terminal := Terminal(ignore_hang_up=ignore_hang_up))
    terminal.wait_for(READY)
    terminal.hang_up()
    assert _wait_without_reading(terminal) == 128 + signal.SIGHUP


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_runs_beside_the_app_ends_with_it(
    terminals: list[Terminal], tmp_path: Path, number: signal.Signals
) -> None:
    ended = tmp_path / "ended"
    terminals.append(terminal := Terminal(["--at-end", str(ended)]))
    terminal.wait_for(READY)
    os.kill(terminal.pid, number)
    terminal.end()
    assert ended.read_text() == "ended"


@pytest.mark.parametrize("keys", ["q", "\x03"])
def test_q_and_control_c_quit(terminals: list[Terminal], keys: str) -> None:
    terminals.append(terminal := Terminal())
    terminal.wait_for(READY)
    terminal.press(keys)
    terminal.pump(1.0)
    assert terminal.end() == 0
    _assert_restored(terminal)


def test_control_z_suspends_and_fg_brings_back(terminals: list[Terminal]) -> None:
    terminals.append(terminal := Terminal())
    terminal.wait_for(READY)
    terminal.press("\x1a")
    terminal.pump(1.0)
    _, status = os.waitpid(terminal.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    _assert_restored(terminal)
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.pump(1.0)
    terminal.press("q")
    assert terminal.end() == 0


def test_text_of_a_post_stays_text(terminals: list[Terminal]) -> None:
    """Whatever lies in a store, no escape sequence of it reaches the terminal, on any screen."""
    hostile = (
        r"\x1b]0;owned\x07\x1b[31mred \x9b5m [red]not markup[/] [@click=app.quit]x[/] \u202egnirts \x1b]52;c;aGk=\x07"
    )
    terminals.append(terminal := Terminal(["--hostile", hostile, "--no-stories"]))
    terminal.wait_for("[red]not markup[/]")
    for keys in ("\t\t\r", "\x1b", "\t\r", "\x1b", "?"):
        terminal.press(keys)
        terminal.pump(1.0)
    assert b"owned" not in terminal.written
    # The framework itself sends OSC 22, the shape of the mouse pointer.
    assert re.findall(rb"\x1b\](?!22;default\x07)", terminal.written) == []
    assert "\u202e".encode() not in terminal.written
    assert b"\xc2\x9b" not in terminal.written


def test_a_missing_store_is_a_sentence(terminals: list[Terminal]) -> None:
    terminals.append(terminal := Terminal(["--broken"]))
    terminal.wait_for("there is no store at /nowhere/monitor.db yet")
    terminal.settle()
    assert "Traceback" not in terminal.text
    assert terminal.pump(3.0) == 0


def _assert_restored(terminal: Terminal) -> None:
    written = terminal.written
    assert written.rfind(b"\x1b[?1049l") > written.rfind(b"\x1b[?1049h")
    assert written.rfind(b"\x1b[?25h") > written.rfind(b"\x1b[?25l")
    for mode in (b"1000", b"1003", b"1006", b"1004", b"2004"):
        assert written.rfind(b"\x1b[?" + mode + b"l") > written.rfind(b"\x1b[?" + mode + b"h")
    assert termios.tcgetattr(terminal.fd)[3] & termios.ECHO


def _wait_without_reading(terminal: Terminal) -> int:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        pid, status = os.waitpid(terminal.pid, os.WNOHANG)
        if pid:
            terminal.status = os.waitstatus_to_exitcode(status)
            return terminal.status
        time.sleep(0.05)
    raise AssertionError("the app lives on")
