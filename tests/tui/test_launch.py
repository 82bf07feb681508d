"""What is set before the framework is imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

from monitor.tui.launch import prepare_environment


@pytest.mark.parametrize(
    ("environment", "no_color", "colour"),
    [
        ({}, False, True),
        ({"NO_COLOR": ""}, False, True),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": "0"}, False, False),
        ({}, True, False),
    ],
)
def test_colour_is_given_up_where_it_is_asked_for(environment: dict[str, str], no_color: bool, colour: bool) -> None:
    assert prepare_environment(environment, no_color=no_color) is colour
    assert "NO_COLOR" not in environment


def test_there_is_no_motion_and_fewer_frames_over_ssh() -> None:
    near: dict[str, str] = {}
    far = {"SSH_TTY": "/dev/pts/1"}
    prepare_environment(near, 30)
    prepare_environment(far, 30)
    assert near["TEXTUAL_ANIMATIONS"] == "none"
    assert (near["TEXTUAL_FPS"], far["TEXTUAL_FPS"]) == ("30", "10")


def test_what_the_user_has_set_stays() -> None:
    environment = {"TEXTUAL_FPS": "5", "TEXTUAL_SMOOTH_SCROLL": "1"}
    prepare_environment(environment)
    assert environment["TEXTUAL_FPS"] == "5"
    assert environment["TEXTUAL_SMOOTH_SCROLL"] == "1"


def test_launching_needs_no_framework_to_be_imported() -> None:
    """The reading of the store begins before the framework is there."""
    code = "import sys, monitor.tui.launch, monitor.tui.reading; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
