from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]
Start = Callable[..., "subprocess.Popen[bytes]"]


def test_a_configuration_that_is_named_gives_the_interface_alone(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    tea = '[beats.tea]\nname = "Tea"\nany = ["tea"]\n'
    file.write_text(f"[interface]\nascii = true\n\n[beats]\nreplace = true\n\n{tea}")
    demo = start("--config", str(file), "demo")
    assert demo.stdout is not None
    lines = [demo.stdout.readline() for _ in range(30)]
    demo.send_signal(signal.SIGTERM)
    demo.communicate(timeout=30)
    assert b"".join(lines).isascii()
    assert lines[1].startswith(b"Open Source AI: ")
    assert any(line.startswith(b"Signal, volume, high: Open Source AI: ") for line in lines)


def test_the_report_of_the_sample_is_drawn_as_it_says(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("[interface]\nascii = true\n")
    report = run("--config", str(file), "snapshot", "--demo").stdout
    assert report.isascii()
    assert re.search(rb"News -\d+ \+-\d+ of", report)


def test_one_beat_is_shown_with_its_own_signals_and_stories(run: Run) -> None:
    snapshot = json.loads(run("snapshot", "--demo", "--beat", "open-source-ai", "--format", "json").stdout)
    (beat,) = snapshot["beats"]
    assert [signal["id"] for signal in snapshot["signals"]] == beat["signals"] != []
    assert {story["beat"] for story in snapshot["stories"]} == {"open-source-ai"}


def test_mistakes_in_it_are_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[interface]\ntheme = "nowhere"\n')
    result = run("--config", str(file), "demo")
    assert result.returncode == 2
    assert b"own.toml:2: interface.theme" in result.stderr
