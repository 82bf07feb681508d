from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor import __version__
from monitor.fetching.lease import holder

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]
Start = Callable[..., "subprocess.Popen[bytes]"]

HEAVY = ("textual", "httpx", "plotext", "rich", "sqlite_utils", "numpy")
AVOIDED = ("typing", "re", "argparse", "pathlib", "contextlib", "enum", "json", "tomllib", "hashlib", "monitor.records")
"""What takes long to load for a command that shall be quick."""


def test_help_leads_with_examples_and_lists_the_commands(run: Run) -> None:
    result = run("--help")
    text = result.stdout.decode()
    assert result.returncode == 0
    assert text.index("Examples") < text.index("\noptions:")
    for name in ("demo", "fetch", "snapshot", "watch", "posts", "beats", "explain", "import", "sources", "config"):
        assert f"\n  {name} " in text


@pytest.mark.parametrize(
    "name", ["snapshot", "watch", "posts", "beats", "explain", "import", "sources", "config", "doctor"]
)
def test_every_command_has_help_with_examples(run: Run, name: str) -> None:
    result = run(name, "--help")
    assert result.returncode == 0
    assert f"  monitor {name}".encode() in result.stdout


def test_the_version(run: Run) -> None:
    assert run("--version").stdout.decode() == f"discourse-monitor {__version__}\n"


@pytest.mark.parametrize("name", ["check"])
def test_commands_of_later_versions_are_absent(run: Run, name: str) -> None:
    assert run(name).returncode == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["snapshto"], 'there is no command "snapshto" (did you mean "snapshot"?)'),
        (["--stroe", "x", "snapshot"], "--stroe"),
        (["snapshot", "--format", "html"], "invalid choice"),
        (["snapshot", "--beat", "open-sorce-ai"], 'did you mean "open-source-ai"'),
        (["snapshot", "--window", "90m"], "whole number of hours"),
        (["snapshot", "--window", "31d"], "too long"),
        (["snapshot", "--as-of", "yesterday"], '"yesterday" is no time'),
        (["snapshot", "--width", "0"], "from 1 on"),
        (["posts", "--limit", "-3"], "-3"),
        (["posts", "--json", "--csv"], "not allowed with"),
        (["beats", "list", "text"], "takes no text"),
        (["watch", "--interval", "0"], "number of seconds"),
        (["import"], "FILE"),
    ],
)
def test_wrong_usage_is_told_in_one_line(run: Run, arguments: list[str], message: str) -> None:
    result = run(*arguments)
    errors = result.stderr.decode()
    assert result.returncode == 2
    assert message in errors
    assert errors.startswith("monitor: ")
    assert errors.count("\n") == 1
    assert result.stdout == b""


def test_global_options_may_also_stand_behind_the_command(filled: Run, store: Path, tmp_path: Path) -> None:
    assert filled("posts", "--store", str(tmp_path / "other.db")).returncode == 1
    assert filled("posts", "--store", str(store), "--no-color").returncode == 0


def test_a_missing_store_is_said_without_a_traceback(run: Run) -> None:
    result = run("snapshot")
    assert result.returncode == 1
    assert b"there is no store yet" in result.stderr
    assert b"Traceback" not in result.stderr
    assert b"Traceback" in run("-v", "snapshot").stderr


def test_a_file_that_is_no_store_is_refused(run: Run, store: Path) -> None:
    store.write_text("not a database, but long enough to look at " * 100)
    result = run("posts")
    assert result.returncode == 1
    assert b"Traceback" not in result.stderr


def test_mistakes_in_the_configuration_are_told_with_their_place(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[interface]\nmouse = 1\nasci = true\n")
    result = run("--config", str(file), "snapshot")
    assert result.returncode == 2
    assert result.stderr.decode().splitlines() == [
        f"monitor: {file}:2: interface.mouse: expected true or false, found 1",
        f'monitor: {file}:3: interface.asci: unknown key (did you mean "ascii"?)',
    ]


def test_a_text_snapshot_into_a_pipe_imports_nothing_heavy(
    filled: Run, store: Path, environment: dict[str, str]
) -> None:
    code = (
        "import sys\nfrom monitor.cli.main import main\n"
        "code = main(sys.argv[1:])\n"
        f"print([name for name in {(*HEAVY, *AVOIDED)} if name in sys.modules], file=sys.stderr)\n"
        "sys.exit(code)"
    )
    command = [sys.executable, "-c", code, "--store", str(store), "snapshot", "--format", "text"]
    subprocess.run(command, capture_output=True, env=environment, check=True)
    result = subprocess.run(command, capture_output=True, env=environment, check=True)
    assert b"Open Source AI" in result.stdout
    assert result.stderr == b"[]\n"


def test_a_reader_that_leaves_early_ends_it_quietly(filled: Run, start: Start) -> None:
    process = start("posts", "--json", "--limit", "100000")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(30) in (0, 141)
    assert process.stderr.read() == b""
    process.stderr.close()


def test_watch_writes_lines_and_ends_when_told_to(filled: Run, start: Start) -> None:
    process = start("watch", "--interval", "0.1")
    assert process.stdout is not None
    first = process.stdout.readline().decode()
    assert "posts in 24 h" in first
    assert re.search(r"net mood .* of \d+, uncalibrated$", process.stdout.readline().decode().rstrip())
    process.send_signal(signal.SIGTERM)
    rest, errors = process.communicate(timeout=30)
    assert process.returncode == 143
    assert errors == b""
    assert b"\x1b" not in rest


def test_watch_ends_with_ctrl_c_and_with_its_reader(filled: Run, start: Start) -> None:
    process = start("watch", "--interval", "0.1")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30)[1] == b""
    assert process.returncode == 130
    process = start("watch", "--interval", "0.1")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(30) == 141
    assert process.stderr.read() == b""
    process.stderr.close()


def test_without_a_terminal_it_writes_lines_and_fetches_beside(start: Start, store: Path, tmp_path: Path) -> None:
    config = tmp_path / "config" / "discourse-monitor" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("".join(f"[sources.{slug}]\nenabled = false\n" for slug in ("bluesky", "news", "hackernews")))
    process = start()
    assert process.stdout is not None
    lines = iter(process.stdout.readline, b"")
    assert any(line.startswith(b"Bluesky: off") for line in lines)
    assert holder(store) is not None
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 143
    assert b"\x1b" not in errors
    assert holder(store) is None
